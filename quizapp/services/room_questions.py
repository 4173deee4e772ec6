"""Asking a room a question of a bank: to vote, talk, and vote again."""

from __future__ import annotations

from datetime import datetime
from random import SystemRandom

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Account,
    Assignment,
    Attempt,
    AttemptItem,
    Bank,
    Item,
    ItemRevision,
    Room,
    RoomAnswer,
    RoomMember,
    RoomQuestion,
    SectionTeacher,
    db,
)
from quizapp.services.bank_access import visible_to
from quizapp.services.catalogue import content_of
from quizapp.services.rooms import is_open, new_room
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import writing


def open_question(question: str, account_id: int, *, now: datetime) -> str:
    """Open a room that asks a question; one of this teacher's that nobody has answered yet serves as well.

    Args:
        question: public id of the item revision.

    Returns:
        The room's public id.

    Raises:
        NotFoundError: no such question in a bank this teacher may see or in work of their classes, or it has no
            key to vote for.
    """
    revision = db.session.scalar(
        sa.select(ItemRevision)
        .join(Item, Item.id == ItemRevision.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(ItemRevision.public_id == question, sa.or_(visible_to(account_id), _asked_by(account_id)))
    )
    if revision is None or content_of(revision).item.rubric_points():
        raise NotFoundError("question")
    revision_id, shown = revision.id, content_of(revision).item.shuffle(SystemRandom())
    with writing() as session:
        # One at a time, so that a button pressed twice opens one room.
        session.execute(sa.select(Account.id).where(Account.id == account_id).with_for_update())
        waiting = _unanswered(session, revision_id, account_id, now)
        if waiting is not None:
            return waiting
        room = new_room(session, account_id, now=now)
        session.add(RoomQuestion(room_id=room.id, item_revision_id=revision_id, shown=shown))
        return room.public_id


def _asked_by(account_id: int) -> sa.ColumnElement[bool]:
    """The condition that a question was asked in a class of this teacher; for statements that read ItemRevision."""
    return (
        sa.select(AttemptItem.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(SectionTeacher, SectionTeacher.section_id == Assignment.section_id)
        .where(AttemptItem.item_revision_id == ItemRevision.id, SectionTeacher.account_id == account_id)
        .correlate(ItemRevision)
        .exists()
    )


def _unanswered(session: Session, revision_id: int, account_id: int, now: datetime) -> str | None:
    answered = (
        sa.select(RoomAnswer.member_id)
        .join(RoomMember, RoomMember.id == RoomAnswer.member_id)
        .where(RoomMember.room_id == Room.id)
        .exists()
    )
    return session.scalar(
        sa.select(Room.public_id)
        .join(RoomQuestion, RoomQuestion.room_id == Room.id)
        .where(Room.account_id == account_id, RoomQuestion.item_revision_id == revision_id, is_open(now), ~answered)
        .order_by(Room.id.desc())
        .limit(1)
    )
