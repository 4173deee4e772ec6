"""What a teacher reads about one student."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from quizapp.services.alternatives import is_private
from quizapp.services.attempts import Taker
from quizapp.services.coursework import AttemptLine, list_assignments, list_attempts
from quizapp.services.hints import sure_and_wrong
from quizapp.services.mark_history import TotalStep, total_steps
from quizapp.services.members import Member, member
from quizapp.services.notes import NoteLine, list_notes
from quizapp.services.progress import SkillCell, list_skills, scores_of_student, skill_cells, strands_of
from quizapp.services.reviewing import AnswerLine, answer_lines
from quizapp.services.rosters import NotFoundError, SectionRef, find_section
from quizapp.services.support import SupportPanel, support_panel
from quizapp.services.taking import attempt_ref
from quizapp.services.tallies import Tally
from quizapp.services.trust import TrustRow, trust_of


@dataclass(frozen=True)
class StrandPart:
    """A strand with the skills in it."""

    cell: SkillCell
    skills: tuple[SkillCell, ...]


@dataclass(frozen=True)
class Point:
    """One handed-in quiz in the picture of progress."""

    title: str
    at: datetime
    total: Tally


@dataclass(frozen=True)
class Certainty:
    """Answers given as certain, and how many of them earned full marks or nothing."""

    answers: int
    right: int
    wrong: int


@dataclass(frozen=True)
class StudentPage:
    section: SectionRef
    student: Member
    strands: tuple[StrandPart, ...]
    attempts: tuple[AttemptLine, ...]
    """Newest first."""
    trust: TrustRow
    certain: Certainty
    notes: tuple[NoteLine, ...]
    support: SupportPanel

    @property
    def cells(self) -> tuple[SkillCell, ...]:
        """All skills, in their order."""
        return tuple(cell for part in self.strands for cell in part.skills)

    @property
    def points(self) -> tuple[Point, ...]:
        """The quizzes handed in and marked, oldest first."""
        return tuple(
            Point(line.title, line.handed_in_at, line.total)
            for line in reversed(self.attempts)
            if line.handed_in_at is not None and line.total.marked
        )


@dataclass(frozen=True)
class StudentAttemptPage:
    section: SectionRef
    student: Member
    title: str
    handed_in_at: datetime | None
    total: Tally
    lines: tuple[AnswerLine, ...]
    history: tuple[TotalStep, ...]
    """What it was worth since when; empty where the lines name no question."""
    private: bool
    """Students may change questions in private, so the lines name none."""


def student_page(public_id: str, student: str, account_id: int, *, now: datetime) -> StudentPage:
    """Return one student of a class: skills, attempts, trust, notes.

    Raises:
        NotFoundError: no such student in a class of this teacher.
    """
    section = find_section(public_id, account_id)
    found = member(section.id, student)
    scores = scores_of_student(found.id, section.id)
    skills = list_skills()
    by_skill = {cell.skill.slug: cell for cell in skill_cells(skills, scores)}
    certain = [row for row in scores if row.answered and (row.confidence or 0) > 0.9]
    return StudentPage(
        section=section,
        student=found,
        strands=tuple(
            StrandPart(cell, tuple(by_skill[slug] for slug in cell.skill.skills))
            for cell in skill_cells(strands_of(skills), scores)
        ),
        attempts=list_attempts(found.id, now=now, section_id=section.id),
        trust=trust_of(found, section.id),
        certain=Certainty(
            answers=len(certain),
            right=sum(row.fraction >= 1 for row in certain),
            wrong=len(list(sure_and_wrong(certain))),
        ),
        notes=list_notes(section.id, found.id),
        support=support_panel(section, student),
    )


def student_attempt_page(
    public_id: str, student: str, attempt: str, account_id: int, *, now: datetime
) -> StudentAttemptPage:
    """Return one attempt of a student, question by question, for the teacher.

    Raises:
        NotFoundError: no such attempt in a class of this teacher.
    """
    section = find_section(public_id, account_id)
    found = member(section.id, student)
    ref = attempt_ref(Taker(student_id=found.id), attempt, now=now)
    if ref.assignment is None or ref.assignment not in {line.public_id for line in list_assignments(section.id)}:
        raise NotFoundError("attempt")
    lines = answer_lines(attempt)
    private = is_private(ref.assignment)
    return StudentAttemptPage(
        section=section,
        student=found,
        title=ref.title,
        handed_in_at=ref.handed_in_at,
        total=Tally.of(line.fraction for line in lines if not line.void and (line.checked or ref.handed_in_at)),
        # The same for every student, so that it tells nothing of one.
        lines=tuple(_without_question(line) for line in lines) if private else lines,
        history=() if private else total_steps({line.position: line.steps for line in lines}),
        private=private,
    )


def _without_question(line: AnswerLine) -> AnswerLine:
    """Return a line that tells the mark only: what was asked, and which correction it had, would name the question."""
    return replace(line, prompt="", summary="", steps=line.steps[-1:], re_mark=None)
