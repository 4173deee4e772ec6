"""The class page: what to do tomorrow, then students × skills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from quizapp.bank.misconceptions import Misconception
from quizapp.models import Assignment, Attempt, db
from quizapp.services.coursework import AssignmentRow, HandedIn, handed_in, list_assignments
from quizapp.services.help_requests import help_requests
from quizapp.services.hints import RECENT, Hint, LookIn, hints_of, set_asides, sort_out
from quizapp.services.kept_marks import SectionMarks, marks_of_section
from quizapp.services.members import Member, members_of
from quizapp.services.misconceptions import misconceptions_named
from quizapp.services.progress import (
    ScoreRow,
    SkillCell,
    SkillColumn,
    list_skills,
    since,
    strands_of,
)
from quizapp.services.rosters import SectionRef, find_section
from quizapp.services.tallies import show_marks
from quizapp.services.tempting import Temptation, option_text, temptations, wrong_choices

ANSWERS_FOR_HARDEST = 10
"""From so many answers on a skill can be called the hardest of a class."""


class Sort(StrEnum):
    NAME = "name"
    WEAKEST = "weakest"
    ACTIVE = "active"


@dataclass(frozen=True)
class ClassView:
    """How a teacher wants to see the table."""

    sort: Sort = Sort.NAME
    group: str | None = None
    """Only students of this group; None for everybody."""
    by_skill: bool = False
    """All skills instead of the strands."""


@dataclass(frozen=True)
class AssignmentLine:
    """How far a class is with one assignment."""

    assignment: AssignmentRow
    handed_in: int
    working: int
    idle: tuple[Member, ...]
    """Who has not started."""

    @property
    def not_started(self) -> int:
        return len(self.idle)

    @property
    def students(self) -> int:
        return self.handed_in + self.working + self.not_started


@dataclass(frozen=True)
class StudentRow:
    """One row of the class page."""

    student: Member
    cells: tuple[SkillCell, ...]
    last_active: datetime | None
    open_work: int
    """Assignments that can be done now and are not handed in."""

    @property
    def estimate(self) -> float | None:
        """Mean expected share over the columns with evidence, for sorting only; None without any."""
        known = [cell.estimate for cell in self.cells if cell.estimate is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class FooterCell:
    """The class in one column: marks earned of answers given, all students shown together."""

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
class Reteach:
    """What to teach again: a belief that tempted many, else one answer, else the weakest skill."""

    key: str | None
    """The anchor of the evidence; None for a skill, whose evidence is the table."""
    belief: Misconception | None = None
    answer: str | None = None
    students: int = 0
    answered: int = 0
    skill: FooterCell | None = None
    least_answers: int = ANSWERS_FOR_HARDEST
    """Skills with fewer answers were not compared, whatever their share."""


@dataclass(frozen=True)
class ClassPage:
    section: SectionRef
    view: ClassView
    groups: tuple[str, ...]
    columns: tuple[SkillColumn, ...]
    rows: tuple[StudentRow, ...]
    """Those of the chosen group, in the chosen order."""
    footer: tuple[FooterCell, ...]
    assignments: tuple[AssignmentLine, ...]
    """Newest first."""
    students: int
    """In the whole class."""
    answers: int
    """Given by the whole class."""
    reteach: Reteach | None
    look_in: tuple[LookIn, ...]
    aside: tuple[LookIn, ...]
    waiting_for: AssignmentLine | None
    """The newest open assignment that somebody has not started."""
    asking: int
    """Students who wait for help now."""


def class_page(public_id: str, account_id: int, *, now: datetime, view: ClassView | None = None) -> ClassPage:
    """Return what to do first, students × skills with counts, and how far the class is.

    The sentences and the assignments are about the whole class, whatever part of it is shown.

    Raises:
        NotFoundError: there is no such class of this teacher.
    """
    view = view or ClassView()
    section = find_section(public_id, account_id)
    members = members_of(section.id)
    skills = list_skills()
    columns = skills if view.by_skill else strands_of(skills)
    marks = marks_of_section(section.id)
    by_student = {one.id: marks.of(one.id).rows for one in members}
    work = _Work(list_assignments(section.id), handed_in(section.id), _last_moves(section.id), now)
    everybody = tuple(
        StudentRow(
            student=one,
            cells=marks.of(one.id).cells(columns),
            last_active=work.last_active(one, by_student[one.id]),
            open_work=len(work.open_for(one)),
        )
        for one in members
    )
    rows = _in_order([row for row in everybody if view.group in (None, row.student.group)], view.sort)
    hints = ((one, work.hints_of(one, by_student[one.id], skills)) for one in members)
    look_in, aside = sort_out(hints, set_asides(section.id), now=now)
    lines = tuple(work.progress_of(row, members) for row in work.assignments)
    return ClassPage(
        section=section,
        view=view,
        groups=tuple(sorted({one.group for one in members if one.group})),
        columns=columns,
        rows=rows,
        footer=_footer(columns, [row.cells for row in rows]),
        assignments=lines,
        students=len(members),
        answers=sum(map(len, by_student.values())),
        reteach=_reteach(section.id, skills, marks, by_student, now),
        look_in=look_in,
        aside=aside,
        waiting_for=next((line for line in lines if line.idle and line.assignment.is_open(now)), None),
        asking=len(help_requests(section)),
    )


@dataclass(frozen=True)
class _Work:
    """The assignments of a class and how far everybody is."""

    assignments: tuple[AssignmentRow, ...]
    done: HandedIn
    moves: dict[int, datetime]
    now: datetime

    def open_for(self, student: Member) -> list[AssignmentRow]:
        return [
            row
            for row in self.assignments
            if row.is_open(self.now) and row.is_for(student.id) and not self.done.get((row.id, student.id), False)
        ]

    def last_active(self, student: Member, scores: Sequence[ScoreRow]) -> datetime | None:
        """The last start, hand-in or marked answer."""
        moments = [row.at for row in scores]
        if student.id in self.moves:
            moments.append(self.moves[student.id])
        return max(moments, default=None)

    def hints_of(self, student: Member, scores: Sequence[ScoreRow], skills: Iterable[SkillColumn]) -> tuple[Hint, ...]:
        return hints_of(
            student,
            scores,
            skills,
            open_since=min((one.opens_at for one in self.open_for(student)), default=None),
            last_active=self.last_active(student, scores),
            now=self.now,
        )

    def progress_of(self, row: AssignmentRow, members: Iterable[Member]) -> AssignmentLine:
        states = [(one, self.done.get((row.id, one.id))) for one in members if row.is_for(one.id)]
        return AssignmentLine(
            assignment=row,
            handed_in=sum(state is True for _, state in states),
            working=sum(state is False for _, state in states),
            idle=tuple(one for one, state in states if state is None),
        )


def _last_moves(section_id: int) -> dict[int, datetime]:
    """Return when each student of a class last started or handed in something."""
    rows = db.session.execute(
        sa.select(Attempt.student_id, sa.func.max(Attempt.started_at), sa.func.max(Attempt.submitted_at))
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(Assignment.section_id == section_id)
        .group_by(Attempt.student_id)
    )
    return {student: max(started, submitted or started) for student, started, submitted in rows if student is not None}


def _in_order(rows: list[StudentRow], sort: Sort) -> tuple[StudentRow, ...]:
    """Sort rows that come by name. Without evidence nobody is weak: they come last."""
    if sort is Sort.WEAKEST:
        rows.sort(key=lambda row: (row.estimate is None, row.estimate or 0.0))
    elif sort is Sort.ACTIVE:
        rows.sort(key=lambda row: (row.last_active is None, -row.last_active.timestamp() if row.last_active else 0.0))
    return tuple(rows)


def _footer(columns: Sequence[SkillColumn], rows: Sequence[Sequence[SkillCell]]) -> tuple[FooterCell, ...]:
    return tuple(
        FooterCell(
            skill,
            sum(cells[column].earned for cells in rows),
            sum(cells[column].answers for cells in rows),
        )
        for column, skill in enumerate(columns)
    )


def _reteach(
    section_id: int,
    skills: Sequence[SkillColumn],
    marks: SectionMarks,
    by_student: Mapping[int, Sequence[ScoreRow]],
    now: datetime,
) -> Reteach | None:
    newest = {student: since(rows, now - RECENT) for student, rows in by_student.items()}
    if not any(newest.values()):
        newest = dict(by_student)

    def tempted() -> tuple[Temptation, ...]:
        rows = [row for found in newest.values() for row in found]
        return temptations(wrong_choices(section_id, rows), rows)

    found = marks.once(tuple((student, len(rows)) for student, rows in newest.items()), tempted)
    named = [one for one in found if one.misconception]
    beliefs = misconceptions_named(one.misconception for one in named if one.misconception)
    for one in named:
        if one.misconception in beliefs:
            return _told(one, belief=beliefs[one.misconception])
    if found:
        choice = found[0].choices[0]
        return _told(found[0], answer=option_text(choice.score_id, choice.option))
    hardest = hardest_of(_footer(skills, [marks.of(student).cells(skills) for student in by_student]))
    return None if hardest is None else Reteach(key=None, skill=hardest)


def hardest_of(footer: Iterable[FooterCell]) -> FooterCell | None:
    """Return the skill with the smallest share of those with `ANSWERS_FOR_HARDEST` answers; None if all was right."""
    enough = (cell for cell in footer if cell.answers >= ANSWERS_FOR_HARDEST and cell.share < 1)
    return min(enough, key=lambda cell: cell.share, default=None)


def _told(found: Temptation, *, belief: Misconception | None = None, answer: str | None = None) -> Reteach:
    return Reteach(found.key, belief, answer, len(found.students), found.answered)
