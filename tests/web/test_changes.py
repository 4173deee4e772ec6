"""The difference between two states of a bank as it stands on a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from quizapp.app import create_app
from quizapp.bank.changes import Changes, changes
from quizapp.bank.examples import example
from quizapp.bank.model import Bank
from quizapp.config import Settings
from quizapp.items.registry import kinds
from tests.bank.flawed_banks import CLEAN, CYNICAL, GAPS, PROMPT, RIGHT
from tests.bank.test_difference import bank
from tests.pages import inspect

PAGE = """\
{% extends "base.html" %}{% from "components/changes.html" import changes_list %}
{% block content %}<h1>Changes</h1>{{ changes_list(changes) }}{% endblock %}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app with a database that is never opened."""
    home = tmp_path_factory.mktemp("changes")
    return create_app(Settings(home=home, database_url=f"sqlite:///{Path(home) / 'none.db'}"))


def page(app: Flask, found: Changes) -> str:
    with app.test_request_context("/"):
        text = app.jinja_env.from_string(PAGE).render(changes=found)
    _tree, faults = inspect(text)
    assert faults == []
    return " ".join(text.split())


def test_words_are_marked_with_elements_and_said_aloud(app: Flask) -> None:
    said = page(app, changes(bank(CLEAN), bank(CLEAN.replace(PROMPT, PROMPT.replace("find out", "learn")))))
    assert '<del><span class="vh">taken out: </span>find out<span class="vh">.</span></del>' in said
    assert '<ins><span class="vh">put in: </span>learn<span class="vh">.</span></ins>' in said
    assert "Only words changed in 1 question: its statistics go on." in said
    assert "2 questions are as they were." in said
    assert "words only: statistics go on" in said


def test_a_turned_key_says_what_the_answer_was(app: Flask) -> None:
    text = CLEAN.replace(f"- right: {RIGHT}", f"- wrong: {RIGHT}").replace(f"- wrong: {CYNICAL}", f"- right: {CYNICAL}")
    text = text.replace("        lure: cynical\n        misconception: gap-means-hidden\n", "", 1)
    said = page(app, changes(bank(CLEAN), bank(text)))
    assert "The right answer or the choices of 1 question changed: its statistics begin anew." in said
    assert "was: Right answer" in said
    assert "was: Wrong answer" in said
    assert "statistics begin anew" in said


def test_questions_that_came_or_went_say_so(app: Flask) -> None:
    with_it, without = bank(CLEAN), bank(CLEAN.replace(GAPS, ""))
    assert "1 question is new." in page(app, changes(without, with_it))
    assert "1 question is taken out." in page(app, changes(with_it, without))
    assert "No question differs." in page(app, changes(with_it, with_it))


def test_an_author_writes_no_html(app: Flask) -> None:
    said = page(app, changes(bank(CLEAN), bank(CLEAN.replace(PROMPT, "Who said <b>this</b> & that?"))))
    assert "&lt;b&gt;this&lt;/b&gt; &amp; that?" in said
    assert "<b>" not in said


def test_every_kind_can_be_shown(app: Flask) -> None:
    items = tuple(example(kind).model_copy(update={"id": kind}) for kind in kinds())
    states = [Bank("b", "B", "en", None, None, (), (), one) for one in ((), items)]
    said = page(app, changes(*states))
    assert said.count("Kind of question") == len(items)
    assert "&#39;" not in said.replace("&#39;s ", "").replace("can&#39;t", "")
