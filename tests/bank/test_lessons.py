"""The two files that lie beside banks: misconceptions and lesson cards."""

from __future__ import annotations

import pytest

from quizapp import BankError
from quizapp.bank.lessons import lesson_in
from quizapp.bank.misconceptions import misconceptions_in

LESSON = """\
---
bank: towns
title: Towns
minutes: 25
aim: Students find the doer.
opener: "Write on the board: *Mistakes were made.*"
cut:
  - one
  - two
discussion: Who acts?
exit: Name a doer.
fair_answer: It keeps to the text.
---

## Plan

Ten minutes.

---

The end.
"""
MISCONCEPTIONS = """\
format: 1
misconceptions:
  - id: text-is-complete
    name: What is not here does not matter
    correction: Every text leaves things *out*.
    card: >-
      Read a report and list who could know more.
"""


def problems(error: BankError) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.line, problem.column) for problem in error.problems]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_lesson_is_read(ends: str) -> None:
    lesson = lesson_in(LESSON.replace("\n", ends).encode(), "towns.md")
    assert lesson.fields.bank == "towns"
    assert lesson.fields.minutes == 25
    assert lesson.fields.cut == ("one", "two")
    assert lesson.fields.opener == "Write on the board: *Mistakes were made.*"
    assert lesson.plan == "## Plan\n\nTen minutes.\n\n---\n\nThe end."
    assert [text.block for text in lesson.texts()] == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("minutes: 25", "minutes: soon", ("not-a-number", 4, 10)),
        ("exit:", "exits:", ("unknown-field", 11, 1)),
        ("exit: Name a doer.\n", "", ("missing", 2, 1)),
        ("  - one", "  - One thing", ("not-a-slug", 8, 5)),
        ("aim: Students", "aim: &a Students", ("anchor", 5, 6)),
        ('opener: "Write', "opener: Write", ("colon", 6, 27)),
    ],
)
def test_fault_in_a_lesson_is_found_at_its_place(old: str, new: str, found: tuple[str, int, int]) -> None:
    text = LESSON.replace(old, new)
    if found[0] == "colon":
        text = text.replace('made.*"', "made.*")
    with pytest.raises(BankError) as raised:
        lesson_in(text.encode(), "towns.md")
    assert found in problems(raised.value)


@pytest.mark.parametrize("text", ["", "# Plan\n", "---\nbank: towns\n", "\n" + LESSON])
def test_lesson_without_a_head_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BankError) as raised:
        lesson_in(text.encode(), "towns.md")
    assert problems(raised.value) == [("no-fields", 1, 1)]


def test_lesson_that_is_no_text_is_refused() -> None:
    with pytest.raises(BankError) as raised:
        lesson_in(b"---\nbank: \xff\n---\n", "towns.md")
    assert problems(raised.value) == [("not-utf8", 1, 1)]


def test_misconceptions_are_read() -> None:
    (one,) = misconceptions_in(MISCONCEPTIONS.encode(), "misconceptions.yaml")
    assert one.id == "text-is-complete"
    assert [text.block for text in one.texts()] == [False, True]
    assert one.card == "Read a report and list who could know more."


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("    name: What is not here does not matter\n", "", ("missing", 3, 5)),
        ("correction:", "correktion:", ("unknown-field", 5, 5)),
        ("id: text-is-complete", "id: Text is complete", ("not-a-slug", 3, 9)),
        ("format: 1", "format: 2", ("not-a-choice", 1, 9)),
    ],
)
def test_fault_in_the_list_is_found_at_its_place(old: str, new: str, found: tuple[str, int, int]) -> None:
    with pytest.raises(BankError) as raised:
        misconceptions_in(MISCONCEPTIONS.replace(old, new).encode(), "misconceptions.yaml")
    assert found in problems(raised.value)


def test_misconception_is_listed_once() -> None:
    twice = MISCONCEPTIONS + MISCONCEPTIONS[MISCONCEPTIONS.index("  - id") :]
    with pytest.raises(BankError) as raised:
        misconceptions_in(twice.encode(), "misconceptions.yaml")
    assert problems(raised.value) == [("same-id", 8, 9)]
