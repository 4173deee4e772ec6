"""The preview of a bank file: a student's page that follows the file, and keeps the last good state."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.app import create_preview
from quizapp.bank.model import Skill
from quizapp.config import Settings
from quizapp.services.previewing import Watched
from tests.bank.test_pictures import PNG

BANK = """\
format: 1
bank: towns
title: Towns
language: en
stimuli:
  - id: plan
    kind: image
    image: plan.png
    alt: A drawing
    credit: Us
questions:
  - id: capital
    type: choice
    about: plan
    skill: verbs
    prompt: Which town is the *capital*?
    options:
      - right: Paris
        why: The government sits there.
      - wrong: Lyon
        why: It is the third largest.
      - wrong: Nice
        why: It is by the sea.
  - id: who
    type: short
    prompt: Who says so?
    accept: [nobody]
    why: No name is given.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "towns.yaml"
    file.write_text(BANK)
    (tmp_path / "plan.png").write_bytes(PNG)
    return file


@pytest.fixture
def app(file: Path, tmp_path: Path) -> Flask:
    home = tmp_path / "home"
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'none.db'}")
    watched = Watched(file, skills=[Skill(id="verbs", name="Reporting verbs", definition="D")])
    return create_preview(settings, watched)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def hidden(body: str) -> dict[str, str]:
    """The hidden fields of the form, and nothing chosen."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body))


def test_a_question_is_shown_as_a_student_sees_it(client: FlaskClient, tmp_path: Path) -> None:
    body = client.get("/preview/", follow_redirects=True).text
    assert "Which town is the <em>capital</em>?" in body
    assert "Question 1 of 2" in body
    assert "Reporting verbs" in body
    assert "/preview/picture/plan.png" in body
    assert "The government sits there." not in body
    assert client.get("/preview/picture/plan.png").data == PNG
    for name in ("towns.yaml", "..%2Ftowns.yaml", "other.png"):
        assert client.get(f"/preview/picture/{name}").status_code == 404
    assert client.get("/preview/3").status_code == 404
    assert not (tmp_path / "home" / "none.db").exists()


def test_an_answer_is_marked_and_explained(client: FlaskClient) -> None:
    fields = hidden(client.get("/preview/2").text)
    body = client.post("/preview/2", data={**fields, "a-answer": "somebody"}).text
    assert "Not this time" in body
    assert "Score: 0 of 1" in body
    assert "Right" in client.post("/preview/2", data={**fields, "a-answer": "nobody"}).text
    assert client.post("/preview/2", data={"a-answer": "nobody"}).status_code == 400  # no token


def test_a_save_is_seen_and_pages_that_wait_are_sent_there(client: FlaskClient, file: Path) -> None:
    fields = hidden(client.get("/preview/2").text)
    waiting = f"/preview/2/state?stamp={fields['stamp']}"
    assert client.get(waiting).status_code == 204
    file.write_text(BANK.replace("Who says so?", "Who says that?"))
    moved = client.get(waiting)
    assert (moved.status_code, moved.headers["HX-Redirect"]) == (200, "/preview/2")
    late = client.post("/preview/2", data={**fields, "a-answer": "nobody"})
    assert late.status_code == 409
    assert "Who says that?" in late.text
    assert "The file has changed" in late.text


def test_a_broken_edit_shows_what_to_mend_and_keeps_the_last_good_state(client: FlaskClient, file: Path) -> None:
    client.get("/preview/2")
    file.write_text(BANK.replace("prompt: Who says so?", "promt: Who says: so?"))
    body = client.get("/preview/2").text
    assert "You see it as it was before" in body
    assert "Who says so?" in body
    assert "There is a colon inside this text" in body
    assert "promt: &#34;Who says: so?&#34;" in body
    file.unlink()  # an editor may put a new file in its place
    assert "Who says so?" in client.get("/preview/2").text
    file.write_text(BANK)
    assert "What to mend" not in client.get("/preview/2").text


def test_a_file_that_was_never_good_shows_what_to_mend(client: FlaskClient, file: Path) -> None:
    file.write_text("format: 1\n")
    page = client.get("/preview/1")
    assert page.status_code == 200
    assert "What to mend in towns.yaml" in page.text


def test_nothing_else_of_the_app_is_there(client: FlaskClient) -> None:
    for path in ("/", "/sign-in", "/try", "/school"):
        answer = client.get(path)
        assert answer.headers.get("Location", "").endswith("/preview/") or answer.status_code == 404, path
    assert "closer-look-preview=" in client.get("/preview/1").headers["Set-Cookie"]
