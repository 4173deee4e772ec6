"""Trust and doubt: verdicts on passages, by student, by class, and over time.

Only the first verdict a student gives on a passage counts. Later ones, in another attempt or in
practice, tell what was remembered of the explanation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from quizapp.measure.discernment import Counts, Label, label, pool
from quizapp.measure.distrust import Drift, Passage, drift
from quizapp.models import Attempt, AttemptItem, ChosenOption, Score, db
from quizapp.services.members import Member, members_of
from quizapp.services.progress import held_back
from quizapp.services.rosters import SectionRef, find_section

SIGN = 0.06
"""The room one sign of the picture takes, as a share of its width and height."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A student's first verdict on one passage."""

    student_id: int
    item_id: int
    sound: bool
    """What the passage is."""
    right: bool
    at: datetime

    @property
    def doubted(self) -> bool:
        return self.sound != self.right


@dataclass(frozen=True)
class TrustRow:
    """One student's verdicts."""

    student: Member
    counts: Counts
    label: Label | None
    """None until there are enough verdicts of each kind."""


@dataclass(frozen=True)
class Dot:
    """A student in the picture, in shares from 0 to 1."""

    number: int
    """From 1, as in the table."""
    row: TrustRow
    label: Label
    across: float
    """Share of sound passages accepted, moved a little where signs would cover each other."""
    up: float
    """Share of problems caught, moved likewise."""


@dataclass(frozen=True)
class Periods:
    """Two stretches of time that are compared."""

    last_day_before: date
    before: Counts
    after: Counts
    drift: Drift | None

    @property
    def growing_distrust(self) -> bool:
        return self.drift is not None and self.drift.growing


@dataclass(frozen=True)
class TrustPage:
    section: SectionRef
    whole: Counts
    rows: tuple[TrustRow, ...]
    """By name."""
    periods: Periods | None

    @property
    def dots(self) -> tuple[Dot, ...]:
        """The students who have a label, numbered by name."""
        labelled = [(row, row.label) for row in self.rows if row.label is not None]
        places = _apart(
            (row.counts.trusted_sound / row.counts.sound, row.counts.doubted_unsound / row.counts.unsound)
            for row, _ in labelled
        )
        return tuple(
            Dot(number, row, found, *place)
            for number, ((row, found), place) in enumerate(zip(labelled, places, strict=True), start=1)
        )

    @property
    def numbers(self) -> dict[int, int]:
        """The number of each labelled student in the picture, by the student's id."""
        return {dot.row.student.id: dot.number for dot in self.dots}

    @property
    def labels(self) -> Counter[Label]:
        """How many students have each label."""
        return Counter(row.label for row in self.rows if row.label is not None)


def trust_page(public_id: str, account_id: int) -> TrustPage:
    """Return how a class and its students trust sound passages and catch problems.

    Raises:
        NotFoundError: there is no such class of this teacher.
    """
    section = find_section(public_id, account_id)
    members = members_of(section.id)
    here = {one.id for one in members}
    verdicts = [one for one in verdicts_of_section(section.id) if one.student_id in here]
    by_student: dict[int, list[Verdict]] = {}
    for verdict in verdicts:
        by_student.setdefault(verdict.student_id, []).append(verdict)
    rows = tuple(_row(one, by_student.get(one.id, [])) for one in members)
    return TrustPage(section, pool(row.counts for row in rows), rows, compare_periods(verdicts))


def trust_of(student: Member, section_id: int) -> TrustRow:
    """Return one student's verdicts in a class, for the teacher."""
    return _row(student, _first(ChosenOption.section_id == section_id, ChosenOption.student_id == student.id))


def own_counts(student_id: int, *, now: datetime) -> Counts:
    """Return a student's own verdicts, without those of results that are held back."""
    return count(
        _first(ChosenOption.student_id == student_id, Score.attempt_item_id.not_in(held_back(student_id, now)))
    )


def counts_in(attempt: str) -> Counts:
    """Return the verdicts of one attempt, given by its public id."""
    items = (
        sa.select(AttemptItem.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.public_id == attempt)
    )
    return count(_first(Score.attempt_item_id.in_(items)))


def verdicts_of_section(section_id: int) -> list[Verdict]:
    """Return the first verdicts of a class, oldest first."""
    return _first(ChosenOption.section_id == section_id)


def count(verdicts: Iterable[Verdict]) -> Counts:
    """Add up verdicts."""
    found = Counter((verdict.sound, verdict.right) for verdict in verdicts)
    return Counts(
        trusted_sound=found[True, True],
        sound=found[True, True] + found[True, False],
        doubted_unsound=found[False, True],
        unsound=found[False, True] + found[False, False],
    )


def compare_periods(verdicts: Sequence[Verdict]) -> Periods | None:
    """Divide a class's verdicts in two at the end of a day, and compare; None when all are of one day.

    The day is the one that divides the passages met most evenly. It does not look at the verdicts
    themselves, so it cannot go looking for a change.
    """
    first_met: dict[int, date] = {}
    for verdict in verdicts:
        first_met.setdefault(verdict.item_id, verdict.at.date())
    days = sorted({verdict.at.date() for verdict in verdicts})
    if len(days) < 2:
        return None
    passages = len(first_met)

    def unevenness(day: date) -> int:
        return abs(2 * sum(met <= day for met in first_met.values()) - passages)

    last = min(days[:-1], key=unevenness)
    before = [verdict for verdict in verdicts if verdict.at.date() <= last]
    after = [verdict for verdict in verdicts if verdict.at.date() > last]
    return Periods(last, count(before), count(after), drift(_passages(before), _passages(after)))


def _apart(places: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Move signs that would cover one drawn before to the nearest free place around it."""
    taken: list[tuple[float, float]] = []
    for across, up in places:
        nearby = (
            (across + right * SIGN, up + above * SIGN)
            for reach in range(round(1 / SIGN))
            for right in range(-reach, reach + 1)
            for above in range(-reach, reach + 1)
            if max(abs(right), abs(above)) == reach
        )
        inside = ((x, y) for x, y in nearby if 0 <= x <= 1 and 0 <= y <= 1)
        free = (one for one in inside if all(max(abs(one[0] - x), abs(one[1] - y)) > 0.99 * SIGN for x, y in taken))
        taken.append(next(free, (across, up)))
    return taken


def _passages(verdicts: Iterable[Verdict]) -> list[Passage]:
    judged: Counter[tuple[int, bool]] = Counter()
    doubted: Counter[tuple[int, bool]] = Counter()
    for verdict in verdicts:
        judged[verdict.item_id, verdict.sound] += 1
        doubted[verdict.item_id, verdict.sound] += verdict.doubted
    return [Passage(key[1], doubted[key], number) for key, number in judged.items()]


def _row(student: Member, verdicts: Iterable[Verdict]) -> TrustRow:
    counts = count(verdicts)
    return TrustRow(student, counts, label(counts))


def _first(*conditions: sa.ColumnElement[bool]) -> list[Verdict]:
    """Return first verdicts, oldest first, each by the newest mark of its answer."""
    later = sa.orm.aliased(Score)
    rows = db.session.execute(
        sa.select(
            ChosenOption.student_id,
            ChosenOption.item_id,
            ChosenOption.sound,
            ChosenOption.is_right,
            _first_marked().label("at"),
        )
        .join(Score, Score.id == ChosenOption.score_id)
        .where(
            ChosenOption.sound.is_not(None),
            # A question that was taken out of the marks is taken out here.
            Score.fraction.is_not(None),
            ~sa.exists().where(later.attempt_item_id == Score.attempt_item_id, later.number > Score.number),
            *conditions,
        )
        .order_by("at", Score.attempt_item_id)
    )
    found: dict[tuple[int, int], Verdict] = {}
    for row in rows:
        verdict = Verdict(row.student_id, row.item_id, bool(row.sound), row.is_right, row.at)
        found.setdefault((row.student_id, row.item_id), verdict)
    return list(found.values())


def _first_marked() -> sa.ScalarSelect[datetime]:
    """When an answer was marked first: a re-mark does not move it in time."""
    first = sa.orm.aliased(Score)
    return (
        sa.select(first.created_at)
        .where(first.attempt_item_id == Score.attempt_item_id, first.number == 1)
        .scalar_subquery()
    )
