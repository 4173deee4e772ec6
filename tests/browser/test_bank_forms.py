"""A bank made by forms alone: on a phone, by keyboard, in a browser that runs no script."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Dialog, Page, expect

from tests.browser import school
from tests.browser.hands import Keys


def test_a_bank_is_begun_mended_and_put_in_order_by_keyboard_without_scripts(
    app: Flask, live_server: str, page: Page, nojs_page: Page, check_page: Callable[[Page], None]
) -> None:
    made = school.open_school(app)
    teacher, keys = nojs_page, Keys(nojs_page)
    made.sign_in_teacher(teacher.context, live_server)
    made.sign_in_teacher(page.context, live_server)
    teacher.set_viewport_size({"width": 390, "height": 800})

    teacher.goto(f"{live_server}/teach/banks/new")
    keys.press(teacher.get_by_role("link", name="Begin with a form"))
    keys.write(teacher.get_by_label("Title of the bank"), "Headlines")
    keys.press(teacher.get_by_role("button", name="Write the first question"))
    keys.write(teacher.get_by_label("Question"), "What does the headline claim?")
    keys.write(teacher.get_by_role("textbox", name="Answer 2"), "That the pool is old")
    teacher.keyboard.press("Enter")  # in a line: saves, as far as it is

    expect(teacher.get_by_role("status")).to_contain_text("Saved.")
    expect(teacher.get_by_text("to mend before it can be published")).to_be_visible()
    expect(teacher.get_by_text("There are too few of these. Add another.")).to_be_visible()
    page.goto(teacher.url)
    check_page(page)
    expect(page.get_by_text("Not saved")).to_be_hidden()
    page.get_by_label("Why the right answer is right").press_sequentially("It")
    expect(page.get_by_text("Not saved")).to_be_visible()

    keys.press(teacher.get_by_role("button", name="Add another answer"))
    expect(teacher.get_by_role("textbox", name="Answer 3")).to_be_focused()
    teacher.keyboard.type("That the pool is closed")
    keys.choose(teacher.get_by_role("group", name="Answer 3").get_by_label("This is right"))
    keys.write(teacher.get_by_label("Why the right answer is right"), "It says so.")
    keys.press(teacher.get_by_role("button", name="Save and go back"))
    expect(teacher.get_by_text("Complete")).to_be_visible()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.once("dialog", leave)
    page.goto(teacher.url)
    assert asked == ["beforeunload"]
    check_page(page)
