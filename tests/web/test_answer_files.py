"""The long file of answers: codes or names, formulas made harmless, written as it is read."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from quizapp.services import attempts, rosters
from quizapp.web.answer_files import COLUMNS
from tests import factories
from tests.clock import START
from tests.pages import Browser, Page


@pytest.fixture
def database() -> str:
    """The reading is tested on both databases with the service."""
    return "sqlite"


def rows_of(page: Page) -> list[dict[str, str]]:
    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert page.headers["Cache-Control"] == "no-store"
    reader = csv.DictReader(io.StringIO(page.body.decode("utf-8-sig")), strict=True)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    return list(reader)


def test_the_file_of_all_answers(app: Flask) -> None:
    with app.app_context():
        quiz, teacher = factories.publish(), factories.make_teacher()
        school_class = factories.make_class(teacher, "=Ada", "Ben")
        ada, _ben = school_class.pupils
        assignment = factories.assign(school_class, teacher, quiz)
        attempt = factories.start(assignment, ada)
        for position, response in ((1, factories.key_of(attempt, 1)), (2, factories.wrong_for(attempt, 2))):
            attempts.check(ada.taker, attempt, position, response, confidence=0.95, drawn=None, now=START)
        number = {**factories.key_of(attempt, 3), "text": "-15.5 %"}
        attempts.save(ada.taker, attempt, 3, number, confidence=None, drawn=None, now=START)
        attempts.hand_in(ada.taker, attempt, now=START)
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    path = f"/teach/c/{school_class.ref.public_id}/answers.csv"
    page = browser.get(path)
    assert not page.body.startswith("\ufeff".encode())
    assert browser.get(f"{path}?bom=1").body == "\ufeff".encode() + page.body
    coded, named = rows_of(page), rows_of(browser.get(f"{path}?names=1"))
    assert "Ada" not in page.text
    assert [row["name"] for row in named] == ["'=Ada"] * 4
    assert [{**row, "name": "", "group": ""} for row in named] == coded
    assert {row["student"] for row in coded} == {ada.public_id}
    assert [(row["item"], row["answer"], row["fraction"], row["answered"]) for row in coded] == [
        ("claimed", "It keeps a distance", "1", "yes"),
        ("caption", '["It was a Tuesday"]', "0", "yes"),
        ("share", "'-15.5 %", "0", "yes"),
        ("notice", "", "0", "no"),
    ]
    first = coded[0]
    assert first["confidence"] == "0.95"
    assert first["started_at"] == first["handed_in_at"] == "2026-03-02T09:00:00Z"
    links = browser.get(f"/teach/c/{school_class.ref.public_id}").links()
    assert {path, f"{path}?bom=1", f"{path}?names=1", f"{path}?names=1&bom=1"} <= links
    with app.app_context():
        rosters.remove_student(school_class.ref, ada.public_id, now=START)
    assert rows_of(browser.get(path)) == []
