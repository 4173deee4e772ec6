"""How a mark came about: every score an answer was given, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Account, AttemptItem, Correction, ItemRevision, Marking, Score, ScoreReason, db


@dataclass(frozen=True)
class MarkStep:
    """One mark of one answer."""

    at: datetime
    fraction: float | None
    void: bool
    reason: ScoreReason
    revision: int
    """Number of the revision it was given with, from 1."""
    why: str | None
    """The reason of the correction that made it."""
    by: str | None
    """Name of the teacher who decided it; None: the key did."""


@dataclass(frozen=True)
class TeachersMark:
    """What a teacher gave a written answer."""

    points: int
    comment: str | None


def verdict_of(steps: Sequence[MarkStep], *, answered: bool) -> str:
    """Return the newest mark in a word: right, partly, wrong, blank, waiting or void."""
    if not steps:
        return "waiting"
    newest = steps[-1]
    if newest.void:
        return "void"
    if newest.fraction is None:
        return "waiting"
    if newest.fraction > 0:
        return "right" if newest.fraction >= 1 else "partly"
    return "wrong" if answered else "blank"


def mark_steps(attempt_items: Sequence[int]) -> dict[int, tuple[MarkStep, ...]]:
    """Return the marks of the given answers, oldest first, by the answer's id."""
    rows = db.session.execute(
        sa.select(Score, ItemRevision.number, Correction.reason, Account.name)
        .join(ItemRevision, ItemRevision.id == Score.item_revision_id)
        .outerjoin(Correction, Correction.id == Score.correction_id)
        .outerjoin(Account, Account.id == Score.actor_id)
        .where(Score.attempt_item_id.in_(attempt_items))
        .order_by(Score.attempt_item_id, Score.number)
    )
    found: dict[int, tuple[MarkStep, ...]] = {}
    for score, number, why, name in rows:
        step = MarkStep(score.created_at, score.fraction, score.void, score.reason, number, why, name)
        found[score.attempt_item_id] = (*found.get(score.attempt_item_id, ()), step)
    return found


def teachers_mark(attempt_item: int) -> TeachersMark | None:
    """Return the mark a teacher gave that counts, with the comment, or None."""
    row = db.session.execute(
        sa.select(sa.func.coalesce(Marking.settled, Marking.points), Marking.comment)
        .join(AttemptItem, AttemptItem.id == Marking.attempt_item_id)
        .where(Marking.attempt_item_id == attempt_item)
        .order_by(Marking.settled.is_(None), Marking.marked_at.desc(), Marking.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else TeachersMark(row[0], row[1])
