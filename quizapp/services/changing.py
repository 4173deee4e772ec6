"""Changing an assignment that is out: dates and rules, more time, closing, opening again.

Every change raises the assignment's version and is refused when the page it comes from is older, so a
button pressed twice works once and two teachers do not undo each other. Attempts under way get their
new end in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Assignment,
    AssignmentRecipient,
    Attempt,
    ExtraAttempt,
    RosterEntry,
    Student,
    db,
)
from quizapp.services import timing
from quizapp.services.assigning import (
    AssignmentRules,
    Recipients,
    RulesError,
    apply_changeable,
    check_times,
    name_recipients,
)
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.starting import question_counts
from quizapp.services.timing import Support
from quizapp.services.writing import writing

MORE = timedelta(minutes=5)
FIXED_ONCE_STARTED = ("opens_at", "feedback", "ask_confidence", "shuffle_items", "one_way")
"""What no longer changes when somebody has started: all students work under the same conditions."""


@dataclass(frozen=True)
class AssignmentPage:
    """An assignment as the page that changes it shows it."""

    public_id: str
    title: str
    questions: int
    version: int
    rules: AssignmentRules
    to: Recipients
    started: int
    """Students who have started."""
    open_now: bool
    coming: bool
    """It opens later."""
    closes_at: datetime | None
    """When it closes for students without extra time."""
    later: tuple[tuple[str, datetime], ...]
    """Students with more time to whom it closes later: name and moment."""

    @property
    def can_get_more_time(self) -> bool:
        return self.rules.time_limit is not None or self.closes_at is not None


def assignment_page(section: SectionRef, assignment: str, *, now: datetime) -> AssignmentPage:
    """Return an assignment of a class with its rules.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    row = db.session.scalar(
        sa.select(Assignment).where(Assignment.public_id == assignment, Assignment.section_id == section.id)
    )
    if row is None:
        raise NotFoundError("assignment")
    return AssignmentPage(
        public_id=row.public_id,
        title=row.quiz_revision.title,
        questions=question_counts([row.id])[row.id],
        version=row.version,
        rules=_rules(row),
        to=_recipients(row),
        started=_started(db.session(), row),
        open_now=row.opens_at <= now and (row.closes_at is None or row.closes_at > now),
        coming=row.opens_at > now,
        closes_at=row.closes_at,
        later=_later(row),
    )


def change_assignment(
    section: SectionRef, assignment: str, rules: AssignmentRules, to: Recipients, *, version: int, now: datetime
) -> None:
    """Give an assignment other rules. Once somebody has started, some of them stay as they are.

    Raises:
        NotFoundError: the class has no such assignment.
        RulesError: the times contradict each other, the rule no longer changes, or somebody else
            changed the assignment meanwhile.
    """

    def change(session: Session, row: Assignment) -> None:
        before = _rules(row)
        _check_new_times(row, rules, now)
        if _started(session, row):
            for field in FIXED_ONCE_STARTED:
                if getattr(rules, field) != getattr(before, field):
                    raise RulesError(field, RulesError.STARTED)
        row.opens_at = rules.opens_at or row.opens_at
        row.feedback, row.ask_confidence = rules.feedback, rules.ask_confidence
        row.shuffle_items, row.one_way = rules.shuffle_items, rules.one_way
        apply_changeable(row, rules)
        name_recipients(session, row, to)

    _change(section, assignment, version, change)


def give_more_time(section: SectionRef, assignment: str, *, version: int, now: datetime) -> None:
    """Give everybody five more minutes, students with extra time their multiple of it.

    Both the time limit and the time at which work is due or closes move, if there are any.

    Raises:
        NotFoundError: the class has no such assignment.
        RulesError: somebody changed the assignment meanwhile, as by the same button.
    """

    def change(_session: Session, row: Assignment) -> None:
        if row.time_limit is not None:
            row.time_limit += round(MORE.total_seconds())
        if row.closes_at is not None:
            row.closes_at = max(row.closes_at, now) + MORE
        if row.due_at is not None:
            row.due_at = row.due_at + MORE if row.accept_late else row.closes_at

    _change(section, assignment, version, change)


def close_now(section: SectionRef, assignment: str, *, version: int, now: datetime) -> None:
    """Take no more answers from now on; students with extra time keep theirs.

    Raises:
        NotFoundError: the class has no such assignment.
        RulesError: somebody changed the assignment meanwhile.
    """

    def change(_session: Session, row: Assignment) -> None:
        row.closes_at = now
        row.opens_at = min(row.opens_at, now)
        if row.due_at is not None:
            row.due_at = min(row.due_at, now)

    _change(section, assignment, version, change)


def reopen(section: SectionRef, assignment: str, *, version: int, now: datetime) -> None:
    """Take answers again, without an end. What was handed in stays handed in.

    Raises:
        NotFoundError: the class has no such assignment.
        RulesError: somebody changed the assignment meanwhile.
    """

    def change(_session: Session, row: Assignment) -> None:
        row.closes_at = None
        row.accept_late = True
        row.opens_at = min(row.opens_at, now)

    _change(section, assignment, version, change)


def give_extra_attempt(section: SectionRef, assignment: str, student: str) -> None:
    """Let one student take an assignment once more than the others.

    Pressing twice gives one: there is never more than one attempt to spare.

    Raises:
        NotFoundError: the class has no such assignment or no such student.
    """
    with writing() as session:
        row = _locked(session, section, assignment)
        student_id = session.scalar(
            sa.select(Student.id)
            .join(RosterEntry, RosterEntry.student_id == Student.id)
            .where(RosterEntry.section_id == section.id, RosterEntry.removed_at.is_(None), Student.public_id == student)
        )
        if student_id is None:
            raise NotFoundError("student")
        if row.attempts_allowed is None:
            return
        used = session.scalar(
            sa.select(sa.func.count()).where(Attempt.assignment_id == row.id, Attempt.student_id == student_id)
        )
        wanted = max(0, (used or 0) + 1 - row.attempts_allowed)
        given = session.get(ExtraAttempt, (row.id, student_id))
        if given is not None:
            given.count = max(given.count, wanted)
        elif wanted:
            session.add(ExtraAttempt(assignment_id=row.id, student_id=student_id, count=wanted))


def move_ends(session: Session, which: sa.ColumnElement[bool], *, only_later: bool = False) -> None:
    """Work out the ends of attempts under way anew. The caller commits.

    Args:
        only_later: move no end forward, as when support settings change.
    """
    rows = session.execute(
        sa.select(Attempt, Assignment, Student)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(Student, Student.id == Attempt.student_id)
        .where(which, Attempt.submitted_at.is_(None))
    ).all()
    for attempt, assignment, student in rows:
        support = Support.of(student)
        allowed = _longer(attempt.time_allowed, timing.time_allowed(assignment, support))
        end = timing.end_of(assignment, support, attempt.started_at, allowed)
        if only_later and (attempt.ends_at is None or (end is not None and end < attempt.ends_at)):
            end = attempt.ends_at
        session.execute(
            sa.update(Attempt)
            .where(Attempt.id == attempt.id, Attempt.submitted_at.is_(None))
            .values(time_allowed=allowed, ends_at=end)
            .execution_options(synchronize_session=False)
        )


def _change(section: SectionRef, assignment: str, version: int, change: Callable[[Session, Assignment], None]) -> None:
    with writing() as session:
        row = _locked(session, section, assignment)
        if row.version != version:
            raise RulesError("version", RulesError.CHANGED)
        change(session, row)
        row.version += 1
        session.flush()
        move_ends(session, Attempt.assignment_id == row.id)


def _locked(session: Session, section: SectionRef, assignment: str) -> Assignment:
    """Return an assignment that nobody else changes or starts until the end of this transaction."""
    row = session.scalar(
        sa.select(Assignment)
        .where(Assignment.public_id == assignment, Assignment.section_id == section.id)
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("assignment")
    return row


def _check_new_times(row: Assignment, rules: AssignmentRules, now: datetime) -> None:
    """Refuse contradictions, but not a closing time that was there before and is over by now."""
    if rules.closes_at is not None and rules.closes_at == row.closes_at:
        now = min(now, rules.closes_at - timedelta(microseconds=1))
    check_times(rules, now=now)


def _longer(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else max(before, after)


def _rules(row: Assignment) -> AssignmentRules:
    return AssignmentRules(
        feedback=row.feedback,
        ask_confidence=row.ask_confidence,
        shuffle_items=row.shuffle_items,
        one_way=row.one_way,
        opens_at=row.opens_at,
        due_at=row.due_at,
        closes_at=row.closes_at,
        accept_late=row.accept_late,
        attempts_allowed=row.attempts_allowed,
        counting=row.counting,
        time_limit=row.time_limit,
        pass_mark=row.pass_mark,
    )


def _recipients(row: Assignment) -> Recipients:
    if row.for_whole_class:
        return Recipients()
    rows = db.session.execute(
        sa.select(AssignmentRecipient.group, Student.public_id)
        .outerjoin(Student, Student.id == AssignmentRecipient.student_id)
        .where(AssignmentRecipient.assignment_id == row.id)
        .order_by(AssignmentRecipient.id)
    ).all()
    return Recipients(
        tuple(group for group, _ in rows if group is not None),
        tuple(student for _, student in rows if student is not None),
    )


def _started(session: Session, row: Assignment) -> int:
    return (
        session.scalar(sa.select(sa.func.count(sa.distinct(Attempt.student_id))).where(Attempt.assignment_id == row.id))
        or 0
    )


def _later(row: Assignment) -> tuple[tuple[str, datetime], ...]:
    rows = db.session.execute(
        sa.select(Student, RosterEntry.display_name)
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(
            RosterEntry.section_id == row.section_id,
            RosterEntry.removed_at.is_(None),
            sa.or_(Student.time_factor > 1, Student.no_time_limit),
        )
        .order_by(RosterEntry.folded_name)
    )
    found = ((name, timing.own_closing(row, Support.of(student))) for student, name in rows)
    return tuple((name, moment) for name, moment in found if moment is not None)
