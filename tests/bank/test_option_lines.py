"""Answers that are not written as a list of right and wrong: no correction loses one, and each says which is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank.loader import load_text
from quizapp.bank.problems import Problem
from quizapp.bank.synonyms import meant

HEAD = """\
format: 1
bank: river
title: The river
language: en
questions:
  - id: one
    type: {kind}
    prompt: What?
"""


def serious(text: str) -> list[Problem]:
    return [one for one in load_text(text.encode(), "bank.yaml", skills=()).problems if one.level == "error"]


def mended(text: str) -> str:
    """The text after the corrections, always the first that there is."""
    for _ in range(12):
        fix = next((one for one in serious(text) if one.fix is not None), None)
        if fix is None or fix.fix is None:
            return text
        lines = text.split("\n")
        lines[fix.line - 1 : fix.line] = fix.fix.split("\n") if fix.fix else []
        text = "\n".join(lines)
    raise AssertionError(text)


def answers(text: str) -> list[tuple[bool, str]]:
    bank = load_text(text.encode(), "bank.yaml", skills=()).bank
    assert bank is not None, serious(text)
    return [(one.right, one.text) for place in bank.items[0].alternatives() for one in place]


@pytest.mark.parametrize(
    ("kind", "body", "right"),
    [
        ("choice", "wrong: [A, C]\n    right: B\n    why: D", "B"),
        ("choice", "choices: [A, B, C]\n    correct: 2\n    why: D", "B"),
        ("choice", "options:\n      - A\n      - B\n      - C\n    answer: b.\n    why: D", "B"),
        ("choice", "options:\n      - A\n      - right: B\n      - C\n    why: D", "B"),
        ("multiple", "choices:\n      - A\n      - B\n      - C\n    answers: [A, c]\n    explain: D", "AC"),
        ("multiple", "right: [A, C]\n    wrong: B\n    explain: D", "AC"),
    ],
)
def test_corrections_lead_to_a_question_with_all_answers(kind: str, body: str, right: str) -> None:
    found = answers(mended(HEAD.format(kind=kind) + f"    {body}\n"))
    assert sorted(text for _, text in found) == ["A", "B", "C"]
    assert "".join(sorted(text for is_right, text in found if is_right)) == right


@pytest.mark.parametrize(
    "body",
    [
        "options:\n      - A\n      - B\n      - C\n    why: D",
        "options: [A, B, C]\n    correct: 4\n    why: D",
        "right: A\n    why: D\n    wrong: [B, C]",
        "right: >-\n      A\n    wrong: [B, C]",
    ],
)
def test_where_the_author_alone_knows_nothing_is_chosen_and_nothing_goes(body: str) -> None:
    text = mended(HEAD.format(kind="choice") + f"    {body}\n")
    assert {"option", "stray-answer"} & {one.code for one in serious(text)}
    assert all(letter in text for letter in "ABC")


def test_what_is_said_of_answers_below_their_list_fits_the_line() -> None:
    text = HEAD.format(kind="choice") + "    options:\n      - right: A\n    wrong:\n      - B\n    explain: D\n"
    (stray,) = serious(text)
    assert (stray.line, stray.fix) == (11, "")
    assert "Delete this line" in stray.message


def test_a_second_wrong_answer_is_not_to_be_deleted() -> None:
    text = HEAD.format(kind="choice") + "    right: A\n    wrong: B\n    wrong: C\n"
    (twice,) = [one for one in serious(text) if one.code == "duplicate"]
    assert twice.fix is None
    assert "dash of its own" in twice.message


def test_a_question_of_answers_without_a_type_is_a_choice() -> None:
    text = (
        HEAD.format(kind="choice").replace("    type: choice\n", "")
        + "    correct: A\n    incorrect: [B, C]\n    reason: D\n"
    )
    assert answers(mended(text)) == [(True, "A"), (False, "B"), (False, "C")]


@given(st.text(max_size=20), st.sets(st.sampled_from(["prompt", "options", "why", "explain", "accept"])))
def test_what_was_meant_is_possible(word: str, known: set[str]) -> None:
    assert meant(word, known) in {None, *known}
    assert meant("question", known, written={"prompt"}) is None
