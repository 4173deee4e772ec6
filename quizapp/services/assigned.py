"""An assignment of a class by its public id: the one way to it for whoever reads."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from quizapp.models import Assignment, QuizRevision, db
from quizapp.services.rosters import NotFoundError


class Assigned(NamedTuple):
    """An assignment, and the title of its quiz."""

    row: Assignment
    title: str


def find_assigned(section_id: int, assignment: str) -> Assigned:
    """Return an assignment of a class.

    Args:
        assignment: public id.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    found = db.session.execute(assigned(section_id, assignment)).one_or_none()
    if found is None:
        raise NotFoundError("assignment")
    return Assigned(found[0], found[1])


def assigned(section_id: int, assignment: str) -> sa.Select[Assignment, str]:
    """The statement for an assignment of a class and the title of its quiz, for who reads more with it."""
    return (
        sa.select(Assignment, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(Assignment.public_id == assignment, Assignment.section_id == section_id)
    )
