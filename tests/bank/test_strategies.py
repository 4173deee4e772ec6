"""What lazy answers earn, on banks small enough to work out by hand."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from quizapp.bank.examples import example
from quizapp.bank.loader import load_text
from quizapp.bank.model import Bank
from quizapp.bank.strategies import STRATEGIES, Simulated, answer, is_verdict, simulate
from quizapp.items.registry import kinds

HEAD = "format: 1\nbank: lazy\ntitle: Lazy\nlanguage: en\nquestions:\n"
CHOICE = """\
  - id: one
    type: choice
    prompt: What can you conclude from these words?
    options:
      - right: {right}
        why: It is so.
      - wrong: That is a lie and a trick
        why: It is not.
      - wrong: Yes, so it is
        why: It is not.
"""
VERDICT = """\
  - id: {id}
    type: judge
    prompt: Check one thing. Is a source missing?
    passage: Some words about a thing.
    verdict: {verdict}
    why: So it is.
"""


def bank(*questions: str) -> Bank:
    loaded = load_text((HEAD + "".join(questions)).encode(), "lazy.yaml", skills=())
    assert loaded.bank is not None, loaded.problems
    return loaded.bank


def earned(of: Bank) -> dict[str, Fraction]:
    result = simulate(of, rounds=30)
    assert isinstance(result, Simulated)
    return {one.strategy: one.share for one in result.earned}


@pytest.mark.parametrize(
    ("right", "found_by"),
    [
        ("By far the longest of all the answers that are here", {"longest"}),
        ("It may be, perhaps", {"hedged"}),
        ("It is not so and never was; nobody hid this lie, this trick", {"longest", "flag"}),
    ],
)
def test_a_rule_finds_the_key_that_it_looks_for(right: str, found_by: set[str]) -> None:
    shares = earned(bank(CHOICE.format(right=right)))
    assert {name for name, share in shares.items() if share == 1} == found_by
    assert 0 < shares["first"] < 1  # the order is shuffled


def test_verdicts_are_half_right_by_one_word_for_all() -> None:
    both = bank(VERDICT.format(id="a", verdict="sound"), VERDICT.format(id="b", verdict="problem"))
    result = simulate(both, rounds=2)
    assert result is not None
    assert result.guessing == 0.5
    assert {one.strategy: one.verdicts for one in result.earned if one.strategy in {"flag", "accept"}} == {
        "flag": Fraction(1, 2),
        "accept": Fraction(1, 2),
    }
    lean = bank(VERDICT.format(id="a", verdict="problem"), VERDICT.format(id="b", verdict="problem"))
    assert {name: earned(lean)[name] for name in ("flag", "accept")} == {"flag": 1, "accept": 0}


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_can_be_answered_without_reading(kind: str) -> None:
    item = example(kind)
    for strategy in STRATEGIES:
        shown = item.shuffle(Random(4))
        share = answer(item, shown, item.form(shown), strategy)
        assert 0 <= share <= 1
        if strategy.marks != "one" and item.kind in {"multiple", "highlight"}:
            assert share == 0  # everything, or nothing


def test_an_order_is_filled_in_whole() -> None:
    item = example("order")
    shown = item.shuffle(Random(4))
    form = item.form(shown)
    answer(item, shown, form, next(one for one in STRATEGIES if one.name == "longest"))
    assert sorted(field.data for field in form) == ["0", "1", "2", "3"]
    longest = max(form, key=lambda field: len(field.label.text))
    assert longest.data == "0"


def test_the_same_seed_gives_the_same_scores() -> None:
    of = bank(CHOICE.format(right="It may be, perhaps"))
    assert simulate(of, seed=3, rounds=5) == simulate(of, seed=3, rounds=5)
    assert simulate(of, seed=3, rounds=5) != simulate(of, seed=4, rounds=5)


def test_questions_that_a_teacher_marks_do_not_count() -> None:
    written = example("open")
    assert not is_verdict(written)
    of = bank(VERDICT.format(id="a", verdict="sound"))
    assert simulate(Bank("x", "X", "en", None, None, (), (), (written,))) is None
    more = simulate(Bank("x", "X", "en", None, None, (), (), (written, *of.items)))
    assert more is not None
    assert more.questions == 1
