"""Pictures from a bank's folder to a student's page."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from quizapp.bank.loader import load_file
from quizapp.config import Settings
from quizapp.services import assigning, publishing
from quizapp.services.freezing import PublishingError
from tests.clock import START
from tests.factories import assign, make_class, make_teacher, start
from tests.pages import Browser, Page

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
BANK = """\
format: 1
bank: maps
title: Maps
language: en
stimuli:
  - id: valley
    kind: map
    image: valley.png
    alt: A valley with two rivers.
    credit: Drawn for this quiz
    quote: Two rivers are said to meet here.
questions:
  - id: rivers
    type: numeric
    about: valley
    prompt: How many rivers are there?
    answer: 2
    why: Count them.
    explain:
      evidence: "*Two rivers* are named, and *said* shows whose word it is."
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "valley.png").write_bytes(PNG)
    (folder / "maps.yaml").write_text(BANK, encoding="utf-8")
    return folder / "maps.yaml"


def publish(app: Flask, path: Path) -> publishing.Published:
    with app.app_context():
        return publishing.publish_file(path, skills=(), now=START)


def question(app: Flask) -> tuple[Browser, Page]:
    """A student before the question."""
    with app.app_context():
        teacher = make_teacher()
        school_class = make_class(teacher, "Ada")
        quiz = assigning.list_quizzes()[0]
        attempt = start(assign(school_class, teacher, quiz), school_class.pupils[0])
    browser = Browser(app)
    browser.sign_in_student(school_class, school_class.pupils[0])
    return browser, browser.get(f"/t/{attempt}/1")


def picture_on(page: Page) -> str:
    (image,) = [element for element in page.elements() if element.tag == "img"]
    assert image.get("alt") == "A valley with two rivers."
    address: str = image.get("src", "")
    return address


def test_picture_is_beside_its_question_and_its_feedback(app: Flask, bank: Path) -> None:
    assert not publish(app, bank).failed
    browser, page = question(app)
    address = picture_on(page)
    assert re.fullmatch(r"/media/[0-9a-f]{64}\.png", address)
    assert "Drawn for this quiz" in page.words
    assert not [e for e in page.elements() if e.tag == "mark"]
    feedback = browser.follow(browser.submit(page, "/t/", fields={"a-answer": "2", "go": "check"}))
    assert picture_on(feedback) == address
    assert [e.text for e in feedback.elements() if e.tag == "mark"] == ["Two rivers", "said"]
    (quote,) = [e for e in feedback.elements() if e.tag == "blockquote"]
    assert "".join(quote.itertext()) == "Two rivers are said to meet here."


def test_picture_is_sent_to_be_kept_and_runs_nothing(app: Flask, bank: Path) -> None:
    publish(app, bank)
    browser, page = question(app)
    response = browser.client.get(picture_on(page), buffered=True)
    assert (response.status_code, response.data, response.mimetype) == (200, PNG, "image/png")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers
    kept = response.cache_control
    assert (kept.public, kept.immutable, kept.no_store) == (True, True, False)
    assert kept.max_age == 31_536_000
    again = browser.client.get(picture_on(page), headers={"If-None-Match": response.headers["ETag"]}, buffered=True)
    assert again.status_code == 304
    assert app.test_client().get(picture_on(page), buffered=True).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["valley.png", f"{'0' * 64}.png", f"{'0' * 64}.svg", "..%2fsecret-key", "%2e%2e/secret-key", "secret", "a/b.png"],
)
def test_nothing_but_a_kept_picture_is_sent(app: Flask, settings: Settings, bank: Path, name: str) -> None:
    publish(app, bank)
    (settings.media_dir / "valley.png").write_bytes(PNG)
    (settings.media_dir / "secret").write_bytes(b"secret")
    (settings.media_dir / f"{'0' * 64}.svg").write_bytes(b"<svg/>")
    page = Browser(app).get(f"/media/{name}")
    assert page.status == 404
    assert page.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_unchanged_bank_is_published_once_and_another_picture_is_another_revision(app: Flask, bank: Path) -> None:
    assert (publish(app, bank).revision, publish(app, bank).revision) == (1, 1)
    (bank.parent / "valley.png").write_bytes(PNG + b"1")
    again = publish(app, bank)
    assert (again.revision, again.changed) == (2, 1)
    assert not list((bank.parent).glob(".*"))


def test_bank_with_a_missing_picture_stays_as_it_was(app: Flask, settings: Settings, bank: Path) -> None:
    publish(app, bank)
    kept = sorted(settings.media_dir.iterdir())
    (bank.parent / "valley.png").unlink()
    failed = publish(app, bank)
    assert failed.failed
    assert [problem.code for problem in failed.problems] == ["no-picture"]
    _, page = question(app)
    assert picture_on(page)
    assert sorted(settings.media_dir.iterdir()) == kept


def test_picture_that_goes_while_it_is_published_stops_it(
    app: Flask, bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_file(bank, skills=())
    monkeypatch.setattr(publishing, "load_file", lambda path, skills: loaded)
    (bank.parent / "valley.png").unlink()
    with pytest.raises(PublishingError, match="There is no picture “valley"):
        publish(app, bank)


def test_lost_picture_comes_back_with_the_next_publishing(app: Flask, settings: Settings, bank: Path) -> None:
    publish(app, bank)
    shutil.rmtree(settings.media_dir)
    publish(app, bank)
    browser, page = question(app)
    assert browser.client.get(picture_on(page), buffered=True).status_code == 200
