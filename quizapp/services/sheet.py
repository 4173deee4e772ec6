"""All answers to one assignment, attempt by attempt: what the results and question pages are made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from quizapp import text
from quizapp.items.base import Item, Response
from quizapp.models import (
    Attempt,
    AttemptItem,
    Bank,
    CountingAttempt,
    ItemRevision,
    Quiz,
    QuizItem,
    QuizRevision,
    RosterEntry,
    Score,
    StandIn,
    Student,
    db,
)
from quizapp.models import Response as ResponseRow
from quizapp.services.alternatives import is_private
from quizapp.services.assigned import assigned
from quizapp.services.catalogue import Content, can_be_asked, content_of
from quizapp.services.counting import Sitting as Rated
from quizapp.services.counting import counting_one
from quizapp.services.recipients import recipients
from quizapp.services.rosters import NotFoundError
from quizapp.services.tallies import Tally
from quizapp.services.timing import Support, own_closing


@dataclass(frozen=True)
class AssignmentSheet:
    """The assignment a sheet is about."""

    id: int
    public_id: str
    title: str
    quiz_revision_id: int
    quiz: str
    """Public id."""
    bank_id: int
    quiz_owner: int | None
    """Whose bank it is from; None: one that we ship."""
    version: int
    for_whole_class: bool
    counting: CountingAttempt
    timed: bool
    immediate: bool
    released: bool
    opens_at: datetime
    closes_at: datetime | None
    """When it closes for students without extra time."""
    private: bool
    """Students may change questions in private: no page tells which questions one student had."""

    def is_open(self, now: datetime) -> bool:
        """Tell whether answers are taken at this moment."""
        return self.opens_at <= now and (self.closes_at is None or self.closes_at > now)


@dataclass(frozen=True)
class Person:
    """A student as rows name them."""

    id: int
    public_id: str
    name: str
    group: str | None


@dataclass(frozen=True)
class Question:
    """One column: an item in the newest revision that somebody here was asked."""

    number: int
    """From 1, in the order of the quiz."""
    item_id: int
    revision_id: int
    public_id: str
    """Of the revision."""
    revision: int
    lineage: int
    skill: str | None
    content: Content

    @property
    def item(self) -> Item[Any]:
        return self.content.item

    @property
    def prompt(self) -> str:
        """The prompt as plain words."""
        return text.plain(self.item.prompt)


@dataclass(frozen=True)
class Answer:
    """What one attempt holds for one item."""

    attempt_item_id: int
    place: int
    """Where the attempt shows it, from 1."""
    revision_id: int
    lineage: int
    item: Item[Any]
    response: Response | None
    confidence: float | None
    marked: bool
    """Whether there is a mark, be it that it waits for a teacher."""
    fraction: float | None
    """The newest mark; None waits for a teacher, is not there yet, or is left out."""
    void: bool
    """Whether a correction leaves the question out of the marks."""
    stands_in: bool = False
    """Given to another question, which stood in for this one: a mark like any, and no answer to this question."""

    @property
    def counts(self) -> bool:
        """Whether it is among the marks, be it that a teacher has yet to give one."""
        return self.marked and not self.void

    @property
    def state(self) -> str:
        """One of right, partly, wrong, blank, waiting, void; draft and none before there is a mark."""
        if not self.marked:
            return "none" if self.response is None else "draft"
        if self.void:
            return "void"
        if self.fraction is None:
            return "waiting"
        if self.response is None:
            return "blank"
        return "right" if self.fraction >= 1 else "partly" if self.fraction > 0 else "wrong"


@dataclass(frozen=True)
class Sitting:
    """One attempt with its answers by item."""

    attempt_id: int
    public_id: str
    student_id: int
    number: int
    started_at: datetime
    handed_in_at: datetime | None
    answers: dict[int, Answer]

    @cached_property
    def total(self) -> Tally:
        """Marks earned of questions marked, as the student's own pages count them."""
        return Tally.of(answer.fraction for answer in self.answers.values() if answer.counts)


@dataclass(frozen=True)
class Sheet:
    """Everything that was answered to one assignment by those who are in the class now.

    `people` are those whom it is for, and who else started it.
    """

    assignment: AssignmentSheet
    people: tuple[Person, ...]
    """By name."""
    questions: tuple[Question, ...]
    sittings: dict[int, tuple[Sitting, ...]]
    """By student, in order; without those who have not started."""

    def counting(self, which: CountingAttempt, student_id: int) -> Sitting | None:
        """Return a student's first, last or best attempt; None for who has not started.

        One that is not handed in only where there is no other.
        """
        every = {one.attempt_id: one for one in self.sittings.get(student_id, ())}
        if not every:
            return None
        rated = (
            Rated(one.attempt_id, one.number, one.handed_in_at is not None, one.total.earned) for one in every.values()
        )
        return every[counting_one(rated, which).attempt_id]


def read_sheet(section_id: int, assignment: str) -> Sheet:
    """Read all answers of the students of a class to one assignment.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    head = find_assignment(section_id, assignment)
    everybody = people_of(section_id)
    rows = _attempts(head.id, {person.id for person in everybody})
    people = concerned(head, section_id, everybody, {row.student_id for row in rows})
    items = _attempt_items([row.id for row in rows])
    revisions = _revisions(head.quiz_revision_id, {item.stands_for or item.item_revision_id for item in items})
    given = _standing_in({item.item_revision_id for item in items if item.stands_for})
    marks = newest_marks([row.id for row in rows])
    answers: dict[int, dict[int, Answer]] = {}
    for item in items:
        place = revisions.by_id[item.stands_for or item.item_revision_id].item_id
        revision = given[item.item_revision_id] if item.stands_for else revisions.by_id[item.item_revision_id]
        answers.setdefault(item.attempt_id, {})[place] = _answer(item, revision, marks)
    sittings: dict[int, tuple[Sitting, ...]] = {}
    for row in rows:
        sitting = Sitting(
            row.id, row.public_id, row.student_id, row.number, row.started_at, row.submitted_at, answers.get(row.id, {})
        )
        sittings[row.student_id] = (*sittings.get(row.student_id, ()), sitting)
    return Sheet(head, people, revisions.questions, sittings)


def find_assignment(section_id: int, assignment: str) -> AssignmentSheet:
    """Return an assignment of a class.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    row = db.session.execute(
        assigned(section_id, assignment)
        .add_columns(Quiz.public_id, Quiz.bank_id, Bank.owner_id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .join(Bank, Bank.id == Quiz.bank_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("assignment")
    found, title, quiz, bank_id, owner = row
    return AssignmentSheet(
        id=found.id,
        public_id=found.public_id,
        title=title,
        quiz_revision_id=found.quiz_revision_id,
        quiz=quiz,
        bank_id=bank_id,
        quiz_owner=owner,
        version=found.version,
        for_whole_class=found.for_whole_class,
        counting=found.counting,
        timed=found.time_limit is not None,
        immediate=found.feedback.value == "immediate",
        released=found.released_at is not None,
        opens_at=found.opens_at,
        closes_at=own_closing(found, Support()),
        private=is_private(found.public_id),
    )


def people_of(section_id: int) -> tuple[Person, ...]:
    """Return who is in a class now, by name."""
    rows = db.session.execute(
        sa.select(Student.id, Student.public_id, RosterEntry.display_name, RosterEntry.group)
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(RosterEntry.section_id == section_id, RosterEntry.removed_at.is_(None))
        .order_by(RosterEntry.folded_name)
    )
    return tuple(Person(*row) for row in rows)


def concerned(
    assignment: AssignmentSheet, section_id: int, people: tuple[Person, ...], started: Collection[int]
) -> tuple[Person, ...]:
    """Return those of a class whom an assignment is for today, and those who started it."""
    if assignment.for_whole_class:
        return people
    named = recipients(section_id).get(assignment.id, frozenset())
    return tuple(person for person in people if person.id in named or person.id in started)


class NewestMark(NamedTuple):
    """The mark that counts of an answer."""

    attempt_id: int
    fraction: float | None
    void: bool


def newest_marks(attempt_ids: Collection[int]) -> dict[int, NewestMark]:
    """Return the mark that counts for each marked item of some attempts, by attempt item."""
    rows = db.session.execute(
        sa.select(Score.attempt_item_id, AttemptItem.attempt_id, Score.fraction, Score.void)
        .join(AttemptItem, AttemptItem.id == Score.attempt_item_id)
        .where(AttemptItem.attempt_id.in_(attempt_ids))
        .order_by(Score.number)
    )
    return {
        row.attempt_item_id: NewestMark(row.attempt_id, None if row.void else row.fraction, row.void) for row in rows
    }


def _attempts(assignment_id: int, students: set[int]) -> list[Any]:
    rows = db.session.execute(
        sa.select(
            Attempt.id,
            Attempt.public_id,
            Attempt.student_id,
            Attempt.number,
            Attempt.started_at,
            Attempt.submitted_at,
        )
        .where(Attempt.assignment_id == assignment_id)
        .order_by(Attempt.number)
    )
    return [row for row in rows if row.student_id in students]


def _attempt_items(attempt_ids: Collection[int]) -> list[Any]:
    rows = db.session.execute(
        sa.select(
            AttemptItem.id,
            AttemptItem.attempt_id,
            AttemptItem.position,
            AttemptItem.item_revision_id,
            StandIn.item_revision_id.label("stands_for"),
            ResponseRow.content,
            ResponseRow.confidence,
        )
        .outerjoin(StandIn, StandIn.attempt_item_id == AttemptItem.id)
        .outerjoin(ResponseRow, sa.and_(ResponseRow.attempt_item_id == AttemptItem.id, ResponseRow.try_number == 1))
        .where(AttemptItem.attempt_id.in_(attempt_ids))
    )
    return list(rows)


def _standing_in(revision_ids: set[int]) -> dict[int, ItemRevision]:
    return {row.id: row for row in db.session.scalars(sa.select(ItemRevision).where(ItemRevision.id.in_(revision_ids)))}


@dataclass(frozen=True)
class _Revisions:
    by_id: dict[int, ItemRevision]
    questions: tuple[Question, ...]


def _revisions(quiz_revision_id: int, asked: set[int]) -> _Revisions:
    """The revisions asked, and a question for each item: in the order of the quiz, what it no longer has last."""
    planned = db.session.execute(
        sa.select(ItemRevision.id, ItemRevision.item_id, QuizItem.position, can_be_asked())
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .where(QuizItem.quiz_revision_id == quiz_revision_id)
        .order_by(QuizItem.position)
    ).all()
    places = {row.item_id: row.position for row in planned}
    wanted = asked or {row.id for row in planned if row[3]}
    found = db.session.scalars(sa.select(ItemRevision).where(ItemRevision.id.in_(wanted))).all()
    by_item: dict[int, ItemRevision] = {}
    for revision in sorted(found, key=lambda row: row.number):
        by_item[revision.item_id] = revision
    last = len(places) + 1
    in_order = sorted(by_item.values(), key=lambda row: (places.get(row.item_id, last), row.item_id))
    return _Revisions(
        {row.id: row for row in found},
        tuple(
            Question(number, row.item_id, row.id, row.public_id, row.number, row.lineage, row.skill, content_of(row))
            for number, row in enumerate(in_order, 1)
        ),
    )


def _answer(item: Any, revision: ItemRevision, marks: dict[int, NewestMark]) -> Answer:
    asked = content_of(revision).item
    mark = marks.get(item.id)
    return Answer(
        attempt_item_id=item.id,
        place=item.position,
        revision_id=revision.id,
        lineage=revision.lineage,
        item=asked,
        response=None if item.content is None else asked.response_from_json(item.content),
        confidence=item.confidence,
        marked=mark is not None,
        fraction=None if mark is None else mark.fraction,
        void=mark is not None and mark.void,
        stands_in=item.stands_for is not None,
    )
