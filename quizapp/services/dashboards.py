"""What teachers read first: their classes, with what is going on in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Assignment, Attempt, RosterEntry, db
from quizapp.services.rosters import SectionRef, list_sections


@dataclass(frozen=True)
class SectionLine:
    """One class on the teacher's home page."""

    section: SectionRef
    students: int
    open_assignments: int
    working: int


def teacher_home(account_id: int, *, now: datetime) -> tuple[SectionLine, ...]:
    """Return a teacher's classes with what is going on in each."""
    sections = list_sections(account_id)
    ids = [section.id for section in sections]
    students = dict(
        db.session.execute(
            sa.select(RosterEntry.section_id, sa.func.count())
            .where(RosterEntry.section_id.in_(ids), RosterEntry.removed_at.is_(None))
            .group_by(RosterEntry.section_id)
        ).all()
    )
    still_open = sa.or_(Assignment.closes_at.is_(None), Assignment.closes_at > now)
    opened = dict(
        db.session.execute(
            sa.select(Assignment.section_id, sa.func.count())
            .where(Assignment.section_id.in_(ids), Assignment.opens_at <= now, still_open)
            .group_by(Assignment.section_id)
        ).all()
    )
    working = dict(
        db.session.execute(
            sa.select(Assignment.section_id, sa.func.count())
            .join(Attempt, Attempt.assignment_id == Assignment.id)
            .where(Assignment.section_id.in_(ids), Attempt.submitted_at.is_(None), still_open)
            .group_by(Assignment.section_id)
        ).all()
    )
    return tuple(
        SectionLine(
            section,
            students.get(section.id, 0),
            opened.get(section.id, 0),
            working.get(section.id, 0),
        )
        for section in sections
    )
