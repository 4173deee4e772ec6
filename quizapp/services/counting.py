"""Which attempt counts where a student may take an assignment several times.

The first, the last or the best of those handed in, as the teacher chose; while none is handed in, the
one under way. Worked out from what is stored, so a re-mark can change which attempt is the best.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.models import Assignment, Attempt, AttemptItem, CountingAttempt, Score, db


@dataclass(frozen=True)
class Sitting:
    """One attempt of several by one student."""

    attempt_id: int
    number: int
    handed_in: bool
    earned: float = 0.0


def counting_one(sittings: Iterable[Sitting], counting: CountingAttempt) -> Sitting:
    """Return the attempt that counts; of equally good ones the earliest."""
    ordered = sorted(sittings, key=lambda one: one.number)
    done = [one for one in ordered if one.handed_in]
    if not done:
        return ordered[-1]
    if counting is CountingAttempt.FIRST:
        return done[0]
    return done[-1] if counting is CountingAttempt.LAST else max(done, key=lambda one: one.earned)


def items_that_do_not_count(which: sa.ColumnElement[bool]) -> frozenset[int]:
    """Return the attempt items whose marks are left out, as another attempt of the student counts.

    Args:
        which: a condition on Assignment or Attempt, such as those of one class.
    """
    spare = attempts_that_do_not_count(which)
    if not spare:
        return frozenset()
    return frozenset(db.session.scalars(sa.select(AttemptItem.id).where(AttemptItem.attempt_id.in_(spare))))


def attempts_that_do_not_count(which: sa.ColumnElement[bool]) -> frozenset[int]:
    """Return the ids of attempts that do not count; empty wherever everybody has one attempt."""
    second = aliased(Attempt)
    rows = db.session.execute(
        sa.select(
            Attempt.id,
            Attempt.assignment_id,
            Attempt.student_id,
            Attempt.number,
            Attempt.submitted_at.is_not(None).label("handed_in"),
            Assignment.counting,
        )
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(
            second,
            sa.and_(
                second.assignment_id == Attempt.assignment_id,
                second.student_id == Attempt.student_id,
                second.number == 2,
            ),
        )
        .where(which)
    ).all()
    earned = _earned([row.id for row in rows if row.counting is CountingAttempt.BEST])
    sittings: dict[tuple[int | None, int | None], list[Sitting]] = {}
    rules: dict[tuple[int | None, int | None], CountingAttempt] = {}
    for row in rows:
        key = (row.assignment_id, row.student_id)
        rules[key] = row.counting
        sittings.setdefault(key, []).append(Sitting(row.id, row.number, row.handed_in, earned.get(row.id, 0.0)))
    return frozenset(
        one.attempt_id
        for key, several in sittings.items()
        for one in several
        if one is not counting_one(several, rules[key])
    )


def _earned(attempt_ids: list[int]) -> dict[int, float]:
    """Return the marks of attempts, each question by its newest score."""
    if not attempt_ids:
        return {}
    rows = db.session.execute(
        sa.select(AttemptItem.attempt_id, Score.attempt_item_id, Score.fraction)
        .join(Score, Score.attempt_item_id == AttemptItem.id)
        .where(AttemptItem.attempt_id.in_(attempt_ids))
        .order_by(Score.number)
    )
    newest: dict[int, tuple[int, float]] = {}
    for attempt_id, attempt_item_id, fraction in rows:
        newest[attempt_item_id] = (attempt_id, fraction or 0.0)
    found: dict[int, float] = {}
    for attempt_id, fraction in newest.values():
        found[attempt_id] = found.get(attempt_id, 0.0) + fraction
    return found
