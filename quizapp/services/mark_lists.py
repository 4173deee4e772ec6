"""Marks of a class as a table: for the screen and for the files that other gradebooks take in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Assignment, Attempt, QuizRevision, db
from quizapp.services.counting import attempts_that_do_not_count
from quizapp.services.coursework import marks_by_attempt
from quizapp.services.rosters import RosterLine, SectionRef, find_section, roster_lines
from quizapp.services.tallies import Tally

POINTS_ROW = "Points Possible"

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class MarkColumn:
    """An assignment. Two of the same quiz are told apart by a number."""

    assignment_id: int
    title: str
    points: int
    """Questions that count; each gives one mark at most. 0 while nobody has handed in."""


@dataclass(frozen=True)
class MarkCell:
    """What a student earned in one assignment, by the attempt that counts."""

    total: Tally | None = None
    """None: not handed in."""

    @property
    def waiting(self) -> int:
        """Questions that a teacher still has to mark."""
        return 0 if self.total is None else self.total.waiting

    @property
    def text(self) -> str:
        """The number as every page shows it; empty while there is none, or part of it is missing."""
        return "" if self.total is None or self.waiting else self.total.shown


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
    tallies = _tallies(section.id)
    columns = _columns(section.id, tallies)
    return MarksPage(
        section=section,
        columns=columns,
        rows=tuple(
            MarkRow(
                line,
                tuple(MarkCell(tallies.get((column.assignment_id, line.student_id))) for column in columns),
            )
            for line in roster_lines(section.id)
            if not line.guest
        ),
        made_at=now,
    )


def moodle_rows(page: MarksPage) -> Rows:
    """Return the marks as Moodle's grade import takes them: map "ID number" to the students, the rest to grades."""
    return (
        ("ID number", "Student", *(column.title for column in page.columns)),
        *((row.student.mark_code or "", row.student.name, *(cell.text for cell in row.cells)) for row in page.rows),
    )


def canvas_rows(page: MarksPage) -> Rows:
    """Return the marks as Canvas's gradebook import takes them.

    Canvas wants the columns Student, ID, SIS User ID, SIS Login ID and Section before the
    assignments, and the points in a second row. The code stands in both SIS columns: whichever of
    the two it is, Canvas finds the student.
    """
    return (
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(column.title for column in page.columns)),
        (POINTS_ROW, "", "", "", "", *(str(column.points) for column in page.columns)),
        *(
            (
                row.student.name,
                "",
                row.student.mark_code or "",
                row.student.mark_code or "",
                page.section.name,
                *(cell.text for cell in row.cells),
            )
            for row in page.rows
        ),
    )


def _columns(section_id: int, tallies: dict[tuple[int, int], Tally]) -> tuple[MarkColumn, ...]:
    rows = db.session.execute(
        sa.select(Assignment.id, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(Assignment.section_id == section_id)
        .order_by(Assignment.created_at, Assignment.id)
    )
    points: dict[int, int] = {}
    for (assignment_id, _student), tally in tallies.items():
        points[assignment_id] = max(points.get(assignment_id, 0), tally.marked + tally.waiting)
    seen: dict[str, int] = {}
    columns = []
    for assignment_id, title in rows:
        seen[title] = seen.get(title, 0) + 1
        told_apart = title if seen[title] == 1 else f"{title} ({seen[title]})"
        columns.append(MarkColumn(assignment_id, told_apart, points.get(assignment_id, 0)))
    return tuple(columns)


def _tallies(section_id: int) -> dict[tuple[int, int], Tally]:
    """By assignment and student: the marks of the attempt that counts, if it is handed in."""
    spare = attempts_that_do_not_count(Assignment.section_id == section_id)
    rows = db.session.execute(
        sa.select(Attempt.id, Attempt.assignment_id, Attempt.student_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(Assignment.section_id == section_id, Attempt.submitted_at.is_not(None))
    ).all()
    marks = marks_by_attempt([row.id for row in rows if row.id not in spare])
    return {
        (row.assignment_id, row.student_id): Tally.of(marks.get(row.id, {}).values())
        for row in rows
        if row.id not in spare and row.assignment_id is not None and row.student_id is not None
    }
