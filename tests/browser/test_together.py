"""A paragraph marked together: three phones, one of them without scripts, and the projector."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser import school
from tests.browser.actors import Actor, Phone
from tests.browser.hands import Pointer
from tests.factories import PASSAGE, make_teacher
from tests.factories import PASSWORD as TEACHERS_PASSWORD

PROMPT = "Mark what softens."


@pytest.fixture
def teacher(page: Page, app: Flask) -> Actor:
    """Somebody at the page on which a room is opened."""
    with school.inside(app):
        make_teacher(school.LOGIN)
    page.goto("/sign-in?next=/teach/rooms")
    teacher = Actor(page, Pointer(page))
    teacher.write("Sign-in name", school.LOGIN)
    teacher.write("Password", TEACHERS_PASSWORD)
    teacher.press("Sign in")
    teacher.reads("Mark it together")
    teacher.submits = 0
    return teacher


def test_from_a_pasted_paragraph_to_what_changed(
    teacher: Actor, phones: tuple[Phone, Phone, Phone], check_page: Callable[[Page], None]
) -> None:
    ann, ben, cleo = phones
    check_page(teacher.page)
    first_marks(teacher, ann, ben, cleo)
    check_page(ann.page)
    first_look(teacher, ann, ben, cleo)
    second_round(teacher, ann, ben, cleo)
    check_page(teacher.page)
    teacher.page.get_by_text("Close the room", exact=True).click()
    teacher.press("Close, and delete everything")
    teacher.reads("Mark it together")
    ann.wakes()
    ann.reads("The room is over for you")


def test_a_hundred_words_fit_on_a_projector(teacher: Actor) -> None:
    teacher.write("The paragraph", " ".join(["mayor", "quietly", "hailed", "a", "library"] * 20))
    teacher.press("Start")
    teacher.page.set_viewport_size({"width": 1280, "height": 720})
    expect(teacher.page.locator(".board .passage")).to_be_in_viewport(ratio=0.98)
    teacher.press("Stop and show")
    expect(teacher.page.locator(".board .overlay")).to_be_in_viewport(ratio=0.98)


def first_marks(teacher: Actor, ann: Phone, ben: Phone, cleo: Phone) -> None:
    """From the paste to the first marks in three submits; they arrive on the projector by themselves, unseen."""
    teacher.write("The paragraph", PASSAGE)
    teacher.page.get_by_label("What should everybody mark?").fill(PROMPT)
    teacher.press("Start")
    teacher.reads(PROMPT)
    code, address = (teacher.page.locator(f".join-{part}").inner_text() for part in ("code", "address"))
    ben.come_in(address, code, "Ben")
    ben.reads(PROMPT)
    ben.mark("right-size")
    ben.press("Save")
    expect(ben.page.get_by_text("Your answer is saved.")).to_be_visible()
    # Paste and start, code and nickname, marks.
    assert teacher.submits + ben.submits == 3
    for phone, nickname in ((ann, "Ann"), (cleo, "Cleo")):
        phone.come_in(address, code, nickname)
        phone.reads(PROMPT)
        phone.mark("right-size", "opening")
        phone.is_saved()
        assert phone.submits == 1
    expect(teacher.page.get_by_text("3 of 3 have answered")).to_be_visible()
    expect(teacher.page.locator(".run-count")).to_have_count(0)


def first_look(teacher: Actor, ann: Phone, ben: Phone, cleo: Phone) -> None:
    """The projector shows counts and no name, and then the phones do too."""
    teacher.press("Stop and show")
    expect(teacher.page.locator(".run-count")).to_have_text(["3", "2"])
    expect(teacher.page.get_by_text("Ann")).to_have_count(0)
    for phone in (ann, cleo):
        phone.wakes()
        phone.reads("Round over: talk about it")
        expect(phone.page.locator(".overlay .run-count")).to_have_text(["3", "2"])
    ben.follow("Refresh")
    ben.reads("Round over: talk about it")


def second_round(teacher: Actor, ann: Phone, ben: Phone, cleo: Phone) -> None:
    """The own marks stand there still; one keeps them, two add a word, and everybody sees what changed."""
    teacher.press("Once more: round 2")
    expect(teacher.page.get_by_text("0 of 3 have answered")).to_be_visible()
    for phone in (ann, cleo):
        phone.wakes()
        phone.reads(PROMPT)
    ann.press("Keep this answer")
    cleo.mark("Doors")
    cleo.is_saved()
    ben.follow("Refresh")
    ben.mark("opening", "Doors")
    ben.press("Keep this answer")
    expect(teacher.page.get_by_text("3 of 3 have answered")).to_be_visible()
    expect(ann.page.get_by_text("Your answer is saved.")).to_be_visible()
    ann.page.wait_for_load_state()  # what listens to marks has come
    ann.page.context.set_offline(True)
    ann.mark("Sundays.")
    expect(ann.page.get_by_text("Not saved yet")).to_be_visible()
    teacher.press("Stop and show")
    expect(teacher.page.get_by_text("3 people answered both rounds")).to_contain_text("2 changed something.")
    expect(teacher.page.get_by_text("In round 1, 0 of 3 marked it; in round 2, 2.")).to_be_visible()
    expect(teacher.page.locator(".swing .run-count")).to_have_text(["▲1", "▲2"])
    cleo.wakes()
    expect(cleo.page.get_by_role("heading", name="What changed since round 1")).to_be_visible()
    # What was marked without a connection is not lost, not even where the page is too old to send it: it is shown,
    # also when the page is opened again.
    ann.page.route("**/answer", lambda route: route.fulfill(status=400, json={"error": 400}))
    ann.page.context.set_offline(False)
    ann.reads("Round over: talk about it")
    with ann.page.expect_response("**/answer"):
        ann.page.reload()
    ann.page.unroute("**/answer")
    ann.page.reload()
    came_too_late(ann)
    assert ann.page.url.endswith("/answer")
    ann.page.goto(ann.page.url)
    came_too_late(ann)


def came_too_late(ann: Phone) -> None:
    """The page says so, and shows what came too late beside what counts."""
    expect(ann.page.get_by_text("This answer came after round 2 was over")).to_be_visible()
    late, counting = (ann.page.get_by_role("region", name=name) for name in ("that came too late", "that counts"))
    expect(late.locator("mark")).to_contain_text(["right-size opening", "Sundays."])
    expect(counting.locator("mark")).to_contain_text(["right-size opening"])
