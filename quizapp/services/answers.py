"""Every answer of a class, one row for a student, question and attempt: what analyses elsewhere start from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.items.base import JSON, Item
from quizapp.models import (
    Assignment,
    AssignmentRoute,
    Attempt,
    AttemptItem,
    Bank,
    ItemRevision,
    QuizRevision,
    RosterEntry,
    Route,
    Score,
    StandIn,
    Student,
    db,
)
from quizapp.models import Item as ItemRow
from quizapp.models import Response as ResponseRow
from quizapp.services.catalogue import content_of
from quizapp.services.rosters import NotFoundError, SectionRef, find_section

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class AnswerRow:
    """What one student gave for one question in one attempt, and what came of it."""

    attempt: str
    """Public id."""
    attempt_number: int
    """From 1, within student and assignment."""
    position: int
    """Where the attempt shows the question, from 1."""
    student: str
    """Public id: a code that tells no name."""
    name: str
    group: str | None
    assignment: str | None
    """Public id; None for practice."""
    title: str | None
    """Of the quiz."""
    bank: str
    item: str
    """The question's slug within its bank."""
    revision: int
    lineage: int
    kind: str
    skill: str | None
    answered: bool
    answer: JSON
    """In the author's words; None when left blank, and where it is kept back: in an assignment in which
    students may quietly change to other questions, answers would tell who did."""
    reason: str
    """What was written beside a choice."""
    marked: bool
    """Whether there is a mark, be it that it waits for a teacher."""
    fraction: float | None
    """The mark that counts, 0 to 1; None: none yet, or left out."""
    void: bool
    """Whether the question was left out for everybody after it turned out to be faulty."""
    confidence: float | None
    started_at: datetime
    """The attempt."""
    saved_at: datetime | None
    """This answer, for the last time."""
    handed_in_at: datetime | None


@dataclass(frozen=True)
class Wanted:
    """Which answers: everything, or only one assignment's or one student's, by public id."""

    assignment: str | None = None
    student: str | None = None


@dataclass(frozen=True)
class AnswersPage:
    """Some answers of a class, oldest attempts first."""

    section: SectionRef
    rows: tuple[AnswerRow, ...]
    more: bool
    """Whether others follow the last of these."""


def answers_page(
    section: str, account_id: int, *, wanted: Wanted, after: tuple[str, int] | None = None, limit: int = ROWS_AT_ONCE
) -> AnswersPage:
    """Return a part of the answers of a class.

    Args:
        after: attempt and position of the last row that was read; None begins.
        limit: at most so many rows.

    Raises:
        NotFoundError: no such class of this teacher, or no such attempt, assignment or student in it.
    """
    found = find_section(section, account_id)
    _check_wanted(found.id, wanted)
    place = None if after is None else (_attempt_id(found.id, after[0]), after[1])
    rows = _read(found.id, wanted, place, limit + 1)
    return AnswersPage(found, tuple(row for _, row in rows[:limit]), more=len(rows) > limit)


def all_answers(section: str, account_id: int, *, wanted: Wanted) -> Iterator[tuple[AnswerRow, ...]]:
    """Return every answer of a class, a few hundred at a time, for a file of any length.

    No read lasts longer than such a part, so a slow download holds nobody up.

    Raises:
        NotFoundError: no such class of this teacher, or no such assignment or student in it; at once,
            not when the first part is asked for.
    """
    found = find_section(section, account_id)
    _check_wanted(found.id, wanted)
    return _parts(found.id, wanted)


def _parts(section_id: int, wanted: Wanted) -> Iterator[tuple[AnswerRow, ...]]:
    place: tuple[int, int] | None = None
    while True:
        rows = _read(section_id, wanted, place, ROWS_AT_ONCE)
        db.session.rollback()
        if rows:
            yield tuple(row for _, row in rows)
            place = rows[-1][0]
        if len(rows) < ROWS_AT_ONCE:
            return


def _read(
    section_id: int, wanted: Wanted, after: tuple[int, int] | None, limit: int
) -> list[tuple[tuple[int, int], AnswerRow]]:
    """Rows with their places, which are (attempt, position)."""
    query = _query(section_id, wanted).limit(limit)
    if after is not None:
        attempt, position = after
        query = query.where(Attempt.id >= attempt, sa.or_(Attempt.id > attempt, AttemptItem.position > position))
    rows = db.session.execute(query).all()
    marks = _newest_marks([row.attempt_item_id for row in rows])
    revisions = _revisions({row.stands_for or row.item_revision_id for row in rows})
    return [
        ((row.attempt_id, row.position), _row(row, revisions[row.stands_for or row.item_revision_id], marks))
        for row in rows
    ]


def _query(section_id: int, wanted: Wanted) -> Any:
    assigned_here = sa.select(Assignment.id).where(Assignment.section_id == section_id)
    here = sa.or_(Attempt.assignment_id.in_(assigned_here), Attempt.practised_in == section_id)
    query = (
        sa.select(
            Attempt.id.label("attempt_id"),
            Attempt.public_id.label("attempt"),
            Attempt.number,
            Attempt.started_at,
            Attempt.submitted_at,
            AttemptItem.id.label("attempt_item_id"),
            AttemptItem.position,
            AttemptItem.item_revision_id,
            StandIn.item_revision_id.label("stands_for"),
            AssignmentRoute.route,
            Student.public_id.label("student"),
            RosterEntry.display_name,
            RosterEntry.group.label("group"),
            Assignment.public_id.label("assignment"),
            QuizRevision.title,
            ResponseRow.content,
            ResponseRow.confidence,
            ResponseRow.saved_at,
        )
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(Student, Student.id == Attempt.student_id)
        .join(
            RosterEntry,
            sa.and_(
                RosterEntry.student_id == Student.id,
                RosterEntry.section_id == section_id,
                RosterEntry.removed_at.is_(None),
            ),
        )
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .outerjoin(AssignmentRoute, AssignmentRoute.assignment_id == Attempt.assignment_id)
        .outerjoin(StandIn, StandIn.attempt_item_id == AttemptItem.id)
        .outerjoin(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .outerjoin(ResponseRow, sa.and_(ResponseRow.attempt_item_id == AttemptItem.id, ResponseRow.try_number == 1))
        .where(here)
        .order_by(Attempt.id, AttemptItem.position)
    )
    if wanted.assignment is not None:
        query = query.where(Assignment.public_id == wanted.assignment)
    if wanted.student is not None:
        query = query.where(Student.public_id == wanted.student)
    return query


@dataclass(frozen=True)
class _Asked:
    """The question that a row answers."""

    bank: str
    slug: str
    kind: str
    revision: int
    lineage: int
    skill: str | None
    item: Item[Any]


def _revisions(ids: set[int]) -> dict[int, _Asked]:
    rows = db.session.execute(
        sa.select(ItemRevision, ItemRow.slug, ItemRow.kind, Bank.slug)
        .join(ItemRow, ItemRow.id == ItemRevision.item_id)
        .join(Bank, Bank.id == ItemRow.bank_id)
        .where(ItemRevision.id.in_(ids))
    )
    return {
        revision.id: _Asked(
            bank, slug, kind, revision.number, revision.lineage, revision.skill, content_of(revision).item
        )
        for revision, slug, kind, bank in rows
    }


def _newest_marks(attempt_item_ids: Sequence[int]) -> dict[int, tuple[float | None, bool]]:
    """Fraction, and whether it is left out, of the mark that counts."""
    rows = db.session.execute(
        sa.select(Score.attempt_item_id, Score.fraction, Score.void)
        .where(Score.attempt_item_id.in_(attempt_item_ids))
        .order_by(Score.number)
    )
    return {row.attempt_item_id: (None if row.void else row.fraction, row.void) for row in rows}


def _row(row: Any, asked: _Asked, marks: dict[int, tuple[float | None, bool]]) -> AnswerRow:
    shown = None
    if row.content is not None and row.stands_for is None and row.route is not Route.EITHER:
        shown = asked.item.response_from_json(row.content)
    fraction, void = marks.get(row.attempt_item_id, (None, False))
    return AnswerRow(
        attempt=row.attempt,
        attempt_number=row.number,
        position=row.position,
        student=row.student,
        name=row.display_name,
        group=row.group,
        assignment=row.assignment,
        title=row.title,
        bank=asked.bank,
        item=asked.slug,
        revision=asked.revision,
        lineage=asked.lineage,
        kind=asked.kind,
        skill=asked.skill,
        answered=row.content is not None,
        answer=None if shown is None else asked.item.to_words(shown),
        reason="" if shown is None or not asked.item.choosings() else asked.item.written(shown),
        marked=row.attempt_item_id in marks,
        fraction=fraction,
        void=void,
        confidence=row.confidence,
        started_at=row.started_at,
        saved_at=row.saved_at,
        handed_in_at=row.submitted_at,
    )


def _check_wanted(section_id: int, wanted: Wanted) -> None:
    if wanted.assignment is not None and not db.session.scalar(
        sa.select(Assignment.id).where(Assignment.public_id == wanted.assignment, Assignment.section_id == section_id)
    ):
        raise NotFoundError("assignment")
    if wanted.student is not None and not db.session.scalar(
        sa.select(RosterEntry.id)
        .join(Student, Student.id == RosterEntry.student_id)
        .where(
            Student.public_id == wanted.student,
            RosterEntry.section_id == section_id,
            RosterEntry.removed_at.is_(None),
        )
    ):
        raise NotFoundError("student")


def _attempt_id(section_id: int, attempt: str) -> int:
    found = db.session.scalar(
        sa.select(Attempt.id)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Attempt.public_id == attempt,
            sa.or_(Assignment.section_id == section_id, Attempt.practised_in == section_id),
        )
    )
    if found is None:
        raise NotFoundError("attempt")
    return found
