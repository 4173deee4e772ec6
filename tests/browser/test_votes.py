"""A question voted on, talked about and voted on again: the projector worked by keys, and three phones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, url_for
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser import school
from tests.browser.actors import Actor, Phone
from tests.browser.hands import Keys, Pointer

PROMPT = "What does claimed do?"
RIGHT, WRONG, OTHER = "It keeps a distance", "It proves the statement false", "It proves the statement true"

_SMALLER_THAN = """least => [...document.querySelectorAll("main *")]
    .filter(one => [...one.childNodes].some(part => part.nodeType === Node.TEXT_NODE && part.data.trim()))
    .filter(one => one.checkVisibility() && !one.closest(".btn, .board-foot, .notice, .vh"))
    .filter(one => parseFloat(getComputedStyle(one).fontSize) < least)
    .map(one => `${getComputedStyle(one).fontSize} ${one.outerHTML.slice(0, 100)}`)"""


@pytest.fixture
def teacher(page: Page, app: Flask) -> Actor:
    """Somebody with nothing but keys, at the page of a question that a class was asked."""
    with school.inside(app), app.test_request_context():
        owner = factories.make_teacher(school.LOGIN)
        taught = factories.make_class(owner, "Ada L.")
        assignment = factories.assign(taught, owner, factories.publish())
        factories.start(assignment, *taught.pupils)
        address = url_for("results.question", section=taught.ref.public_id, assignment=assignment, number=1)
    page.goto(f"/sign-in?next={address}")
    visitor = Actor(page, Pointer(page))
    visitor.write("Sign-in name", school.LOGIN)
    visitor.write("Password", factories.PASSWORD)
    visitor.press("Sign in")
    visitor.reads("Question 1 of 4")
    return Actor(page, Keys(page))


def test_from_a_question_to_the_vote_that_changed(
    teacher: Actor, phones: tuple[Phone, Phone, Phone], check_page: Callable[[Page], None]
) -> None:
    ann, ben, cleo = phones
    first_vote(teacher, ann, ben, cleo)
    assert_readable_at_the_back(teacher.page)
    check_page(teacher.page)
    check_page(ann.page)
    talk(teacher, ann, ben, cleo)
    second_vote(teacher, ann, ben, cleo)
    result(teacher, ann, ben, cleo)
    assert_readable_at_the_back(teacher.page)
    check_page(teacher.page)
    check_page(ann.page)
    teacher.hands.press(teacher.page.get_by_role("link", name="Back to the question"))
    teacher.reads("Question 1 of 4")


def first_vote(teacher: Actor, ann: Phone, ben: Phone, cleo: Phone) -> None:
    """Votes arrive on the projector by themselves; how many chose what stands nowhere."""
    teacher.press("Vote, talk, vote again")
    teacher.reads(PROMPT)
    stands_at(teacher, "Voting")
    code, address = (teacher.page.locator(f".join-{part}").inner_text() for part in ("code", "address"))
    for phone, nickname in ((ann, "Ann"), (ben, "Ben"), (cleo, "Cleo")):
        phone.come_in(address, code, nickname)
        phone.reads(PROMPT)
    ann.votes(WRONG)
    ann.is_saved()
    ben.votes(WRONG)
    ben.press("Save my vote")
    expect(ben.page.get_by_text("Your vote is saved.")).to_be_visible()
    cleo.votes(RIGHT)
    cleo.is_saved()
    expect(teacher.page.get_by_text("3 of 3 have voted")).to_be_visible()
    expect(teacher.page.get_by_role("table")).to_have_count(0)


def talk(teacher: Actor, ann: Phone, ben: Phone, cleo: Phone) -> None:
    """The vote is over, and nobody sees a count."""
    teacher.press("Stop, and talk first")
    stands_at(teacher, "Talk")
    # Nobody votes now: how to come in is small, and what people talk about has the room.
    expect(teacher.page.locator(".board-door .qr")).to_have_css("width", "80px")
    for phone in (ann, cleo):
        phone.wakes()
    ben.follow("Refresh")
    for phone in (ann, ben, cleo):
        phone.reads("Talk")
        expect(phone.page.get_by_role("table")).to_have_count(0)
    expect(teacher.page.get_by_role("table")).to_have_count(0)


def second_vote(teacher: Actor, ann: Phone, ben: Phone, cleo: Phone) -> None:
    """The first vote stands there still: one keeps it, two change theirs."""
    teacher.press("Vote again")
    stands_at(teacher, "Vote again")
    expect(teacher.page.get_by_text("0 of 3 have voted")).to_be_visible()
    for phone in (ann, cleo):
        phone.wakes()
        phone.reads(PROMPT)
    ann.votes(RIGHT)
    ann.is_saved()
    cleo.press("Save my vote")
    ben.follow("Refresh")
    ben.votes(OTHER)
    ben.press("Save my vote")
    expect(teacher.page.get_by_text("3 of 3 have voted")).to_be_visible()


def result(teacher: Actor, ann: Phone, ben: Phone, cleo: Phone) -> None:
    """First what changed, then what is right, on the projector and on the phones alike."""
    teacher.press("Stop and show")
    stands_at(teacher, "Result")
    expect(teacher.page.get_by_text("3 people voted both times")).to_contain_text("2 voted otherwise than before.")
    expect(teacher.page.get_by_text("best answer")).to_have_count(0)
    assert changes(teacher.page) == {RIGHT: ["1", "2", "▲ 1"], WRONG: ["2", "0", "▼ 2"], OTHER: ["0", "1", "▲ 1"]}
    teacher.press("Show what is right")
    expect(teacher.page.get_by_text("best answer")).to_be_visible()
    for phone in (ann, cleo):
        phone.wakes()
    ben.follow("Refresh")
    for phone in (ann, ben, cleo):
        expect(phone.page.get_by_text("Wholly right: 1 of 3 before the talk, 2 after it.")).to_be_visible()


def stands_at(teacher: Actor, state: str) -> None:
    """Wait for the heading that tells what is on."""
    expect(teacher.page.locator(".state-line").get_by_role("heading")).to_have_text(state)


def assert_readable_at_the_back(page: Page) -> None:
    """At 1280 px the question has 32 px or more and all else 24, but for what only the teacher presses."""
    assert page.evaluate(_SMALLER_THAN, 24) == []
    title = page.get_by_role("heading", level=1)
    assert float(title.evaluate("one => getComputedStyle(one).fontSize").removesuffix("px")) >= 32


def changes(page: Page) -> dict[str, list[str]]:
    """By answer, how many chose it before and now, and the change."""
    found = {}
    for row in page.get_by_role("row").all()[1:]:
        (answer,) = (one for one in (RIGHT, WRONG, OTHER) if one in row.get_by_role("rowheader").inner_text())
        found[answer] = [cell.inner_text() for cell in row.get_by_role("cell").all()]
    return found
