"""Merging a guest into the roster, and what becomes of those who are never recognised."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Attempt, AuditEntry, ChosenOption, Response, Score, Student, db
from quizapp.services import attempts, guests, retention, rosters, sections, sign_in, throttling
from quizapp.services.attempts import Taker
from quizapp.services.guests import GuestError
from quizapp.services.rosters import NotFoundError, RosterLine
from quizapp.services.throttling import TooManyFailuresError
from tests import factories
from tests.clock import START
from tests.factories import Pupil, SchoolClass, Teacher, instance_key
from tests.parallel import at_once


def test_a_nickname_that_folds_to_hundreds_of_letters_is_refused(app: Flask) -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    with pytest.raises(GuestError, match=f"^{GuestError.NICKNAME}$"):
        factories.add_guest(school_class, teacher, "\ufdfa" * 30)


class Lesson:
    """A class with Ada, a guest Zed, and a quiz both may take."""

    def __init__(self) -> None:
        self.quiz = factories.publish()
        self.teacher: Teacher = factories.make_teacher()
        self.school_class: SchoolClass = factories.make_class(self.teacher, "Ada")
        self.ada = self.school_class.pupils[0]
        self.guest: RosterLine = factories.add_guest(self.school_class, self.teacher, "Zed")
        self.zed = Pupil(self.guest.student_id, self.guest.public_id, "Zed", "")
        self.assignment = factories.assign(self.school_class, self.teacher, self.quiz, attempts_allowed=2)

    def merge(self) -> int:
        return guests.merge_guest(
            self.school_class.ref, self.zed.public_id, self.ada.public_id, account_id=self.teacher.id, now=START
        )

    def begin(self, pupil: Pupil, *, hand_in: bool) -> str:
        attempt = factories.start(self.assignment, pupil)
        key = factories.key_of(attempt, 1)
        attempts.check(pupil.taker, attempt, 1, key, confidence=None, drawn=None, now=START)
        if hand_in:
            attempts.hand_in(pupil.taker, attempt, now=START)
        return attempt


@pytest.fixture
def lesson() -> Lesson:
    return Lesson()


def test_a_merged_guest_goes_and_the_work_is_the_students(lesson: Lesson) -> None:
    attempt = lesson.begin(lesson.zed, hand_in=False)
    page = guests.merge_page(lesson.school_class.ref.public_id, lesson.zed.public_id, lesson.teacher.id, now=START)
    assert (page.attempts, [choice.possible for choice in page.choices]) == (1, [True])
    assert page.deleted_on == START + timedelta(days=30)
    assert lesson.merge() == 1
    key = factories.key_of(attempt, 2)
    attempts.check(lesson.ada.taker, attempt, 2, key, confidence=None, drawn=None, now=START)
    scores = db.session.execute(sa.select(Score.student_id, Score.section_id)).all()
    assert {tuple(row) for row in scores} == {(lesson.ada.id, lesson.school_class.ref.id)}
    assert set(db.session.scalars(sa.select(ChosenOption.student_id))) == {lesson.ada.id}
    assert [line.name for line in rosters.roster_lines(lesson.school_class.ref.id)] == ["Ada"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Student)) == 1
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "guest-merged")).one()
    assert "Zed" not in entry.subject
    assert "Ada" not in entry.subject
    with pytest.raises(NotFoundError):
        lesson.merge()


def test_attempts_at_the_same_quiz_are_told_and_come_after_the_students_own(lesson: Lesson) -> None:
    own, brought = lesson.begin(lesson.ada, hand_in=True), lesson.begin(lesson.zed, hand_in=True)
    page = guests.merge_page(lesson.school_class.ref.public_id, lesson.zed.public_id, lesson.teacher.id, now=START)
    ((clash,),) = [choice.clashes for choice in page.choices]
    assert (clash.title, clash.guest_attempts, clash.student_attempts) == ("Small quiz", 1, 1)
    assert not clash.both_at_work
    assert lesson.merge() == 1
    rows = db.session.execute(sa.select(Attempt.public_id, Attempt.number).order_by(Attempt.number)).all()
    assert [tuple(row) for row in rows] == [(own, 1), (brought, 2)]


def test_two_who_are_both_at_work_are_not_merged(lesson: Lesson) -> None:
    own, brought = lesson.begin(lesson.ada, hand_in=False), lesson.begin(lesson.zed, hand_in=False)
    page = guests.merge_page(lesson.school_class.ref.public_id, lesson.zed.public_id, lesson.teacher.id, now=START)
    assert [choice.possible for choice in page.choices] == [False]
    with pytest.raises(GuestError, match="both-at-work"):
        lesson.merge()
    attempts.hand_in(Taker(student_id=lesson.zed.id), brought, now=START)
    assert lesson.merge() == 1
    assert db.session.scalars(sa.select(Attempt.student_id).where(Attempt.public_id == own)).one() == lesson.ada.id


def test_merging_many_times_in_one_instant_moves_everything_once(app: Flask, lesson: Lesson) -> None:
    lesson.begin(lesson.zed, hand_in=True)
    tasks = at_once(app, 4, lesson.merge)
    assert [type(task.error) for task in tasks if task.error] == [NotFoundError] * 3
    assert db.session.scalars(sa.select(Attempt.student_id)).all() == [lesson.ada.id]


def test_only_guests_are_merged_and_only_into_students(lesson: Lesson) -> None:
    section = lesson.school_class.ref
    for guest, into in (
        (lesson.ada.public_id, lesson.zed.public_id),
        (lesson.zed.public_id, lesson.zed.public_id),
        (lesson.zed.public_id, "0" * 16),
    ):
        with pytest.raises(NotFoundError):
            guests.merge_guest(section, guest, into, account_id=lesson.teacher.id, now=START)


def test_guests_nobody_recognised_are_deleted_after_thirty_days(lesson: Lesson) -> None:
    lesson.begin(lesson.zed, hand_in=True)
    lesson.begin(lesson.ada, hand_in=True)
    retention.forget_the_old(now=START + timedelta(days=30))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 2
    retention.forget_the_old(now=START + timedelta(days=30, seconds=1))
    assert db.session.scalars(sa.select(Attempt.student_id)).all() == [lesson.ada.id]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Response)) == 1


def test_a_flood_of_guests_stops_and_a_class_holds_a_roomful(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    sections.hold_door(lesson.school_class.ref, 60, now=START)
    door = sign_in.find_door(lesson.school_class.ref.join_code)
    assert door is not None

    def knock(number: int, network: str = "198.51.100.9") -> None:
        visitor = f"{number:064x}"
        guests.join_as_guest(
            door, f"guest {number}", visitor_hash=visitor, network=network, key=instance_key(), now=START
        )

    monkeypatch.setattr(throttling, "GUESTS_PER_NETWORK", throttling.Limit(2, timedelta(minutes=10)))
    knock(1)
    knock(2)
    with pytest.raises(TooManyFailuresError):
        knock(3)
    monkeypatch.setattr(guests, "GUESTS_AT_ONCE", 3)
    with pytest.raises(GuestError, match="full"):
        knock(3, network="203.0.113.5")
