"""Marks of a class as a table: for the screen and as CSV that other gradebooks take in."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Assignment, Attempt, AttemptItem, CountingAttempt, QuizRevision, Score, db
from quizapp.services.rosters import RosterLine, SectionRef, find_section, roster_lines

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
POINTS_ROW = "Points Possible"


@dataclass(frozen=True)
class MarkColumn:
    """An assignment. Two of the same quiz are told apart by a number."""

    assignment_id: int
    public_id: str
    title: str
    points: int
    """Questions; each gives one mark at most."""


@dataclass(frozen=True)
class MarkCell:
    """What a student earned in one assignment, by the attempt that counts."""

    earned: float | None
    """None: not handed in."""
    waiting: int = 0
    """Questions that a teacher still has to mark; they are not in `earned`."""

    @property
    def text(self) -> str:
        """The number with at most two decimals; empty while there is none, or part of it is missing."""
        return "" if self.earned is None or self.waiting else f"{round(self.earned, 2):g}"


@dataclass(frozen=True)
class MarkRow:
    student: RosterLine
    cells: tuple[MarkCell, ...]


@dataclass(frozen=True)
class MarksPage:
    """Students by assignments. Screen and both files show the same cells."""

    section: SectionRef
    columns: tuple[MarkColumn, ...]
    rows: tuple[MarkRow, ...]
    made_at: datetime

    @property
    def without_code(self) -> int:
        """Students whom a gradebook cannot recognise, as they have no mark code."""
        return sum(row.student.mark_code is None for row in self.rows)

    @property
    def waiting(self) -> int:
        """Cells that are left empty because a teacher has still to mark something."""
        return sum(cell.waiting > 0 for row in self.rows for cell in row.cells)


def marks_page(public_id: str, account_id: int, *, now: datetime) -> MarksPage:
    """Return the marks of a class; guests are left out.

    Raises:
        NotFoundError: there is no such class of this teacher.
    """
    section = find_section(public_id, account_id)
    columns, counting = _columns(section.id)
    cells = _cells(section.id, counting)
    lines = [line for line in roster_lines(section.id) if not line.guest]
    return MarksPage(
        section=section,
        columns=columns,
        rows=tuple(
            MarkRow(
                line,
                tuple(cells.get((column.assignment_id, line.student_id), MarkCell(None)) for column in columns),
            )
            for line in lines
        ),
        made_at=now,
    )


def moodle_csv(page: MarksPage) -> str:
    """Return the marks as Moodle's grade import takes them: map "ID number" to the students, the rest to grades."""
    header = ["ID number", "Student", *(column.title for column in page.columns)]
    rows = [[row.student.mark_code or "", row.student.name, *(cell.text for cell in row.cells)] for row in page.rows]
    return _csv([header, *rows])


def canvas_csv(page: MarksPage) -> str:
    """Return the marks as Canvas's gradebook import takes them.

    Canvas wants the columns Student, ID, SIS User ID, SIS Login ID and Section before the
    assignments, and the points in a second row. The code stands in both SIS columns: whichever of
    the two it is, Canvas finds the student.
    """
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(column.title for column in page.columns)]
    points = [POINTS_ROW, "", "", "", "", *(str(column.points) for column in page.columns)]
    rows = [
        [
            row.student.name,
            "",
            row.student.mark_code or "",
            row.student.mark_code or "",
            page.section.name,
            *(cell.text for cell in row.cells),
        ]
        for row in page.rows
    ]
    return _csv([header, points, *rows])


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe goes before the signs that begin one.

    OWASP, "CSV Injection".
    """
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def _csv(rows: list[list[str]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def _columns(section_id: int) -> tuple[tuple[MarkColumn, ...], dict[int, CountingAttempt]]:
    rows = db.session.execute(
        sa.select(Assignment.id, Assignment.public_id, Assignment.counting, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(Assignment.section_id == section_id)
        .order_by(Assignment.created_at, Assignment.id)
    ).all()
    points = dict(
        db.session.execute(
            sa.select(Attempt.assignment_id, sa.func.max(AttemptItem.position))
            .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
            .join(Assignment, Assignment.id == Attempt.assignment_id)
            .where(Assignment.section_id == section_id)
            .group_by(Attempt.assignment_id)
        ).all()
    )
    seen: dict[str, int] = {}
    columns = []
    for row in rows:
        seen[row.title] = seen.get(row.title, 0) + 1
        title = row.title if seen[row.title] == 1 else f"{row.title} ({seen[row.title]})"
        columns.append(MarkColumn(row.id, row.public_id, title, points.get(row.id) or 0))
    return tuple(columns), {row.id: row.counting for row in rows}


def _cells(section_id: int, counting: dict[int, CountingAttempt]) -> dict[tuple[int, int], MarkCell]:
    """By assignment and student: the marks of the attempt that counts, among those handed in."""
    fractions: dict[tuple[int, int], dict[int, dict[int, float | None]]] = {}
    rows = db.session.execute(
        sa.select(Attempt.assignment_id, Attempt.student_id, Attempt.number, Score.attempt_item_id, Score.fraction)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(Score, Score.attempt_item_id == AttemptItem.id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(Assignment.section_id == section_id, Attempt.submitted_at.is_not(None))
        .order_by(Score.number)
    )
    for assignment_id, student_id, number, item, fraction in rows:
        if assignment_id is not None and student_id is not None:
            fractions.setdefault((assignment_id, student_id), {}).setdefault(number, {})[item] = fraction
    return {
        key: _counting_cell({number: list(items.values()) for number, items in attempts.items()}, counting[key[0]])
        for key, attempts in fractions.items()
    }


def _counting_cell(attempts: dict[int, list[float | None]], rule: CountingAttempt) -> MarkCell:
    cells = {
        number: MarkCell(sum(mark for mark in marks if mark is not None), sum(mark is None for mark in marks))
        for number, marks in attempts.items()
    }
    if rule is CountingAttempt.BEST:
        return max(cells.values(), key=lambda cell: cell.earned or 0)
    return cells[min(cells) if rule is CountingAttempt.FIRST else max(cells)]
