"""Check-ins: two forms of one test, half the class beginning with each, swapped the next time.

A form that happens to be harder then does not look like a change: at each sitting half of the class
has it. Who begins with which form is settled once and kept, so the swap reaches everybody.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import (
    Assignment,
    Attempt,
    Bank,
    BankUse,
    CheckIn,
    CheckInPlace,
    CheckInSitting,
    FeedbackMode,
    Quiz,
    RosterEntry,
    Student,
    db,
)
from quizapp.services.assigning import QuizRef, list_quizzes
from quizapp.services.credentials import request_hash
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.writing import writing


class CheckInError(ValueError):
    """A check-in cannot be given; `reason` says why."""

    NO_FORMS = "no-forms"
    NOBODY_YET = "nobody-yet"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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
            row = find_check_in(session, section, check_in)
            last = _last_sitting(session, row)
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
        return _last_sitting(db.session(), find_check_in(db.session(), section, check_in)).number


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


def find_check_in(session: Session, section: SectionRef, public_id: str) -> CheckIn:
    """Return a check-in of a class.

    Raises:
        NotFoundError: the class has no such check-in.
    """
    row = session.scalar(sa.select(CheckIn).where(CheckIn.public_id == public_id, CheckIn.section_id == section.id))
    if row is None:
        raise NotFoundError("check-in")
    return row


def _last_sitting(session: Session, row: CheckIn) -> CheckInSitting:
    return session.scalars(
        sa.select(CheckInSitting)
        .where(CheckInSitting.check_in_id == row.id)
        .order_by(CheckInSitting.number.desc())
        .limit(1)
    ).one()
