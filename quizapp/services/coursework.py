"""How far work has come: assignments of a class, who handed in, attempts with their marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Assignment, Attempt, AttemptItem, FeedbackMode, QuizRevision, Score, Student, db
from quizapp.services import timing
from quizapp.services.counting import attempts_that_do_not_count
from quizapp.services.recipients import recipients
from quizapp.services.tallies import Tally
from quizapp.services.timing import Support

NO_SUPPORT = Support()


@dataclass(frozen=True)
class AssignmentRow:
    """An assignment of a class, as lists need it."""

    id: int
    public_id: str
    title: str
    quiz_revision_id: int
    assigned_at: datetime
    opens_at: datetime
    closes_at: datetime | None
    immediate: bool
    released: bool
    due_at: datetime | None
    time_limit: int | None
    """Seconds for a student without extra time."""
    attempts_allowed: int | None
    one_way: bool
    only: frozenset[int] | None = None
    """Ids of the students it is for; None: the whole class."""

    def is_for(self, student_id: int) -> bool:
        """Tell whether a student of the class has this assignment."""
        return self.only is None or student_id in self.only

    def is_open(self, now: datetime, support: Support = NO_SUPPORT) -> bool:
        """Tell whether answers are taken at this moment, from a student with this much more time."""
        closing = timing.own_closing(self, support)
        return self.opens_at <= now and (closing is None or closing > now)

    def shows_results(self, now: datetime) -> bool:
        """Tell whether a student who handed in may see the result."""
        return self.immediate or self.released or (self.closes_at is not None and self.closes_at <= now)


@dataclass(frozen=True)
class AttemptLine:
    """One attempt in a list."""

    public_id: str
    title: str
    started_at: datetime
    handed_in_at: datetime | None
    total: Tally
    results_shown: bool
    number: int
    late: bool
    """Handed in after it was due from this student."""
    counts: bool
    """False: another attempt of the same student counts instead."""
    of_several: bool
    """There can be more attempts than this one."""


HandedIn = dict[tuple[int, int], bool]
"""(assignment, student) to whether an attempt was handed in; absent: not started."""


def list_assignments(section_id: int) -> tuple[AssignmentRow, ...]:
    """Return the assignments of a class, newest first."""
    rows = db.session.execute(
        sa.select(Assignment, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(Assignment.section_id == section_id)
        .order_by(Assignment.created_at.desc(), Assignment.id.desc())
    ).all()
    only = {} if all(assignment.for_whole_class for assignment, _ in rows) else recipients(section_id)
    return tuple(
        _row(assignment, title, None if assignment.for_whole_class else only.get(assignment.id, frozenset()))
        for assignment, title in rows
    )


def handed_in(section_id: int) -> HandedIn:
    """Return who started which assignment of a class, and whether it was handed in."""
    rows = db.session.execute(
        sa.select(Attempt.assignment_id, Attempt.student_id, sa.func.count(Attempt.submitted_at))
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(Assignment.section_id == section_id)
        .group_by(Attempt.assignment_id, Attempt.student_id)
    )
    return {
        (assignment, student): bool(done)
        for assignment, student, done in rows
        if assignment is not None and student is not None
    }


def list_attempts(student_id: int, *, now: datetime, section_id: int | None = None) -> tuple[AttemptLine, ...]:
    """Return a student's attempts, newest first, in one class or in all."""
    query = (
        sa.select(Attempt, QuizRevision.title, Assignment, Student)
        .select_from(Attempt)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(Student, Student.id == Attempt.student_id)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .where(Attempt.student_id == student_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    )
    if section_id is not None:
        query = query.where(Assignment.section_id == section_id)
    rows = db.session.execute(query).all()
    marks = marks_by_attempt([attempt.id for attempt, *_ in rows])
    several = any(attempt.number > 1 for attempt, *_ in rows)
    spare = attempts_that_do_not_count(Attempt.student_id == student_id) if several else frozenset()
    return tuple(
        AttemptLine(
            public_id=attempt.public_id,
            title=title,
            started_at=attempt.started_at,
            handed_in_at=attempt.submitted_at,
            total=Tally.of(marks.get(attempt.id, {}).values()),
            results_shown=attempt.submitted_at is not None and _row(assignment, title).shows_results(now),
            number=attempt.number,
            late=timing.is_late(assignment, Support.of(student), attempt.submitted_at),
            counts=attempt.id not in spare,
            of_several=attempt.number > 1 or assignment.attempts_allowed != 1,
        )
        for attempt, title, assignment, student in rows
    )


def _row(assignment: Assignment, title: str, only: frozenset[int] | None = None) -> AssignmentRow:
    return AssignmentRow(
        id=assignment.id,
        public_id=assignment.public_id,
        title=title,
        quiz_revision_id=assignment.quiz_revision_id,
        assigned_at=assignment.created_at,
        opens_at=assignment.opens_at,
        closes_at=assignment.closes_at,
        immediate=assignment.feedback is FeedbackMode.IMMEDIATE,
        released=assignment.released_at is not None,
        due_at=assignment.due_at,
        time_limit=assignment.time_limit,
        attempts_allowed=assignment.attempts_allowed,
        one_way=assignment.one_way,
        only=only,
    )


def marks_by_attempt(attempt_ids: list[int]) -> dict[int, dict[int, float | None]]:
    """Return the newest mark of each question of attempts, by attempt and attempt item; void ones are left out."""
    rows = db.session.execute(
        sa.select(AttemptItem.attempt_id, Score.attempt_item_id, Score.fraction, Score.void)
        .join(AttemptItem, AttemptItem.id == Score.attempt_item_id)
        .where(AttemptItem.attempt_id.in_(attempt_ids))
        .order_by(Score.number)
    )
    found: dict[int, dict[int, float | None]] = {}
    for attempt_id, attempt_item_id, fraction, void in rows:
        marks = found.setdefault(attempt_id, {})
        if void:
            marks.pop(attempt_item_id, None)
        else:
            marks[attempt_item_id] = fraction
    return found
