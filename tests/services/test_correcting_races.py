"""A correction that is interrupted, and what others do meanwhile: all of it or nothing, and nobody is forgotten."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import CorrectionAction, CorrectionLine, Score, db
from quizapp.services import attempts, correcting, correction_pages, finishing, marking, scoring
from quizapp.services.correcting import CorrectionError
from quizapp.services.marking import CorrectedMeanwhileError
from tests import factories
from tests.databases import ONE_DATABASE
from tests.parallel import Task, at_once, pause_at
from tests.services import test_marking
from tests.services.test_correcting import LATER, World, scores, world, wrong_answer

__all__ = ["world"]


class KilledError(Exception):
    """The power cut."""


@ONE_DATABASE
def test_work_killed_between_two_steps_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "STEP", 1)
    correction = world.propose(CorrectionAction.ALL)
    before, rows = world.marks(), scores()
    assert correcting.prepare(correction).done == 1
    with monkeypatch.context() as broken:
        broken.setattr(correcting, "progress_of", killer())
        with pytest.raises(KilledError):
            correcting.prepare(correction)
    page = correction_pages.dry_run(world.school_class.ref, correction)
    assert (page.progress.done, page.progress.total, page.progress.complete) == (1, 3, False)
    assert (world.marks(), scores()) == (before, rows)
    # Meanwhile a student hands in; then somebody goes on.
    world.work("Dee", world.school_class.pupils[3], "wrong right right right")
    assert [correcting.prepare(correction).done for _ in range(3)] == [2, 3, 4]
    correcting.apply(correction, now=LATER)
    assert {marks[0] for marks in world.marks().values()} == {1.0}


@ONE_DATABASE
def test_applying_that_is_killed_half_way_has_changed_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    correction = world.propose(CorrectionAction.VOID, may_lower=True)
    correcting.prepare(correction)
    before, rows = world.marks(), scores()
    with monkeypatch.context() as broken:
        broken.setattr(correcting, "further_score", killer(after=2))
        with pytest.raises(KilledError):
            correcting.apply(correction, now=LATER)
    assert (world.marks(), scores()) == (before, rows)
    assert correction_pages.dry_run(world.school_class.ref, correction).applied_at is None
    world.carry_out(correction)
    assert scores() == rows + 3


def killer(*, after: int = 0) -> Any:
    """A `further_score` or `progress_of` that dies when it is called for the second time, or so."""
    calls, mark = itertools.count(1), scoring.further_score

    def act(*args: Any, **kwargs: Any) -> Any:
        if next(calls) > after:
            raise KilledError
        return mark(*args, **kwargs)

    return act


def test_of_two_corrections_applied_in_one_instant_one_counts(app: Flask, world: World) -> None:
    wanted = [world.propose(CorrectionAction.ALL), world.propose(CorrectionAction.KEY, answer=wrong_answer(world))]
    for one in wanted:
        correcting.prepare(one)
    rows = scores()
    turn = itertools.count()
    tasks = at_once(app, 6, lambda: correcting.apply(wanted[next(turn) % 2], now=LATER))
    assert {type(task.error) for task in tasks} == {type(None), CorrectionError}
    applied = [one for one in wanted if correction_pages.dry_run(world.school_class.ref, one).applied_at]
    assert len(applied) == 1
    db.session.rollback()
    assert scores() == rows + len(correction_pages.dry_run(world.school_class.ref, applied[0]).changes)


def test_leaving_out_every_question_in_one_instant_leaves_one(app: Flask, world: World) -> None:
    for position in (3, 4):
        world.correct(CorrectionAction.VOID, position, may_lower=True)
    wanted = [world.propose(CorrectionAction.VOID, position, may_lower=True) for position in (1, 2)]
    turn = itertools.count()
    tasks = at_once(app, 2, lambda: correcting.apply(wanted[next(turn)], now=LATER))
    (refused,) = [str(task.error) for task in tasks if task.error is not None]
    assert "nothing would count any more" in refused
    assert {len([mark for mark in marks if mark is not None]) for marks in world.marks().values()} == {1}


def test_handing_in_that_overlaps_applying_is_marked_by_it(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    correction = world.propose(CorrectionAction.ALL)
    correcting.prepare(correction)
    dee = world.school_class.pupils[3]
    attempt = factories.start(world.assignment, dee)
    db.session.rollback()
    pause = pause_at(monkeypatch, correcting, "record")
    applying = Task(app, lambda: correcting.apply(correction, now=LATER))
    pause.wait_until_reached()
    handing_in = Task(app, lambda: attempts.hand_in(dee.taker, attempt, now=LATER))
    assert handing_in.waits()
    pause.let_go()
    assert applying.finish().error is None
    assert handing_in.finish().error is None
    db.session.rollback()
    world.tries["Dee"] = (dee, attempt)
    assert world.marks()["Dee"][0] == 1.0


def test_applying_that_overlaps_handing_in_takes_it_along(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    correction = world.propose(CorrectionAction.ALL)
    correcting.prepare(correction)
    dee = world.school_class.pupils[3]
    attempt = factories.start(world.assignment, dee)
    db.session.rollback()
    pause = pause_at(monkeypatch, finishing, "apply_to_new", after=True)
    handing_in = Task(app, lambda: attempts.hand_in(dee.taker, attempt, now=LATER))
    pause.wait_until_reached()
    applying = Task(app, lambda: correcting.apply(correction, now=LATER))
    assert applying.waits()
    pause.let_go()
    assert handing_in.finish().error is None
    assert applying.finish().error is None
    db.session.rollback()
    world.tries["Dee"] = (dee, attempt)
    assert world.marks()["Dee"][0] == 1.0


def test_a_teacher_who_marks_while_another_corrects_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    written = test_marking.make_world()
    page = written.answer(of="Ada")
    assert page is not None
    correction = written.propose(CorrectionAction.ALL)
    db.session.rollback()
    pause = pause_at(monkeypatch, correcting, "record")
    applying = Task(app, lambda: correcting.apply(correction, now=LATER))
    pause.wait_until_reached()

    def mark() -> None:
        marking.give_mark(page, 1, "", seen=page.seen, account_id=written.teacher.id, now=LATER)

    marking_it = Task(app, mark)
    assert marking_it.waits()
    pause.let_go()
    assert applying.finish().error is None
    assert isinstance(marking_it.finish().error, CorrectedMeanwhileError)
    db.session.rollback()
    assert written.fraction("Ada") == 1.0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CorrectionLine)) == 4
    assert db.session.scalar(sa.select(sa.func.max(Score.number))) == 2
