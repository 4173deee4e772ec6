"""How a mark came about: every score of an answer, oldest first, and what a whole attempt was worth since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import (
    Account,
    AttemptItem,
    Correction,
    CorrectionAction,
    CorrectionLine,
    ItemRevision,
    Marking,
    Score,
    ScoreReason,
    db,
)
from quizapp.services.tallies import Tally


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
    action: CorrectionAction | None
    """What the correction that made it did."""

    @property
    def cause(self) -> str:
        """What made this mark, in a word: first, marked (by a teacher) or what a correction does."""
        if self.action is not None:
            return self.action.value
        return "marked" if self.reason is ScoreReason.MARKED else "first"


@dataclass(frozen=True)
class ReMark:
    """The newest correction that looked at an answer, whether or not it changed the mark."""

    at: datetime
    cause: str
    """As `MarkStep.cause`."""
    why: str | None
    changed: bool
    """Whether this answer has another mark for it."""
    void: bool
    """Whether it does not count since."""


@dataclass(frozen=True)
class TotalStep:
    """What a whole attempt was worth from a moment on, and the mark that made it so."""

    total: Tally
    question: int
    """Place of the question whose mark changed; 0 for the first total."""
    step: MarkStep


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


def changed_by_teacher(steps: Sequence[MarkStep]) -> datetime | None:
    """Return when a teacher changed a mark that a teacher had given, if that is the mark that counts."""
    marked = [step for step in steps if step.cause == "marked" and step.fraction is not None]
    if len(marked) < 2 or steps[-1] is not marked[-1] or marked[-1].fraction == marked[-2].fraction:
        return None
    return marked[-1].at


def total_steps(answers: Mapping[int, Sequence[MarkStep]]) -> tuple[TotalStep, ...]:
    """Return what an attempt was worth at first and after each mark that was changed since.

    Args:
        answers: by place of the question, its marks, as `mark_steps` gives them.
    """
    marked = {place: steps for place, steps in answers.items() if steps}
    if not marked:
        return ()
    held = {place: steps[0] for place, steps in marked.items()}
    found = [TotalStep(_total(held), 0, max(held.values(), key=lambda step: step.at))]
    later = [(step, place) for place, steps in marked.items() for step in steps[1:]]
    for step, place in sorted(later, key=lambda pair: (pair[0].at, pair[1])):
        held[place] = step
        found.append(TotalStep(_total(held), place, step))
    return tuple(found)


def _total(held: Mapping[int, MarkStep]) -> Tally:
    return Tally.of(step.fraction for step in held.values() if not step.void)


def mark_steps(attempt_items: Sequence[int]) -> dict[int, tuple[MarkStep, ...]]:
    """Return the marks of the given answers, oldest first, by the answer's id."""
    rows = db.session.execute(
        sa.select(Score, ItemRevision.number, Correction.reason, Correction.action, Account.name)
        .join(ItemRevision, ItemRevision.id == Score.item_revision_id)
        .outerjoin(Correction, Correction.id == Score.correction_id)
        .outerjoin(Account, Account.id == Score.actor_id)
        .where(Score.attempt_item_id.in_(attempt_items))
        .order_by(Score.attempt_item_id, Score.number)
    )
    found: dict[int, tuple[MarkStep, ...]] = {}
    for score, number, why, action, name in rows:
        step = MarkStep(score.created_at, score.fraction, score.void, score.reason, number, why, name, action)
        found[score.attempt_item_id] = (*found.get(score.attempt_item_id, ()), step)
    return found


def re_marks(steps: Mapping[int, Sequence[MarkStep]]) -> dict[int, ReMark]:
    """Return the newest correction of each answer that had one, by the answer's id.

    Args:
        steps: the marks of the answers, as `mark_steps` gives them.
    """
    rows = db.session.execute(
        sa.select(CorrectionLine, Correction)
        .join(Correction, Correction.id == CorrectionLine.correction_id)
        .where(CorrectionLine.attempt_item_id.in_(steps), Correction.applied_at.is_not(None))
        .order_by(Correction.applied_at, Correction.id)
    )
    found: dict[int, ReMark] = {}
    for line, row in rows:
        if row.applied_at is not None:
            changed = (line.before, line.before_void) != (line.after, line.after_void)
            found[line.attempt_item_id] = ReMark(row.applied_at, row.action.value, row.reason, changed, line.after_void)
    for answer, marks in steps.items():
        # What was handed in after a correction is marked by its rule at once, and has no line in it.
        given = next((step for step in reversed(marks) if step.reason is ScoreReason.RE_MARKED), None)
        if given is not None and (answer not in found or found[answer].at < given.at):
            found[answer] = ReMark(given.at, given.cause, given.why, changed=True, void=given.void)
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
