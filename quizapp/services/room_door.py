"""Who is in a room, for its teacher: the list, taking somebody out and back in, letting nobody else in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Room, RoomAnswer, RoomMember, db
from quizapp.services.rooms import RoomRef, is_open
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import rows_changed, writing

_NOT_LEFT = RoomMember.folded_name.is_not(None)
"""Whoever left with nothing answered gave the nickname free; it stays with those whom the teacher took out by name."""


@dataclass(frozen=True)
class MemberLine:
    """Somebody in a room, for the teacher's list."""

    public_id: str
    nickname: str
    answered: bool
    """In the present round."""


def members_of(room: RoomRef) -> tuple[MemberLine, ...]:
    """Return who is in a room, in the order they came."""
    return _lines(room, RoomMember.removed_at.is_(None))


def taken_out(room: RoomRef) -> tuple[MemberLine, ...]:
    """Return whom the teacher took out of a room by name, in the order they came."""
    return _lines(room, sa.and_(RoomMember.removed_at.is_not(None), _NOT_LEFT))


def remove_member(room: RoomRef, member: str, *, now: datetime) -> str | None:
    """Take somebody out: their answers no longer count, and nickname and browser stay barred until let back in.

    Returns:
        The nickname; None, and nothing is done, if they had left already.

    Raises:
        NotFoundError: nobody of that id has been in this open room.
    """
    with writing() as session:
        row = _seat(session, room, member, now)
        if row.folded_name is None:
            return None
        row.removed_at = row.removed_at or now
        return row.nickname


def let_back(room: RoomRef, member: str, *, now: datetime) -> str | None:
    """Take back that somebody was taken out: nickname, browser and answers are what they were.

    A locked or full room does not matter, since it is the teacher's own wish.

    Returns:
        The nickname; None, and nothing is done, if they had left already.

    Raises:
        NotFoundError: nobody of that id has been in this open room.
    """
    with writing() as session:
        row = _seat(session, room, member, now)
        if row.folded_name is None:
            return None
        row.removed_at = None
        return row.nickname


def set_locked(room: RoomRef, *, locked: bool, now: datetime) -> None:
    """Let nobody else in, or let people in again; whoever is in stays."""
    with writing() as session:
        session.execute(
            sa.update(Room)
            .where(Room.id == room.id, is_open(now))
            .values(locked=locked)
            .execution_options(synchronize_session=False)
        )


def remove_silent(room: RoomRef, *, now: datetime) -> int:
    """Take out everybody who has answered nothing yet. Nobody is barred: with the code they can come in again.

    Returns:
        How many went.
    """
    answered = sa.select(RoomAnswer.round).where(RoomAnswer.member_id == RoomMember.id).exists()
    with writing() as session:
        if session.scalar(sa.select(Room.id).where(Room.id == room.id, is_open(now)).with_for_update()) is None:
            return 0
        silent = sa.update(RoomMember).where(
            RoomMember.room_id == room.id, RoomMember.removed_at.is_(None), sa.not_(answered)
        )
        return rows_changed(
            session,
            silent.values(removed_at=now, folded_name=None, visitor_hash=None).execution_options(
                synchronize_session=False
            ),
        )


def _lines(room: RoomRef, which: sa.ColumnElement[bool]) -> tuple[MemberLine, ...]:
    rows = db.session.execute(
        sa.select(RoomMember.public_id, RoomMember.nickname, RoomAnswer.member_id)
        .outerjoin(RoomAnswer, sa.and_(RoomAnswer.member_id == RoomMember.id, RoomAnswer.round == room.round))
        .where(RoomMember.room_id == room.id, RoomMember.nickname.is_not(None), which)
        .order_by(RoomMember.id)
    )
    return tuple(MemberLine(row.public_id, row.nickname, row.member_id is not None) for row in rows)


def _seat(session: Session, room: RoomRef, member: str, now: datetime) -> RoomMember:
    row = session.scalar(
        sa.select(RoomMember)
        .join(Room, Room.id == RoomMember.room_id)
        .where(RoomMember.room_id == room.id, RoomMember.public_id == member, is_open(now))
        .with_for_update(of=RoomMember)
    )
    if row is None or row.nickname is None:
        raise NotFoundError("member")
    return row
