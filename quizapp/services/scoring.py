"""Responses to score rows. A response is marked with the revision it answered, for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Assignment, Attempt, AttemptItem, ItemRevision, Response, Score, ScoreReason
from quizapp.services.catalogue import content_of


def score_missing(
    session: Session,
    attempt: Attempt,
    *,
    reason: ScoreReason,
    now: datetime,
    positions: Iterable[int] | None = None,
) -> None:
    """Add a first score for every item of an attempt that has none. The caller commits.

    An item that was shown and left blank scores 0.

    Args:
        positions: only these items; None for all.
    """
    section_id = (
        None
        if attempt.assignment_id is None
        else session.scalar(sa.select(Assignment.section_id).where(Assignment.id == attempt.assignment_id))
    )
    query = (
        sa.select(AttemptItem.id, ItemRevision, Response)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .outerjoin(
            Response,
            sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1),
        )
        .outerjoin(Score, Score.attempt_item_id == AttemptItem.id)
        .where(AttemptItem.attempt_id == attempt.id, Score.id.is_(None))
    )
    if positions is not None:
        query = query.where(AttemptItem.position.in_(list(positions)))
    for attempt_item_id, revision, response in session.execute(query).all():
        item = content_of(revision).item
        content = None if response is None else response.content
        given = None if content is None else item.response_from_json(content)
        session.add(
            Score(
                attempt_item_id=attempt_item_id,
                section_id=section_id,
                student_id=attempt.student_id,
                skill=revision.skill,
                item_id=revision.item_id,
                item_revision_id=revision.id,
                lineage=revision.lineage,
                fraction=item.score(given).fraction,
                chance=item.chance(),
                answered=given is not None,
                confidence=None if response is None else response.confidence,
                reason=reason,
                created_at=now,
            )
        )
