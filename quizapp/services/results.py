"""The results of one assignment: students by questions, with the answers they chose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quizapp.items.base import shorten
from quizapp.models import CountingAttempt, db
from quizapp.services.answer_tables import letter
from quizapp.services.bank_access import BankRight, right_over
from quizapp.services.marking_queue import waiting_answers
from quizapp.services.rosters import NotFoundError, SectionRef, find_section
from quizapp.services.sheet import Answer, AssignmentSheet, Person, Question, Sheet, Sitting, read_sheet
from quizapp.services.tallies import Tally

TYPED_SHOWN = 14
"""Letters of a typed answer that fit a cell."""


class Which(StrEnum):
    """Which attempts a page shows."""

    FIRST = "first"
    LAST = "last"
    BEST = "best"
    ALL = "all"


@dataclass(frozen=True)
class ResultCell:
    """One student's answer to one question."""

    mark: str
    """As `Answer.state`; "unasked" where this attempt did not hold the question."""
    text: str
    """What was chosen in letters, or the beginning of what was typed; empty when nothing was."""
    fraction: float | None
    answered: bool
    confidence: float | None


UNASKED = ResultCell("unasked", "", None, answered=False, confidence=None)
NOT_STARTED = ResultCell("none", "", None, answered=False, confidence=None)


@dataclass(frozen=True)
class ResultRow:
    """One student, or one attempt of one, across all questions."""

    person: Person
    attempt: str | None
    """Public id; None where nothing was started."""
    number: int | None
    handed_in_at: datetime | None
    cells: tuple[ResultCell, ...]
    total: Tally

    @property
    def state(self) -> str:
        """One of handed-in, working, not-started."""
        return "not-started" if self.attempt is None else "working" if self.handed_in_at is None else "handed-in"


@dataclass(frozen=True)
class ResultColumn:
    """One question with what became of it in the rows shown."""

    question: Question
    right: int
    partly: int
    answered: int
    """Of the marked: with something in it."""
    skipped: int
    """Marked and left blank."""
    tally: Tally


@dataclass(frozen=True)
class ResultsPage:
    section: SectionRef
    assignment: AssignmentSheet
    which: Which
    group: str | None
    groups: tuple[str, ...]
    columns: tuple[ResultColumn, ...]
    rows: tuple[ResultRow, ...]
    closed: bool
    quiz: str | None
    """Public id of the quiz; None where it is from a bank of another teacher."""
    to_mark: int
    """Answers that this teacher can mark now, in all attempts."""

    @property
    def students(self) -> int:
        return len({row.person.id for row in self.rows})

    @property
    def marks_by_hand(self) -> bool:
        """Whether a question here is marked by a teacher."""
        return any(column.question.item.rubric_points() for column in self.columns)

    @property
    def not_started(self) -> int:
        return sum(row.attempt is None for row in self.rows)

    @property
    def working(self) -> int:
        return sum(row.state == "working" for row in self.rows)

    @property
    def shown(self) -> int:
        """Students with an attempt among the rows."""
        return len({row.person.id for row in self.rows if row.attempt is not None})

    @property
    def attempts(self) -> int:
        return sum(row.attempt is not None for row in self.rows)

    @property
    def marks(self) -> frozenset[str]:
        """Every state that some cell is in."""
        return frozenset(cell.mark for row in self.rows for cell in row.cells)

    @property
    def held_back(self) -> bool:
        """Whether students who handed in do not see their results yet."""
        return not (self.assignment.immediate or self.assignment.released or self.closed)


def results_page(
    section: str, assignment: str, account_id: int, *, now: datetime, which: str | None = None, group: str | None = None
) -> ResultsPage:
    """Return students by questions.

    Args:
        which: one of `Which`; None for the attempt that counts in this assignment.
        group: only students of this group; None for all.

    Raises:
        NotFoundError: no such assignment in a class of this teacher, or no such choice of attempts.
    """
    found = find_section(section, account_id)
    sheet = read_sheet(found.id, assignment)
    chosen = which_attempts(which, sheet.assignment.counting)
    people = [person for person in sheet.people if group is None or person.group == group]
    rows = tuple(row for person in people for row in _rows(sheet, person, chosen))
    return ResultsPage(
        section=found,
        assignment=sheet.assignment,
        which=chosen,
        group=group,
        groups=tuple(sorted({person.group for person in sheet.people if person.group})),
        columns=tuple(_column(question, place, rows) for place, question in enumerate(sheet.questions)),
        rows=rows,
        quiz=sheet.assignment.quiz if _may_see(sheet.assignment, account_id) else None,
        closed=sheet.assignment.closes_at is not None and sheet.assignment.closes_at <= now,
        to_mark=_to_mark(sheet, found.id, account_id),
    )


def _may_see(assignment: AssignmentSheet, account_id: int) -> bool:
    """Whether this teacher may look at the bank: a colleague can have assigned it, or its share have ended."""
    if assignment.quiz_owner in {None, account_id}:
        return True
    return right_over(db.session(), assignment.bank_id, account_id) >= BankRight.VIEW


def _to_mark(sheet: Sheet, section_id: int, account_id: int) -> int:
    """Return how many answers wait for this teacher; not where a number could tell who changed questions."""
    if sheet.assignment.private or not any(question.item.rubric_points() for question in sheet.questions):
        return 0
    lines = waiting_answers([section_id], account_id).get(section_id, ())
    return sum(line.answers for line in lines if line.assignment == sheet.assignment.public_id)


def which_attempts(asked: str | None, counting: CountingAttempt) -> Which:
    """Return the choice of attempts a page was asked for.

    Raises:
        NotFoundError: there is no such choice.
    """
    try:
        return Which(asked or counting.value)
    except ValueError:
        raise NotFoundError("attempts") from None


def letters(answer: Answer) -> str:
    """Say what was chosen in letters of the author's order, or how a typed answer begins.

    Several answers at one place stand together (AC); places follow each other, with a dash for an
    empty one (A–B).
    """
    if answer.response is None:
        return ""
    item = answer.item
    places, chosen = item.choosings(), item.chosen(answer.response)
    if not places:
        return shorten(item.written(answer.response), TYPED_SHOWN)
    said = [
        "".join(letter(n) for n, offer in enumerate(place.offers) if offer.key in keys)
        for place, keys in zip(places, chosen, strict=True)
    ]
    return "".join(one or "–" for one in said) if any(said) else ""


def _rows(sheet: Sheet, person: Person, which: Which) -> Iterator[ResultRow]:
    every = sheet.sittings.get(person.id, ())
    if not every:
        yield ResultRow(person, None, None, None, (NOT_STARTED,) * len(sheet.questions), Tally(0.0, 0))
        return
    if which is not Which.ALL:
        one = sheet.counting(CountingAttempt(which.value), person.id)
        every = () if one is None else (one,)
    for sitting in every:
        yield ResultRow(
            person=person,
            attempt=sitting.public_id,
            number=sitting.number,
            handed_in_at=sitting.handed_in_at,
            cells=tuple(_cell(sitting, question, private=sheet.assignment.private) for question in sheet.questions),
            total=sitting.total,
        )


def _cell(sitting: Sitting, question: Question, *, private: bool) -> ResultCell:
    answer = sitting.answers.get(question.item_id)
    if answer is None:
        return UNASKED
    return ResultCell(
        mark=answer.state,
        text="" if private else letters(answer),
        fraction=answer.fraction,
        answered=answer.response is not None,
        confidence=answer.confidence,
    )


def _column(question: Question, place: int, rows: tuple[ResultRow, ...]) -> ResultColumn:
    cells = [row.cells[place] for row in rows]
    marked = [cell for cell in cells if cell.mark in {"right", "partly", "wrong", "blank", "waiting"}]
    return ResultColumn(
        question=question,
        right=sum(cell.mark == "right" for cell in marked),
        partly=sum(cell.mark == "partly" for cell in marked),
        answered=sum(cell.answered for cell in marked),
        skipped=sum(not cell.answered for cell in marked),
        tally=Tally.of(cell.fraction for cell in marked),
    )
