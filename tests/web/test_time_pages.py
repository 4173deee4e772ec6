"""What a student reads about time: before the start, out of turn, and at the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from quizapp.models import Route
from quizapp.services import changing
from tests import factories
from tests.clock import START, Clock
from tests.pages import Browser, Page
from tests.web.school import fingerprint


class Seat:
    """Ada, signed in, with one assignment."""

    def __init__(self, app: Flask, **rules: Any) -> None:
        self.app = app
        with app.app_context():
            self.quiz, self.teacher = factories.publish(), factories.make_teacher()
            self.school_class = factories.make_class(self.teacher, "Ada")
            self.assignment = factories.assign(self.school_class, self.teacher, self.quiz, **rules)
        self.browser = Browser(app)
        self.arrived = self.browser.sign_in_student(self.school_class, self.school_class.pupils[0])

    def before(self) -> Page:
        return self.browser.get(f"/a/{self.assignment}")

    def start(self) -> str:
        """Starts from the page that says what counts, and returns the address of the attempt."""
        assert self.arrived.location == f"/a/{self.assignment}"
        at = self.browser.submit(self.before(), "start").location or ""
        return at.rsplit("/", 1)[0]


def test_a_quiz_without_limits_begins_at_once(app: Flask) -> None:
    assert (Seat(app).arrived.location or "").endswith("/1")


def test_what_is_not_open_closed_or_used_up_says_what_to_do(app: Flask, clock: Clock) -> None:
    seat = Seat(app, opens_at=START + timedelta(hours=1), closes_at=START + timedelta(hours=2), time_limit=600)
    assert seat.arrived.location == "/me"
    assert "opens Mon 2 Mar, 10:00" in seat.browser.get("/me").words
    assert "not open yet It opens Mon 2 Mar, 10:00" in seat.before().words
    clock.advance(hours=1)
    assert "10 minutes The time starts when you press" in seat.before().words
    first = seat.browser.submit(seat.before(), "start")
    seat.browser.submit(seat.browser.get(f"{(first.location or '').removesuffix('/1')}/check"), "hand-in")
    assert "ask your teacher" in seat.before().words
    assert f"/t/{(first.location or '').split('/')[2]}/result" in seat.before().links()
    clock.advance(hours=1)
    assert "ask your teacher to open it again" in seat.before().words


def test_changing_the_questions_leads_back_to_the_quiz(app: Flask) -> None:
    with app.app_context():
        factories.publish(factories.MADE_UP_BANK)
    seat = Seat(app, time_limit=600, route=Route.EITHER)
    change = f"/a/{seat.assignment}/other-questions"
    page = seat.browser.follow(seat.browser.submit(seat.browser.get(change), change))
    assert "You have other questions now." in page.words
    under_way = seat.browser.submit(page, "start").location
    assert seat.browser.post(change).location == under_way


def test_a_later_and_an_earlier_question_of_a_one_way_quiz_answer_409(app: Flask) -> None:
    seat = Seat(app, one_way=True, feedback="deferred")
    at = seat.start()
    page = seat.browser.get(f"{at}/1")
    assert "cannot come back" in page.words
    assert {f"{at}/check", f"{at}/2"} & page.links() == set()
    before = fingerprint(app)
    for method, path in (("GET", "2"), ("POST", "3"), ("POST", "2/draft")):
        later = seat.browser.open(method, f"{at}/{path}", data={"csrf_token": seat.browser.token()})
        assert (later.status, f"{at}/1" in later.links()) == (409, True), path
    script = seat.browser.open("POST", f"{at}/2/draft", headers={"Accept": "application/json"})
    assert (script.status, script.response.json) == (409, {"error": "passed-by"})
    assert fingerprint(app) == before
    assert seat.browser.submit(page, fields={"go": "skip"}).location == f"{at}/2"
    twice = seat.browser.submit(page, fields={"go": "skip"})
    assert (twice.status, seat.browser.get(f"{at}/1").status, f"{at}/2" in twice.links()) == (409, 409, True)


@pytest.mark.parametrize("closed", [False, True])
def test_the_end_is_said_on_every_page_and_reading_it_changes_nothing(app: Flask, clock: Clock, closed: bool) -> None:
    seat = Seat(app, time_limit=1200, pass_mark=0.6)
    at = seat.start()
    page = seat.browser.get(f"{at}/1")
    assert "Ends at 09:20" in page.words
    assert "20 minutes left" in page.words
    if closed:
        with app.app_context():
            changing.close_now(seat.school_class.ref, seat.assignment, version=1, now=START + timedelta(minutes=5))
        clock.advance(minutes=5)
    else:
        clock.advance(minutes=20)
    before = fingerprint(app)
    words = ("This quiz is closed", "09:05") if closed else ("Time is up", "09:20")
    for path in ("1", "check", "result"):
        ended = seat.browser.get(f"{at}/{path}")
        assert all(word in ended.words for word in words), path
    assert fingerprint(app) == before
    assert seat.browser.follow(seat.browser.submit(page, fields={"go": "skip"})).status == 200
    result = seat.browser.follow(seat.browser.submit(ended, "hand-in"))
    assert "The pass mark is 60%; this is not there yet." in result.words
    clock.advance(hours=1)
    assert "0 of 4" in seat.browser.get(f"{at}/result").words
