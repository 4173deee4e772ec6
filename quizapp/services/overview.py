"""The school in counts, for administrators: no student's name, and nothing about a handful of students."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from quizapp.models import Account, Assignment, Attempt, RosterEntry, Section, db

STUDENTS_TO_SHOW = 10
"""Classes with fewer are not told apart: their numbers would be about persons."""
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class ClassCounts:
    """One class. With fewer than STUDENTS_TO_SHOW students everything but the name is None."""

    name: str
    students: int | None
    assignments: int | None
    handed_in: int | None
    """Attempts handed in, ever."""
    lately: int | None
    """Attempts handed in during the last thirty days."""

    @property
    def shown(self) -> bool:
        return self.students is not None


@dataclass(frozen=True)
class SchoolPage:
    staff: int
    classes: int
    students: int
    assignments: int
    handed_in: int
    lately: int
    rows: tuple[ClassCounts, ...]


def school_page(*, now: datetime) -> SchoolPage:
    """Return how much the school uses the app."""
    sections = db.session.execute(
        sa.select(Section.id, Section.name)
        .where(Section.archived_at.is_(None), Section.deleted_at.is_(None))
        .order_by(Section.name, Section.id)
    ).all()
    ids = [row.id for row in sections]
    students = _counted(
        sa.select(RosterEntry.section_id, sa.func.count())
        .where(RosterEntry.section_id.in_(ids), RosterEntry.removed_at.is_(None))
        .group_by(RosterEntry.section_id)
    )
    assignments = _counted(
        sa.select(Assignment.section_id, sa.func.count())
        .where(Assignment.section_id.in_(ids))
        .group_by(Assignment.section_id)
    )
    handed_in, lately = _handed_in(ids, now)
    everybody = db.session.scalar(
        sa.select(sa.func.count(sa.distinct(RosterEntry.student_id))).where(
            RosterEntry.section_id.in_(ids), RosterEntry.removed_at.is_(None)
        )
    )
    staff = db.session.scalar(sa.select(sa.func.count()).where(Account.disabled_at.is_(None)))
    return SchoolPage(
        staff=staff or 0,
        classes=len(sections),
        students=everybody or 0,
        assignments=sum(assignments.values()),
        handed_in=sum(handed_in.values()),
        lately=sum(lately.values()),
        rows=tuple(
            _row(
                row.name,
                students.get(row.id, 0),
                assignments.get(row.id, 0),
                handed_in.get(row.id, 0),
                lately.get(row.id, 0),
            )
            for row in sections
        ),
    )


def _row(name: str, students: int, assignments: int, handed_in: int, lately: int) -> ClassCounts:
    if students < STUDENTS_TO_SHOW:
        return ClassCounts(name, None, None, None, None)
    return ClassCounts(name, students, assignments, handed_in, lately)


def _handed_in(ids: list[int], now: datetime) -> tuple[dict[int, int], dict[int, int]]:
    rows = db.session.execute(
        sa.select(
            Assignment.section_id,
            sa.func.count(Attempt.submitted_at),
            sa.func.count(sa.case((Attempt.submitted_at > now - LATELY, 1))),
        )
        .join(Attempt, Attempt.assignment_id == Assignment.id)
        .where(Assignment.section_id.in_(ids))
        .group_by(Assignment.section_id)
    ).all()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}


def _counted(query: sa.Executable) -> dict[int, int]:
    """The rows of a query for a key and a number."""
    return {row[0]: row[1] for row in db.session.execute(query).all()}
