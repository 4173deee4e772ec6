"""A teacher's first page: the classes, and what each of them waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Assignment, Attempt, HelpRequest, QuizRevision, RosterEntry, db
from quizapp.services.marking_queue import MarkingLine, waiting_answers
from quizapp.services.recipients import is_for
from quizapp.services.rosters import SectionRef, list_sections


@dataclass(frozen=True)
class ClosingLine:
    """An assignment that closes today."""

    assignment: str
    """Public id."""
    title: str
    closes_at: datetime


@dataclass(frozen=True)
class SectionLine:
    """One class with what there is to do."""

    section: SectionRef
    students: int
    open_assignments: int
    working: int
    """Students at work on something open."""
    help_asked: int
    to_mark: tuple[MarkingLine, ...]
    closing: tuple[ClosingLine, ...]
    not_started: int
    """Students who have not started something that is open to them."""


def teacher_home(account_id: int, *, now: datetime, day_ends: datetime) -> tuple[SectionLine, ...]:
    """Return a teacher's classes with what is going on in each.

    Args:
        day_ends: the end of today where the teacher is.
    """
    sections = list_sections(account_id)
    ids = [section.id for section in sections]
    students = _count(
        sa.select(RosterEntry.section_id, sa.func.count())
        .where(RosterEntry.section_id.in_(ids), RosterEntry.removed_at.is_(None))
        .group_by(RosterEntry.section_id)
    )
    opened = _count(
        sa.select(Assignment.section_id, sa.func.count())
        .where(Assignment.section_id.in_(ids), *_open(now))
        .group_by(Assignment.section_id)
    )
    working, helped = _at_work(ids, now)
    waiting, not_started, closing = (
        waiting_answers(ids, account_id),
        _not_started(ids, now),
        _closing(ids, now, day_ends),
    )
    return tuple(
        SectionLine(
            section=section,
            students=students.get(section.id, 0),
            open_assignments=opened.get(section.id, 0),
            working=working.get(section.id, 0),
            help_asked=helped.get(section.id, 0),
            to_mark=waiting.get(section.id, ()),
            closing=closing.get(section.id, ()),
            not_started=not_started.get(section.id, 0),
        )
        for section in sections
    )


def _open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Assignment.opens_at <= now,
        sa.or_(Assignment.closes_at.is_(None), Assignment.closes_at > now),
        sa.or_(Assignment.accept_late, Assignment.due_at.is_(None), Assignment.due_at > now),
    )


def _at_work(ids: list[int], now: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """Students at work on what is open, and those of them who ask for help, by class."""
    rows = db.session.execute(
        sa.select(
            Assignment.section_id,
            sa.func.count(sa.distinct(Attempt.student_id)),
            sa.func.count(sa.distinct(sa.case((HelpRequest.attempt_id.is_not(None), Attempt.student_id)))),
        )
        .join(Attempt, Attempt.assignment_id == Assignment.id)
        .join(
            RosterEntry,
            sa.and_(
                RosterEntry.section_id == Assignment.section_id,
                RosterEntry.student_id == Attempt.student_id,
                RosterEntry.removed_at.is_(None),
            ),
        )
        .outerjoin(HelpRequest, HelpRequest.attempt_id == Attempt.id)
        .where(Assignment.section_id.in_(ids), Attempt.submitted_at.is_(None), *_open(now))
        .group_by(Assignment.section_id)
    ).all()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}


def _not_started(ids: list[int], now: datetime) -> dict[int, int]:
    started = (
        sa.select(Attempt.id)
        .where(Attempt.assignment_id == Assignment.id, Attempt.student_id == RosterEntry.student_id)
        .exists()
    )
    return _count(
        sa.select(RosterEntry.section_id, sa.func.count(sa.distinct(RosterEntry.student_id)))
        .join(Assignment, Assignment.section_id == RosterEntry.section_id)
        .where(
            RosterEntry.section_id.in_(ids),
            RosterEntry.removed_at.is_(None),
            is_for(sa.type_coerce(RosterEntry.student_id, sa.Integer)),
            ~started,
            *_open(now),
        )
        .group_by(RosterEntry.section_id)
    )


def _closing(ids: list[int], now: datetime, day_ends: datetime) -> dict[int, tuple[ClosingLine, ...]]:
    rows = db.session.execute(
        sa.select(Assignment.section_id, Assignment.public_id, QuizRevision.title, Assignment.closes_at)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(Assignment.section_id.in_(ids), Assignment.closes_at <= day_ends, *_open(now))
        .order_by(Assignment.closes_at)
    )
    found: dict[int, tuple[ClosingLine, ...]] = {}
    for section_id, assignment, title, closes_at in rows:
        if closes_at is not None:
            found[section_id] = (*found.get(section_id, ()), ClosingLine(assignment, title, closes_at))
    return found


def _count(query: sa.Executable) -> dict[int, int]:
    """The rows of a query for a key and a number."""
    return {row[0]: row[1] for row in db.session.execute(query).all()}
