"""Assigning, changing what is assigned, and giving a student more time, through the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Assignment, AssignmentDraw, Attempt, CountingAttempt, FeedbackMode, QuizItem, Student, db
from quizapp.services import attempts, rosters
from tests import factories
from tests.clock import START, Clock
from tests.pages import Browser, Fields


class Desk:
    """A signed-in teacher with a class of three and a quiz; the school's clock is in Berlin."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        app.extensions["settings"] = replace(app.extensions["settings"], timezone="Europe/Berlin")
        with app.app_context():
            self.quiz, self.teacher = factories.publish(), factories.make_teacher()
            self.school_class = factories.make_class(self.teacher, "Ada", "Ben", "Cy")
        self.ada, self.ben, self.cy = self.school_class.pupils
        self.browser = Browser(app)
        self.browser.sign_in_staff(self.teacher)
        self.section = f"/teach/c/{self.school_class.ref.public_id}"

    def assign(self, fields: Fields | None = None, quiz: str = "") -> Assignment:
        """Assigns by the page as it stands but for `fields`, and returns what is stored."""
        page = self.browser.get(f"{self.section}/assign{quiz}")
        sent = self.browser.submit(page, fields=fields, named="quiz" if not quiz else "which")
        assert sent.location == f"{self.section}/join", sent.words
        return self.newest()

    def newest(self) -> Assignment:
        with self.app.app_context():
            return db.session.scalars(sa.select(Assignment).order_by(Assignment.id.desc())).first() or Assignment()

    def change(self, assignment: str, fields: Fields | None = None) -> str:
        """Saves the changing page with `fields` written into it, and returns what is then to be read."""
        path = f"{self.section}/a/{assignment}/change"
        sent = self.browser.submit(self.browser.get(path), fields=fields, named="attempts")
        return self.browser.follow(sent).words


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


def test_assigning_is_one_submit_with_defaults_that_fit_a_lesson(desk: Desk) -> None:
    row = desk.assign()
    assert (row.feedback, row.ask_confidence, row.shuffle_items, row.one_way) == (
        FeedbackMode.IMMEDIATE,
        True,
        True,
        False,
    )
    assert (row.opens_at, row.due_at, row.closes_at, row.for_whole_class) == (START, None, None, True)
    assert (row.attempts_allowed, row.counting, row.time_limit, row.pass_mark) == (1, CountingAttempt.FIRST, None, None)


def test_every_choice_arrives_with_times_on_the_schools_clock(desk: Desk) -> None:
    row = desk.assign(
        {
            "feedback": "deferred",
            "only": [f"s:{desk.ada.public_id}"],
            "opens_at": "2026-03-27T08:00",
            "due_at": "2026-03-30T08:00",
            "closes_at": "2026-03-31T08:00",
            "minutes": "20",
            "attempts": "3",
            "counting": "best",
            "pass_mark": "60",
            "one_way": "y",
        }
    )
    # Berlin's clocks go forward on 29 March: 8:00 is 7:00 UTC before, and 6:00 UTC after.
    assert [row.opens_at, row.due_at, row.closes_at] == [
        datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((27, 7), (30, 6), (31, 6))
    ]
    assert (row.time_limit, row.attempts_allowed, row.counting, row.pass_mark) == (1200, 3, CountingAttempt.BEST, 0.6)
    assert (row.one_way, row.for_whole_class, row.feedback) == (True, False, FeedbackMode.DEFERRED)
    page = desk.browser.get(f"{desk.section}/a/{row.public_id}/change")
    form = page.form(named="attempts")
    assert [form.fields[name] for name in ("opens_at", "due_at", "minutes", "pass_mark")] == [
        "2026-03-27T08:00",
        "2026-03-30T08:00",
        "20",
        "60",
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"closes_at": "2026-03-02T09:59"}, "This time is over"),
        ({"closes_at": "2026-03-29T02:30"}, "The clock skips this time"),
        ({"opens_at": "2026-03-05T08:00", "closes_at": "2026-03-04T08:00"}, "before the quiz opens"),
        ({"opens_at": "2026-03-05T08:00", "due_at": "2026-03-05T08:00"}, "before the quiz opens"),
        ({"due_at": "2026-03-05T08:00", "closes_at": "2026-03-04T08:00"}, "would close before it is due"),
        ({"minutes": "0"}, "whole minutes"),
        ({"minutes": "soon"}, "Not a valid integer"),
        ({"pass_mark": "101"}, "from 1 to 100"),
        ({"closes_at": "Friday"}, "Not a valid datetime"),
        ({"attempts": "4"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_stays_typed(desk: Desk, fields: Fields, sentence: str) -> None:
    page = desk.browser.submit(desk.browser.get(f"{desk.section}/assign"), fields=fields, named="quiz")
    assert page.status == 422
    assert sentence in page.words
    sent = page.form(named="quiz").fields
    assert all(sent.get(name) == value for name, value in fields.items() if name != "attempts")
    with desk.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == 0


def test_of_several_quizzes_none_is_chosen_beforehand(desk: Desk) -> None:
    with desk.app.app_context():
        factories.publish(factories.MADE_UP_BANK.replace("stands_in: true\n", ""))
    page = desk.browser.get(f"{desk.section}/assign")
    assert "quiz" not in page.form(named="due_at").fields
    refused = desk.browser.submit(page, fields={"due_at": "2026-03-05T08:00"}, named="due_at")
    assert refused.status == 422
    assert "Choose the quiz that this class should get." in refused.words
    assert refused.form(named="due_at").fields["due_at"] == "2026-03-05T08:00"


def test_what_goes_with_an_article_is_asked_only_where_there_is_one(desk: Desk) -> None:
    with desk.app.app_context():
        factories.publish(factories.MADE_UP_BANK)
        built = factories.publish(factories.ARTICLE_BANK)
        own, _draft = factories.publish_own(desk.teacher)
    without = desk.browser.get(f"{desk.section}/assign?quiz={own.quiz}")
    assert ("article" in without.words, "made-up" in without.words) == (False, False)
    assert desk.browser.submit(without, named="which").status == 302
    alone = desk.browser.get(f"{desk.section}/assign?quiz={built.public_id}")
    assert f"The article of “{built.title}”:" in alone.words
    assert alone.form(named="which").fields["route"] == "either"
    among = desk.browser.get(f"{desk.section}/assign").words
    assert (among.count("· about an article"), among.count("say “about an article” above")) == (1, 1)
    assert f"The article of “{built.title}”:" in among


def test_the_hour_that_comes_twice_ends_late_and_begins_early(desk: Desk, clock: Clock) -> None:
    clock.set(datetime(2026, 10, 20, 9, tzinfo=UTC))
    desk.browser.sign_in_staff(desk.teacher)
    row = desk.assign({"opens_at": "2026-10-25T02:30", "closes_at": "2026-10-25T02:31"})
    assert row.opens_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert row.closes_at == datetime(2026, 10, 25, 1, 31, tzinfo=UTC)


def test_questions_are_chosen_or_drawn(desk: Desk) -> None:
    at = f"?quiz={desk.quiz.public_id}"
    ticked = desk.browser.get(f"{desk.section}/assign{at}").form(named="which").fields.getlist("chosen")
    assert len(ticked) == 4
    row = desk.assign({"which": "chosen", "chosen": ticked[1:3]}, quiz=at)
    with desk.app.app_context():
        assert (
            db.session.scalar(sa.select(sa.func.count()).where(QuizItem.quiz_revision_id == row.quiz_revision_id)) == 2
        )
    row = desk.assign({"which": "drawn", "number": "2", "skills": ["verbs", "facts"]}, quiz=at)
    with desk.app.app_context():
        cells = db.session.execute(
            sa.select(AssignmentDraw.skill, AssignmentDraw.count).where(AssignmentDraw.assignment_id == row.id)
        )
        assert sorted(map(tuple, cells)) == [("facts", 1), ("verbs", 1)]
    page = desk.browser.get(f"{desk.section}/assign{at}")
    none = desk.browser.submit(page, fields={"which": "chosen", "chosen": []}, named="which")
    assert (none.status, "Tick at least one" in none.words) == (422, True)


def test_buttons_work_once_for_one_page(desk: Desk) -> None:
    row = desk.assign({"minutes": "20", "closes_at": "2026-03-02T12:00"})
    page = desk.browser.get(f"{desk.section}/a/{row.public_id}/change")
    assert "5 more minutes" in desk.browser.follow(desk.browser.submit(page, "more-time")).words
    again = desk.browser.follow(desk.browser.submit(page, "more-time"))
    assert "was changed while the page was open" in again.words
    assert (desk.newest().time_limit, desk.newest().closes_at) == (1500, START.replace(hour=11, minute=5))
    closed = desk.browser.follow(desk.browser.submit(again, "close"))
    assert (desk.newest().closes_at, "Closed since" in closed.words) == (START, True)
    live = f"{desk.section}/a/{row.public_id}/live"
    assert desk.browser.submit(desk.browser.get(live), "reopen").location == live
    desk.browser.submit(desk.browser.get(live), "close")
    closed = desk.browser.get(f"{desk.section}/a/{row.public_id}/change")
    assert "Open, with no closing time" in desk.browser.follow(desk.browser.submit(closed, "reopen")).words


def test_once_somebody_has_started_the_conditions_stay_and_the_rest_may_change(desk: Desk) -> None:
    row = desk.assign({"minutes": "20"})
    early = desk.browser.get(f"{desk.section}/a/{row.public_id}/change")
    with desk.app.app_context():
        attempt = factories.start(row.public_id, desk.ada)
    late = desk.browser.submit(early, fields={"one_way": "y", "minutes": "30"}, named="attempts")
    assert (late.status, "Somebody started while this page was open" in late.words) == (422, True)
    page = desk.browser.get(f"{desk.section}/a/{row.public_id}/change")
    assert "one_way" not in page.form(named="attempts").fields
    assert "Students have started" in page.words
    assert "is changed, for attempts under way too" in desk.change(row.public_id, {"minutes": "30"})
    with desk.app.app_context():
        ends = db.session.scalars(sa.select(Attempt.ends_at).where(Attempt.public_id == attempt)).one()
    assert ends == START + timedelta(minutes=30)
    assert desk.newest().one_way is False


def test_more_time_for_a_student_is_a_number_on_the_students_page(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.section}/students/{desk.ada.public_id}")
    done = desk.browser.submit(page, "/time", fields={"time": "1.5"})
    assert "The time is changed" in desk.browser.follow(done).words
    with desk.app.app_context():
        assert db.session.get_one(Student, desk.ada.id).time_factor == 1.5
    page = desk.browser.get(f"{desk.section}/students/{desk.ada.public_id}")
    assert page.form("/time").fields["time"] == "1.5"
    wrong = desk.browser.follow(desk.browser.submit(page, "/time", fields={"time": "9"}))
    assert "choose one of the times" in wrong.words


def test_another_attempt_is_given_on_the_students_page(desk: Desk) -> None:
    row = desk.assign()
    with desk.app.app_context():
        attempts.hand_in(desk.ada.taker, factories.start(row.public_id, desk.ada), now=START)
    path = f"{desk.section}/students/{desk.ada.public_id}"
    page = desk.browser.get(path)
    for _ in range(2):
        assert "one more attempt" in desk.browser.follow(desk.browser.submit(page, "extra-attempt")).words
    assert "extra-attempt" not in desk.browser.get(path).text
    with desk.app.app_context():
        attempts.hand_in(desk.ada.taker, factories.start(row.public_id, desk.ada), now=START)
        with pytest.raises(Exception, match="no-attempts-left"):
            factories.start(row.public_id, desk.ada)


def test_saving_never_widens_to_the_class_what_was_for_somebody_who_left(desk: Desk) -> None:
    row = desk.assign({"only": [f"s:{desk.ada.public_id}"]})
    with desk.app.app_context():
        rosters.remove_student(desk.school_class.ref, desk.ada.public_id, now=START)
    assert "Nobody you ticked is in the class any more" in desk.change(row.public_id)
    assert desk.newest().for_whole_class is False
    assert "is changed" in desk.change(row.public_id, {"only": [f"s:{desk.ben.public_id}"]})


def test_practice_of_a_skill_begins_with_a_draw_from_another_quiz(app: Flask) -> None:
    with app.app_context():
        teacher = factories.make_teacher()
        taken = factories.publish()
        other = factories.publish(factories.BANK.replace("small", "other").replace("Small quiz", "Other quiz"))
        school_class = factories.make_class(teacher, "Ada")
        assignment = factories.assign(school_class, teacher, taken)
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    section = f"/teach/c/{school_class.ref.public_id}"
    led = browser.get(f"{section}/a/{assignment}/practise/facts")
    assert led.location == f"{section}/assign?quiz={other.public_id}&skill=facts"
    fields = browser.get(led.location).form("").fields
    assert (fields["which"], fields["number"], fields.getlist("skills")) == ("drawn", "2", ["facts"])
    nowhere = browser.get(f"{section}/a/{assignment}/practise/nothing")
    assert nowhere.location == f"{section}/assign"
