"""Writing files: form without loss, changes that leave notes alone, fields of a form that come back as they were."""

from __future__ import annotations

from pathlib import Path
from random import Random
from textwrap import indent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank.examples import example, example_yaml
from quizapp.bank.loader import load_text, read_skills
from quizapp.bank.nodes import data_of
from quizapp.bank.reader import read
from quizapp.bank.writing import UnwritableError, bank_text, formatted, question_text
from quizapp.items.registry import item_to_json, kinds

FOLDER = Path(__file__).resolve().parents[2] / "questions"
SKILLS = read_skills(FOLDER / "skills.yaml")
HEAD = "format: 1\nbank: fuzz\ntitle: A title\nlanguage: en\nquestions:\n"

UNTIDY = """\
format:   1   # always
bank: demo
title: 'Demo'
language: en
# A note of its own.
questions:
- id: one
  type: short
  # before the prompt
  prompt: A text that goes on and on, so that it does not fit into one line of the file and is written as a block of
    several lines.
  accept: [a, "b: c"]   # both
  why: no
  # at the end
"""


def data(text: str) -> Any:
    tree = read(text.encode(), "b")
    assert tree.root is not None, tree.problems
    return data_of(tree.root)


def notes(text: str) -> list[str]:
    return sorted(line.partition("#")[2].strip() for line in text.splitlines() if "#" in line)


def test_form_keeps_notes_order_and_meaning() -> None:
    assert (
        formatted(UNTIDY)
        == """\
format: 1     # always
bank: demo
title: 'Demo'
language: en
# A note of its own.
questions:
  - id: one
    type: short
  # before the prompt
    prompt: >-
      A text that goes on and on, so that it does not fit into one line of the file and is written as a
      block of several lines.
    accept: [a, "b: c"] # both
    why: no
  # at the end
"""
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_form_of_our_own_files(path: Path) -> None:
    text = path.read_text("utf-8")
    once = formatted(text)
    assert data(once) == data(text)
    assert notes(once) == notes(text)
    assert formatted(once) == once


def noted(text: str, rng: Random) -> str:
    """The text with notes on lines of their own and behind values, and with other indents and widths."""
    lines = []
    for line in text.split("\n"):
        if rng.random() < 0.15:
            lines.append(" " * rng.randrange(9) + f"# note {rng.randrange(99)}")
        if rng.random() < 0.1:
            lines.append("")
        values = line.rstrip()[-1:].isalnum() and "[" not in line and '"' not in line
        lines.append(f"{line}  # behind {rng.randrange(99)}" if values and rng.random() < 0.15 else line)
    return "\n".join(lines)


def test_form_changes_nothing_but_the_form() -> None:
    rng = Random("notes")
    done = 0
    for kind in [*kinds()] * 8:
        text = noted(HEAD + indent(example_yaml(kind), "  "), rng)
        if any(problem.level == "error" for problem in read(text.encode(), "b").problems):
            continue  # a note in the midst of a text ends it
        try:
            once = formatted(text)
        except UnwritableError:
            continue
        done += 1
        assert data(once) == data(text)
        assert notes(once) == notes(text)
        assert formatted(once) == once
    assert done > 30


def test_a_file_with_mistakes_is_left_alone() -> None:
    with pytest.raises(UnwritableError, match="quizapp check"):
        formatted("a: b: c\n")


@pytest.mark.parametrize("kind", kinds())
def test_fields_of_a_question_come_back(kind: str) -> None:
    fields = item_to_json(example(kind))
    without_skill = {key: value for key, value in fields.items() if key != "skill"}
    again = load_text((HEAD + question_text(without_skill)).encode(), "b", skills=[])
    assert again.problems == ()
    assert again.bank is not None
    assert item_to_json(again.bank.items[0]) == without_skill


@settings(max_examples=100, derandomize=True, database=None)
@given(st.text(max_size=30), st.lists(st.text(max_size=12), max_size=3))
def test_any_text_of_a_form_is_written_so_that_it_is_read_again(prompt: str, accept: list[str]) -> None:
    text = question_text({"id": "one", "type": "short", "prompt": prompt, "accept": accept, "why": "So."})
    tree = read((HEAD + text).encode(), "b")
    assert [one for one in tree.problems if one.level == "error"] == []
    assert tree.root is not None
    question = data_of(tree.root)["questions"][0]
    letters = [one for one in prompt if one.isalnum()]
    assert [one for one in question.get("prompt", "") if one.isalnum()] == letters


def test_a_change_leaves_notes_and_style_alone() -> None:
    fields = data(UNTIDY)
    fields["questions"][0]["why"] = "Because"
    fields["questions"].append({"id": "two", "type": "short", "prompt": "Who?", "accept": ["us"], "why": "So."})
    written = bank_text(fields, UNTIDY)
    assert data(written) == fields
    assert notes(written) == notes(UNTIDY)
    assert "title: 'Demo'" in written
    assert "why: Because" in written


def test_questions_are_found_by_their_id_when_the_order_changes() -> None:
    text = HEAD + "  - id: a  # first\n    prompt: A?\n  - id: b\n    # about b\n    prompt: B?\n"
    fields = data(text)
    fields["questions"].reverse()
    fields["questions"][0]["prompt"] = "B!"
    written = bank_text(fields, text)
    assert data(written) == fields
    assert notes(written) == notes(text)
    assert written.index("# about b") < written.index("# first")


def test_a_question_can_be_taken_out() -> None:
    text = HEAD + "  - id: a\n    prompt: A?\n  - id: b\n    # about b\n    prompt: B?\n"
    fields = data(text)
    del fields["questions"][0]
    written = bank_text(fields, text)
    assert data(written) == fields
    assert notes(written) == ["about b"]


def test_what_is_no_bank_is_not_written_over() -> None:
    for text in ("- a\n", "a: [b\n", "just words\n"):
        with pytest.raises(UnwritableError):
            bank_text({"title": "T"}, text)
