"""Makes the pictures of README.md and docs/: the app itself, a demo class, and a real browser.

Run it with `python3 dev.py pictures` after a change of looks. It is not a test.
"""

from __future__ import annotations

import logging
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import flask_migrate
import sqlalchemy as sa
from flask import Flask, url_for
from playwright.sync_api import Browser, Page, sync_playwright

from dev import find_browser
from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.models import SectionTeacher, db
from quizapp.paths import resource_dir
from quizapp.services import assigning, attempts, rosters, starting
from quizapp.services.demo import Demo, make_demo
from quizapp.services.publishing import publish_folder
from quizapp.services.taking import question_page
from tests.browser import watching
from tests.browser.dashboard_pictures import addresses, take_dashboards
from tests.browser.paper_pictures import paper_addresses, take_papers

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BANK_TITLE = "Words that lean"
QUESTION = "adds-nothing"
OPTION = "pulling back"
STUDENT = "Sam B."
ADDRESS = "http://quiz.example.org"
"""What the pages tell people to type."""
LARGEST = 200_000
"""Bytes; a page with pictures must open at once on a school's network."""


@dataclass(frozen=True)
class Seat:
    """What one student needs to sit down at one question."""

    code: str
    name: str
    words: str
    address: str


@dataclass(frozen=True)
class Shot:
    """One picture: its file, and how the page is looked at."""

    name: str
    width: int = 1280
    height: int = 800
    scheme: Literal["light", "dark"] = "light"
    top: str | None = None
    """A selector of what to scroll to; None stays at the top of the page."""


QUESTION_SHOTS = (
    Shot("question", height=930),
    Shot("question-dark", height=930, scheme="dark"),
    Shot("question-phone", width=390, height=844, top="p.tag"),
)
CLASS_SHOTS = (Shot("class", height=1180), Shot("class-dark", height=1180, scheme="dark"))


def main() -> None:
    """Makes every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request tells nothing here
    with (
        tempfile.TemporaryDirectory() as home,
        app_with_demo(Path(home)) as (app, demo),
        sync_playwright() as playwright,
        watching.serving(app) as url,
    ):
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--disable-gpu"])
        with app.test_request_context():
            section = url_for("teach.section", section=demo.section.public_id)
        with visitor(browser, url) as page:
            sign_in_teacher(page, demo)
            page.goto(section)
            take(page, CLASS_SHOTS)
            total = take_dashboards(page, FOLDER.parent / "dashboards", addresses(app, demo, BANK_TITLE))
            print(f"dashboards: {total // 1000} kB together")  # noqa: T201 - a command says what it made
            printed = take_papers(page, FOLDER.parent / "paper", ROOT / "build" / "paper", paper_addresses(app))
            print(f"build/paper: {printed} PDF files")  # noqa: T201 - a command says what it made
        seat = seat_student(app, demo)
        with visitor(browser, url) as page:
            sign_in_student(page, seat)
            page.goto(seat.address)
            page.get_by_role("radio", name=OPTION).check()
            page.get_by_text("Saved at").wait_for()
            take(page, QUESTION_SHOTS)
        browser.close()


@contextmanager
def app_with_demo(home: Path) -> Iterator[tuple[Flask, Demo]]:
    """The app with its banks and the demo class, and nothing else."""
    settings = Settings.from_env({"QUIZAPP_HOME": str(home), "QUIZAPP_PUBLIC_URL": ADDRESS})
    app = create_app(settings)
    app.extensions["clock"] = lambda: NOW
    with app.app_context():
        flask_migrate.upgrade()
        publish_folder(resource_dir("questions"), now=NOW)
        demo = make_demo(key=settings.secret_key, now=NOW)
        db.session.remove()
    yield app, demo
    with app.app_context():
        db.engine.dispose()


def seat_student(app: Flask, demo: Demo) -> Seat:
    """Adds one student to the demo class who has a quiz before them."""
    with app.app_context():
        quiz = next(quiz for quiz in assigning.list_quizzes() if quiz.title == BANK_TITLE)
        account_id = db.session.scalars(sa.select(sa.func.min(SectionTeacher.account_id))).one()
        key = app.extensions["settings"].secret_key
        (card,) = rosters.add_students(demo.section, [STUDENT], key=key, now=NOW, simulated=True).cards
        roster = rosters.roster_page(demo.section.public_id, account_id).students
        student_id = next(line.student_id for line in roster if line.name == STUDENT)
        rules = assigning.AssignmentRules(shuffle_items=False)
        assignment = assigning.assign(demo.section, quiz, rules, account_id=account_id, now=NOW)
        attempt = starting.start_assignment(assignment, student_id, now=NOW, rng=random.Random(3))
        taker = attempts.Taker(student_id=student_id)
        position = next(
            place
            for place in range(1, 100)
            if question_page(taker, attempt, place, now=NOW).content.item.id == QUESTION
        )
        with app.test_request_context():
            address = url_for("learn.question", attempt=attempt, position=position)
        db.session.remove()
        return Seat(demo.section.join_code, card.name, card.secret, address)


@contextmanager
def visitor(browser: Browser, url: str) -> Iterator[Page]:
    """A page in a browser of its own, under the same watch as in tests."""
    with watching.watched(browser, url, reduced_motion="reduce") as (context, _):
        yield context.new_page()


def sign_in_teacher(page: Page, demo: Demo) -> None:
    """Signs in as the teacher whom the demo made."""
    page.goto("/sign-in")
    page.get_by_label("Sign-in name").fill(demo.login or "")
    page.get_by_label("Password").fill(demo.password or "")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/teach**")


def sign_in_student(page: Page, seat: Seat) -> None:
    """Comes in as a student does: code, name, words."""
    page.goto(f"/j/{seat.code}")
    page.get_by_label("Your name").fill(seat.name)
    page.get_by_label("The two words").fill(seat.words)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(lambda url: "/j/" not in url)


def take(page: Page, shots: tuple[Shot, ...]) -> None:
    """Takes pictures of the top of the page as it is now.

    Raises:
        ValueError: when a picture is larger than a README should load.
    """
    for shot in shots:
        page.set_viewport_size({"width": shot.width, "height": shot.height})
        page.emulate_media(color_scheme=shot.scheme)
        page.evaluate("top => top ? document.querySelector(top).scrollIntoView() : scrollTo(0, 0)", shot.top)
        file = FOLDER / f"{shot.name}.png"
        size = len(page.screenshot(path=file, animations="disabled", caret="hide"))
        print(f"{file.name}: {size // 1000} kB")  # noqa: T201 - a command says what it made
        if size > LARGEST:
            raise ValueError(f"{file.name} has {size} bytes; make the picture less high.")


if __name__ == "__main__":
    main()
