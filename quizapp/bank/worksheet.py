"""Questions on a printed worksheet, and what its key needs to know: orders, letters, marks by hand.

A worksheet comes in versions that differ in the order of answers, so that neighbours cannot copy
letters. The order hangs on question and version alone: the key of a version, printed next week,
has the letters of the worksheet. A question is drawn from its form, as on a screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from random import Random
from typing import Any

from quizapp.bank.model import Stimulus
from quizapp.bank.strategies import is_verdict
from quizapp.items.base import Response, Shown
from quizapp.items.controls import AnswerForm
from quizapp.items.parts import digest
from quizapp.items.registry import AnyItem

VERSIONS = ("A", "B", "C")
_TRIES = 24
"""Orders to draw before one that an earlier version has is taken: three answers have six."""
_WORDS_A_LINE = 8
"""Words that a student of 13 writes on a ruled line of 170 mm."""
_FEWEST_LINES, _MOST_LINES = 3, 16
"""Of ruled lines: 16 of 9 mm, with their question, go on a page."""


@dataclass(frozen=True)
class Printed:
    """A question of a worksheet: its number from 1, and the order of its answers."""

    number: int
    item: AnyItem
    stimulus: Stimulus | None
    shown: Shown

    @property
    def form(self) -> AnswerForm:
        """The empty form, whose fields are what there is to fill in."""
        return self.item.form(self.shown, place=str(self.number))

    @property
    def needs_article(self) -> bool:
        return self.item.needs == "article"

    @property
    def lines(self) -> int:
        """How many ruled lines a long answer gets."""
        words: int = getattr(next(iter(self.form)), "words", None) or 40
        return max(_FEWEST_LINES, min(_MOST_LINES, -(-words // _WORDS_A_LINE) + 1))


@dataclass(frozen=True)
class Block:
    """Questions that follow each other and are about the same thing, which is printed once."""

    stimulus: Stimulus | None
    questions: tuple[Printed, ...]


@dataclass(frozen=True)
class ByHand:
    """How a person marks one question that is worth 1 mark.

    `steps` has the mark for 0, 1, … right lines where the answer has several lines. `left_out` and
    `stray` are what a missing and a wrong tick cost, `swapped` is the mark for a right order with
    two neighbours changed. `points` is the most a rubric gives. What a question does not have is
    empty or None.
    """

    whole: bool = False
    """Only a wholly right answer earns the mark."""
    steps: tuple[float, ...] = ()
    left_out: float | None = None
    stray: float | None = None
    swapped: float | None = None
    points: int | None = None


def order_of(item: AnyItem, version: str) -> Shown:
    """The order of a question's answers in a version: the same every time, another in each version if there is one.

    Raises:
        ValueError: there is no such version.
    """
    orders: list[Shown] = []
    for one in VERSIONS[: VERSIONS.index(version) + 1]:
        rng = Random(f"{one}:{item.id}")  # noqa: S311 - an order that must come again, no secret
        order = item.shuffle(rng)
        for _ in range(_TRIES):
            if order not in orders:
                break
            order = item.shuffle(rng)
        orders.append(order)
    return orders[-1]


def print_items(contents: Iterable[tuple[AnyItem, Stimulus | None]], version: str) -> tuple[Printed, ...]:
    """Number questions and put their answers in the order of a version."""
    return tuple(
        Printed(number, item, stimulus, order_of(item, version)) for number, (item, stimulus) in enumerate(contents, 1)
    )


def blocks(questions: Sequence[Printed]) -> tuple[Block, ...]:
    """Put together what follows each other and is about the same thing."""
    found: list[Block] = []
    for stimulus, group in groupby(questions, key=lambda one: one.stimulus):
        together = tuple(group)
        found += [Block(None, (one,)) for one in together] if stimulus is None else [Block(stimulus, together)]
    return tuple(found)


def sheet_code(questions: Iterable[Printed]) -> str:
    """Four signs that stand on a worksheet and on its key: equal where both have the same questions and letters."""
    return digest([[one.item.id, one.item.prompt, one.item.reading(), one.shown] for one in questions])[:4].upper()


def letter(place: int | str) -> str:
    """The letter of an answer by its place from 0 in the printed order."""
    return chr(ord("A") + int(place))


def rightly(item: AnyItem) -> Response | None:
    """The right answer, or None where there is none that is right alone."""
    found: Response | None = item.from_words(item.key())
    return found


def by_hand(item: AnyItem, shown: Shown) -> ByHand:
    """Work out what a person who marks a question needs to know, by marking slips with the question's own rule."""
    points = item.rubric_points()
    if points:
        return ByHand(points=max(points))
    if item.scoring == "all":
        return ByHand(whole=True)
    fields = list(item.form(shown, response=rightly(item)))
    control = getattr(fields[0], "control", "")
    if control in {"several", "words"}:
        return _ticks(item, shown)
    if control == "place":
        return ByHand(swapped=_swapped(item, shown))
    if len(fields) > 1 and not is_verdict(item) and control in {"menu", "line"}:
        return ByHand(steps=tuple(_mark(item, shown, _only(count)) for count in range(len(fields) + 1)))
    return ByHand()


def _mark(item: AnyItem, shown: Shown, slip: Any) -> float:
    """The mark of the right answer after a slip; `slip` changes the fields of its form."""
    form = item.form(shown, response=rightly(item))
    slip(list(form))
    share = item.score(item.read(form, shown)).fraction
    return float(share or 0)


def _only(count: int) -> Any:
    def slip(fields: list[Any]) -> None:
        for field in fields[count:]:
            field.data = None

    return slip


def _ticks(item: AnyItem, shown: Shown) -> ByHand:
    field = next(iter(item.form(shown, response=rightly(item))))
    right = list(field.data or ())
    wrong = [str(place) for place in range(len(list(field.iter_choices()))) if str(place) not in right]  # type: ignore[attr-defined]  # of fields to choose from

    def set_to(places: list[str]) -> Any:
        def slip(fields: list[Any]) -> None:
            fields[0].data = places

        return slip

    strays = [1 - _mark(item, shown, set_to([*right, place])) for place in wrong]
    return ByHand(left_out=1 - _mark(item, shown, set_to(right[1:])), stray=max(strays, default=0.0))


def _swapped(item: AnyItem, shown: Shown) -> float:
    """The mark with two neighbours of the right order changed; the smallest, since tied ones cost nothing."""
    places = len(list(item.form(shown)))

    def swap(first: int) -> Any:
        changed = {str(first): str(first + 1), str(first + 1): str(first)}

        def slip(fields: list[Any]) -> None:
            for field in fields:
                field.data = changed.get(field.data, field.data)

        return slip

    return min(_mark(item, shown, swap(first)) for first in range(places - 1))


def fraction_words(share: float) -> str:
    """A mark as people write it: 1, ½, 2/3; a decimal where the fraction is no simple one."""
    near = Fraction(share).limit_denominator(12)
    if abs(float(near) - share) > 1e-6:
        return f"{share:.2f}"
    return str(near)
