"""What a class did at its check-ins, and what changed between the first sitting and the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.measure.change import DiscernmentGain, Gain, discernment_gain, gain
from quizapp.measure.discernment import Counts
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    CheckIn,
    CheckInPlace,
    CheckInSitting,
    ChosenOption,
    QuizRevision,
    RosterEntry,
    Score,
    db,
)
from quizapp.services.check_ins import find_check_in
from quizapp.services.rosters import SectionRef

SITTINGS_TO_TRUST_A_FORM = 100
"""Handed-in sittings of each form before it counts as tried: fewer cannot show that both are equally hard."""


@dataclass(frozen=True)
class SittingLine:
    """One sitting of a check-in."""

    number: int
    assigned_at: datetime
    handed_in: int
    assignment: str


@dataclass(frozen=True)
class CheckInLine:
    public_id: str
    forms: tuple[str, str]
    sittings: tuple[SittingLine, ...]


@dataclass(frozen=True)
class CheckInPage:
    """What changed between the first sitting and the last, for the class as a whole."""

    section: SectionRef
    line: CheckInLine
    students: int
    """In the class now."""
    orders: tuple[int, int]
    """Students measured twice who began with the first form, and with the second."""
    marks: Gain | None
    """None before the second sitting."""
    verdicts: DiscernmentGain | None
    tried: tuple[int, int]
    """Handed-in sittings of each form, in all classes here."""

    @property
    def unpiloted(self) -> bool:
        return min(self.tried) < SITTINGS_TO_TRUST_A_FORM


def list_check_ins(section: SectionRef) -> tuple[CheckInLine, ...]:
    """Return the check-ins of a class, newest first."""
    rows = db.session.scalars(sa.select(CheckIn).where(CheckIn.section_id == section.id).order_by(CheckIn.id.desc()))
    return tuple(_line(row) for row in rows)


def check_in_page(section: SectionRef, check_in: str) -> CheckInPage:
    """Return what changed between the first sitting and the last.

    Raises:
        NotFoundError: the class has no such check-in.
    """
    row = find_check_in(db.session(), section, check_in)
    line = _line(row)
    people = list(
        db.session.scalars(
            sa.select(RosterEntry.student_id)
            .where(RosterEntry.section_id == section.id, RosterEntry.removed_at.is_(None))
            .order_by(RosterEntry.student_id)
        )
    )
    marks, verdicts, orders = None, None, (0, 0)
    if len(line.sittings) > 1:
        first, last = (_results(line.sittings[at].assignment) for at in (0, -1))
        swapped = line.sittings[-1].number % 2 == 0
        marks = gain(
            [_percent(first.get(one)) for one in people],
            [_percent(last.get(one)) for one in people],
            parallel_forms=swapped,
        )
        verdicts = discernment_gain(
            [_counts(first.get(one)) for one in people],
            [_counts(last.get(one)) for one in people],
            parallel_forms=swapped,
        )
        orders = _orders(row.id, [one for one in people if one in first and one in last])
    return CheckInPage(
        section=section,
        line=line,
        students=len(people),
        orders=orders,
        marks=marks,
        verdicts=verdicts,
        tried=(_tried(row.first_form_id), _tried(row.second_form_id)),
    )


@dataclass(frozen=True)
class _Result:
    """What one student handed in at one sitting."""

    marks: Sequence[float]
    verdicts: Sequence[tuple[bool, bool]]
    """For each verdict: whether the passage was sound, and whether the verdict was right."""


def _results(assignment: str) -> dict[int, _Result]:
    """What was handed in at a sitting, by student."""
    rows = db.session.execute(
        sa.select(Attempt.student_id, Score.attempt_item_id, Score.id, Score.fraction, Score.void)
        .join(AttemptItem, AttemptItem.id == Score.attempt_item_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(Assignment.public_id == assignment, Attempt.submitted_at.is_not(None), Attempt.number == 1)
        .order_by(Score.number)
    )
    newest = {row.attempt_item_id: row for row in rows}
    scores = {row.id: row for row in newest.values() if not row.void}
    chosen = db.session.execute(
        sa.select(ChosenOption.score_id, ChosenOption.sound, ChosenOption.is_right).where(
            ChosenOption.score_id.in_(scores), ChosenOption.sound.is_not(None)
        )
    )
    verdicts: dict[int, list[tuple[bool, bool]]] = {}
    for score_id, sound, right in chosen:
        verdicts.setdefault(scores[score_id].student_id, []).append((bool(sound), right))
    marks: dict[int, list[float]] = {}
    for score in scores.values():
        if score.fraction is not None:
            marks.setdefault(score.student_id, []).append(score.fraction)
    return {student: _Result(found, verdicts.get(student, ())) for student, found in marks.items()}


def _percent(result: _Result | None) -> float | None:
    return None if result is None or not result.marks else 100 * sum(result.marks) / len(result.marks)


def _counts(result: _Result | None) -> Counts | None:
    if result is None:
        return None
    found = Counter(result.verdicts)
    return Counts(
        trusted_sound=found[True, True],
        sound=found[True, True] + found[True, False],
        doubted_unsound=found[False, True],
        unsound=found[False, True] + found[False, False],
    )


def _line(row: CheckIn) -> CheckInLine:
    titles = dict(
        db.session.execute(
            sa.select(QuizRevision.id, QuizRevision.title).where(
                QuizRevision.id.in_((row.first_form_id, row.second_form_id))
            )
        ).all()
    )
    sittings = db.session.execute(
        sa.select(
            CheckInSitting.number,
            Assignment.created_at,
            sa.func.count(sa.distinct(Attempt.student_id)),
            Assignment.public_id,
        )
        .join(Assignment, Assignment.id == CheckInSitting.assignment_id)
        .outerjoin(Attempt, sa.and_(Attempt.assignment_id == Assignment.id, Attempt.submitted_at.is_not(None)))
        .where(CheckInSitting.check_in_id == row.id)
        .group_by(CheckInSitting.number, Assignment.id)
        .order_by(CheckInSitting.number)
    )
    return CheckInLine(
        row.public_id,
        (titles[row.first_form_id], titles[row.second_form_id]),
        tuple(SittingLine(*sitting) for sitting in sittings),
    )


def _orders(check_in_id: int, students: Sequence[int]) -> tuple[int, int]:
    rows = Counter(
        db.session.scalars(
            sa.select(CheckInPlace.begins_with_second).where(
                CheckInPlace.check_in_id == check_in_id, CheckInPlace.student_id.in_(students)
            )
        )
    )
    return rows[False], rows[True]


def _tried(form_id: int) -> int:
    """How often a form was handed in here, in whatever revision of it."""
    quiz = sa.select(QuizRevision.quiz_id).where(QuizRevision.id == form_id).scalar_subquery()
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Attempt)
            .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
            .where(QuizRevision.quiz_id == quiz, Attempt.student_id.is_not(None), Attempt.submitted_at.is_not(None))
        )
        or 0
    )
