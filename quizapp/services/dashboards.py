"""What teachers read about progress: rows to one frozen page object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from quizapp.models import Assignment, Attempt, RosterEntry, Student, db
from quizapp.services.attempts import Taker
from quizapp.services.coursework import (
    AssignmentRow,
    AttemptLine,
    HandedIn,
    handed_in,
    list_assignments,
    list_attempts,
)
from quizapp.services.progress import (
    ScoreRow,
    SkillCell,
    SkillColumn,
    list_skills,
    scores_of_section,
    scores_of_student,
    skill_cells,
)
from quizapp.services.rosters import NotFoundError, SectionRef, get_section, list_sections
from quizapp.services.taking import AnswerLine, answer_lines, attempt_ref
from quizapp.services.tallies import Tally, show_marks


@dataclass(frozen=True)
class AssignmentLine:
    """How far a class is with one assignment."""

    assignment: AssignmentRow
    handed_in: int
    working: int
    not_started: int

    @property
    def students(self) -> int:
        return self.handed_in + self.working + self.not_started


@dataclass(frozen=True)
class StudentRow:
    """One row of the class page."""

    public_id: str
    name: str
    cells: tuple[SkillCell, ...]
    last_active: datetime | None
    open_work: int
    """Assignments that can be done now and are not handed in."""


@dataclass(frozen=True)
class FooterCell:
    """The class in one skill: marks earned of answers given, all students together."""

    skill: SkillColumn
    earned: float
    answers: int

    @property
    def share(self) -> float:
        return self.earned / self.answers if self.answers else 0.0

    @property
    def count(self) -> str:
        return f"{show_marks(self.earned)} of {self.answers}" if self.answers else ""


@dataclass(frozen=True)
class ClassPage:
    section: SectionRef
    skills: tuple[SkillColumn, ...]
    """Only skills with at least one answer; all of them while there is none."""
    rows: tuple[StudentRow, ...]
    footer: tuple[FooterCell, ...]
    assignments: tuple[AssignmentLine, ...]

    @property
    def answers(self) -> int:
        return sum(cell.answers for cell in self.footer)

    @property
    def hardest(self) -> FooterCell | None:
        """The skill with the smallest share, among those with ten answers or more."""
        enough = [cell for cell in self.footer if cell.answers >= 10]
        return min(enough, key=lambda cell: cell.share, default=None)

    @property
    def behind(self) -> tuple[StudentRow, ...]:
        """Students with open work, most first."""
        waiting = [row for row in self.rows if row.open_work]
        return tuple(sorted(waiting, key=lambda row: (-row.open_work, row.name)))


@dataclass(frozen=True)
class StudentPage:
    section: SectionRef
    student_id: int
    public_id: str
    name: str
    has_card: bool
    cells: tuple[SkillCell, ...]
    attempts: tuple[AttemptLine, ...]


@dataclass(frozen=True)
class StudentAttemptPage:
    section: SectionRef
    student_public_id: str
    name: str
    title: str
    handed_in_at: datetime | None
    total: Tally
    lines: tuple[AnswerLine, ...]


@dataclass(frozen=True)
class SectionLine:
    """One class on the teacher's home page."""

    section: SectionRef
    students: int
    open_assignments: int
    working: int


def teacher_home(account_id: int, *, now: datetime) -> tuple[SectionLine, ...]:
    """Return a teacher's classes with what is going on in each."""
    sections = list_sections(account_id)
    ids = [section.id for section in sections]
    students = dict(
        db.session.execute(
            sa.select(RosterEntry.section_id, sa.func.count())
            .where(RosterEntry.section_id.in_(ids), RosterEntry.removed_at.is_(None))
            .group_by(RosterEntry.section_id)
        ).all()
    )
    still_open = sa.or_(Assignment.closes_at.is_(None), Assignment.closes_at > now)
    opened = dict(
        db.session.execute(
            sa.select(Assignment.section_id, sa.func.count())
            .where(Assignment.section_id.in_(ids), Assignment.opens_at <= now, still_open)
            .group_by(Assignment.section_id)
        ).all()
    )
    working = dict(
        db.session.execute(
            sa.select(Assignment.section_id, sa.func.count())
            .join(Attempt, Attempt.assignment_id == Assignment.id)
            .where(Assignment.section_id.in_(ids), Attempt.submitted_at.is_(None), still_open)
            .group_by(Assignment.section_id)
        ).all()
    )
    return tuple(
        SectionLine(
            section,
            students.get(section.id, 0),
            opened.get(section.id, 0),
            working.get(section.id, 0),
        )
        for section in sections
    )


def class_page(public_id: str, account_id: int, *, now: datetime) -> ClassPage:
    """Return students × skills with counts, and how far the class is with its assignments.

    Raises:
        NotFoundError: there is no such class of this teacher.
    """
    section = get_section(public_id, account_id)
    scores = scores_of_section(section.id)
    used = {row.skill for row in scores}
    every_skill = list_skills()
    skills = tuple(skill for skill in every_skill if skill.slug in used) or every_skill
    by_student: dict[int, list[ScoreRow]] = {}
    for score in scores:
        by_student.setdefault(score.student_id, []).append(score)
    roster = _roster(section.id)
    done = handed_in(section.id)
    assignments = list_assignments(section.id)
    rows = tuple(
        StudentRow(
            public_id=student.public_id,
            name=student.display_name,
            cells=skill_cells(skills, by_student.get(student.id, [])),
            last_active=max((row.at for row in by_student.get(student.id, [])), default=None),
            open_work=_open_count(student.id, assignments, done, now),
        )
        for student in roster
    )
    return ClassPage(
        section=section,
        skills=skills,
        rows=rows,
        footer=_footer(skills, rows),
        assignments=tuple(_progress_of(row, roster, done) for row in assignments),
    )


def student_page(public_id: str, student: str, account_id: int, *, now: datetime) -> StudentPage:
    """Return one student of a class: skills and attempts.

    Raises:
        NotFoundError: no such student in a class of this teacher.
    """
    section = get_section(public_id, account_id)
    row = _student(section.id, student)
    return StudentPage(
        section=section,
        student_id=row.id,
        public_id=row.public_id,
        name=row.display_name,
        has_card=row.has_card,
        cells=skill_cells(list_skills(), scores_of_student(row.id, section.id)),
        attempts=list_attempts(row.id, now=now, section_id=section.id),
    )


def student_attempt_page(
    public_id: str, student: str, attempt: str, account_id: int, *, now: datetime
) -> StudentAttemptPage:
    """Return one attempt of a student, question by question, for the teacher.

    Raises:
        NotFoundError: no such attempt in a class of this teacher.
    """
    section = get_section(public_id, account_id)
    row = _student(section.id, student)
    ref = attempt_ref(Taker(student_id=row.id), attempt, now=now)
    if ref.assignment is None or ref.assignment not in {line.public_id for line in list_assignments(section.id)}:
        raise NotFoundError("attempt")
    lines = answer_lines(attempt)
    return StudentAttemptPage(
        section=section,
        student_public_id=row.public_id,
        name=row.display_name,
        title=ref.title,
        handed_in_at=ref.handed_in_at,
        total=Tally.of(line.fraction for line in lines if line.checked or ref.handed_in_at),
        lines=lines,
    )


class _RosterRow(NamedTuple):
    id: int
    public_id: str
    display_name: str
    has_card: bool


def _roster(section_id: int, student: str | None = None) -> list[_RosterRow]:
    query = (
        sa.select(
            Student.id,
            Student.public_id,
            RosterEntry.display_name,
            Student.secret_hmac.is_not(None),
        )
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(RosterEntry.section_id == section_id, RosterEntry.removed_at.is_(None))
        .order_by(RosterEntry.folded_name)
    )
    if student is not None:
        query = query.where(Student.public_id == student)
    return [_RosterRow(*row) for row in db.session.execute(query)]


def _student(section_id: int, public_id: str) -> _RosterRow:
    for row in _roster(section_id, public_id):
        return row
    raise NotFoundError("student")


def _open_count(student_id: int, assignments: tuple[AssignmentRow, ...], done: HandedIn, now: datetime) -> int:
    return sum(
        not done.get((row.id, student_id), False) for row in assignments if row.is_open(now) and row.is_for(student_id)
    )


def _progress_of(row: AssignmentRow, roster: list[_RosterRow], done: HandedIn) -> AssignmentLine:
    states = [done.get((row.id, student.id)) for student in roster if row.is_for(student.id)]
    return AssignmentLine(
        assignment=row,
        handed_in=states.count(True),
        working=states.count(False),
        not_started=states.count(None),
    )


def _footer(skills: tuple[SkillColumn, ...], rows: tuple[StudentRow, ...]) -> tuple[FooterCell, ...]:
    return tuple(
        FooterCell(
            skill,
            sum(row.cells[column].earned for row in rows),
            sum(row.cells[column].answers for row in rows),
        )
        for column, skill in enumerate(skills)
    )
