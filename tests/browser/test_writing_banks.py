"""A teacher writes a bank in a browser that runs no script, mends it from what the page says, and changes its key."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Locator, Page, expect

from quizapp.services import drafts
from tests.browser import school

SOUND = """\
format: 1
bank: flood-photo
title: Is this flood photo real?
language: en
questions:
  - id: first-check
    type: choice
    prompt: "#FloodTown is trending. What do you check first?"
    options:
      - right: Where the picture appeared before
        why: A search for the picture dates it.
      - wrong: How many people shared it
        why: Popular is not the same as true.
      - wrong: Whether it looks dramatic
        why: Real and false pictures both do.
  - id: sign
    type: short
    prompt: "One thing to look for: whose language is on the shop signs?"
    accept: [another country, a foreign one]
    why: The signs were in another language.
"""
MISTAKES = (
    ("    type: choice", "    type: chioce"),
    ('"#FloodTown is trending. What do you check first?"', "#FloodTown is trending. What do you check first?"),
    ("      - wrong: How many", "      - worng: How many"),
    ('"One thing to look for: whose language is on the shop signs?"', "One thing to look for: whose language is it?"),
    ("language: en", "language: English"),
)
OLD_KEY, NEW_KEY = "Where the picture appeared before", "How many people shared it"


def broken(text: str = SOUND) -> str:
    for right, wrong in MISTAKES:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    return text


def mistakes(page: Page) -> Locator:
    return page.locator(".problems > li:not(.warning):not(.info)")


def mend(page: Page) -> str:
    """Does what the first mistake says, in the text box, reading nothing else; returns what it said."""
    first = mistakes(page).first
    said = first.locator("p").first.inner_text()
    before, after = (part.inner_text() for part in first.locator("pre").all())
    number = int(re.findall(r"line (\d+)", said)[0])
    box = page.get_by_label("Text of the bank")
    lines = box.input_value().split("\n")
    assert before.split("\n")[0] == f"{number} | {lines[number - 1]}"
    lines[number - 1] = after.removeprefix(f"{number} | ")
    box.fill("\n".join(lines))
    with page.expect_navigation():
        page.get_by_role("button", name="Save and check").click()
    return said


def write(page: Page, text: str) -> None:
    """Writes a text over the one in the box, and goes on to the page for publishing."""
    page.get_by_label("Text of the bank").fill(text)
    page.get_by_role("button", name="Publish…").click()


def publish(page: Page, note: str, version: int) -> None:
    page.get_by_label("What is new, in a few words").fill(note)
    page.get_by_role("button", name=f"Publish version {version}").click()
    expect(page.get_by_text(f"Version {version} is published.")).to_be_visible()


def assign(page: Page) -> None:
    """Assigns what was just published, in the order of the bank."""
    page.get_by_role("link", name="Assign it to 9B").click()
    page.get_by_text("How it is asked").click()
    page.get_by_label("Mix the order of the questions").uncheck()
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.locator(".join-code")).to_be_visible()


def answer(page: Page, option: str, button: str = "Check") -> None:
    page.get_by_label(option).check()
    page.get_by_role("button", name=button).click()


def test_a_bank_is_written_mended_published_assigned_and_its_key_changed(
    app: Flask, live_server: str, page: Page, nojs_page: Page, check_page: Callable[[Page], None]
) -> None:
    made = school.open_school(app)
    with school.inside(app):
        draft = drafts.create_draft(made.account_id, "", now=school.now(app))
    teacher, student = nojs_page, page
    made.sign_in_teacher(teacher.context, live_server)
    made.sign_in(student.context, live_server, "Ada L.")

    teacher.goto(f"{live_server}/teach/drafts/{draft}")
    write(teacher, broken())
    expect(teacher.get_by_role("heading", name="Mend this first")).to_be_visible()
    with teacher.expect_navigation():
        teacher.get_by_role("link", name="Go on writing").click()
    expect(teacher.get_by_label("Text of the bank")).to_be_visible()
    said = []
    while mistakes(teacher).count():
        said.append(mend(teacher))
        assert len(said) <= len(MISTAKES), said
    assert len(said) == len(MISTAKES)
    teacher.get_by_role("button", name="See it as a student").click()
    answer(teacher, OLD_KEY, "Check my answer")
    expect(teacher.get_by_role("heading", name="Right", exact=True)).to_be_visible()
    teacher.get_by_role("link", name="Go on writing").click()
    teacher.get_by_role("button", name="Publish…").click()
    publish(teacher, "The first one.", 1)
    assign(teacher)

    student.goto(f"{live_server}/me")
    student.get_by_role("button", name="Start Is this flood photo real?").click()
    expect(student.get_by_role("heading", level=1)).to_contain_text("#FloodTown is trending")
    under_way = student.url

    teacher.goto(f"{live_server}/teach/drafts/{draft}")
    text = teacher.get_by_label("Text of the bank").input_value()
    changed = text.replace(f"right: {OLD_KEY}", f"wrong: {OLD_KEY}").replace(f"wrong: {NEW_KEY}", f"right: {NEW_KEY}")
    write(teacher, changed)
    expect(teacher.get_by_text("so their statistics begin anew")).to_contain_text("#FloodTown is trending")
    expect(teacher.get_by_text("1 student is at work on it now")).to_be_visible()
    made.sign_in_teacher(page.context, live_server)
    page.goto(teacher.url)
    check_page(page)
    made.sign_in(student.context, live_server, "Ada L.")
    publish(teacher, "Another key.", 2)

    student.goto(under_way)
    answer(student, OLD_KEY)
    expect(student.get_by_role("heading", name="Right", exact=True)).to_be_visible()
    assign(teacher)
    student.goto(f"{live_server}/me")
    student.get_by_role("button", name="Start Is this flood photo real?").last.click()
    answer(student, OLD_KEY)
    expect(student.get_by_role("heading", name="Not this time")).to_be_visible()
