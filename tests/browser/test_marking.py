"""Marking and correcting in a real browser: few steps, by keyboard, read aloud, and for everybody to look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from quizapp.services import correcting, reviewing, sign_in
from quizapp.web.auth import TOKEN
from tests import factories
from tests.browser import school, watching
from tests.browser.actors import Student, Teacher
from tests.browser.hands import Keys, Pointer
from tests.clock import START
from tests.services.test_marking import BANK as WRITTEN
from tests.web.test_marking import HandedIn, handed_in

MANY = 28


def give_teacher(app: Flask, made: HandedIn, page: Page, address: str) -> None:
    """Sign the teacher in."""
    with school.inside(app):
        token = sign_in.sign_in_staff(
            made.teacher.login, factories.PASSWORD, network="here", key=school.key(app), now=START
        )
    school.give_cookie(app, page.context, address, {TOKEN: token})


def give_student(app: Flask, made: HandedIn, place: int, context: BrowserContext, address: str) -> None:
    """Sign a student in."""
    with school.inside(app):
        token = factories.sign_in_pupil(made.school_class, made.school_class.pupils[place])
    school.give_cookie(app, context, address, {TOKEN: token})


def test_a_wrong_key_becomes_corrected_marks_in_three_steps(
    app: Flask,
    live_server: str,
    page: Page,
    another_page: Page,
    check_page: Callable[[Page], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = handed_in(app, factories.BANK, {"Ada": "right", "Ben": "wrong", "Cy": "wrong"})
    give_teacher(app, made, page, live_server)
    teacher = Teacher(page, Pointer(page))
    page.goto(f"/teach/c/{made.school_class.ref.public_id}/a/{made.assignment}")
    # Results to question, question to correcting, and its one form.
    page.get_by_role("columnheader").get_by_role("link", name="Question 1").click()
    teacher.follow("Fix and re-mark")
    teacher.reads("Correct this question")
    check_page(page)
    teacher.press("See what changes")
    expect(page.get_by_role("alert")).to_contain_text("Choose what should change.")
    check_page(page)
    expect(page.get_by_text("Right until now: It keeps a distance")).to_be_visible()
    proves = page.get_by_role("radio", name="It proves the statement true")
    expect(proves).to_be_hidden()
    page.get_by_role("radio", name="Another answer is right").check()
    proves.check()
    teacher.write("Why? Students read this.", "The passage says so.")
    teacher.press("See what changes")
    teacher.reads("What would change")
    # Who opens the page hears it: the focus is on a status that names everybody whose mark changes.
    told = page.get_by_role("status")
    expect(told).to_be_focused()
    expect(told).to_match_aria_snapshot("""
      - status:
        - paragraph:
          - strong: 2 marks change, 2 higher, none lower.
          - text: 3 answers were looked at.
        - list:
          - listitem: Ben from 0% to 100%
          - listitem: Cy from 0% to 100%
    """)
    expect(page.get_by_role("table", name="Whose mark changes").get_by_role("row")).to_have_text(
        ["Student Before After", "Ben 0% 100%", "Cy 0% 100%"], use_inner_text=True
    )
    check_page(page)
    teacher.press("Apply")
    teacher.reads("What changed")
    assert teacher.submits == 3, "one of them was empty"

    give_student(app, made, 1, another_page.context, live_server)
    student = Student(another_page, Pointer(another_page))
    another_page.goto(f"/t/{made.tries['Ben']}/result")
    told_why = another_page.get_by_role("definition").filter(has_text="Reason: The passage says so.")
    expect(told_why).to_contain_text("Re-marked")
    expect(told_why).to_be_visible()
    # The reason has a line of its own, and does not press the answer to the side.
    another_page.set_viewport_size({"width": 390, "height": 800})
    answer = another_page.get_by_role("definition").filter(has_text="It proves the statement true").bounding_box()
    assert answer is not None
    assert answer["width"] > 200
    student.follow("See why")
    expect(another_page.get_by_text("Reason: The passage says so.").first).to_be_visible()

    # A long one works itself out before one's eyes, in steps of which each can be the last for today.
    monkeypatch.setattr(correcting, "STEP", 1)
    teacher.press("Take this back")
    expect(page.get_by_role("status")).to_contain_text("2 marks change, 2 lower.")
    expect(page.get_by_role("progressbar")).to_have_count(0)


def twenty_eight(app: Flask) -> HandedIn:
    return handed_in(app, WRITTEN, {f"Pupil {n}": f"Headline number {n}" for n in range(1, MANY + 1)})


def test_28_answers_take_28_keys_and_enter(
    app: Flask, live_server: str, page: Page, check_page: Callable[[Page], None]
) -> None:
    made = twenty_eight(app)
    give_teacher(app, made, page, live_server)
    overview = f"/teach/c/{made.school_class.ref.public_id}/a/{made.assignment}/marking"
    page.goto(overview)
    expect(page.get_by_text("28 answers wait for a mark.")).to_be_visible()
    check_page(page)
    Keys(page).press(page.get_by_role("link", name="Mark now"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Answer 1 of 28")
    check_page(page)
    expect(page.get_by_text("Keys: 0 to 4 choose")).to_be_visible()
    # Enter before any key saves nothing and says so; the keys go on working from there.
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    pressed: list[str] = []
    for number in range(MANY):
        # The hint is shown by the script that listens: from then on no key is lost.
        expect(page.get_by_text("Keys: 0 to 4 choose")).to_be_visible()
        expect(page.get_by_role("alert" if number == 0 else "radio").first).to_be_focused()
        assert page.get_by_text("Pupil").count() == 0, "no name"
        pressed.append("0124"[number % 4])
        page.keyboard.press(pressed[-1])
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_text("Every answer to this question has its mark.")).to_be_visible()
    expect(page.get_by_text("28 are marked.")).to_be_visible()
    page.get_by_role("link", name="Change a mark").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Marked answers")
    check_page(page)
    assert page.get_by_text("Pupil").count() == 0, "no name"
    assert sorted(mark or 0.0 for mark in marks_of(app, made)) == sorted(int(points) / 4 for points in pressed)


def test_marking_works_without_scripts_and_from_the_keyboard(app: Flask, live_server: str, nojs_page: Page) -> None:
    made = handed_in(app, WRITTEN, {"Ada": "One", "Ben": "Two"})
    give_teacher(app, made, nojs_page, live_server)
    nojs_page.goto(f"/teach/c/{made.school_class.ref.public_id}/a/{made.assignment}/marking")
    keys = Keys(nojs_page)
    keys.press(nojs_page.get_by_role("link", name="Mark now"))
    expect(nojs_page.get_by_text("Keys: 0 to 4 choose")).to_be_hidden()
    assert watching.sideways(nojs_page) == []
    for _ in range(2):
        keys.choose(nojs_page.get_by_role("radio").nth(2))
        with nojs_page.expect_navigation():
            nojs_page.keyboard.press("Enter")
    expect(nojs_page.get_by_text("2 are marked.")).to_be_visible()
    assert marks_of(app, made) == [0.5, 0.5]


def marks_of(app: Flask, made: HandedIn) -> list[float | None]:
    """The marks of everybody's first answer."""
    with school.inside(app):
        return [reviewing.answer_lines(attempt)[0].fraction for attempt in made.tries.values()]
