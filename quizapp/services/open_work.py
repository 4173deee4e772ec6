"""What a student can work on: open now, to take again, and still to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Attempt, AttemptItem, Response, Student, db
from quizapp.services import timing
from quizapp.services.bank_notes import notes_by_quiz
from quizapp.services.coursework import AssignmentRow, list_assignments
from quizapp.services.starting import question_counts
from quizapp.services.timing import GRACE, Support


@dataclass(frozen=True)
class OpenWork:
    """An assignment a student can work on."""

    assignment: str
    title: str
    questions: int
    answered: int
    attempt: str | None
    """Public id of the attempt under way; None before the start."""
    opens_at: datetime
    due_at: datetime | None
    """For this student."""
    closes_at: datetime | None
    """For this student."""
    ends_at: datetime | None
    """End of the attempt under way."""
    over: bool
    """The time of the attempt is over, and it is about to be handed in."""
    overdue: bool
    announced: bool
    """A page comes before the start, as there is something to know."""


@dataclass(frozen=True)
class OpenWorkLists:
    """A student's assignments that are not done with, newest first."""

    now: tuple[OpenWork, ...]
    again: tuple[OpenWork, ...]
    """Handed in, and may be taken once more."""
    coming: tuple[OpenWork, ...]


@dataclass(frozen=True)
class _Sitting:
    attempt: Attempt
    answered: int
    used: int
    """Attempts at the assignment, this one included."""


def open_work(student_id: int, section_id: int, *, now: datetime) -> OpenWorkLists:
    """Return what a student of a class can work on now, again, and later."""
    support = Support.of(db.session.get_one(Student, student_id))
    newest = _newest_sittings(student_id)
    given = [row for row in list_assignments(section_id) if row.is_for(student_id) and _not_closed(row, support, now)]
    questions = question_counts([row.id for row in given])
    notes = notes_by_quiz(row.quiz_revision_id for row in given)
    lists: dict[str, list[OpenWork]] = {"now": [], "again": [], "coming": []}
    for row in given:
        sitting = newest.get(row.id)
        noted = row.quiz_revision_id in notes
        work = _work(row, sitting, questions[row.id], support, now, noted=noted)
        if sitting is None:
            lists["now" if row.opens_at <= now else "coming"].append(work)
        elif sitting.attempt.submitted_at is None:
            lists["now"].append(work)
        elif row.attempts_allowed is None or sitting.used < row.attempts_allowed:
            lists["again"].append(work)
    return OpenWorkLists(tuple(lists["now"]), tuple(lists["again"]), tuple(lists["coming"]))


def _newest_sittings(student_id: int) -> dict[int | None, _Sitting]:
    rows = db.session.execute(
        sa.select(Attempt, sa.func.count(Response.content))
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.student_id == student_id, Attempt.assignment_id.is_not(None))
        .group_by(Attempt.id)
        .order_by(Attempt.number)
    )
    return {attempt.assignment_id: _Sitting(attempt, answered, attempt.number) for attempt, answered in rows}


def _not_closed(row: AssignmentRow, support: Support, now: datetime) -> bool:
    closing = timing.own_closing(row, support)
    return closing is None or closing > now


def _work(
    row: AssignmentRow, sitting: _Sitting | None, questions: int, support: Support, now: datetime, *, noted: bool
) -> OpenWork:
    under_way = None if sitting is None or sitting.attempt.submitted_at is not None else sitting
    ends_at = None if under_way is None else under_way.attempt.ends_at
    due_at = timing.own_due(row, support)
    return OpenWork(
        assignment=row.public_id,
        title=row.title,
        questions=questions,
        answered=0 if under_way is None else under_way.answered,
        attempt=None if under_way is None else under_way.attempt.public_id,
        opens_at=row.opens_at,
        due_at=due_at,
        closes_at=timing.own_closing(row, support),
        ends_at=ends_at,
        over=ends_at is not None and ends_at + GRACE <= now,
        overdue=due_at is not None and due_at < now,
        announced=noted or row.time_limit is not None or row.one_way or row.attempts_allowed not in {None, 1},
    )
