"""Asking for help in mid-quiz: a student's mark that teachers see, and nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    HelpRequest,
    QuizRevision,
    RosterEntry,
    Section,
    Student,
    db,
)
from quizapp.services.attempts import Taker
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.writing import upsert, writing


@dataclass(frozen=True)
class HelpLine:
    """A student who waits for help."""

    student: str
    """Public id."""
    name: str
    attempt: str
    """Public id."""
    assignment: str
    """Public id."""
    title: str
    position: int
    asked_at: datetime


def ask_for_help(taker: Taker, attempt: str, position: int, *, now: datetime) -> None:
    """Light a student's mark; asking again moves it to another question and keeps the time.

    Raises:
        NotFoundError: no such question in an assigned attempt of this student that is under way.
    """
    with writing() as session:
        question = sa.select(Attempt.id, sa.literal(position), sa.literal(now, type_=HelpRequest.asked_at.type)).where(
            *_under_way(taker, attempt), Attempt.id == AttemptItem.attempt_id, AttemptItem.position == position
        )
        statement = upsert(HelpRequest).from_select(["attempt_id", "position", "asked_at"], question)
        statement = statement.on_conflict_do_update(
            index_elements=[HelpRequest.attempt_id], set_={"position": statement.excluded.position}
        ).returning(HelpRequest.attempt_id)
        if session.execute(statement).scalar_one_or_none() is None:
            raise NotFoundError("question")


def withdraw_help(taker: Taker, attempt: str) -> None:
    """Put out a student's own mark. Doing it twice is the same as once.

    Raises:
        NotFoundError: no assigned attempt of this student that is under way.
    """
    with writing() as session:
        found = session.scalar(sa.select(Attempt.id).where(*_under_way(taker, attempt)))
        if found is None:
            raise NotFoundError("attempt")
        session.execute(sa.delete(HelpRequest).where(HelpRequest.attempt_id == found))


def asked_for_help(attempt: str) -> bool:
    """Tell whether the mark of an attempt is lit."""
    return bool(
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(HelpRequest)
            .join(Attempt, Attempt.id == HelpRequest.attempt_id)
            .where(Attempt.public_id == attempt)
        )
    )


def help_requests(section: SectionRef, assignment: str | None = None) -> tuple[HelpLine, ...]:
    """Return who waits for help in a class, or in one assignment of it, longest first.

    Only attempts under way, only students who are in the class.
    """
    query = (
        sa.select(
            Student.public_id,
            RosterEntry.display_name,
            Attempt.public_id,
            Assignment.public_id,
            QuizRevision.title,
            HelpRequest.position,
            HelpRequest.asked_at,
        )
        .join(Attempt, Attempt.id == HelpRequest.attempt_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .join(Student, Student.id == Attempt.student_id)
        .join(
            RosterEntry,
            sa.and_(RosterEntry.student_id == Student.id, RosterEntry.section_id == Assignment.section_id),
        )
        .where(
            Assignment.section_id == section.id,
            Attempt.submitted_at.is_(None),
            RosterEntry.removed_at.is_(None),
        )
        .order_by(HelpRequest.asked_at, HelpRequest.attempt_id)
    )
    if assignment is not None:
        query = query.where(Assignment.public_id == assignment)
    return tuple(HelpLine(*row) for row in db.session.execute(query))


def clear_help(section: SectionRef, attempt: str) -> None:
    """Put out a student's mark, as a teacher who has helped. Twice is the same as once.

    Raises:
        NotFoundError: no such attempt in this class.
    """
    with writing() as session:
        found = session.scalar(
            sa.select(Attempt.id)
            .join(Assignment, Assignment.id == Attempt.assignment_id)
            .where(Attempt.public_id == attempt, Assignment.section_id == section.id)
        )
        if found is None:
            raise NotFoundError("attempt")
        session.execute(sa.delete(HelpRequest).where(HelpRequest.attempt_id == found))


def _under_way(taker: Taker, attempt: str) -> tuple[sa.ColumnElement[bool], ...]:
    """The condition that an attempt was assigned to this taker in a class at work, and not handed in."""
    in_class = (
        sa.select(Assignment.id)
        .join(Section, Section.id == Assignment.section_id)
        .join(RosterEntry, RosterEntry.section_id == Section.id)
        .where(
            Assignment.id == Attempt.assignment_id,
            RosterEntry.student_id == Attempt.student_id,
            RosterEntry.removed_at.is_(None),
            Section.archived_at.is_(None),
        )
        .exists()
    )
    return (Attempt.public_id == attempt, taker.owns(), Attempt.submitted_at.is_(None), in_class)
