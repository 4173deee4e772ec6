"""For whom an assignment is: the whole class, groups of it, or single students."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from quizapp.models import Assignment, AssignmentRecipient, RosterEntry, Section, db


def is_for(student_id: int | sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The condition that an assignment is for a student, who is in its class today.

    For statements that read Assignment.
    """
    entry = aliased(RosterEntry)
    named = (
        sa.select(AssignmentRecipient.id)
        .where(
            AssignmentRecipient.assignment_id == Assignment.id,
            sa.or_(AssignmentRecipient.student_id == entry.student_id, AssignmentRecipient.group == entry.group),
        )
        .correlate(Assignment, entry)
        .exists()
    )
    return (
        sa.select(entry.id)
        .join(Section, Section.id == entry.section_id)
        .where(
            entry.section_id == Assignment.section_id,
            entry.student_id == student_id,
            entry.removed_at.is_(None),
            Section.archived_at.is_(None),
            sa.or_(Assignment.for_whole_class, named),
        )
        .correlate(Assignment)
        .exists()
    )


def recipients(section_id: int) -> dict[int, frozenset[int]]:
    """Return, by assignment that is not for the whole class, the students of the class it is for today."""
    rows = db.session.execute(
        sa.select(AssignmentRecipient.assignment_id, RosterEntry.student_id)
        .join(Assignment, Assignment.id == AssignmentRecipient.assignment_id)
        .join(
            RosterEntry,
            sa.and_(
                RosterEntry.section_id == Assignment.section_id,
                sa.or_(
                    AssignmentRecipient.student_id == RosterEntry.student_id,
                    AssignmentRecipient.group == RosterEntry.group,
                ),
            ),
        )
        .where(
            Assignment.section_id == section_id, Assignment.for_whole_class.is_(False), RosterEntry.removed_at.is_(None)
        )
    )
    found: dict[int, set[int]] = {}
    for assignment_id, student_id in rows:
        found.setdefault(assignment_id, set()).add(student_id)
    return {assignment_id: frozenset(students) for assignment_id, students in found.items()}
