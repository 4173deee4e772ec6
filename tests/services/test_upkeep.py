"""School settings, and what is deleted by itself."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Attempt, AuditEntry, OneTimeToken, Response, SignIn, Throttle, db
from quizapp.services import attempts, one_time_links, retention, settings, sign_in, starting
from quizapp.services.attempts import Taker
from quizapp.services.settings import SchoolSettings
from quizapp.services.sign_in import SignInError
from tests import factories
from tests.clock import START, Clock
from tests.factories import instance_key


def count(table: type[object]) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_settings_have_defaults_and_leave_a_trace() -> None:
    assert settings.school_settings() == SchoolSettings("", trial_open=True)
    teacher = factories.make_teacher()
    wanted = SchoolSettings("Riverside School", trial_open=False)
    for _ in range(2):
        settings.change_school_settings(wanted, account_id=teacher.id, now=START)
        assert settings.school_settings() == wanted
    entries = db.session.execute(sa.select(AuditEntry.account_id, AuditEntry.action, AuditEntry.at)).all()
    assert [tuple(entry) for entry in entries] == [(teacher.id, "settings", START)] * 2


def test_trials_are_deleted_after_a_day_and_class_work_never() -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    kept = factories.start(factories.assign(school_class, teacher, quiz), school_class.pupils[0])
    visitor = Taker(visitor_hash="a" * 64)
    trial = starting.start_trial(
        quiz, "a" * 64, network="192.0.2.7", key=instance_key(), now=START, rng=random.Random(1)
    )
    for taker, attempt in ((school_class.pupils[0].taker, kept), (visitor, trial)):
        key = factories.key_of(attempt, 1)
        attempts.check(taker, attempt, 1, key, confidence=None, drawn=None, now=START)
    assert retention.forget_the_old(now=START + timedelta(days=1)) == 0
    assert retention.forget_the_old(now=START + timedelta(days=1, seconds=1)) == 1
    assert (count(Attempt), count(Response)) == (1, 1)
    assert retention.forget_the_old(now=START + timedelta(days=4000)) == 0
    assert count(Attempt) == 1


def test_what_let_people_in_is_deleted_once_it_no_longer_does() -> None:
    school_class = factories.make_class(factories.make_teacher(), "Ada")
    factories.sign_in_pupil(school_class, school_class.pupils[0])
    one_time_links.new_reset_token("rivera", now=START)
    with pytest.raises(SignInError):
        sign_in.open_door("00000000", network="192.0.2.7", key=instance_key(), now=START)
    assert (count(SignIn), count(OneTimeToken), count(Throttle)) == (1, 1, 1)
    retention.forget_the_old(now=START)
    assert (count(SignIn), count(OneTimeToken), count(Throttle)) == (1, 1, 1)
    retention.forget_the_old(now=START + timedelta(days=2))
    assert (count(SignIn), count(OneTimeToken), count(Throttle)) == (0, 0, 0)


def test_the_keeper_deletes_at_once_and_stops_when_told(app: Flask, clock: Clock) -> None:
    quiz = factories.publish()
    starting.start_trial(quiz, "a" * 64, network="192.0.2.7", key=instance_key(), now=START, rng=random.Random(1))
    clock.advance(days=2)
    before = threading.active_count()
    stop = retention.start_keeper(app)
    for _ in range(200):
        if count(Attempt) == 0:
            break
        stop.wait(0.05)
    assert count(Attempt) == 0
    stop.set()
    (keeper,) = [thread for thread in threading.enumerate() if thread.name == "retention"]
    keeper.join(20)
    assert threading.active_count() == before
