"""What the examples of a judged passage cannot say: the words marked beside the verdict."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from quizapp.bank.examples import example
from quizapp.items.kinds.judge import Judge, Judged


@pytest.fixture
def item() -> Judge:
    found = example("judge")
    assert isinstance(found, Judge)
    return found


def test_marked_words_are_kept_and_shown_and_earn_nothing(item: Judge) -> None:
    post = MultiDict([("a-answer", "0"), ("a-where", "0"), ("a-where", "1"), ("a-where", "4")])
    form = item.form({}, formdata=post)
    assert form.validate()
    response = item.read(form, {})
    assert response == Judged(verdict="sound", words=(1, 2, 5))
    assert item.score(response) == item.score(Judged(verdict="sound"))
    assert item.explain(response).marked == "The pool … closed"
    assert item.form({}, response=response)["where"].data == ["0", "1", "4"]


def test_words_without_a_verdict_are_no_answer(item: Judge) -> None:
    form = item.form({}, formdata=MultiDict([("a-where", "3")]))
    assert form.validate()
    assert item.read(form, {}) is None


def test_an_answer_stored_before_words_were_asked_for_is_read(item: Judge) -> None:
    assert item.response_from_json({"verdict": "problem"}) == Judged(verdict="problem")
