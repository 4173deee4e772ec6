"""A question of an assignment as it was asked, the answers it got, and its corrections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.items.base import Response as GivenAnswer
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    Correction,
    ItemRevision,
    Response,
    Score,
    db,
)
from quizapp.services.assigned import find_assigned
from quizapp.services.catalogue import content_of
from quizapp.services.mark_rules import Mark, MarkRule
from quizapp.services.rosters import NotFoundError, SectionRef


def asked_question(section: SectionRef, assignment: str, question: str) -> tuple[Assignment, str, ItemRevision]:
    """Return an assignment of a class, its title, and the revision of a question that it asked.

    Raises:
        NotFoundError: the class has no such assignment, or that did not ask this question.
    """
    row, title = find_assigned(section.id, assignment)
    revision = db.session.scalar(
        sa.select(ItemRevision).where(
            ItemRevision.public_id == question,
            sa.exists(
                sa.select(AttemptItem.id)
                .join(Attempt, Attempt.id == AttemptItem.attempt_id)
                .where(Attempt.assignment_id == row.id, AttemptItem.item_revision_id == ItemRevision.id)
            ),
        )
    )
    if revision is None:
        raise NotFoundError("question")
    return row, title, revision


@dataclass
class GivenAnswers:
    """Answers that are one answer, with how often it was given and what it earns now."""

    response: GivenAnswer | None
    scored: dict[str, Any] | None
    count: int
    mark: Mark


def given_answers(assignment_id: int, revision_id: int) -> list[GivenAnswers]:
    """Return the different answers that were marked, blanks too, the most frequent first."""
    rows = db.session.execute(
        sa.select(AttemptItem.id, ItemRevision, Response.content, Score.fraction, Score.void)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .join(Score, Score.attempt_item_id == AttemptItem.id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.assignment_id == assignment_id, AttemptItem.item_revision_id == revision_id)
        .order_by(AttemptItem.id, Score.number)
    ).all()
    newest = {row[0]: row for row in rows}
    found: dict[str, GivenAnswers] = {}
    for _id, revision, stored, fraction, void in newest.values():
        response = None if stored is None else content_of(revision).item.response_from_json(stored)
        scored = None if response is None else response.scored()
        entry = found.setdefault(repr(scored), GivenAnswers(response, scored, 0, Mark(fraction, void)))
        entry.count += 1
    return sorted(found.values(), key=lambda one: -one.count)


def newer_key(revision: ItemRevision, rule: MarkRule) -> ItemRevision | None:
    """Return the newest published revision, if its key or options are not those that marks are given by."""
    newest = db.session.scalar(
        sa.select(ItemRevision)
        .where(ItemRevision.item_id == revision.item_id, ItemRevision.corrects.is_(False))
        .order_by(ItemRevision.number.desc())
        .limit(1)
    )
    if newest is None or newest.id in {revision.id, rule.revision_id} or newest.lineage == revision.lineage:
        return None
    return newest


def correction_of_section(session: Session, section: SectionRef, correction: str) -> Correction:
    """Return a correction of an assignment of a class.

    Raises:
        NotFoundError: there is none.
    """
    row = session.scalar(
        sa.select(Correction)
        .join(Assignment, Assignment.id == Correction.assignment_id)
        .where(Correction.public_id == correction, Assignment.section_id == section.id)
    )
    if row is None:
        raise NotFoundError("correction")
    return row
