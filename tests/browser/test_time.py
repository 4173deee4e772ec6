"""Timed work in a real browser: what is said before it, the time left, and the end."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from quizapp.services import changing
from quizapp.services.assigning import AssignmentRules
from tests.browser import school
from tests.browser.actors import Student
from tests.browser.hands import Pointer
from tests.clock import Clock


def test_time_is_told_once_moves_when_more_is_given_and_loses_nothing_at_the_end(
    app: Flask, live_server: str, page: Page, check_page: Callable[[Page], None], clock: Clock
) -> None:
    made = school.open_school(app)
    assignment = made.assign(AssignmentRules(time_limit=1200, shuffle_items=False))
    student = Student(page, Pointer(page))
    student.join(live_server, made.cards["Ada L."])
    student.reads("Before you start")
    expect(page.get_by_text("20 minutes")).to_be_visible()
    check_page(page)
    student.press("Start now")
    student.is_at(1, 10)
    expect(page.get_by_text("Ends at 09:20")).to_be_visible()
    timer = page.get_by_role("timer")
    expect(timer).to_be_hidden()
    page.get_by_text("Show time left").click()
    expect(timer).to_have_text("20 minutes left")
    check_page(page)
    with school.inside(app):
        changing.give_more_time(made.section, assignment, version=1, now=clock.now)
    student.fill_in()
    expect(page.get_by_text("Ends at 09:25")).to_be_visible()
    expect(timer).to_have_text("25 minutes left")
    # Two seconds before the end the page is opened again; the server's clock is past it when they are over.
    clock.advance(minutes=24, seconds=58)
    page.reload()
    expect(page.locator("[data-time-spoken]")).to_be_empty()
    clock.advance(seconds=3)
    expect(page.get_by_role("heading", name="Time is up")).to_be_visible()
    check_page(page)
    student.press("See how it went")
    student.reads("Your result")
    expect(page.locator(".review > div").first).not_to_contain_text("not answered", ignore_case=True)
    expect(page.locator(".review > div")).to_have_count(10)
    expect(page).to_have_url(re.compile("/result$"))
