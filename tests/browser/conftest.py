"""Fixtures for tests in a real browser. There is always one: `dev.py test` finds or installs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dev import find_browser
from quizapp.models import FeedbackMode
from quizapp.services.assigning import AssignmentRules
from tests.browser import school, watching
from tests.browser.actors import PHONE, Phone
from tests.browser.hands import Keys, Pointer

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window: the one `dev.py` finds, else Playwright's own."""
    # What pages ask for every few seconds by themselves is waited for too.
    expect.set_options(timeout=watching.TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--disable-gpu", "--disable-quic"])
        yield browser
        browser.close()


@pytest.fixture
def database() -> str:
    """Pages look the same on both databases, so the slow tests run on one."""
    return "sqlite"


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of `app`, served by threads of this process; no slash at the end."""
    with watching.serving(app) as url:
        yield url


@pytest.fixture
def watched_browser(browser: Browser, live_server: str) -> Iterator[tuple[BrowserContext, watching.Watch]]:
    """A browser with cookies of its own, and the watch over it."""
    with watching.watched(browser, live_server) as pair:
        yield pair


@pytest.fixture
def page(watched_browser: tuple[BrowserContext, watching.Watch]) -> Page:
    """A page; `page.goto("/")` opens the app. Fails the test on any console message, script error,
    breach of the content policy, missing part, status 500, or request to another host."""
    return watched_browser[0].new_page()


@pytest.fixture
def another_page(browser: Browser, live_server: str) -> Iterator[Page]:
    """A page in a second browser with cookies of its own, watched as strictly: another person."""
    with watching.watched(browser, live_server) as (context, _):
        yield context.new_page()


@pytest.fixture
def phones(browser: Browser, live_server: str) -> Iterator[tuple[Phone, Phone, Phone]]:
    """Three people to come into a room: a finger on a phone, one without scripts, a keyboard."""
    with (
        watching.watched(browser, live_server, **PHONE) as (finger, _),
        watching.watched(browser, live_server, **PHONE, java_script_enabled=False) as (plain, _),
        watching.watched(browser, live_server) as (keyboard, _),
    ):
        pages = finger.new_page(), plain.new_page(), keyboard.new_page()
        yield (
            Phone(pages[0], Pointer(pages[0], touch=True)),
            Phone(pages[1], Pointer(pages[1])),
            Phone(pages[2], Keys(pages[2])),
        )


@pytest.fixture
def nojs_page(browser: Browser, live_server: str) -> Iterator[Page]:
    """A page in a browser that runs no script."""
    with watching.watched(browser, live_server, java_script_enabled=False) as (context, _):
        yield context.new_page()


@pytest.fixture
def check_page(watched_browser: tuple[BrowserContext, watching.Watch]) -> Callable[[Page], None]:
    """A function that fails unless a page is accessible, in light and dark, and fits at 320, 390 and 1280 px."""

    def check(page: Page) -> None:
        assert watching.problems_of(page, watched_browser[1]) == []

    return check


@pytest.fixture
def lesson(app: Flask) -> school.School:
    """A school whose class has the quiz to take, in the order of its file, with feedback after each answer."""
    made = school.open_school(app)
    made.assign()
    return made


@pytest.fixture
def deferred_lesson(app: Flask) -> school.School:
    """The same, but what was right is shown when the teacher says so."""
    made = school.open_school(app)
    made.assign(AssignmentRules(feedback=FeedbackMode.DEFERRED, shuffle_items=False))
    return made
