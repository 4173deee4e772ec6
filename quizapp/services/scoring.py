"""Responses to score rows. A response is marked with the revision it answered, for ever."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.items.base import Item
from quizapp.items.base import Response as GivenAnswer
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    ChosenOption,
    ItemRevision,
    Response,
    Score,
    ScoreReason,
    StandIn,
)
from quizapp.services.catalogue import content_of


@dataclass(frozen=True)
class Owner:
    """Whose marks they are, and where they count."""

    section_id: int | None
    student_id: int | None
    review: bool = False
    """Practice of what is due again."""


def score_missing(
    session: Session,
    attempt: Attempt,
    *,
    reason: ScoreReason,
    now: datetime,
    positions: Iterable[int] | None = None,
) -> None:
    """Add a first score for every item of an attempt that has none. The caller commits.

    An item that was shown and left blank scores 0. One that stands in for another feeds the skill of
    that one: marks and skills add up, and the class's table of skills does not tell that it stood in.

    Args:
        positions: only these items; None for all.
    """
    owner = Owner(_section_of(session, attempt), attempt.student_id, attempt.is_practice)
    replaced = aliased(ItemRevision)
    query = (
        sa.select(
            AttemptItem.id,
            ItemRevision,
            Response,
            sa.case((replaced.id.is_(None), ItemRevision.skill), else_=replaced.skill),
        )
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .outerjoin(StandIn, StandIn.attempt_item_id == AttemptItem.id)
        .outerjoin(replaced, replaced.id == StandIn.item_revision_id)
        .outerjoin(
            Response,
            sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1),
        )
        .outerjoin(Score, Score.attempt_item_id == AttemptItem.id)
        .where(AttemptItem.attempt_id == attempt.id, Score.id.is_(None))
    )
    if positions is not None:
        query = query.where(AttemptItem.position.in_(list(positions)))
    for attempt_item_id, revision, response, skill in session.execute(query).all():
        score = new_score(owner, attempt_item_id, revision, response, reason=reason, now=now)
        score.skill = skill
        session.add(score)


def new_score(
    owner: Owner,
    attempt_item_id: int,
    revision: ItemRevision,
    response: Response | None,
    *,
    reason: ScoreReason,
    now: datetime,
    number: int = 1,
    actor_id: int | None = None,
    accepted: Collection[dict[str, Any]] = (),
) -> Score:
    """Mark one response with one revision, and note which answers were chosen. The caller adds and commits.

    Args:
        revision: the one that was answered; for a re-mark, the corrected one.
        number: 1 for the first mark; one more than the newest for a re-mark.
        accepted: answers, as `Response.scored` gives them, that are right whatever the key says.
    """
    item = content_of(revision).item
    content = None if response is None else response.content
    given = None if content is None else item.response_from_json(content)
    return Score(
        attempt_item_id=attempt_item_id,
        number=number,
        section_id=owner.section_id,
        student_id=owner.student_id,
        skill=revision.skill,
        item_id=revision.item_id,
        item_revision_id=revision.id,
        lineage=revision.lineage,
        fraction=item.score(given).fraction,
        chance=item.chance(),
        answered=given is not None,
        confidence=None if response is None else response.confidence,
        review=owner.review,
        reason=reason,
        actor_id=actor_id,
        created_at=now,
        chosen=_chosen(owner, revision.item_id, item, given, accepted),
    )


def further_score(
    newest: Score,
    revision: ItemRevision,
    response: Response | None,
    *,
    fraction: float | None,
    void: bool = False,
    reason: ScoreReason,
    now: datetime,
    actor_id: int | None,
    correction_id: int | None = None,
    accepted: Collection[dict[str, Any]] = (),
) -> Score:
    """Give an answer another mark, after its newest one. The caller adds and commits.

    Args:
        revision: the one the mark is given with.
        fraction: from 0 to 1; None only with `void`.
        void: the question does not count for this answer.
        actor_id: the account of whoever decided it.
        accepted: as for `new_score`.
    """
    score = new_score(
        Owner(newest.section_id, newest.student_id, newest.review),
        newest.attempt_item_id,
        revision,
        response,
        reason=reason,
        now=now,
        number=newest.number + 1,
        actor_id=actor_id,
        accepted=accepted,
    )
    score.fraction, score.void, score.correction_id = fraction, void, correction_id
    # A question that stands in for another feeds the skill of that one, at every mark.
    score.skill = newest.skill
    return score


def newest_scores(session: Session, condition: sa.ColumnElement[bool]) -> dict[int, Score]:
    """Return the score that counts for each answer that a condition on `AttemptItem` finds, by the answer's id."""
    rows = session.scalars(
        sa.select(Score)
        .join(AttemptItem, AttemptItem.id == Score.attempt_item_id)
        .where(condition)
        .order_by(Score.number)
    )
    return {row.attempt_item_id: row for row in rows}


def _chosen(
    owner: Owner, item_id: int, item: Item[Any], given: GivenAnswer | None, accepted: Collection[dict[str, Any]]
) -> list[ChosenOption]:
    """Return the rows for the answers chosen; a visitor's trial is outside every table."""
    if given is None or owner.section_id is None or owner.student_id is None:
        return []
    picks = item.picks(given)
    if given.scored() in accepted:
        # It tempted nobody, and tells neither trust nor doubt.
        picks = tuple(pick._replace(right=True, sound=None, lure=None, misconception=None) for pick in picks)
    return [
        ChosenOption(
            number=number,
            section_id=owner.section_id,
            student_id=owner.student_id,
            item_id=item_id,
            place=pick.place,
            option=pick.option,
            is_right=pick.right,
            sound=pick.sound,
            lure=pick.lure,
            misconception=pick.misconception,
        )
        for number, pick in enumerate(picks, start=1)
    ]


def _section_of(session: Session, attempt: Attempt) -> int | None:
    if attempt.assignment_id is None:
        return attempt.practised_in
    return session.scalar(sa.select(Assignment.section_id).where(Assignment.id == attempt.assignment_id))
