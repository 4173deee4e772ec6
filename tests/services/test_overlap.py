"""Things done in the same instant, by real threads on the real database."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Attempt, Response, Score, db
from quizapp.services import attempts, finishing
from quizapp.services.attempts import RefusedError
from tests import factories
from tests.clock import START
from tests.factories import Pupil
from tests.parallel import Task, at_once, pause_at


@pytest.fixture
def ada_and_assignment() -> tuple[Pupil, str]:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    return school_class.pupils[0], factories.assign(school_class, teacher, quiz)


def count(table: Any) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_forty_starts_in_one_instant_are_one_attempt(app: Flask, ada_and_assignment: tuple[Pupil, str]) -> None:
    ada, assignment = ada_and_assignment
    tasks = at_once(app, 40, lambda: factories.start(assignment, ada))
    assert [task.error for task in tasks] == [None] * 40
    assert len({task.result for task in tasks}) == 1
    assert count(Attempt) == 1


def test_twenty_hand_ins_in_one_instant_are_one(app: Flask, ada_and_assignment: tuple[Pupil, str]) -> None:
    ada, assignment = ada_and_assignment
    attempt = factories.start(assignment, ada)
    attempts.save(ada.taker, attempt, 1, factories.key_of(attempt, 1), confidence=None, drawn=None, now=START)
    tasks = at_once(app, 20, lambda: attempts.hand_in(ada.taker, attempt, now=START))
    assert [task.error for task in tasks] == [None] * 20
    assert count(Score) == 4
    assert db.session.scalar(sa.select(sa.func.sum(Score.fraction))) == 1.0


def test_twenty_checks_in_one_instant_are_one(app: Flask, ada_and_assignment: tuple[Pupil, str]) -> None:
    ada, assignment = ada_and_assignment
    attempt = factories.start(assignment, ada)
    key = factories.key_of(attempt, 1)
    tasks = at_once(app, 20, lambda: attempts.check(ada.taker, attempt, 1, key, confidence=None, drawn=None, now=START))
    refusals = [task.error for task in tasks if task.error is not None]
    assert [str(refusal) for refusal in refusals] == [RefusedError.CHECKED] * 19
    assert (count(Response), count(Score)) == (1, 1)


def test_saves_in_one_instant_are_all_counted(app: Flask, ada_and_assignment: tuple[Pupil, str]) -> None:
    ada, assignment = ada_and_assignment
    attempt = factories.start(assignment, ada)
    key = factories.key_of(attempt, 1)
    tasks = at_once(app, 12, lambda: attempts.save(ada.taker, attempt, 1, key, confidence=None, drawn=None, now=START))
    assert [task.error for task in tasks] == [None] * 12
    assert sorted(task.result.sequence for task in tasks) == list(range(1, 13))


def test_a_save_that_overlaps_the_hand_in_is_refused_not_lost(
    app: Flask, ada_and_assignment: tuple[Pupil, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, assignment = ada_and_assignment
    attempt = factories.start(assignment, ada)
    key = factories.key_of(attempt, 1)
    db.session.rollback()
    pause = pause_at(monkeypatch, finishing, "score_missing")
    handing_in = Task(app, lambda: attempts.hand_in(ada.taker, attempt, now=START))
    pause.wait_until_reached()
    saving = Task(app, lambda: attempts.save(ada.taker, attempt, 1, key, confidence=None, drawn=None, now=START))
    assert saving.waits()
    pause.let_go()
    assert handing_in.finish().error is None
    assert str(saving.finish().error) == RefusedError.HANDED_IN
    assert (count(Response), count(Score)) == (0, 4)


def test_a_hand_in_that_overlaps_a_save_takes_it_along(
    app: Flask, ada_and_assignment: tuple[Pupil, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, assignment = ada_and_assignment
    attempt = factories.start(assignment, ada)
    key = factories.key_of(attempt, 1)
    db.session.rollback()
    pause = pause_at(monkeypatch, attempts, "_save", after=True)
    saving = Task(app, lambda: attempts.save(ada.taker, attempt, 1, key, confidence=None, drawn=None, now=START))
    pause.wait_until_reached()
    handing_in = Task(app, lambda: attempts.hand_in(ada.taker, attempt, now=START))
    assert handing_in.waits()
    pause.let_go()
    assert saving.finish().result.sequence == 1
    assert handing_in.finish().error is None
    db.session.rollback()
    row = db.session.scalars(sa.select(Response)).one()
    assert (row.content, row.frozen_at) == (key, START)
    assert db.session.scalar(sa.select(sa.func.sum(Score.fraction))) == 1.0
