"""What somebody earns who does not read: guessing, and lazy ways of answering.

A strategy sees what a student sees, the fields of the question's form in their shown order, and
nothing of keys or tags. So it works for every kind: a kind is its controls here. Each rule says
what it does with one of several answers, with answers of which several may be right, with words to
be marked and with lines to be ordered. Nobody lazy types: typed answers stay blank.

A bank in which such a rule earns much more than guessing gives its keys away by their form; one in
which it earns much less can be answered by the opposite rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, TypeAlias

from wtforms import Form

from quizapp.bank.model import Bank
from quizapp.bank.review.language import bag, words
from quizapp.bank.review.wording import VAGUE
from quizapp.items.base import Shown
from quizapp.items.registry import AnyItem
from quizapp.text import plain

HEDGES = VAGUE | bag("some seem seems little suggest suggests possibly maybe partly either unknown")
DOUBTS = bag(
    "no not never nothing nobody none without cannot problem doubt doubting doubted doubtful false untrue wrong lie "
    "lies lied lying hide hides hid hidden trick tricks mock mocked invent invents invented fake biased missing"
)
"""Words by which somebody who always finds fault would know the answer that finds fault."""

Pick: TypeAlias = Callable[[Sequence[str]], int]
"""The place of one of several texts, in their shown order; the first of those alike."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """A lazy way of answering.

    `one` chooses among several answers. `marks` says what becomes of boxes to tick and words to
    mark: "one" marks what `one` would choose, "all" all of them, "none" leaves them blank.
    """

    name: str
    says: str
    one: Pick
    marks: str = "one"


def _most(count: Callable[[str], int]) -> Pick:
    return lambda texts: max(range(len(texts)), key=lambda place: (count(texts[place]), -place))


def _found(listed: frozenset[str]) -> Callable[[str], int]:
    return lambda text: sum(word in listed or word.endswith("n't") for word in words(text))


STRATEGIES = (
    Strategy("longest", "the longest answer", _most(lambda text: len(plain(text)))),
    Strategy("hedged", "the answer with most words such as may, some, perhaps", _most(_found(HEDGES))),
    Strategy("first", "the first answer shown", lambda _: 0),
    Strategy("flag", "“problem”, the answer that doubts most, every box and word", _most(_found(DOUBTS)), "all"),
    Strategy(
        "accept",
        "“sound”, the answer that doubts least, no box and no word",
        _most(lambda t: -_found(DOUBTS)(t)),
        "none",
    ),
)


@dataclass(frozen=True, slots=True)
class Earned:
    """What a strategy earns in a bank: the mean share of the marks, and of those for verdicts; None: no verdicts."""

    strategy: str
    share: Fraction
    verdicts: Fraction | None


@dataclass(frozen=True, slots=True)
class Simulated:
    """A bank answered without reading. `guessing` is what chance earns; shares are from 0 to 1."""

    bank: Bank
    questions: int
    guessing: float
    earned: tuple[Earned, ...]


def simulate(bank: Bank, *, seed: int = 1, rounds: int = 50) -> Simulated | None:
    """Answer a bank by every strategy.

    Args:
        bank: a bank without problems; questions that a teacher marks are left out.
        seed: decides the orders that are shown.
        rounds: how often each question is shown, in a new order.

    Returns:
        What guessing and each strategy earn, or None when no question of the bank has a key.
    """
    marked = [item for item in bank.items if item.chance() is not None]
    if not marked:
        return None
    rng = Random(seed)  # noqa: S311 - no secret
    shares = {item.id: _shares(item, rng, rounds) for item in marked}
    verdicts = [item.id for item in marked if is_verdict(item)]
    earned = tuple(
        Earned(
            strategy.name,
            _mean([shares[item.id][place] for item in marked]),
            _mean([shares[one][place] for one in verdicts]) if verdicts else None,
        )
        for place, strategy in enumerate(STRATEGIES)
    )
    return Simulated(bank, len(marked), sum(item.chance() or 0 for item in marked) / len(marked), earned)


def is_verdict(item: AnyItem) -> bool:
    """Whether a question asks for one verdict on one passage: sound, or something to flag."""
    return item.fixed_place() is not None and sum(item.flags()) == 1


def answer(item: AnyItem, shown: Shown, form: Form, strategy: Strategy) -> Fraction:
    """The mark, 0 to 1, that a strategy gets for a question; `form` is the question's own, in that order."""
    _fill(form, strategy)
    response = item.read(form, shown)
    share = None if response is None else item.score(response).fraction
    # Part marks are fractions of small numbers; a score is one of them as a float.
    return Fraction(share or 0).limit_denominator(10_000)


def _shares(item: AnyItem, rng: Random, rounds: int) -> list[Fraction]:
    totals = [Fraction(0)] * len(STRATEGIES)
    for _ in range(rounds):
        shown = item.shuffle(rng)
        form = item.form(shown)
        for place, strategy in enumerate(STRATEGIES):
            totals[place] += answer(item, shown, form, strategy)
    return [total / rounds for total in totals]


def _fill(form: Form, strategy: Strategy) -> None:
    fields: list[Any] = list(form)  # of `items.controls`; the published stubs know no `control`
    places = [field for field in fields if field.control == "place"]
    for field in fields:
        if field.control in {"one", "menu"}:
            field.data = str(strategy.one(_labels(field)))
        elif field.control in {"several", "words"}:
            field.data = list(_marked(_labels(field), strategy))
        elif field.control != "place":
            field.data = ""
    left = list(range(len(places)))
    for number in range(len(places)):
        chosen = left.pop(strategy.one([str(places[place].label.text) for place in left]))
        places[chosen].data = str(number)


def _marked(labels: Sequence[str], strategy: Strategy) -> Iterator[str]:
    if strategy.marks == "all":
        yield from map(str, range(len(labels)))
    elif strategy.marks == "one":
        yield str(strategy.one(labels))


def _labels(field: Any) -> list[str]:
    return [str(choice.label) for choice in field.iter_choices()]


def _mean(shares: Sequence[Fraction]) -> Fraction:
    return sum(shares, Fraction(0)) / len(shares)
