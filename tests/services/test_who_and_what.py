"""For whom an assignment is, what each attempt is asked, and which attempt counts."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import AttemptItem, CountingAttempt, ItemRevision, RosterEntry, db
from quizapp.services import (
    assign_options,
    assigning,
    attempts,
    class_page,
    coursework,
    my_work,
    progress,
    reviewing,
    starting,
    taking,
)
from quizapp.services.assigning import AssignmentRules, Questions, Recipients, RulesError
from quizapp.services.attempts import RefusedError
from quizapp.services.counting import Sitting, counting_one
from quizapp.services.drawing import Cell, blueprint, cell_of, draw
from quizapp.services.rosters import NotFoundError
from quizapp.services.taking import PassedByError
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import Pupil

HOUR = timedelta(hours=1)


class Room:
    """A teacher, a class of three, a quiz of four questions in two skills."""

    def __init__(self) -> None:
        self.quiz, self.teacher = factories.publish(), factories.make_teacher()
        self.school_class = factories.make_class(self.teacher, "Ada", "Ben", "Cy")
        self.ada, self.ben, self.cy = self.school_class.pupils
        self.section = self.school_class.ref

    def assign(self, to: Recipients = assigning.EVERYBODY, questions: Questions = assigning.ALL, **rules: Any) -> str:
        given = AssignmentRules(**{"shuffle_items": False, **rules})
        return assigning.assign(
            self.section, self.quiz, given, account_id=self.teacher.id, now=START, to=to, questions=questions
        )

    def to_do(self, pupil: Pupil) -> list[str]:
        return [work.assignment for work in my_work.my_work(pupil.id, self.section.id, now=START).open_work]


@pytest.fixture
def room() -> Room:
    return Room()


def join_group(pupil: Pupil, group: str | None) -> None:
    with writing() as session:
        session.scalars(sa.select(RosterEntry).where(RosterEntry.student_id == pupil.id)).one().group = group


# ---------------------------------------------------------------- for whom


def test_an_assignment_for_a_group_and_a_student_is_for_nobody_else(room: Room) -> None:
    join_group(room.ada, "Red")
    assert assign_options.classmates(room.section).groups == ("Red",)
    assignment = room.assign(to=Recipients(groups=("Red",), students=(room.cy.public_id,)))
    assert [room.to_do(pupil) for pupil in room.school_class.pupils] == [[assignment], [], [assignment]]
    assert starting.next_assignment(room.ben.id, room.section.id, now=START) is None
    for act in (starting.start_page, lambda *given, now: factories.start(given[0], room.ben, now=now)):
        with pytest.raises(NotFoundError):
            act(assignment, room.ben.id, now=START)
    (line,) = class_page.class_page(room.section.public_id, room.teacher.id, now=START).assignments
    assert line.students == 2
    join_group(room.ben, "Red")
    join_group(room.ada, None)
    assert [room.to_do(pupil) for pupil in room.school_class.pupils] == [[], [assignment], [assignment]]
    with pytest.raises(RulesError, match="recipients: nobody"):
        room.assign(to=Recipients(groups=("Blue",)))


# ---------------------------------------------------------------- what is asked


def test_a_blueprint_is_as_even_as_the_pool_allows_whatever_its_order() -> None:
    pool: list[Cell] = [("a", "easy")] * 5 + [("a", "hard")] * 5 + [("b", "easy")] * 2 + [("c", "")]
    assert blueprint(pool, 6) == {("a", "easy"): 2, ("a", "hard"): 1, ("b", "easy"): 2, ("c", ""): 1}
    assert blueprint(pool[::-1], 6) == blueprint(pool, 6)
    assert blueprint(pool, 99) == dict(Counter(pool))
    assert blueprint([], 3) == {}


def test_a_draw_keeps_to_its_blueprint_and_to_its_number() -> None:
    pool = [(cell, number) for number, cell in enumerate([("a", ""), ("a", ""), ("a", ""), ("b", ""), ("b", "")])]
    drawn = [draw(pool, {("a", ""): 2, ("b", ""): 1}, random.Random(seed)) for seed in range(30)]
    assert {sum(number < 3 for number in one) for one in drawn} == {2}
    assert all(one == sorted(one) and len(one) == 3 for one in drawn)
    assert len({tuple(one) for one in drawn}) == 6
    assert len(draw(pool, {("a", ""): 1, ("gone", ""): 2}, random.Random(1))) == 3


def test_every_attempt_draws_its_own_by_skill_and_keeps_what_it_drew(room: Room) -> None:
    assignment = room.assign(questions=Questions(number=2), attempts_allowed=None)
    (work,) = my_work.my_work(room.ada.id, room.section.id, now=START).open_work
    assert work.questions == 2
    asked = []
    for seed in range(8):
        attempt = factories.start(assignment, room.ada, seed=seed)
        assert factories.start(assignment, room.ada, seed=99) == attempt
        attempts.hand_in(room.ada.taker, attempt, now=START)
    rows = db.session.execute(
        sa.select(AttemptItem.attempt_id, ItemRevision)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .order_by(AttemptItem.position)
    ).all()
    by_attempt: dict[int, list[ItemRevision]] = {}
    for attempt_id, revision in rows:
        by_attempt.setdefault(attempt_id, []).append(revision)
    asked = [sorted(cell_of(one)[0] for one in several) for several in by_attempt.values()]
    assert asked == [["facts", "verbs"]] * 8
    assert len({tuple(one.id for one in several) for several in by_attempt.values()}) > 1


def test_only_chosen_questions_or_skills_are_asked(room: Room) -> None:
    questions = assign_options.quiz_choices(room.school_class.ref, room.quiz.public_id, room.teacher.id).questions
    chosen = Questions(chosen=(questions[2].public_id, questions[0].public_id))
    attempt = factories.start(room.assign(questions=chosen), room.ada)
    names = [taking.question_page(room.ada.taker, attempt, place, now=START).content.item.id for place in (1, 2)]
    assert names == ["claimed", "share"]
    assert [quiz.title for quiz in assigning.list_quizzes()] == ["Small quiz"]
    facts = Questions(number=9, skills=frozenset({"facts"}))
    drawn = factories.start(room.assign(questions=facts), room.ada)
    assert taking.attempt_ref(room.ada.taker, drawn, now=START).total == 2
    for nothing in (Questions(chosen=()), Questions(number=3, difficulties=frozenset({"hard"}))):
        with pytest.raises(RulesError, match="questions: no-question"):
            room.assign(questions=nothing)


# ---------------------------------------------------------------- which attempt counts


@pytest.mark.parametrize(
    ("counting", "expected"), [(CountingAttempt.FIRST, 1), (CountingAttempt.LAST, 4), (CountingAttempt.BEST, 2)]
)
def test_the_first_last_or_best_of_those_handed_in_counts(counting: CountingAttempt, expected: int) -> None:
    sittings = [Sitting(n, n, n < 5, earned) for n, earned in ((1, 1.0), (2, 3.0), (3, 3.0), (4, 2.0), (5, 4.0))]
    assert counting_one(sittings[::-1], counting).number == expected
    assert counting_one([Sitting(1, 1, handed_in=False)], counting).number == 1


@pytest.mark.parametrize(("counting", "marks", "which"), [("first", 1.0, 1), ("last", 2.0, 3), ("best", 3.0, 2)])
def test_dashboards_and_the_own_work_count_the_attempt_that_counts(
    room: Room, counting: str, marks: float, which: int
) -> None:
    assignment = room.assign(attempts_allowed=None, counting=CountingAttempt(counting))
    for right in (1, 3, 2):
        attempt = factories.start(assignment, room.ada)
        for position in range(1, right + 1):
            key = factories.key_of(attempt, position)
            attempts.check(room.ada.taker, attempt, position, key, confidence=None, drawn=None, now=START)
        attempts.hand_in(room.ada.taker, attempt, now=START)
    for rows in (
        progress.scores_of_section(room.section.id),
        progress.scores_of_student(room.ada.id),
        progress.scores_shown_to(room.ada.id, now=START),
    ):
        assert (len(rows), sum(row.fraction for row in rows)) == (4, marks)
    lines = coursework.list_attempts(room.ada.id, now=START)
    assert [line.number for line in lines if line.counts] == [which]
    work = my_work.my_work(room.ada.id, room.section.id, now=START)
    assert ([one.assignment for one in work.again], work.open_work) == ([assignment], ())


# ---------------------------------------------------------------- one way


def test_a_one_way_quiz_shows_and_takes_only_the_question_it_is_at(room: Room) -> None:
    attempt = factories.start(room.assign(one_way=True), room.ada)
    taker = room.ada.taker

    def save(position: int, *, leaving: bool) -> None:
        key = factories.key_of(attempt, position)
        attempts.save(taker, attempt, position, key, confidence=None, drawn=None, now=START, leaving=leaving)

    for position in (2, 3, 4):
        with pytest.raises(PassedByError):
            taking.question_page(taker, attempt, position, now=START)
        with pytest.raises(RefusedError, match=RefusedError.PASSED_BY):
            save(position, leaving=False)
    save(1, leaving=False)
    save(1, leaving=True)
    attempts.pass_by(taker, attempt, 2, now=START)
    key = factories.key_of(attempt, 3)
    attempts.check(taker, attempt, 3, key, confidence=None, drawn=None, now=START, leaving=True)
    assert attempts.first_open_position(taker, attempt) == 4
    for position, reason in ((1, RefusedError.PASSED_BY), (2, RefusedError.PASSED_BY), (3, RefusedError.CHECKED)):
        with pytest.raises(RefusedError, match=f"^{reason}$"):
            save(position, leaving=False)
    with pytest.raises(RefusedError, match=RefusedError.PASSED_BY):
        attempts.pass_by(taker, attempt, 2, now=START)
    assert reviewing.feedback_page(taker, attempt, 3, now=START).fraction == 1.0
    attempts.pass_by(taker, attempt, 4, now=START)
    assert attempts.first_open_position(taker, attempt) == 4
    attempts.hand_in(taker, attempt, now=START)
    page = reviewing.result_page(taker, attempt, now=START)
    assert isinstance(page, reviewing.ResultPage)
    assert [line.verdict for line in page.lines] == ["right", "blank", "right", "blank"]
