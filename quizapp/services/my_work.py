"""A student's own page: what is open, what is done, and what it shows. Strengths first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Attempt, AttemptItem, ItemRevision, QuizItem, Response, db
from quizapp.services.catalogue import can_be_asked
from quizapp.services.coursework import AssignmentRow, AttemptLine, list_assignments, list_attempts
from quizapp.services.progress import SkillCell, list_skills, scores_shown_to, skill_cells


@dataclass(frozen=True)
class OpenWork:
    """An assignment a student can work on."""

    assignment: str
    title: str
    questions: int
    answered: int
    attempt: str | None
    """Public id of the attempt under way; None before the start."""
    closes_at: datetime | None


@dataclass(frozen=True)
class MyWorkPage:
    open_work: tuple[OpenWork, ...]
    done: tuple[AttemptLine, ...]
    """Oldest first: progress over quizzes."""
    cells: tuple[SkillCell, ...]
    """Skills with answers, strongest first."""


def my_work(student_id: int, section_id: int, *, now: datetime) -> MyWorkPage:
    """Return what a student sees of the own work."""
    shown = [cell for cell in skill_cells(list_skills(), scores_shown_to(student_id, now=now)) if cell.answers]
    attempts = list_attempts(student_id, now=now)
    return MyWorkPage(
        open_work=_open_work(student_id, section_id, now),
        done=tuple(line for line in reversed(attempts) if line.handed_in_at is not None),
        cells=tuple(sorted(shown, key=lambda cell: (-cell.level.rank, -cell.earned / cell.answers))),
    )


def _open_work(student_id: int, section_id: int, now: datetime) -> tuple[OpenWork, ...]:
    rows = db.session.execute(
        sa.select(
            Attempt.assignment_id,
            Attempt.public_id,
            Attempt.submitted_at,
            sa.func.count(Response.content).label("answered"),
        )
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.student_id == student_id)
        .group_by(Attempt.id)
        .order_by(Attempt.number)
    )
    attempts = {row.assignment_id: row for row in rows}
    assignments = [row for row in list_assignments(section_id) if row.is_open(now)]
    questions = _questions(assignments)
    lines = []
    for assignment in assignments:
        attempt = attempts.get(assignment.id)
        if attempt is not None and attempt.submitted_at is not None:
            continue
        lines.append(
            OpenWork(
                assignment=assignment.public_id,
                title=assignment.title,
                questions=questions.get(assignment.quiz_revision_id, 0),
                answered=0 if attempt is None else attempt.answered,
                attempt=None if attempt is None else attempt.public_id,
                closes_at=assignment.closes_at,
            )
        )
    return tuple(lines)


def _questions(assignments: list[AssignmentRow]) -> dict[int, int]:
    revisions = [row.quiz_revision_id for row in assignments]
    return dict(
        db.session.execute(
            sa.select(QuizItem.quiz_revision_id, sa.func.count())
            .join(ItemRevision, ItemRevision.id == QuizItem.item_revision_id)
            .where(QuizItem.quiz_revision_id.in_(revisions), can_be_asked())
            .group_by(QuizItem.quiz_revision_id)
        ).all()
    )
