"""All that is kept about one student, as a file to hand out: JSON for programs, a page for people."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp import text
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    Base,
    ItemRevision,
    QuizRevision,
    Response,
    RosterEntry,
    Score,
    Section,
    Student,
    db,
)
from quizapp.services import auditing
from quizapp.services.catalogue import content_of
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.writing import writing

NOT_HANDED_OUT = {"secret_hmac", "token_hash", "visitor_hash", "request_key"}
"""Columns that open doors, or tell browsers apart; they say nothing about the person."""


@dataclass(frozen=True)
class AnswerLine:
    """One answer as people read it."""

    position: int
    question: str
    answer: str
    fraction: float | None
    confidence: float | None


@dataclass(frozen=True)
class AttemptFile:
    section: str
    title: str
    """Of the quiz; empty for practice."""
    started_at: datetime
    handed_in_at: datetime | None
    answers: tuple[AnswerLine, ...]


@dataclass(frozen=True)
class StudentFile:
    """What is kept about a student."""

    names: tuple[tuple[str, str], ...]
    """Class and name in it."""
    made_at: datetime
    attempts: tuple[AttemptFile, ...]
    tables: dict[str, list[dict[str, Any]]]
    """Every stored row about the student, by table."""

    @property
    def file_name(self) -> str:
        """A name that tells nobody whose file it is."""
        return f"student-data-{self.made_at:%Y-%m-%d-%H%M%S}.zip"

    def as_json(self) -> str:
        """Return the rows as JSON."""
        return json.dumps({"made_at": self.made_at.isoformat(), **self.tables}, indent=1, default=str)


def collect(student: str, *, section: SectionRef | None, account_id: int, now: datetime) -> StudentFile:
    """Gather all that is kept about a student, and note that it was handed out.

    Args:
        section: only what belongs to this class; None for all of them, for administrators.

    Raises:
        NotFoundError: there is no such student, or never was in this class.
    """
    with writing() as session:
        query = sa.select(Student.id).where(Student.public_id == student)
        if section is not None:
            query = query.join(RosterEntry, RosterEntry.student_id == Student.id).where(
                RosterEntry.section_id == section.id
            )
        student_id = session.scalar(query)
        if student_id is None:
            raise NotFoundError("student")
        auditing.record(session, "student-exported", f"student {student}", account_id=account_id, now=now)
    only = None if section is None else section.id
    names = db.session.execute(
        sa.select(Section.name, RosterEntry.display_name)
        .join(RosterEntry, RosterEntry.section_id == Section.id)
        .where(RosterEntry.student_id == student_id, *([] if only is None else [Section.id == only]))
        .order_by(Section.name)
    ).all()
    return StudentFile(
        names=tuple((section_name, name) for section_name, name in names),
        made_at=now,
        attempts=tuple(_attempts(student_id, only)),
        tables=_tables(student_id, only),
    )


def zipped(found: StudentFile, page: str) -> bytes:
    """Return the file: `data.json` with every row, `page.html` to read."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", found.as_json())
        archive.writestr("page.html", page)
    return buffer.getvalue()


def _attempts(student_id: int, section_id: int | None) -> Iterator[AttemptFile]:
    query = (
        sa.select(Attempt, QuizRevision.title, Section.name)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .join(Section, Section.id == sa.func.coalesce(Assignment.section_id, Attempt.practised_in))
        .outerjoin(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .where(Attempt.student_id == student_id)
        .order_by(Attempt.started_at, Attempt.id)
    )
    if section_id is not None:
        query = query.where(Section.id == section_id)
    for attempt, title, section_name in db.session.execute(query).all():
        answers = tuple(_answers(attempt.id))
        yield AttemptFile(section_name, title or "", attempt.started_at, attempt.submitted_at, answers)


def _answers(attempt_id: int) -> Iterator[AnswerLine]:
    newest = (
        sa.select(Score.attempt_item_id, sa.func.max(Score.number).label("number"))
        .group_by(Score.attempt_item_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(AttemptItem.position, ItemRevision, Response.content, Response.confidence, Score.fraction)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .outerjoin(newest, newest.c.attempt_item_id == AttemptItem.id)
        .outerjoin(Score, sa.and_(Score.attempt_item_id == AttemptItem.id, Score.number == newest.c.number))
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    )
    for position, revision, content, confidence, fraction in rows:
        item = content_of(revision).item
        answer = "" if content is None else item.summary(item.response_from_json(content))
        yield AnswerLine(position, text.plain(item.prompt), answer, fraction, confidence)


def _tables(student_id: int, section_id: int | None) -> dict[str, list[dict[str, Any]]]:
    """Every row that hangs on the student, found by following the foreign keys."""
    found: dict[str, list[dict[str, Any]]] = {}
    reached: dict[str, set[Any]] = {"student": {student_id}}
    for table in Base.metadata.sorted_tables:
        conditions: list[sa.ColumnElement[bool]] = [
            key.parent.in_(reached[key.column.table.name])
            for key in table.foreign_keys
            if key.column.table.name in reached and key.ondelete == "CASCADE" and key.column.primary_key
        ]
        if table.name == "student":
            conditions = [table.c.id == student_id]
        if not conditions:
            continue
        rows = [dict(row) for row in db.session.execute(sa.select(table).where(sa.or_(*conditions))).mappings()]
        if section_id is not None:
            rows = [row for row in rows if _in_section(table.name, row, section_id)]
        keys = [column.name for column in table.primary_key]
        if len(keys) == 1:
            reached[table.name] = {row[keys[0]] for row in rows}
        found[table.name] = [{name: value for name, value in row.items() if name not in NOT_HANDED_OUT} for row in rows]
    return {name: rows for name, rows in found.items() if rows}


def _in_section(table: str, row: dict[str, Any], section_id: int) -> bool:
    if row.get("section_id") is not None:
        return bool(row["section_id"] == section_id)
    if table == "attempt":
        owner = db.session.scalar(sa.select(Assignment.section_id).where(Assignment.id == row["assignment_id"]))
        return section_id in {owner, row["practised_in"]}
    return True
