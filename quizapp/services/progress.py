"""Scores to skills: the one place that turns stored marks into what a person has shown."""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from quizapp.measure.mastery import Answer, Level, mastery
from quizapp.models import Assignment, Attempt, AttemptItem, FeedbackMode, Score, Skill, db
from quizapp.services.counting import items_that_do_not_count
from quizapp.services.tallies import show_marks


@dataclass(frozen=True)
class SkillColumn:
    """A skill, or a strand of several, as a heading."""

    slug: str
    name: str
    definition: str
    strand: str
    strand_name: str
    skills: tuple[str, ...]
    """The slugs of the skills it stands for: its own, or those of the strand."""


@dataclass(frozen=True)
class SkillCell:
    """What one student, or a class, has shown in one skill."""

    skill: SkillColumn
    level: Level
    earned: float
    answers: int
    needed: int
    """Answers still missing before a level can be named."""
    estimate: float | None = None
    """Share of marks to expect, from 0 to 1; None without evidence."""
    low: float | None = None
    high: float | None = None

    @property
    def count(self) -> str:
        """Such as "6.5 of 9"; empty without answers."""
        return f"{show_marks(self.earned)} of {self.answers}" if self.answers else ""


class ScoreRow(NamedTuple):
    """The newest mark of one answer. A class has thousands, so this is the cheapest kind of object."""

    student_id: int
    skill: str | None
    item_id: int
    fraction: float
    chance: float | None
    answered: bool
    at: datetime
    """When the answer was first marked."""
    score_id: int
    attempt_item_id: int
    confidence: float | None
    review: bool


def list_skills() -> tuple[SkillColumn, ...]:
    """Return all skills in their order."""
    rows = db.session.scalars(sa.select(Skill).order_by(Skill.position))
    return tuple(
        SkillColumn(row.slug, row.name, row.definition, row.strand, row.strand_name, (row.slug,)) for row in rows
    )


def strands_of(skills: Sequence[SkillColumn]) -> tuple[SkillColumn, ...]:
    """Gather skills into their strands, in the order in which each strand comes first."""
    by_strand: dict[str, list[SkillColumn]] = {}
    for skill in skills:
        by_strand.setdefault(skill.strand, []).append(skill)
    return tuple(
        SkillColumn(
            slug=strand,
            name=members[0].strand_name,
            definition=", ".join(skill.name for skill in members),
            strand=strand,
            strand_name=members[0].strand_name,
            skills=tuple(skill.slug for skill in members),
        )
        for strand, members in by_strand.items()
    )


def scores_of_section(section_id: int, *, left_out: Collection[int] | None = None) -> tuple[ScoreRow, ...]:
    """Return the newest marks of a class, oldest answers first. Reads one covering index.

    Args:
        left_out: what `items_that_do_not_count` says, where it is known already.
    """
    if left_out is None:
        left_out = items_that_do_not_count(Assignment.section_id == section_id)
    rows = _newest(Score.section_id == section_id)
    return tuple(row for row in rows if row.attempt_item_id not in left_out) if left_out else rows


def scores_of_student(student_id: int, section_id: int | None = None) -> tuple[ScoreRow, ...]:
    """Return a student's newest marks, in one class or in all, oldest answers first."""
    condition = Score.student_id == student_id
    if section_id is not None:
        condition = sa.and_(condition, Score.section_id == section_id)
    return _counted(_newest(condition), Attempt.student_id == student_id)


def scores_shown_to(student_id: int, *, now: datetime) -> tuple[ScoreRow, ...]:
    """Return the newest marks that a student may see: none of results that are held back."""
    scores = _newest(sa.and_(Score.student_id == student_id, Score.attempt_item_id.not_in(held_back(student_id, now))))
    return _counted(scores, Attempt.student_id == student_id)


def held_back(student_id: int, now: datetime) -> sa.Select[int]:
    """Select the attempt items of a student whose results may not be seen yet."""
    return (
        sa.select(AttemptItem.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Attempt.student_id == student_id,
            Assignment.feedback == FeedbackMode.DEFERRED,
            Assignment.released_at.is_(None),
            sa.or_(Assignment.closes_at.is_(None), Assignment.closes_at > now),
        )
    )


def since(rows: Sequence[ScoreRow], moment: datetime) -> Sequence[ScoreRow]:
    """Return the answers from a moment on; the rows are one list of answers, oldest first."""
    return rows[bisect_left(rows, moment, key=operator.attrgetter("at")) :]


def skill_cells(columns: Iterable[SkillColumn], rows: Iterable[ScoreRow]) -> tuple[SkillCell, ...]:
    """Return one student's level and count in each skill, or in each strand.

    Args:
        rows: oldest answers first.
    """
    columns = tuple(columns)
    column_of = {slug: place for place, column in enumerate(columns) for slug in column.skills}
    sorted_out: list[list[ScoreRow]] = [[] for _ in columns]
    for row in rows:
        place = column_of.get(row.skill or "")
        if place is not None:
            sorted_out[place].append(row)
    return tuple(_cell(column, found) for column, found in zip(columns, sorted_out, strict=True))


def _cell(column: SkillColumn, rows: list[ScoreRow]) -> SkillCell:
    shown = mastery(
        Answer(
            score=row.fraction,
            item=str(row.item_id),
            day=row.at.date().toordinal(),
            chance=row.chance,
            review=row.review,
        )
        for row in rows
    )
    return SkillCell(
        column, shown.level, shown.earned, shown.answers, shown.needed, shown.estimate, shown.low, shown.high
    )


def _counted(rows: tuple[ScoreRow, ...], which: sa.ColumnElement[bool]) -> tuple[ScoreRow, ...]:
    """Leave out the marks of attempts that do not count, as another attempt of the student does."""
    left_out = items_that_do_not_count(which)
    return tuple(row for row in rows if row.attempt_item_id not in left_out) if left_out else rows


# Tables, not entities: of a class's thousands of rows no object is made that nobody keeps.
_s = Score.__table__.c
_MARKS = sa.select(
    _s.student_id,
    _s.skill,
    _s.item_id,
    _s.fraction,
    _s.chance,
    _s.answered,
    _s.created_at,
    _s.id,
    _s.attempt_item_id,
    _s.confidence,
    _s.review,
    _s.number,
)


def _newest(condition: sa.ColumnElement[bool]) -> tuple[ScoreRow, ...]:
    rows = db.session.connection().execute(_MARKS.where(condition)).all()
    newest = {row[8]: row for row in rows}
    if len(newest) == len(rows):
        found = [ScoreRow(*row[:11]) for row in rows if row[3] is not None]
    else:
        found = list(_without_earlier_marks(rows))
    found.sort(key=_BY_TIME)
    return tuple(found)


_BY_TIME = operator.attrgetter("at", "item_id", "attempt_item_id")


def _without_earlier_marks(rows: Iterable[sa.Row[*tuple[Any, ...]]]) -> Iterator[ScoreRow]:
    """Yield the newest mark of each answer, under the time of its first."""
    newest: dict[int, sa.Row[*tuple[Any, ...]]] = {}
    first_marked: dict[int, datetime] = {}
    for row in rows:
        answer = row.attempt_item_id
        if answer not in newest or row.number > newest[answer].number:
            newest[answer] = row
        first_marked[answer] = min(row.created_at, first_marked.get(answer, row.created_at))
    for answer, row in newest.items():
        if row.fraction is not None:
            yield ScoreRow(*row[:11])._replace(at=first_marked[answer])
