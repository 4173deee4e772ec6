"""A student's own page: what is open, what is done, and what it shows. Strengths first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quizapp.measure.calibration import SURE
from quizapp.measure.discernment import Counts
from quizapp.services.coursework import AttemptLine, list_attempts
from quizapp.services.open_work import OpenWork, open_work
from quizapp.services.practice import PracticePage, practice_of
from quizapp.services.progress import SkillCell, list_skills, scores_shown_to, skill_cells
from quizapp.services.tallies import Tally
from quizapp.services.trust import own_counts


@dataclass(frozen=True)
class MyWorkPage:
    open_work: tuple[OpenWork, ...]
    again: tuple[OpenWork, ...]
    """Handed in, and may be taken once more."""
    coming: tuple[OpenWork, ...]
    done: tuple[AttemptLine, ...]
    """Oldest first: progress over quizzes."""
    cells: tuple[SkillCell, ...]
    """Skills with answers, strongest first."""
    verdicts: Counts
    """On passages; none of results that are held back."""
    certain: Tally
    """Of the answers given as certain."""
    practice: PracticePage


def my_work(student_id: int, section_id: int, *, now: datetime) -> MyWorkPage:
    """Return what a student sees of the own work."""
    scores = scores_shown_to(student_id, now=now)
    shown = [cell for cell in skill_cells(list_skills(), scores) if cell.answers]
    attempts = list_attempts(student_id, now=now)
    lists = open_work(student_id, section_id, now=now)
    return MyWorkPage(
        open_work=lists.now,
        again=lists.again,
        coming=lists.coming,
        done=tuple(line for line in reversed(attempts) if line.handed_in_at is not None),
        cells=tuple(sorted(shown, key=lambda cell: (-cell.level.rank, -cell.earned / cell.answers))),
        verdicts=own_counts(student_id, now=now),
        certain=Tally.of(row.fraction for row in scores if row.answered and (row.confidence or 0) > SURE),
        practice=practice_of(student_id, scores, now=now),
    )
