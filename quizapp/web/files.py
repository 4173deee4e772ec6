"""The tables of the class page and of a student's pages as files, from the page objects that the screen shows."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint
from werkzeug.wrappers import Response

from quizapp.services.class_page import ClassPage, class_page
from quizapp.services.progress import SkillCell, SkillColumn
from quizapp.services.student_page import StudentAttemptPage, StudentPage, student_attempt_page, student_page
from quizapp.services.trust import TrustPage, trust_page
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.tables import Cell, Table, csv_answer
from quizapp.web.teach import class_view

bp = Blueprint("files", __name__, url_prefix="/teach/c/<section>")


@bp.get("/skills.csv")
@access(Access.STAFF)
def class_skills(section: str) -> Response:
    """Give students by strands or skills."""
    page = class_page(section, auth.account_id(), now=instance.now(), view=class_view())
    return csv_answer(skills_table(page))


@bp.get("/assignments.csv")
@access(Access.STAFF)
def class_assignments(section: str) -> Response:
    """Give the assignments and how far the class is with each."""
    page = class_page(section, auth.account_id(), now=instance.now())
    return csv_answer(assignments_table(page))


@bp.get("/trust.csv")
@access(Access.STAFF)
def class_trust(section: str) -> Response:
    """Give how many sound passages each student accepted and how many problems each caught."""
    return csv_answer(trust_table(trust_page(section, auth.account_id())))


@bp.get("/students/<student>/skills.csv")
@access(Access.STAFF)
def student_skills(section: str, student: str) -> Response:
    """Give one student's skills."""
    page = student_page(section, student, auth.account_id(), now=instance.now())
    return csv_answer(student_skills_table(page))


@bp.get("/students/<student>/quizzes.csv")
@access(Access.STAFF)
def student_quizzes(section: str, student: str) -> Response:
    """Give one student's attempts."""
    page = student_page(section, student, auth.account_id(), now=instance.now())
    return csv_answer(student_quizzes_table(page))


@bp.get("/students/<student>/<attempt>/answers.csv")
@access(Access.STAFF)
def attempt_answers(section: str, student: str, attempt: str) -> Response:
    """Give one attempt, a line for each question."""
    page = student_attempt_page(section, student, attempt, auth.account_id(), now=instance.now())
    return csv_answer(attempt_table(page, attempt))


def skills_table(page: ClassPage) -> Table:
    """Students by the columns that the page shows: three for each strand or skill."""
    return Table(
        f"skills-{page.section.public_id}",
        ("student", "group", "last_active", "open_work", *_names(page.columns)),
        tuple(
            (row.student.name, row.student.group, row.last_active, row.open_work, *_cells(row.cells))
            for row in page.rows
        ),
    )


def assignments_table(page: ClassPage) -> Table:
    """The assignments, newest first."""
    return Table(
        f"assignments-{page.section.public_id}",
        ("assignment", "title", "assigned_at", "closes_at", "handed_in", "working", "not_started"),
        tuple(
            (
                line.assignment.public_id,
                line.assignment.title,
                line.assignment.assigned_at,
                line.assignment.closes_at,
                line.handed_in,
                line.working,
                line.not_started,
            )
            for line in page.assignments
        ),
    )


def trust_table(page: TrustPage) -> Table:
    """Verdicts by student; the word only where the page has one."""
    return Table(
        f"trust-{page.section.public_id}",
        ("student", "group", "sound_shown", "sound_accepted", "problems_shown", "problems_caught", "word"),
        tuple(
            (
                row.student.name,
                row.student.group,
                row.counts.sound,
                row.counts.trusted_sound,
                row.counts.unsound,
                row.counts.doubted_unsound,
                None if row.label is None else row.label.value,
            )
            for row in page.rows
        ),
    )


def student_skills_table(page: StudentPage) -> Table:
    """A line for each skill with an answer."""
    return Table(
        f"skills-{page.section.public_id}-{page.student.public_id}",
        ("skill", "name", "level", "earned", "answers"),
        tuple(
            (cell.skill.slug, cell.skill.name, cell.level.value, cell.earned, cell.answers)
            for cell in page.cells
            if cell.answers
        ),
    )


def student_quizzes_table(page: StudentPage) -> Table:
    """A line for each attempt, newest first."""
    return Table(
        f"quizzes-{page.section.public_id}-{page.student.public_id}",
        ("attempt", "title", "number", "started_at", "handed_in_at", "earned", "marked", "waiting"),
        tuple(
            (
                line.public_id,
                line.title,
                line.number,
                line.started_at,
                line.handed_in_at,
                line.total.earned,
                line.total.marked,
                line.total.waiting,
            )
            for line in page.attempts
        ),
    )


def attempt_table(page: StudentAttemptPage, attempt: str) -> Table:
    """A line for each question of an attempt; nothing of what the page itself keeps to itself."""
    return Table(
        f"answers-{attempt}",
        ("question", "prompt", "answer", "answered", "state", "mark", "confidence"),
        tuple(
            (
                line.position,
                line.prompt,
                line.summary,
                line.answered,
                line.verdict if line.checked or page.handed_in_at is not None else None,
                line.fraction,
                line.confidence,
            )
            for line in page.lines
        ),
    )


def _names(columns: Iterable[SkillColumn]) -> Iterable[str]:
    for column in columns:
        for part in ("level", "earned", "answers"):
            yield f"{column.slug or 'other'}_{part}"


def _cells(cells: Iterable[SkillCell]) -> Iterable[Cell]:
    for cell in cells:
        yield from (cell.level.value, cell.earned, cell.answers)
