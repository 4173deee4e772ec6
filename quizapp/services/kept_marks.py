"""The marks of a class, kept in memory while none is added: a class page reads thousands to show a hundred cells.

What is kept belongs to one app and is found again only by a fingerprint of the rows as they are now, which the
covering index answers; scores are only added, or deleted with their student, so nothing out of date is shown.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, current_app

from quizapp.models import Assignment, Score, db
from quizapp.services.counting import items_that_do_not_count
from quizapp.services.progress import ScoreRow, SkillCell, SkillColumn, scores_of_section, skill_cells

CLASSES_KEPT = 8
"""A large class takes about ten megabytes."""

T = TypeVar("T")
_Cells = dict[tuple[SkillColumn, ...], tuple[SkillCell, ...]]


@dataclass(frozen=True)
class StudentMarks:
    """One student's newest marks, oldest answers first, and the cells worked out from them."""

    rows: tuple[ScoreRow, ...]
    _cells: _Cells = field(default_factory=dict, compare=False)

    def cells(self, columns: Sequence[SkillColumn]) -> tuple[SkillCell, ...]:
        """Return the student's cells in some columns."""
        wanted = tuple(columns)
        found = self._cells.get(wanted)
        if found is None:
            found = self._cells[wanted] = skill_cells(wanted, self.rows)
        return found


NO_MARKS = StudentMarks(())


@dataclass(frozen=True)
class SectionMarks:
    """The newest marks of a class."""

    fingerprint: tuple[Any, ...]
    by_student: dict[int, StudentMarks]
    _worked_out: dict[Hashable, Any] = field(default_factory=dict, compare=False)

    def of(self, student_id: int) -> StudentMarks:
        """Return one student's marks; none where nothing is marked."""
        return self.by_student.get(student_id, NO_MARKS)

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """Work something out that depends on these marks and on `key` only; the last result is kept."""
        if key not in self._worked_out:
            found = work()
            self._worked_out.clear()
            self._worked_out[key] = found
            return found
        kept: T = self._worked_out[key]
        return kept


class Memory:
    """The classes looked at last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, SectionMarks] = OrderedDict()

    def get(self, section_id: int) -> SectionMarks | None:
        """Return what is kept of a class."""
        with self._lock:
            return self._kept.get(section_id)

    def put(self, section_id: int, marks: SectionMarks) -> None:
        """Keep a class, and forget the one looked at longest ago when there are too many."""
        with self._lock:
            self._kept[section_id] = marks
            self._kept.move_to_end(section_id)
            if len(self._kept) > CLASSES_KEPT:
                self._kept.popitem(last=False)


def init_app(app: Flask) -> None:
    """Give the app its memory."""
    app.extensions["kept_marks"] = Memory()


def marks_of_section(section_id: int) -> SectionMarks:
    """Return the newest marks of a class by student, as `scores_of_section` does."""
    memory: Memory = current_app.extensions["kept_marks"]
    left_out = frozenset(items_that_do_not_count(Assignment.section_id == section_id))
    fingerprint = (*_fingerprint(section_id), left_out)
    kept = memory.get(section_id)
    if kept is not None and kept.fingerprint == fingerprint:
        return kept
    sorted_out: dict[int, list[ScoreRow]] = {}
    for row in scores_of_section(section_id, left_out=left_out):
        sorted_out.setdefault(row.student_id, []).append(row)
    earlier = {} if kept is None else kept.by_student
    by_student = {}
    for student_id, rows in sorted_out.items():
        fresh = StudentMarks(tuple(rows))
        # Whoever did not answer since keeps the cells that were worked out.
        by_student[student_id] = earlier[student_id] if earlier.get(student_id) == fresh else fresh
    marks = SectionMarks(fingerprint, by_student)
    memory.put(section_id, marks)
    return marks


def _fingerprint(section_id: int) -> tuple[Any, ...]:
    found = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.max(Score.id),
            sa.func.sum(Score.id),
            sa.func.sum(Score.student_id),
            sa.func.sum(Score.fraction),
        ).where(Score.section_id == section_id)
    ).one()
    return tuple(found)
