"""Writing a bank in the editor: markers, corrections, completion, help, the preview beside it, and saving."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Dialog, Page, expect

from quizapp.models import Bank, BankDraft
from quizapp.services import drafts
from quizapp.services.writing import writing
from tests.browser import school
from tests.factories import OWN_BANK

CLEAN = re.compile("^It can be published.")
SECOND = "\n  - id: reader\n"
SECOND_REST = "prompt: Who reads this?\naccept: [me]\nwhy: So."


class Editor:
    """The page on which a bank is written, as its author uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.text = page.get_by_role("textbox", name="Text of the bank")
        self.pane = page.get_by_role("region", name="As students see it")
        self.state = page.locator("[data-check-state]")
        self.unsaved = page.get_by_text("Not saved")
        self.offers = page.get_by_role("listbox", name="What fits here")

    def type(self, where: str, words: str) -> None:
        """Types at the "Home" or "End" of the text; lines are indented by themselves, as in front of a person."""
        self.text.press(f"Control+{where}")
        self.text.press("End")
        self.page.keyboard.type(words)

    def puts(self, where: str, line: str) -> None:
        """Puts in a line at once, so that one step back takes it away however slowly keys would come."""
        self.type(where, "\n")
        self.page.keyboard.insert_text(line)

    def shows(self, prompt: str) -> None:
        expect(self.pane.get_by_role("heading", name=prompt)).to_be_visible()


@pytest.fixture
def draft(app: Flask, live_server: str, page: Page) -> tuple[school.School, str]:
    """A draft of a bank with one question, open in the browser; its teacher's school and its id."""
    made = school.open_school(app)
    with school.inside(app):
        draft = drafts.create_draft(made.account_id, OWN_BANK, now=school.now(app))
    made.sign_in_teacher(page.context, live_server)
    page.goto(f"/teach/drafts/{draft}")
    return made, draft


def mend_a_slip(editor: Editor) -> None:
    """A marker in the margin, the sentence at it, and the corrected line put in from the list."""
    page = editor.page
    markers = page.locator(".cm-lint-marker-error")
    editor.puts("Home", "titel: Mine")
    expect(markers).to_have_count(1)
    expect(editor.state).to_have_text("1 mistake stands in the way of publishing.")
    expect(page.locator("[data-findings]")).to_contain_text("titel: Mine")  # all of it is checked
    markers.hover()
    expect(page.locator(".cm-diagnostic")).to_contain_text("Mistake: There is no field “titel”")
    page.locator("[data-findings]").get_by_role("button", name="Put in the corrected line").click()
    expect(page.locator(".cm-line").nth(1)).to_have_text("title: Mine")
    # Now there are two titles; one step back, and the slip is there again; its line is a link to it.
    page.keyboard.press("Control+z")
    page.get_by_role("link", name="line 2").click()
    expect(editor.text).to_be_focused()
    page.keyboard.press("Control+z")
    expect(editor.state).to_have_text(CLEAN)


def write_a_question(editor: Editor) -> None:
    """The kinds are offered, a field is explained, and the preview follows the cursor."""
    page = editor.page
    editor.type("End", SECOND + "type: ")
    expect(editor.pane.get_by_role("status")).to_contain_text("you see the last one you looked at")
    expect(editor.offers.get_by_role("option", name="choice")).to_be_visible()
    page.keyboard.type("sho")
    expect(editor.offers.get_by_role("option")).to_have_text(["short"])
    editor.offers.get_by_role("option").click()
    page.keyboard.type("\n" + SECOND_REST)
    editor.shows("Who reads this?")
    expect(page.locator("[data-field-help]")).to_have_text(re.compile("^why: "))
    page.locator(".cm-line", has_text="type: short").get_by_text("type").hover()
    expect(page.locator(".cm-explained")).to_contain_text("The kind of question.")


def leave_and_come_back(editor: Editor) -> None:
    """Leaving with something unsaved is asked about; who does so all the same finds it on the device."""
    page = editor.page
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.once("dialog", leave)
    page.reload()
    assert asked == ["beforeunload"]
    expect(editor.unsaved).to_be_hidden()
    page.get_by_role("button", name="Put it in").click()
    editor.text.press("Control+End")
    editor.shows("Who reads this?")


def break_the_question(editor: Editor) -> None:
    """What worked last stays in the preview, which says so; another question is shown all the same."""
    page = editor.page
    editor.type("End", "\nwhi: So")
    note = "This question has a mistake now. You see it as it was before."
    expect(editor.pane.get_by_role("status")).to_have_text(note)
    editor.shows("Who reads this?")
    editor.text.press("Control+Home")
    editor.shows("What does the headline claim?")
    editor.text.press("Control+End")
    page.keyboard.press("Control+Shift+k")  # deletes the line


def test_an_author_is_helped_while_writing(
    app: Flask, page: Page, draft: tuple[school.School, str], check_page: Callable[[Page], None]
) -> None:
    editor = Editor(page)
    editor.shows("What does the headline claim?")
    expect(editor.state).to_have_text(CLEAN)
    expect(editor.unsaved).to_be_hidden()
    mend_a_slip(editor)
    write_a_question(editor)
    expect(editor.unsaved).to_be_visible()
    leave_and_come_back(editor)
    editor.pane.get_by_label("Your answer").fill("me")
    editor.pane.get_by_role("button", name="Check my answer").click()
    expect(editor.pane.get_by_role("heading", name="Right")).to_be_focused()
    break_the_question(editor)
    editor.type("Home", "\ntitel: Mine")
    expect(editor.state).to_have_text("1 mistake stands in the way of publishing.")
    check_page(page)

    # Tab leads out; saving posts what was seen, mistakes and all, and comes back to the same place.
    editor.text.press("Tab")
    expect(page.get_by_role("button", name="Find", exact=True)).to_be_focused()
    with page.expect_navigation():
        page.get_by_role("button", name="Save and check").click()
    expect(editor.text).to_be_visible()
    expect(editor.unsaved).to_be_hidden()
    made, public_id = draft
    with school.inside(app):
        stored = drafts.read_draft(public_id, made.account_id).text
    end = SECOND + "    type: short\n    prompt: Who reads this?\n    accept: [me]\n    why: So."
    assert stored == OWN_BANK.replace("format: 1\n", "format: 1\ntitel: Mine\n") + end
    be_shut_out(app, editor)


def be_shut_out(app: Flask, editor: Editor) -> None:
    """Whoever loses the right to change the bank is told while typing, and keeps what was typed."""
    page, told = editor.page, editor.page.locator("[data-shut-out]")
    expect(page.get_by_role("button", name="Find", exact=True)).to_be_visible()  # the script listens
    expect(told).to_be_hidden()
    with school.inside(app), writing() as session:  # the only bank is one that nobody may change
        session.execute(sa.update(BankDraft).values(bank_id=sa.select(Bank.id).scalar_subquery()))
    editor.type("End", " And so.")
    expect(told).to_be_visible()
    expect(editor.state).to_have_text("You may no longer change this bank.")
    with page.expect_navigation():
        told.get_by_role("button", name="Keep it as a bank of my own").click()
    expect(editor.text).to_contain_text("why: So. And so.")
    expect(told).to_be_hidden()
    expect(editor.unsaved).to_be_hidden()
