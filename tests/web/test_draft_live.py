"""The answers that the editor's script gets while somebody types."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from quizapp.bank.source import MAX_BYTES
from quizapp.services import drafts, publishing
from quizapp.web import draft_live
from tests import factories
from tests.clock import START
from tests.factories import OWN_BANK, SKILLS
from tests.pages import Browser, Fields, Page


@pytest.fixture
def author(app: Flask) -> tuple[Browser, str]:
    """A teacher's browser, and the address of a draft of theirs."""
    with app.app_context():
        publishing.publish_skills(SKILLS)
        teacher = factories.make_teacher()
        draft = drafts.create_draft(teacher.id, OWN_BANK, now=START)
    browser = Browser(app)
    browser.sign_in_staff(teacher)
    return browser, f"/teach/drafts/{draft}"


def told(answer: Page) -> dict[str, Any]:
    """The data of an answer."""
    data: dict[str, Any] = json.loads(answer.body)
    return data


def test_findings_are_data_for_markers_and_a_list_for_the_page(author: tuple[Browser, str]) -> None:
    browser, draft = author
    answer = told(browser.post(f"{draft}/check.json", {"text": OWN_BANK.replace("title:", "titel:")}))
    (finding,) = (one for one in answer["findings"] if one["level"] == "error")
    assert (finding["line"], finding["source"], finding["fix"]) == (3, "titel: My own bank", "title: My own bank")
    assert f'value="fix 3:{finding["column"]}:{finding["code"]}"' in answer["html"]
    assert "1 mistake stands in the way" in answer["said"]


def test_feedback_comes_on_demand_and_only_for_the_question_that_was_tried(author: tuple[Browser, str]) -> None:
    browser, draft = author
    typed: Fields = {"text": OWN_BANK, "line": "9"}
    plain = told(browser.post(f"{draft}/preview", typed))
    assert (plain["state"], plain["first"], plain["wanted"]) == ("shown", 6, "headline")
    assert "What does the headline claim?" in plain["html"]
    assert "data-feedback" not in plain["html"]
    tried = told(browser.post(f"{draft}/preview", {**typed, "question": "headline", "feedback": "1"}))
    assert "Left blank" in tried["html"]
    assert "It says so." in tried["html"]
    other = told(browser.post(f"{draft}/preview", {**typed, "question": "another", "feedback": "1"}))
    assert other["html"] == plain["html"]


def test_a_flood_is_told_to_wait(author: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch) -> None:
    browser, draft = author
    monkeypatch.setattr(draft_live, "LIVE_A_MINUTE", 2)
    assert [browser.post(f"{draft}/preview", {"text": ""}).status for _ in range(3)] == [200, 200, 429]
    assert browser.post(f"{draft}/check.json", {"text": ""}).headers["Retry-After"] == "30"


def test_help_holds_the_schema_and_skills(author: tuple[Browser, str]) -> None:
    browser, _ = author
    answer = browser.get("/teach/drafts/help.json")
    assert {one["id"] for one in told(answer)["skills"]} == {one.id for one in SKILLS}
    assert "questions" in told(answer)["schema"]["properties"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_text_longer_than_a_bank_is_refused_while_typing(author: tuple[Browser, str]) -> None:
    browser, draft = author
    for path in ("check.json", "preview"):
        assert browser.post(f"{draft}/{path}", {"text": "a" * (MAX_BYTES + 1)}).status == 413
