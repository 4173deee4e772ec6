"""What happens when two things about time, attempts or the class happen in the same instant: one outcome each."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Assignment, Attempt, Response, Score, db
from quizapp.services import attempts, changing, finishing, rosters, starting, support
from quizapp.services.assigning import RulesError
from quizapp.services.attempts import RefusedError
from quizapp.services.starting import CannotStartError
from quizapp.services.timing import GRACE, Support
from tests import factories
from tests.clock import START
from tests.factories import Pupil, SchoolClass
from tests.parallel import Task, at_once, pause_at
from tests.services.test_overlap import count

MINUTE = timedelta(minutes=1)


class Room:
    """Ada and Ben in a class."""

    def __init__(self) -> None:
        self.quiz, self.teacher = factories.publish(), factories.make_teacher()
        self.school_class: SchoolClass = factories.make_class(self.teacher, "Ada", "Ben")
        self.ada, self.ben = self.school_class.pupils
        self.section = self.school_class.ref

    def assign(self, **rules: Any) -> str:
        return factories.assign(self.school_class, self.teacher, self.quiz, **rules)


@pytest.fixture
def room() -> Room:
    return Room()


def reasons(tasks: list[Task]) -> list[str]:
    return sorted(str(task.error) for task in tasks if task.error is not None)


def end(attempt: str) -> Any:
    db.session.rollback()
    return db.session.scalars(sa.select(Attempt.ends_at).where(Attempt.public_id == attempt)).one()


def test_the_attempts_limit_holds_whoever_starts_at_once(app: Flask, room: Room) -> None:
    assignment = room.assign(attempts_allowed=2)
    attempts.hand_in(room.ada.taker, factories.start(assignment, room.ada), now=START)
    tasks = at_once(app, 12, lambda: factories.start(assignment, room.ada))
    assert (reasons(tasks), len({task.result for task in tasks}), count(Attempt)) == ([], 1, 2)
    attempts.hand_in(room.ada.taker, tasks[0].result, now=START)
    tasks = at_once(app, 12, lambda: factories.start(assignment, room.ada))
    assert reasons(tasks) == [CannotStartError.NO_ATTEMPTS_LEFT] * 12
    extra = at_once(app, 6, lambda: changing.give_extra_attempt(room.section, assignment, room.ada.public_id))
    assert reasons(extra) == []
    assert len({task.result for task in at_once(app, 6, lambda: factories.start(assignment, room.ada))}) == 1
    assert count(Attempt) == 3


def test_handing_in_at_the_second_the_time_ends_is_one_hand_in(app: Flask, room: Room) -> None:
    attempt = factories.start(room.assign(time_limit=600), room.ada)
    key = factories.key_of(attempt, 1)
    over = START + 10 * MINUTE + GRACE
    attempts.save(room.ada.taker, attempt, 1, key, confidence=None, drawn=None, now=over - GRACE)
    turn = itertools.count()

    def act() -> None:
        if next(turn) % 2:
            finishing.hand_in_ended(now=over)
        else:
            attempts.hand_in(room.ada.taker, attempt, now=over)

    tasks = at_once(app, 10, act)
    assert reasons(tasks) == []
    assert (count(Score), db.session.scalar(sa.select(sa.func.sum(Score.fraction)))) == (4, 1.0)
    assert db.session.scalars(sa.select(Attempt.submitted_at)).all() == [START + 10 * MINUTE]


def test_a_save_that_overlaps_the_end_is_refused_not_lost(
    app: Flask, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = factories.start(room.assign(time_limit=600), room.ada)
    key = factories.key_of(attempt, 1)
    over = START + 10 * MINUTE + GRACE
    db.session.rollback()
    pause = pause_at(monkeypatch, finishing, "score_missing")
    ending = Task(app, lambda: finishing.hand_in_ended(now=over))
    pause.wait_until_reached()
    in_time = over - timedelta(seconds=1)
    saving = Task(app, lambda: attempts.save(room.ada.taker, attempt, 1, key, confidence=None, drawn=None, now=in_time))
    assert saving.waits()
    pause.let_go()
    assert ending.finish().result == 1
    assert reasons([saving.finish()]) == [RefusedError.HANDED_IN]
    assert (count(Response), count(Score)) == (0, 4)


@pytest.mark.parametrize("change", ["close", "time"])
def test_a_change_that_overlaps_a_start_reaches_the_new_attempt(
    app: Flask, room: Room, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    assignment = room.assign(time_limit=600)
    db.session.rollback()
    pause = pause_at(monkeypatch, starting, "draw_quiz")
    start = Task(app, lambda: factories.start(assignment, room.ada))
    pause.wait_until_reached()
    now, section, ada = START + MINUTE, room.section, room.ada.public_id
    changes = {
        "close": lambda: changing.close_now(section, assignment, version=1, now=now),
        "time": lambda: support.give_support(section, ada, Support(1.5), account_id=room.teacher.id, now=now),
    }
    changing_it = Task(app, changes[change])
    assert changing_it.waits()
    pause.let_go()
    attempt = start.finish().result
    assert reasons([changing_it.finish()]) == []
    assert end(attempt) == {"close": now, "time": START + 15 * MINUTE}[change]


def test_a_button_pressed_ten_times_works_once(app: Flask, room: Room) -> None:
    assignment = room.assign(time_limit=600)
    attempt = factories.start(assignment, room.ada)
    tasks = at_once(app, 10, lambda: changing.give_more_time(room.section, assignment, version=1, now=START))
    assert reasons(tasks) == [str(RulesError("version", RulesError.CHANGED))] * 9
    assert end(attempt) == START + 15 * MINUTE
    assert db.session.scalars(sa.select(Assignment.time_limit)).all() == [900]


def test_answers_and_closing_in_one_instant_keep_what_was_acknowledged(app: Flask, room: Room) -> None:
    assignment = room.assign()
    attempt = factories.start(assignment, room.ada)
    key = factories.key_of(attempt, 1)
    turn = itertools.count()

    def act() -> None:
        if next(turn) == 3:
            changing.close_now(room.section, assignment, version=1, now=START)
        else:
            attempts.save(room.ada.taker, attempt, 1, key, confidence=None, drawn=None, now=START)

    tasks = at_once(app, 8, act)
    assert reasons(tasks) == []
    with pytest.raises(RefusedError, match=RefusedError.CLOSED):
        attempts.save(room.ada.taker, attempt, 2, key, confidence=None, drawn=None, now=START + GRACE)
    assert finishing.hand_in_ended(now=START + GRACE) == 1
    assert db.session.scalars(sa.select(Response.sequence)).all() == [7]
    assert db.session.scalar(sa.select(sa.func.sum(Score.fraction))) == 1.0


def test_a_student_taken_out_in_mid_quiz_keeps_what_was_acknowledged(app: Flask, room: Room) -> None:
    attempt = factories.start(room.assign(), room.ada)
    key = factories.key_of(attempt, 1)
    turn = itertools.count()

    def save() -> int:
        return attempts.save(room.ada.taker, attempt, 1, key, confidence=None, drawn=None, now=START).sequence

    def act() -> int:
        if next(turn) == 3:
            rosters.remove_student(room.section, room.ada.public_id, now=START)
            return 0
        return save()

    tasks = at_once(app, 8, act)
    acknowledged = sum(1 for task in tasks if task.result)
    assert set(reasons(tasks)) <= {RefusedError.NOT_IN_CLASS}
    assert acknowledged + len(reasons(tasks)) == 7
    with pytest.raises(RefusedError, match=RefusedError.NOT_IN_CLASS):
        save()
    assert sum(db.session.scalars(sa.select(Response.sequence))) == acknowledged
    factories.add_pupils(room.section, room.teacher, "Ada")
    assert save() == acknowledged + 1


def test_three_hundred_starts_in_one_second_are_three_hundred_attempts(app: Flask, room: Room) -> None:
    pupils: list[Pupil] = list(factories.add_pupils(room.section, room.teacher, *[f"Student {n}" for n in range(300)]))
    assignment = room.assign(shuffle_items=True)
    share = iter([pupils[n::12] for n in range(12)])

    def start_some() -> list[str]:
        chance = random.Random(5)
        return [starting.start_assignment(assignment, one.id, now=START, rng=chance) for one in next(share)]

    tasks = at_once(app, 12, start_some)
    assert reasons(tasks) == []
    assert len({attempt for task in tasks for attempt in task.result}) == 300
    assert (count(Attempt), db.session.scalar(sa.select(sa.func.max(Attempt.number)))) == (300, 1)


def test_going_on_twice_in_a_one_way_quiz_skips_nothing(app: Flask, room: Room) -> None:
    attempt = factories.start(room.assign(one_way=True), room.ada)
    key = factories.key_of(attempt, 1)

    def go_on() -> object:
        taker = room.ada.taker
        return attempts.save(taker, attempt, 1, key, confidence=None, drawn=None, now=START, leaving=True)

    tasks = at_once(app, 8, go_on)
    assert reasons(tasks) == [RefusedError.PASSED_BY] * 7
    assert db.session.scalars(sa.select(Attempt.reached)).all() == [2]
    assert db.session.scalars(sa.select(Response.sequence)).all() == [1]
