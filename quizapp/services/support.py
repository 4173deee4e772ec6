"""Support settings: how much more time a student has, in every class and every quiz."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Assignment, Attempt, ExtraAttempt, QuizRevision, RosterEntry, Student, db
from quizapp.services.auditing import record
from quizapp.services.changing import move_ends
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.timing import Support
from quizapp.services.writing import writing

FACTORS = (1.0, 1.25, 1.5, 2.0)
"""What a teacher can choose from, beside no limit at all."""
NO_LIMIT = "none"
CHOICES = (*(f"{factor:g}" for factor in FACTORS), NO_LIMIT)


@dataclass(frozen=True)
class UsedUp:
    """An assignment of which a student has no attempt left."""

    assignment: str
    title: str


@dataclass(frozen=True)
class SupportPanel:
    """What the student's page shows and changes."""

    support: Support
    used_up: tuple[UsedUp, ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """What a form offers: factors as text, and "none" for no limit."""
        return CHOICES

    @property
    def chosen(self) -> str:
        return NO_LIMIT if self.support.unlimited else f"{self.support.factor:g}"


def support_panel(section: SectionRef, student: str) -> SupportPanel:
    """Return a student's support settings, and where one more attempt could be given.

    Raises:
        NotFoundError: no such student in this class.
    """
    row = db.session.scalar(_in_class(section, student))
    if row is None:
        raise NotFoundError("student")
    used = (
        sa.select(sa.func.count())
        .where(Attempt.assignment_id == Assignment.id, Attempt.student_id == row.id)
        .scalar_subquery()
    )
    extra = sa.func.coalesce(
        sa.select(ExtraAttempt.count)
        .where(ExtraAttempt.assignment_id == Assignment.id, ExtraAttempt.student_id == row.id)
        .scalar_subquery(),
        0,
    )
    rows = db.session.execute(
        sa.select(Assignment.public_id, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(Assignment.section_id == section.id, used >= Assignment.attempts_allowed + extra, used > 0)
        .order_by(Assignment.created_at.desc(), Assignment.id.desc())
    )
    return SupportPanel(Support.of(row), tuple(UsedUp(*found) for found in rows))


def give_support(section: SectionRef, student: str, support: Support, *, account_id: int, now: datetime) -> None:
    """Store how much more time a student has, and move the end of every attempt under way.

    More time works at once, in every class of the student; less time takes nothing from an attempt
    under way.

    Raises:
        NotFoundError: no such student in this class.
    """
    with writing() as session:
        # First the assignments, then the student, then the attempts: the order in which a start and a
        # change of an assignment take them too, so that nobody waits for each other.
        session.execute(
            sa.select(Assignment.id)
            .join(RosterEntry, RosterEntry.section_id == Assignment.section_id)
            .join(Student, Student.id == RosterEntry.student_id)
            .where(Student.public_id == student)
            .order_by(Assignment.id)
            .with_for_update(read=True, of=Assignment)
        ).all()
        row = session.scalar(_in_class(section, student).with_for_update(of=Student))
        if row is None:
            raise NotFoundError("student")
        row.time_factor, row.no_time_limit = support.factor, support.unlimited
        record(session, "support", f"student {student}", account_id=account_id, now=now)
        session.flush()
        move_ends(session, Attempt.student_id == row.id, only_later=True)


def _in_class(section: SectionRef, student: str) -> sa.Select[Student]:
    return (
        sa.select(Student)
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(RosterEntry.section_id == section.id, RosterEntry.removed_at.is_(None), Student.public_id == student)
    )
