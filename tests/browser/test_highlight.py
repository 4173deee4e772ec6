"""Marking words: with a mouse, a finger, keys, and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import quizapp
from tests.browser import school
from tests.browser.actors import Student
from tests.browser.hands import Keys, Pointer
from tests.browser.school import School
from tests.browser.watching import watched

QUIZ = quizapp.load_bank(school.BANK)
PLACE, ITEM = next((place, item) for place, item in enumerate(QUIZ.items, start=1) if item.kind == "highlight")
FIRST, LAST = ITEM.key()[0], ITEM.key()[-1]
WANTED = list(range(FIRST, LAST + 1))
"""A run of words, from the first of the key to the last."""


def open_passage(page: Page, lesson: School, address: str) -> None:
    """Sign in and open the question with the passage."""
    lesson.sign_in(page.context, address, "Ada L.")
    page.goto("/me")
    page.get_by_role("link", name="Read this first").click()
    page.get_by_role("button", name="Start now").click()
    page.wait_for_url("**/1")
    page.goto(page.url[:-1] + str(PLACE), wait_until="load")


def box(page: Page, place: int) -> Locator:
    """The checkbox of a word, by its place from 1."""
    return page.locator("[data-wordpick] input").nth(place - 1)


def word(page: Page, place: int) -> Locator:
    """What is seen of a word, by its place from 1."""
    return page.locator("[data-wordpick] label").nth(place - 1)


def expect_marked(page: Page, places: list[int]) -> None:
    """Wait until just these words are marked."""
    boxes = page.locator("[data-wordpick] input")
    for place in range(1, boxes.count() + 1):
        expect(boxes.nth(place - 1)).to_be_checked(checked=place in places)


def middle(page: Page, place: int) -> tuple[float, float]:
    found = word(page, place).bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def drag(page: Page, start: int, end: int) -> None:
    page.mouse.move(*middle(page, start))
    page.mouse.down()
    page.mouse.move(*middle(page, end), steps=8)
    page.mouse.up()


def expect_right(page: Page) -> None:
    Student(page, Pointer(page)).press("Check my answer")
    expect(page.locator(".verdict").get_by_role("heading")).to_have_text("Right")


def test_mouse_drags_over_words(page: Page, lesson: School, live_server: str) -> None:
    open_passage(page, lesson, live_server)
    drag(page, FIRST, LAST)
    expect_marked(page, WANTED)
    expect(page.locator("[data-wordcount-line]")).to_have_text(f"{len(WANTED)} marked")
    expect(page.locator("[data-save-status]")).to_contain_text("Saved at")
    expect_right(page)


def test_mouse_drags_backwards_and_takes_marks_away(page: Page, lesson: School, live_server: str) -> None:
    open_passage(page, lesson, live_server)
    drag(page, LAST, FIRST - 1)
    expect_marked(page, [FIRST - 1, *WANTED])
    drag(page, FIRST - 1, FIRST)
    expect_marked(page, WANTED[1:])
    word(page, FIRST).click()
    expect_marked(page, WANTED)
    page.get_by_role("button", name="Clear all marks").click()
    expect_marked(page, [])


def test_finger_taps_words(browser: Browser, lesson: School, live_server: str) -> None:
    with watched(browser, live_server, viewport={"width": 390, "height": 844}, has_touch=True) as (context, _):
        page = context.new_page()
        open_passage(page, lesson, live_server)
        for place in (1, *WANTED):
            word(page, place).tap()
        expect_marked(page, [1, *WANTED])
        word(page, 1).tap()
        expect_marked(page, WANTED)
        expect_right(page)


def test_finger_paints_words_after_a_long_press(browser: Browser, lesson: School, live_server: str) -> None:
    with watched(browser, live_server, viewport={"width": 390, "height": 844}, has_touch=True) as (context, _):
        page = context.new_page()
        open_passage(page, lesson, live_server)
        word(page, FIRST).scroll_into_view_if_needed()
        touch = context.new_cdp_session(page)

        def send(kind: str, *places: int) -> None:
            points = [dict(zip("xy", middle(page, place), strict=True)) for place in places]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        send("touchStart", FIRST)
        expect(box(page, FIRST)).to_be_checked()
        for place in WANTED[1:]:
            send("touchMove", place)
        send("touchEnd")
        expect_marked(page, WANTED)
        expect_right(page)


def test_keys_mark_a_run_with_shift(page: Page, lesson: School, live_server: str) -> None:
    open_passage(page, lesson, live_server)
    keys = Keys(page)
    keys.go_to(box(page, 1))
    for _ in range(FIRST - 1):
        page.keyboard.press("ArrowRight")
    page.keyboard.down("Shift")
    for _ in WANTED[1:]:
        page.keyboard.press("ArrowRight")
    page.keyboard.up("Shift")
    expect_marked(page, WANTED)
    expect(box(page, LAST)).to_be_focused()
    expect(page.locator("[data-save-status]")).to_contain_text("Saved at")
    expect_right(page)


def test_keys_shrink_a_run_and_turn_single_words(page: Page, lesson: School, live_server: str) -> None:
    open_passage(page, lesson, live_server)
    Keys(page).go_to(box(page, 1))
    page.keyboard.down("Shift")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    page.keyboard.up("Shift")
    expect_marked(page, [1, 2])
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect_marked(page, [2])
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect_marked(page, [2, page.locator("[data-wordpick] input").count()])


@pytest.mark.parametrize("hands", [Pointer, Keys])
def test_words_are_marked_without_scripts(
    nojs_page: Page, lesson: School, live_server: str, hands: type[Pointer | Keys]
) -> None:
    open_passage(nojs_page, lesson, live_server)
    expect(nojs_page.get_by_text("Clear all marks")).to_be_hidden()
    if hands is Pointer:
        for place in WANTED:
            word(nojs_page, place).click()
    else:
        for place in WANTED:
            Keys(nojs_page).go_to(box(nojs_page, place))
            while not Keys(nojs_page).at(box(nojs_page, place)):
                nojs_page.keyboard.press("Tab")
            nojs_page.keyboard.press("Space")
    expect_marked(nojs_page, WANTED)
    expect_right(nojs_page)
