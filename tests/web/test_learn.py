"""Taking a quiz in a browser without scripts, with every kind of bad luck on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Attempt, Response, Score, db
from quizapp.services import assigning
from quizapp.services.settings import SchoolSettings, change_school_settings
from quizapp.web.security import BODY_MAX
from tests import factories
from tests.clock import START, Clock
from tests.factories import Pupil, SchoolClass, Teacher
from tests.pages import Browser, Fields, Page, choose


class Lesson:
    """Ada and Ben, and a quiz of four questions; Ada has come in."""

    def __init__(self, app: Flask, **rules: Any) -> None:
        self.app = app
        with app.app_context():
            quiz = factories.publish()
            self.teacher: Teacher = factories.make_teacher()
            self.school_class: SchoolClass = factories.make_class(self.teacher, "Ada", "Ben")
            self.assignment = factories.assign(self.school_class, self.teacher, quiz, **rules)
        self.ada: Pupil = self.school_class.pupils[0]
        self.browser = Browser(app)
        self.first = self.browser.follow(self.browser.sign_in_student(self.school_class, self.ada))
        self.attempt = self.first.path.split("/")[2]

    def path(self, rest: object) -> str:
        return f"/t/{self.attempt}/{rest}"

    def page(self, position: int) -> Page:
        return self.browser.get(self.path(position))

    def answer(self, position: int, fields: Fields, *, go: str = "check") -> Page:
        return self.browser.submit(self.page(position), fields={**fields, "go": go})

    def stored(self) -> list[tuple[object, ...]]:
        with self.app.app_context():
            rows = db.session.execute(
                sa.select(Response.attempt_item_id, Response.content, Response.frozen_at, Response.confidence).order_by(
                    Response.id
                )
            )
            return [tuple(row) for row in rows]

    def count(self, table: type[object]) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


RIGHT = "It keeps a distance"
WRONG = "It proves the statement true"


@pytest.fixture
def lesson(app: Flask) -> Lesson:
    return Lesson(app)


@pytest.fixture
def held_back(app: Flask) -> Lesson:
    return Lesson(app, feedback="deferred")


# ---------------------------------------------------------------- the way through


def test_code_and_card_lead_straight_to_the_first_question(lesson: Lesson) -> None:
    assert lesson.first.path == lesson.path(1)
    assert "Question 1 of 4" in lesson.first.text
    assert "What does claimed do?" in lesson.first.words


def test_a_whole_quiz_with_feedback_after_each_answer(lesson: Lesson) -> None:
    told = lesson.browser.follow(lesson.answer(1, {**choose(lesson.page(1), WRONG), "confidence": "3"}))
    assert told.path == lesson.path("1/feedback")
    assert "The word says who spoke." in told.words
    assert lesson.page(1).location == lesson.path("1/feedback")
    both = [choose(lesson.page(2), one) for one in ("People were leaving", "The water was rising")]
    name = next(iter(both[0]))
    lesson.answer(2, {name: [str(one[name]) for one in both]})
    assert lesson.answer(3, {"a-answer": "15,5 %"}).location == lesson.path("3/feedback")
    skipped = lesson.answer(4, {}, go="skip")
    assert skipped.location == lesson.path("check")
    check = lesson.browser.follow(skipped)
    assert "1 question is blank." in check.words
    result = lesson.browser.follow(lesson.browser.submit(check))
    assert result.path == lesson.path("result")
    assert re.search(r"\b2 of 4\b|\b2\b.*\b4\b", result.words)
    with lesson.app.app_context():
        scores = db.session.scalars(sa.select(Score).order_by(Score.attempt_item_id)).all()
        assert [(row.fraction, row.confidence) for row in scores] == [(0, 0.95), (1, None), (1, None), (0, None)]
    work = lesson.browser.get("/me")
    assert "Small quiz" in work.words


def test_a_part_mark_says_what_took_away_only_where_something_does(lesson: Lesson) -> None:
    lesson.answer(2, choose(lesson.page(2), "People were leaving"))
    assert "each wrong one takes some away" in lesson.browser.get(lesson.path("2/feedback")).words
    assert "Write an answer, or press" in lesson.answer(3, {"a-answer": ""}).words
    assert "Choose an answer, or press" in lesson.answer(4, {}).words


def test_a_saved_answer_can_be_changed_from_the_check_page(held_back: Lesson) -> None:
    lesson = held_back
    lesson.answer(1, choose(lesson.page(1), WRONG), go="save")
    check = lesson.browser.get(lesson.path("check"))
    assert WRONG in check.words
    back = lesson.path("1?back=check")
    assert back in check.links()
    page = lesson.browser.get(back)
    saved = lesson.browser.submit(page, fields={**choose(page, RIGHT), "go": "save"})
    assert saved.location == lesson.path("check")
    assert RIGHT in lesson.browser.follow(saved).words


def test_a_checked_answer_stays_and_says_so(lesson: Lesson) -> None:
    page = lesson.page(1)
    lesson.answer(1, choose(page, WRONG))
    before = lesson.stored()
    for go in ("check", "save", "skip"):
        again = lesson.browser.submit(page, fields={**choose(page, RIGHT), "go": go})
        assert again.location == lesson.path("1/feedback")
        assert "the first one counts" in lesson.browser.follow(again).words
    assert lesson.stored() == before


def test_after_handing_in_nothing_is_taken(lesson: Lesson) -> None:
    pages = {position: lesson.page(position) for position in range(1, 5)}
    check = lesson.browser.get(lesson.path("check"))
    assert lesson.browser.submit(check).location == lesson.path("result")
    before = lesson.stored(), lesson.count(Score)
    late = lesson.browser.submit(pages[1], fields={**choose(pages[1], RIGHT), "go": "check"})
    assert late.location == lesson.path("result")
    assert "nothing was changed" in lesson.browser.follow(late).words
    fields = {**pages[1].form().fields.to_dict(), **choose(pages[1], RIGHT)}
    draft = lesson.browser.open("POST", lesson.path("1/draft"), data=fields)
    assert (draft.status, draft.response.json) == (409, {"error": "handed-in"})
    assert lesson.browser.submit(check).location == lesson.path("result")
    assert (lesson.stored(), lesson.count(Score)) == before
    assert lesson.page(2).location == lesson.path("result")
    assert lesson.browser.get(lesson.path("check")).location == lesson.path("result")


def test_a_closed_quiz_says_so_and_hands_in_what_was_saved(app: Flask, clock: Clock) -> None:
    lesson = Lesson(app, closes_at=START + timedelta(hours=1))
    lesson.answer(3, {"a-answer": "15.5"}, go="save")
    page = lesson.page(1)
    clock.advance(hours=1, seconds=30)
    late = lesson.browser.submit(page, fields={**choose(page, RIGHT), "go": "check"})
    assert late.location == lesson.path("result")
    assert "This quiz closed before this answer arrived" in lesson.browser.follow(late).words
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.sum(Score.fraction))) == 1


def test_all_attempts_used_is_a_sentence(lesson: Lesson) -> None:
    lesson.browser.submit(lesson.browser.get(lesson.path("check")))
    again = lesson.browser.post(f"/a/{lesson.assignment}/start")
    assert again.location == f"/a/{lesson.assignment}"
    told = lesson.browser.follow(again)
    assert "as often as you may" in told.words
    assert lesson.path("result") in told.links()
    assert lesson.count(Attempt) == 1


# ---------------------------------------------------------------- bad input


def test_an_empty_answer_asks_for_one_and_stores_nothing(lesson: Lesson) -> None:
    for position in range(1, 5):
        for go in ("check", "save", "", "nonsense"):
            page = lesson.answer(position, {}, go=go)
            assert page.status == 422
            assert page.text.count('role="alert"') == 1
            assert "<title>Error: " in page.text
    assert lesson.stored() == []
    assert lesson.answer(1, {}, go="skip").location == lesson.path(2)
    assert lesson.stored() == []


@pytest.mark.parametrize(
    "value", ["99", "-1", "1.0", "x", "١", "0" * 5000, "<b>", " ", "\u202e0", "null", "0\r\n", "+1", "1e0"]
)
def test_an_option_that_is_not_there_is_refused(lesson: Lesson, value: str) -> None:
    for position in (1, 2, 4):
        page = lesson.page(position)
        name = next(n for e in page.elements() if (n := e.get("name") or "").startswith("a-"))
        refused = lesson.browser.submit(page, fields={name: value, "go": "check"})
        assert refused.status == 422, position
        assert 'role="alert"' in refused.text
    assert lesson.stored() == []


def test_a_field_sent_twice_is_one_answer_or_none(lesson: Lesson) -> None:
    name, value = next(iter(choose(lesson.page(1), RIGHT).items()))
    values = [str(value), str((int(str(value)) + 1) % 3)]
    page = lesson.answer(1, {name: values})
    assert page.status in {302, 422}
    assert len(lesson.stored()) == (page.status == 302)
    boxes = [choose(lesson.page(2), "People were leaving")] * 2
    name = next(iter(boxes[0]))
    assert lesson.answer(2, {name: [str(box[name]) for box in boxes]}).status in {302, 422}
    with lesson.app.app_context():
        scores = set(db.session.scalars(sa.select(Score.fraction).join(Response, sa.true())))
        assert all(0 <= (fraction or 0) <= 1 for fraction in scores)


def test_a_number_that_is_none_is_a_sentence_and_keeps_what_was_typed(lesson: Lesson) -> None:
    for typed in ("about a sixth", "9" * 400, "1e999", "--", "15.5.5"):
        page = lesson.answer(3, {"a-answer": typed})
        assert page.status == 422
        assert page.form().fields["a-answer"] in {typed, typed[:200]}
    assert lesson.stored() == []


def test_a_megabyte_is_refused_and_a_little_less_is_a_sentence(lesson: Lesson) -> None:
    token = lesson.browser.token()
    huge = {"csrf_token": token, "a-answer": "9" * BODY_MAX, "go": "check"}
    assert lesson.browser.open("POST", lesson.path(3), data=huge).status == 413
    large = {"csrf_token": token, "a-answer": "9" * (BODY_MAX - 4096), "go": "check"}
    assert lesson.browser.open("POST", lesson.path(3), data=large).status == 422
    assert lesson.stored() == []


def test_a_confidence_that_nobody_offered_is_none(lesson: Lesson) -> None:
    for typed in ("4", "0.95", "x", "-1"):
        lesson.answer(1, {**choose(lesson.page(1), RIGHT), "confidence": typed}, go="save")
    assert [row[3] for row in lesson.stored()] == [None]


@pytest.mark.parametrize("version", ["", "0", "1", "99999999", "-5", "x", "9" * 500, "١"])
def test_a_version_that_nobody_gave_changes_nothing(lesson: Lesson, version: str) -> None:
    page = lesson.answer(1, {**choose(lesson.page(1), RIGHT), "version": version}, go="save")
    assert page.location == lesson.path(2)


# ---------------------------------------------------------------- bad luck


def test_a_stale_token_keeps_the_answer_on_the_page(lesson: Lesson) -> None:
    fields: Fields = {**choose(lesson.page(1), WRONG), "confidence": "2", "csrf_token": "stale"}
    page = lesson.answer(1, fields)
    assert page.status == 400
    assert "Your answer is still here" in page.words
    assert lesson.stored() == []
    name = next(iter(choose(page, WRONG)))
    kept = page.form().fields
    assert (kept[name], kept["confidence"]) == (choose(page, WRONG)[name], "2")
    again = lesson.browser.submit(page, fields={"go": "check"})
    assert again.location == lesson.path("1/feedback")
    page = lesson.answer(3, {"a-answer": "15.5", "csrf_token": ""})
    assert (page.status, page.form().fields["a-answer"]) == (400, "15.5")


def test_an_ended_sign_in_keeps_the_answer_until_it_is_saved(lesson: Lesson, clock: Clock) -> None:
    page = lesson.page(1)
    clock.advance(hours=9)
    out = lesson.browser.submit(page, fields={**choose(page, RIGHT), "confidence": "3", "go": "check"})
    assert out.status == 401
    assert "Sign in again to keep your answer" in out.words
    assert lesson.stored() == []
    fields: Fields = {"code": lesson.school_class.ref.shown_code, "name": "Ada", "secret": "wrong words"}
    wrong = lesson.browser.submit(out, fields=fields)
    assert wrong.status == 422
    assert "do not match" in wrong.words
    back = lesson.browser.submit(wrong, fields={**fields, "secret": lesson.ada.secret})
    assert back.location == lesson.path(1)
    assert "your last answer is saved" in lesson.browser.follow(back).words
    ((_item, content, frozen, confidence),) = lesson.stored()
    with lesson.app.app_context():
        assert content == factories.key_of(lesson.attempt, 1)
    assert (frozen, confidence) == (None, 0.95)


def test_a_kept_answer_is_its_students_only(lesson: Lesson, clock: Clock) -> None:
    page = lesson.page(1)
    clock.advance(hours=9)
    out = lesson.browser.submit(page, fields={**choose(page, RIGHT), "go": "check"})
    ben = lesson.school_class.pupils[1]
    fields: Fields = {"code": lesson.school_class.ref.join_code, "name": ben.name, "secret": ben.secret}
    back = lesson.browser.submit(out, fields=fields)
    assert lesson.stored() == []
    assert lesson.browser.follow(back).status == 404


def test_a_kept_answer_cannot_be_made_up(lesson: Lesson) -> None:
    for kept in ("", "x", "WyJhIiwxLFtdXQ.aaaa.bbbb", "é" * 3000):
        page = lesson.browser.post("/t/return", {"kept": kept, "code": "x", "name": "Ada", "secret": "x"})
        assert page.location == "/"
    assert lesson.stored() == []


def test_two_tabs_are_told(lesson: Lesson) -> None:
    one, two = lesson.page(1), lesson.page(1)
    lesson.browser.submit(one, fields={**choose(one, WRONG), "go": "save"})
    later = lesson.browser.submit(two, fields={**choose(two, RIGHT), "go": "save"})
    assert "also answered in another tab" in lesson.browser.follow(later).words
    ((_item, content, *_rest),) = lesson.stored()
    with lesson.app.app_context():
        assert content == factories.key_of(lesson.attempt, 1)


def test_drafts_answer_scripts_in_json(lesson: Lesson) -> None:
    page = lesson.page(1)
    fields = {**page.form().fields.to_dict(), **choose(page, RIGHT)}
    path = lesson.path("1/draft")

    def draft(**changed: str) -> tuple[int, object]:
        got = lesson.browser.open("POST", path, data={**fields, **changed})
        return got.status, got.response.json

    status, first = draft()
    assert (status, first) == (200, {"version": "1", "saved_at": "09:00", "other_tab": False})
    assert draft()[1] == {"version": "2", "saved_at": "09:00", "other_tab": False}
    assert draft(csrf_token="stale") == (400, {"error": "stale"})
    name = next(iter(choose(page, RIGHT)))
    status, half = draft(**{name: "99"})
    assert (status, half) == (200, {"version": "2", "saved_at": None})
    lesson.browser.sign_out()
    assert draft()[0] == 401
    assert [row[2] for row in lesson.stored()] == [None], "a draft is never checked"


def test_a_draft_that_was_emptied_is_blank_again(lesson: Lesson) -> None:
    fields = lesson.page(3).form().fields.to_dict()
    for typed, blank in (("15.5", False), ("", True)):
        page = lesson.browser.open("POST", lesson.path("3/draft"), data={**fields, "a-answer": typed})
        assert page.status == 200
        assert (lesson.stored()[0][1] is None) is blank


# ---------------------------------------------------------------- results that wait


def test_deferred_results_show_nothing_before_the_release_and_all_after(held_back: Lesson) -> None:
    lesson = held_back
    assert "Check my answer" not in lesson.first.words
    saved = lesson.answer(1, choose(lesson.first, WRONG), go="check")
    assert saved.location == lesson.path(2), "what the button says does not make it immediate"
    assert lesson.browser.get(lesson.path("1/feedback")).location == lesson.path(1)
    lesson.answer(2, choose(lesson.page(2), "People were leaving"), go="save")
    assert lesson.browser.get(lesson.path("result")).location == lesson.path("check")
    result = lesson.browser.follow(lesson.browser.submit(lesson.browser.get(lesson.path("check"))))
    assert "as soon as your teacher shows the results" in result.words
    assert lesson.browser.get(lesson.path("1/feedback")).location == lesson.path(1)
    assert lesson.page(1).location == lesson.path("result")
    mine = lesson.browser.get("/me").words
    assert "not shown yet" in mine
    assert not re.search(r"\d of \d", mine)
    assert "Reporting verbs" not in mine
    with lesson.app.app_context():
        assigning.release_results(lesson.school_class.ref, lesson.assignment, now=START)
    shown = lesson.browser.get(lesson.path("result"))
    assert WRONG in shown.words
    assert "0.5 of 2" in lesson.browser.get("/me").words
    assert "The word says who spoke." in lesson.browser.get(lesson.path("1/feedback")).words


def test_closing_shows_deferred_results(app: Flask, clock: Clock) -> None:
    lesson = Lesson(app, feedback="deferred", closes_at=START + timedelta(hours=1))
    lesson.browser.submit(lesson.browser.get(lesson.path("check")))
    assert "as soon as your teacher" in lesson.browser.get(lesson.path("result")).words
    clock.advance(hours=1)
    assert "as soon as your teacher" not in lesson.browser.get(lesson.path("result")).words


# ---------------------------------------------------------------- the door


def test_a_student_without_work_comes_to_the_own_page(app: Flask) -> None:
    with app.app_context():
        teacher = factories.make_teacher()
        school_class = factories.make_class(teacher, "Ada")
    browser = Browser(app)
    assert browser.sign_in_student(school_class, school_class.pupils[0]).location == "/me"


def test_the_start_and_unknown_pages_know_who_is_signed_in(lesson: Lesson) -> None:
    nowhere = "/there/is/no/such/page"
    usual = lesson.browser.get("/me/settings")
    large: Fields = {"size": "large", "spacing": "normal", "background": "dark", "font": "clear"}
    lesson.browser.submit(usual, fields=large)
    for path, status in (("/me", 200), (nowhere, 404)):
        page = lesson.browser.get(path)
        assert (page.status, 'data-background="dark"' in page.text) == (status, True), path
    start = lesson.browser.get("/")
    assert "You are signed in as Ada: My work" in start.words
    stranger = Browser(lesson.app)
    assert "signed in as" not in stranger.get("/").words
    assert 'data-background="dark"' not in stranger.get(nowhere).text


def test_a_signed_out_reader_is_sent_to_sign_in_whether_the_attempt_exists_or_not(lesson: Lesson) -> None:
    for attempt in (lesson.attempt, "x" * len(lesson.attempt)):
        for page in ("1", "1/feedback", "check", "result"):
            browser = Browser(lesson.app)
            sent = browser.get(f"/t/{attempt}/{page}")
            assert (sent.status, sent.location) == (302, "/"), page
            assert "Sign in again to go on." in browser.follow(sent).words


def test_wrong_words_and_codes_are_sentences(lesson: Lesson) -> None:
    browser = Browser(lesson.app)
    page = browser.submit(browser.get("/"), fields={"code": "0000 0000"})
    assert (page.status, "No class has this code." in page.words) == (422, True)
    page = browser.submit(browser.get("/"), fields={"code": ""})
    assert "Type the code your teacher shows you." in page.words
    card = browser.follow(browser.submit(browser.get("/"), fields={"code": lesson.school_class.ref.shown_code.lower()}))
    page = browser.submit(card, fields={"name": "Ada", "secret": "wrong words"})
    assert (page.status, "do not match" in page.words) == (422, True)
    gone = browser.get("/j/00000000")
    assert gone.location == "/"
    assert "No class has this code." in browser.follow(gone).words


def test_too_many_wrong_codes_get_a_page_that_says_when(lesson: Lesson) -> None:
    browser = Browser(lesson.app)
    for _ in range(20):
        assert browser.get("/j/00000000").status == 302
    page = browser.get("/j/00000000")
    assert (page.status, page.headers["Retry-After"]) == (429, "60")
    assert "Traceback" not in page.text


def test_a_visitor_tries_a_quiz_unless_the_school_closed_it(app: Flask) -> None:
    lesson = Lesson(app)
    visitor, stranger = Browser(app), Browser(app)
    page = visitor.follow(visitor.submit(visitor.get("/try")))
    answered = visitor.submit(page, fields={**choose(page, RIGHT), "go": "check"})
    assert "feedback" in (answered.location or "")
    assert stranger.get(page.path).location == "/"
    assert lesson.browser.get(page.path).status == 404
    with app.app_context():
        change_school_settings(SchoolSettings("", trial_open=False), account_id=lesson.teacher.id, now=START)
    assert stranger.get("/try").status == 404
    assert "/try" not in stranger.get("/").links()
