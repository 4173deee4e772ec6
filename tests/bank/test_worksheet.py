"""The pure part of worksheets: orders that come again, questions put together, marks by hand."""

from __future__ import annotations

import random

import pytest

from quizapp.bank.examples import example
from quizapp.bank.loader import load_text
from quizapp.bank.worksheet import (
    VERSIONS,
    ByHand,
    blocks,
    by_hand,
    fraction_words,
    order_of,
    print_items,
    rightly,
    sheet_code,
)
from quizapp.items.kinds.choice import Choice
from quizapp.items.registry import AnyItem, kinds

SHARED = """\
format: 1
bank: shared
title: Shared
language: en
stimuli:
  - {id: one, kind: quote, quote: The first words.}
  - {id: two, kind: quote, quote: The second words.}
questions:
""" + "".join(
    f"  - {{id: q-{n}, type: short,{f' about: {about},' if about else ''} prompt: Which {n}?, accept: [a], why: So.}}\n"
    for n, about in enumerate(("one", "one", "", "", "two", "one"), 1)
)


def choice() -> Choice:
    item = example("choice")
    assert isinstance(item, Choice)
    return item


@pytest.mark.parametrize("kind", [kind for kind in kinds() if example(kind).shuffle(random.Random(1))])
def test_versions_differ_and_come_again(kind: str) -> None:
    item = example(kind)
    orders = [order_of(item, version) for version in VERSIONS]
    assert orders == [order_of(item, version) for version in VERSIONS]
    assert all(orders.count(order) == 1 for order in orders)


def test_two_answers_have_no_third_order() -> None:
    item = choice().model_copy(update={"options": choice().options[:2]})
    assert order_of(item, "A") != order_of(item, "B")
    assert order_of(item, "C") in (order_of(item, "A"), order_of(item, "B"))


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        order_of(example("choice"), "D")


def test_what_is_about_the_same_stands_together_where_it_follows_each_other() -> None:
    bank = load_text(SHARED.encode(), "shared.yaml", skills=()).bank
    assert bank is not None
    questions = print_items([(one, bank.stimulus(one.about) if one.about else None) for one in bank.items], "A")
    found = [(None if one.stimulus is None else one.stimulus.id, len(one.questions)) for one in blocks(questions)]
    assert found == [("one", 2), (None, 1), (None, 1), ("two", 1), ("one", 1)]
    assert [one.number for block in blocks(questions) for one in block.questions] == [1, 2, 3, 4, 5, 6]


def test_the_code_tells_orders_and_wordings_apart_and_knows_no_key() -> None:
    item = choice()
    turned = item.model_copy(update={"options": tuple(one.turned(right=one.is_right, why="") for one in item.options)})
    codes = {sheet_code(print_items([(item, None)], version)) for version in VERSIONS}
    assert len(codes) == len(VERSIONS)
    assert sheet_code(print_items([(turned, None)], "A")) == sheet_code(print_items([(item, None)], "A"))
    reworded = item.model_copy(update={"prompt": "Another question?"})
    assert sheet_code(print_items([(reworded, None)], "A")) not in codes


MARKS = {
    "choice": ByHand(),
    "judge": ByHand(),
    "numeric": ByHand(),
    "short": ByHand(),
    "multiple": ByHand(left_out=0.5, stray=0.5),
    "classify": ByHand(steps=(0, 1 / 3, 2 / 3, 1)),
    "match": ByHand(steps=(0, 1 / 3, 2 / 3, 1)),
    "gaps": ByHand(steps=(0, 0.5, 1)),
    "order": ByHand(swapped=0.6),
}


@pytest.mark.parametrize("kind", MARKS)
def test_a_person_marks_as_the_program_does(kind: str) -> None:
    item = example(kind)
    found, wanted = by_hand(item, order_of(item, "B")), MARKS[kind]
    assert found.steps == pytest.approx(wanted.steps)
    assert (found.left_out, found.stray, found.swapped) == pytest.approx(
        (wanted.left_out, wanted.stray, wanted.swapped)
    )


def test_a_rubric_and_all_or_nothing_are_said() -> None:
    assert by_hand(example("open"), {}) == ByHand(points=max(example("open").rubric_points()))
    item = example("multiple").model_copy(update={"scoring": "all"})
    assert by_hand(item, order_of(item, "A")) == ByHand(whole=True)


def test_guessing_that_is_taken_off_is_in_the_steps() -> None:
    item = example("classify").model_copy(update={"correct_guessing": True})
    assert by_hand(item, order_of(item, "A")).steps == pytest.approx((0, 0, 1 / 3, 1))


@pytest.mark.parametrize("kind", kinds())
def test_a_key_is_wholly_right_or_there_is_none(kind: str) -> None:
    item: AnyItem = example(kind)
    right = rightly(item)
    assert (right is None) == bool(item.rubric_points())
    assert right is None or item.score(right).fraction == 1


@pytest.mark.parametrize(("words", "lines"), [(1, 3), (60, 9), (500, 16), (None, 6)])
def test_longer_answers_get_more_lines_up_to_a_page(words: int | None, lines: int) -> None:
    item = example("open").model_copy(update={"words": words})
    assert print_items([(item, None)], "A")[0].lines == lines


def test_marks_are_written_as_people_write_them() -> None:
    assert [fraction_words(one) for one in (0, 1, 0.5, 2 / 3, 1 / 7, 0.123456)] == [
        "0",
        "1",
        "1/2",
        "2/3",
        "1/7",
        "0.12",
    ]
