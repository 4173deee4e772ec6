"""Who is in a class now, as pages about the class need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import RosterEntry, Student, db
from quizapp.services.rosters import NotFoundError


@dataclass(frozen=True)
class Member:
    """A student of a class, under the name used there."""

    id: int
    public_id: str
    name: str
    group: str | None
    has_card: bool
    added_at: datetime


def members_of(section_id: int) -> tuple[Member, ...]:
    """Return who is in a class, by name; nobody who has left."""
    return _members(RosterEntry.section_id == section_id)


def member(section_id: int, student: str) -> Member:
    """Return one student of a class by public id.

    Raises:
        NotFoundError: nobody of that id is in this class.
    """
    for found in _members(sa.and_(RosterEntry.section_id == section_id, Student.public_id == student)):
        return found
    raise NotFoundError("student")


def _members(condition: sa.ColumnElement[bool]) -> tuple[Member, ...]:
    rows = db.session.execute(
        sa.select(
            Student.id,
            Student.public_id,
            RosterEntry.display_name,
            RosterEntry.group,
            Student.secret_hmac.is_not(None),
            RosterEntry.added_at,
        )
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(condition, RosterEntry.removed_at.is_(None))
        .order_by(RosterEntry.folded_name)
    )
    return tuple(Member(*row) for row in rows)
