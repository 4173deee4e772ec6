"""Put lines in order along a scale.

For steps with a natural sequence, or words from soft to harsh. `first` and `last` name the
two ends of the scale. Lines that nobody could rank go together under `tied`; their order does
not count. The mark looks at every pair: pairs in the right order less pairs in the wrong one,
so one line out of place costs little and the reverse order earns nothing.

A complete question::

    - id: how-sure-it-sounds
      type: order
      skill: unnamed
      prompt: Order these reports by how sure they sound that the shop will close.
      first: least sure
      last: most sure
      items:
        - The shop may close, one customer thinks.
        - tied:
            - The shop will probably close, its manager says.
            - The shop is likely to close, its manager says.
        - The shop closes on 1 June, its owner has announced.
      why: "*May* leaves it open, *probably* and *likely* lean, and an announced date is settled."
      explain:
        principle: Small words say how sure a statement is.
        transfer: Underline the word that says how sure somebody is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, prod
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field
from wtforms import Form

from quizapp.items import controls
from quizapp.items.base import (
    JSON,
    Choosing,
    Example,
    Fault,
    Feedback,
    Item,
    Markdown,
    Offer,
    Part,
    Response,
    ResponseError,
    RowState,
    Shown,
    Text,
    find_text,
    in_order,
    one_each,
    same_texts,
    shorten,
    text_id,
)
from quizapp.items.marking import ordered, ordered_by_chance
from quizapp.text import plain


class Placed(Response):
    """The place, from 1, of each placed line's id."""

    places: dict[str, int]

    def sequence(self) -> list[str]:
        """The ids from first to last."""
        return sorted(self.places, key=lambda one: self.places[one])


class Tied(Part):
    """Lines of one rank."""

    tied: Annotated[tuple[Text, ...], Field(min_length=2)]


@dataclass(frozen=True, slots=True)
class Place:
    """A line in the right order: where it may stand (`low` to `high`) and where it was put."""

    text: str
    state: RowState
    given: int | None
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFeedback(Feedback):
    """Feedback with the right order and the one reason for it."""

    places: tuple[Place, ...]
    why: str | None


class Order(Item[Placed]):
    """Lines to be put in order."""

    kind: ClassVar[str] = "order"
    response_type: ClassVar[type[Response]] = Placed

    first: Text
    last: Text
    items: Annotated[tuple[Text | Tied, ...], Field(min_length=2, max_length=10)]
    why: Text | None = None

    def faults(self) -> Iterator[Fault]:
        """Lines that are there twice, or too many of them."""
        texts = self._texts()
        yield from (Fault(code, message, ("items",)) for code, message, _ in same_texts(texts, "lines"))
        if len(texts) > 12:
            yield Fault("too-many", "Keep to 12 lines or fewer.", ("items",))

    def shuffle(self, rng: Random) -> Shown:
        """The lines in random order."""
        order = [text_id(text) for text in self._texts()]
        rng.shuffle(order)
        return {"items": order}

    def controls(self, shown: Shown) -> controls.Controls:
        """A menu of places for each line."""
        texts = {text_id(text): text for text in self._texts()}
        numbers = [str(n) for n in range(1, len(texts) + 1)]
        return {f"p{n}": controls.Place(texts[one], labels=numbers) for n, one in enumerate(self._order(shown))}

    def filled(self, response: Placed, shown: Shown) -> Mapping[str, object]:
        """Each line's place."""
        places = response.places
        return {f"p{n}": str(places[one] - 1) if one in places else None for n, one in enumerate(self._order(shown))}

    def read(self, form: Form, shown: Shown) -> Placed | None:
        """The posted places."""
        given = {one: form[f"p{n}"].data for n, one in enumerate(self._order(shown))}
        places = {one: int(place) + 1 for one, place in given.items() if place is not None}
        return Placed(places=places) if places else None

    def from_words(self, words: JSON) -> Placed | None:
        """The lines from first to last, as a list of their texts; some may be left out."""
        if words is None or words == []:
            return None
        if not isinstance(words, list):
            raise ResponseError("Write the lines from first to last as a list.")
        texts = self._texts()
        sequence = [text_id(texts[find_text(one, texts, "line")]) for one in words]
        if len(set(sequence)) < len(sequence):
            raise ResponseError("Write each line once.")
        return Placed(places={one: place for place, one in enumerate(sequence, 1)})

    def to_words(self, response: Placed) -> JSON:
        """The placed lines from first to last."""
        texts = {text_id(text): text for text in self._texts()}
        return [texts[one] for one in response.sequence()]

    def key(self) -> JSON:
        """The lines in the right order."""
        return list(self._texts())

    def mark(self, response: Placed) -> Fraction:
        """Pairs in the right order less pairs in the wrong one (`marking.ordered`)."""
        return ordered(response.sequence(), self._groups())

    def chance(self) -> float:
        """The mean over all orders."""
        sizes = [len(group) for group in self._groups()]
        if self.scoring == "all":
            return prod(map(factorial, sizes)) / factorial(sum(sizes))
        return float(ordered_by_chance(sizes))

    def explain(self, response: Placed | None, shown: Shown | None = None) -> OrderFeedback:
        """The lines in the right order, each with the place it was given."""
        return OrderFeedback(
            verdict=self.outcome(response),
            reasons=(self.why,) if self.why and response is not None else (),
            places=tuple(self._places(response.places if response is not None else {})),
            why=self.why,
        )

    def summary(self, response: Placed | None) -> str:
        """The lines in the order given."""
        if response is None:
            return ""
        texts = {text_id(text): plain(text) for text in self._texts()}
        return shorten("; ".join(f"{response.places[one]}. {texts.get(one, '')}" for one in response.sequence()))

    def answer_texts(self) -> Iterator[Markdown]:
        """Lines, the ends of the scale, and the why, inside a line."""
        yield from (Markdown(text, block=False) for text in (self.first, self.last, *self._texts()))
        yield from (Markdown(why, block=False) for why in self.whys())

    def whys(self) -> Iterator[str]:
        """The one reason, if there is one."""
        yield from (why for why in (self.why,) if why)

    def reading(self) -> str:
        """The two ends of the scale."""
        return f"1 is *{self.first}*, and the last number is *{self.last}*."

    def keyed(self, response: Placed, why: str) -> dict[str, Any]:
        """The lines in the order they were put in, none tied. Raises ResponseError while one has no place."""
        texts = {text_id(text): text for text in self._texts()}
        if texts.keys() - response.places.keys():
            raise ResponseError("This answer cannot be the key. Give every line a place.")
        return {"items": tuple(texts[one] for one in response.sequence()), "why": why}

    def choosings(self) -> tuple[Choosing, ...]:
        """A place for each line, with all places it can be put at."""
        return tuple(
            Choosing(
                tuple(Offer(str(n), str(n), one.low <= n <= one.high) for n in range(1, len(self._texts()) + 1)),
                one.text,
            )
            for one in self._places({})
        )

    def chosen(self, response: Placed) -> tuple[frozenset[str], ...]:
        """The place of each line."""
        places = (response.places.get(text_id(text)) for text in self._texts())
        return one_each(None if place is None else str(place) for place in places)

    def lineage(self) -> JSON:
        """The ranks in order."""
        return [sorted(group) for group in self._groups()]

    def _groups(self) -> list[list[str]]:
        ranks = (one.tied if isinstance(one, Tied) else (one,) for one in self.items)
        return [[text_id(text) for text in rank] for rank in ranks]

    def _texts(self) -> tuple[str, ...]:
        return tuple(text for one in self.items for text in (one.tied if isinstance(one, Tied) else (one,)))

    def _order(self, shown: Shown) -> list[str]:
        return in_order(shown, "items", (text_id(text) for text in self._texts()))

    def _places(self, places: Mapping[str, int]) -> Iterator[Place]:
        texts = {text_id(text): text for text in self._texts()}
        low = 1
        for group in self._groups():
            high = low + len(group) - 1
            for one in group:
                given = places.get(one)
                state: RowState = "missed" if given is None else "right" if low <= given <= high else "wrong"
                yield Place(texts[one], state, given, low, high)
            low = high + 1

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example(
            "right",
            [
                "The shop may close, one customer thinks.",
                "The shop is likely to close, its manager says.",
                "The shop will probably close, its manager says.",
                "The shop closes on 1 June, its owner has announced.",
            ],
            1.0,
        ),
        Example(
            "partly",
            [
                "The shop is likely to close, its manager says.",
                "The shop may close, one customer thinks.",
                "The shop will probably close, its manager says.",
                "The shop closes on 1 June, its owner has announced.",
            ],
            0.6,
        ),
        Example(
            "partly",
            ["The shop may close, one customer thinks.", "The shop closes on 1 June, its owner has announced."],
            0.2,
        ),
        Example(
            "wrong",
            ["The shop closes on 1 June, its owner has announced.", "The shop may close, one customer thinks."],
            0.0,
        ),
        Example("blank", None, 0.0),
        Example("invalid", ["The shop is fine."]),
        Example("invalid", ["The shop may close, one customer thinks.", "The shop may close, one customer thinks."]),
        Example("invalid", "The shop may close, one customer thinks."),
    )
