"""Check-ins: two forms of one test, half the class beginning with each, swapped the next time.

A form that happens to be harder then does not look like a change: at each sitting half of the class
has it. Who begins with which form is settled once and kept, so the swap reaches everybody.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.measure.change import DiscernmentGain, Gain, discernment_gain, gain
from quizapp.measure.discernment import Counts
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    Bank,
    BankUse,
    CheckIn,
    CheckInPlace,
    CheckInSitting,
    ChosenOption,
    FeedbackMode,
    Quiz,
    QuizRevision,
    RosterEntry,
    Score,
    Student,
    db,
)
from quizapp.services.assigning import QuizRef, list_quizzes
from quizapp.services.credentials import request_hash
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.writing import writing

SITTINGS_TO_TRUST_A_FORM = 100
"""Handed-in sittings of each form before it counts as tried: fewer cannot show that both are equally hard."""


class CheckInError(ValueError):
    """A check-in cannot be given; `reason` says why."""

    NO_FORMS = "no-forms"
    NOBODY_YET = "nobody-yet"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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


def forms_for(account_id: int) -> tuple[QuizRef, QuizRef] | None:
    """Return the two forms a teacher can give: the first two quizzes whose banks name each other as twins."""
    quizzes = {quiz.public_id: quiz for quiz in list_quizzes(account_id)}
    rows = db.session.execute(
        sa.select(Quiz.public_id, Bank.slug, Bank.owner_id, BankUse.twin)
        .join(Bank, Bank.id == Quiz.bank_id)
        .join(BankUse, BankUse.bank_id == Bank.id)
        .where(Quiz.whole_bank, BankUse.twin.is_not(None), Quiz.public_id.in_(quizzes))
        .order_by(Bank.owner_id.is_not(None), Bank.slug)
    ).all()
    for first in rows:
        for second in rows:
            if (first.twin, first.slug, first.owner_id) == (second.slug, second.twin, second.owner_id):
                return quizzes[first.public_id], quizzes[second.public_id]
    return None


def begin_check_in(section: SectionRef, *, account_id: int, now: datetime, request_key: str | None = None) -> str:
    """Give a class both forms, each to one half.

    Returns:
        The public id of the check-in.

    Raises:
        CheckInError: there are no two forms.
    """
    forms = forms_for(account_id)
    if forms is None:
        raise CheckInError(CheckInError.NO_FORMS)
    once = request_hash(request_key, account_id, section.id)
    try:
        with writing() as session:
            row = CheckIn(
                section_id=section.id,
                first_form_id=forms[0].revision_id,
                second_form_id=forms[1].revision_id,
                created_at=now,
            )
            session.add(row)
            session.flush()
            _add_sitting(session, row, 1, account_id, now, once)
            _place_everybody(session, row)
            return row.public_id
    except IntegrityError:
        return db.session.scalars(
            sa.select(CheckIn.public_id)
            .join(CheckInSitting, CheckInSitting.check_in_id == CheckIn.id)
            .join(Assignment, Assignment.id == CheckInSitting.assignment_id)
            .where(Assignment.request_key == once, CheckIn.section_id == section.id)
        ).one()


def give_again(
    section: SectionRef, check_in: str, *, account_id: int, now: datetime, request_key: str | None = None
) -> int:
    """Give the check-in once more, everybody with the other form.

    Returns:
        The number of the sitting.

    Raises:
        NotFoundError: the class has no such check-in.
        CheckInError: nobody has handed in the sitting before.
    """
    once = request_hash(request_key, account_id, section.id)
    try:
        with writing() as session:
            row = _check_in(session, section, check_in)
            last = session.scalars(
                sa.select(CheckInSitting)
                .where(CheckInSitting.check_in_id == row.id)
                .order_by(CheckInSitting.number.desc())
                .limit(1)
            ).one()
            given = session.get_one(Assignment, last.assignment_id)
            if once is not None and given.request_key == once:
                return last.number
            done = sa.select(Attempt.id).where(
                Attempt.assignment_id == last.assignment_id, Attempt.submitted_at.is_not(None)
            )
            if session.scalar(done.limit(1)) is None:
                raise CheckInError(CheckInError.NOBODY_YET)
            _add_sitting(session, row, last.number + 1, account_id, now, once)
            return last.number + 1
    except IntegrityError:
        # The form was sent twice: its first sitting is there.
        return _line(_check_in(db.session(), section, check_in)).sittings[-1].number


def form_for(session: Session, assignment_id: int, student_id: int) -> int | None:
    """Return the quiz revision a student has at a sitting; None where the assignment is none. The caller commits.

    Who has no place yet, as who came to the class later, gets one in the smaller half.
    """
    found = session.execute(
        sa.select(CheckIn, CheckInSitting.number)
        .join(CheckInSitting, CheckInSitting.check_in_id == CheckIn.id)
        .where(CheckInSitting.assignment_id == assignment_id)
    ).one_or_none()
    if found is None:
        return None
    row, number = found
    place = session.get(CheckInPlace, (row.id, student_id))
    if place is None:
        halves = Counter(
            session.scalars(sa.select(CheckInPlace.begins_with_second).where(CheckInPlace.check_in_id == row.id))
        )
        even = halves[True] == halves[False]
        second = _lot(row, student_id) % 2 == 1 if even else halves[True] < halves[False]
        place = CheckInPlace(check_in_id=row.id, student_id=student_id, begins_with_second=second)
        session.add(place)
    second_now = place.begins_with_second == (number % 2 == 1)
    return row.second_form_id if second_now else row.first_form_id


def list_check_ins(section: SectionRef) -> tuple[CheckInLine, ...]:
    """Return the check-ins of a class, newest first."""
    rows = db.session.scalars(sa.select(CheckIn).where(CheckIn.section_id == section.id).order_by(CheckIn.id.desc()))
    return tuple(_line(row) for row in rows)


def check_in_page(section: SectionRef, check_in: str) -> CheckInPage:
    """Return what changed between the first sitting and the last.

    Raises:
        NotFoundError: the class has no such check-in.
    """
    row = _check_in(db.session(), section, check_in)
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


def _add_sitting(session: Session, row: CheckIn, number: int, account_id: int, now: datetime, once: str | None) -> None:
    given = Assignment(
        section_id=row.section_id,
        quiz_revision_id=row.first_form_id,
        created_by=account_id,
        request_key=once,
        created_at=now,
        opens_at=now,
        # Nothing is told until both sittings are over, or one half would know the other's form.
        feedback=FeedbackMode.DEFERRED,
        ask_confidence=True,
        shuffle_items=True,
        attempts_allowed=1,
    )
    session.add(given)
    session.flush()
    session.add(CheckInSitting(check_in_id=row.id, number=number, assignment_id=given.id))
    session.flush()


def _place_everybody(session: Session, row: CheckIn) -> None:
    students = session.scalars(
        sa.select(Student.id)
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(RosterEntry.section_id == row.section_id, RosterEntry.removed_at.is_(None))
    )
    for place, student_id in enumerate(sorted(students, key=lambda one: _lot(row, one))):
        session.add(CheckInPlace(check_in_id=row.id, student_id=student_id, begins_with_second=place % 2 == 1))


def _lot(row: CheckIn, student_id: int) -> int:
    """A number that looks like chance and is the same every time."""
    return int.from_bytes(hashlib.sha256(f"{row.public_id} {student_id}".encode()).digest()[:8])


def _check_in(session: Session, section: SectionRef, public_id: str) -> CheckIn:
    row = session.scalar(sa.select(CheckIn).where(CheckIn.public_id == public_id, CheckIn.section_id == section.id))
    if row is None:
        raise NotFoundError("check-in")
    return row


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
