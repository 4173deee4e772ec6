"""Marking and correcting in the browser, by plain posts."""

from __future__ import annotations

import pytest
from flask import Flask

from quizapp.services import attempts
from tests import factories
from tests.clock import START
from tests.pages import Browser
from tests.services.test_marking import ANSWERS
from tests.services.test_marking import BANK as WRITTEN


def at_work(app: Flask, bank: str, answers: dict[str, str]) -> tuple[Browser, str, str]:
    """Makes a class that handed in, and returns the teacher's browser, the assignment's address and a question."""
    with app.app_context():
        teacher, quiz = factories.make_teacher(), factories.publish(bank)
        school_class = factories.make_class(teacher, *answers)
        assignment = factories.assign(school_class, teacher, quiz)
        for pupil in school_class.pupils:
            attempt = factories.start(assignment, pupil)
            content = (
                {"text": answers[pupil.name]}
                if bank is WRITTEN
                else factories.response_to(attempt, 1, right=answers[pupil.name] == "right")
            )
            attempts.save(pupil.taker, attempt, 1, content, confidence=None, drawn=None, now=START)
            attempts.hand_in(pupil.taker, attempt, now=START)
        question = factories.question_of(attempt, 1)
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    return browser, f"/teach/c/{school_class.ref.public_id}", f"a/{assignment}|{question}"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_marking_goes_from_answer_to_answer_and_shows_no_name(app: Flask) -> None:
    browser, section, ids = at_work(app, WRITTEN, ANSWERS)
    assignment, question = ids.split("|")
    address = f"{section}/{assignment}/marking/{question}"
    seen = set()
    for _ in ANSWERS:
        page = browser.get(address)
        assert page.status == 200
        assert not any(name in page.text for name in ANSWERS)
        seen |= {answer for answer in ANSWERS.values() if answer in page.text}
        assert browser.post(address, {"points": "2", "seen": "1", "comment": ""}).status == 302
    assert seen == set(ANSWERS.values())
    done = browser.get(address)
    assert done.status == 302
    assert "All marked." in browser.get(f"{section}/{assignment}/marking").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_points_that_are_none_and_a_long_comment_come_back_with_a_sentence(app: Flask) -> None:
    browser, section, ids = at_work(app, WRITTEN, ANSWERS)
    assignment, question = ids.split("|")
    address = f"{section}/{assignment}/marking/{question}"
    empty = browser.post(address, {"seen": "1", "comment": "Well said, Zoë & co"})
    assert empty.status == 422
    assert "Choose the points for this answer." in empty.text
    assert "Well said, Zoë &amp; co" in empty.text, "what was typed is still there"
    long = browser.post(address, {"points": "2", "seen": "1", "comment": "x" * 301})
    assert (long.status, "Keep the comment to 300 signs." in long.text) == (422, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_wrong_key_becomes_corrected_marks_in_two_posts(app: Flask) -> None:
    browser, section, ids = at_work(app, factories.BANK, {"Ada": "right", "Ben": "wrong"})
    assignment, question = ids.split("|")
    address = f"{section}/{assignment}/q/{question}/fix"
    page = browser.get(address)
    place = page.text.split("It proves the statement true</label>")[0].rsplit('value="', 1)[1].split('"')[0]
    nothing = browser.post(address, {})
    assert nothing.status == 422
    assert "Choose what should change." in nothing.text
    assert "Say in a sentence why the mark changes" in nothing.text
    asked = browser.post(address, {"action": "key", "a-key-answer": place, "reason": "The passage says so."})
    assert asked.status == 302
    run = str(asked.location)
    dry = browser.get(run).text
    assert "1 mark changes, 1 higher, none lower." in dry
    assert "Ben" in dry
    assert "Ada" not in dry
    assert browser.post(run, {}).status == 302
    assert "What changed" in browser.get(run).text
    back = browser.post(f"{run}/undo", {})
    assert "1 lower" in browser.get(str(back.location)).text
