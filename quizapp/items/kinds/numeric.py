"""Type a number.

For checking a sum, a date or a share. Give `answer`, with a `tolerance` if close is right,
or `between` with the two ends. `unit` is shown after the field and may be typed or left
out. People type as they are used to: 2,000 or 2 000 or 2.000, a decimal comma, a sign for
"about". `near` catches answers that are wrong for a reason worth naming.

A complete question::

    - id: share-of-voters
      type: numeric
      skill: facts
      prompt: Of 8,000 people who could vote, 1,240 did. What share is that?
      answer: 15.5
      tolerance: 0.5
      unit: "%"
      near:
        - between: [84, 85]
          why: That is the share of those who did not vote.
      why: 1,240 divided by 8,000 is 0.155.
      explain:
        principle: A share tells more than a count.
        transfer: Ask "of how many?" at every large number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from wtforms import Form

from quizapp.items import controls
from quizapp.items.base import (
    JSON,
    Example,
    Fault,
    Feedback,
    Item,
    Markdown,
    Number,
    Part,
    Response,
    ResponseError,
    Shown,
    Text,
    numbers_in,
    shorten,
)
from quizapp.items.marking import EVERYTHING, NOTHING


class TypedNumber(Response):
    """The number as it was typed."""

    text: str


class NearRange(Part):
    """Numbers that are wrong for a reason worth naming."""

    between: tuple[Number, Number]
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericFeedback(Feedback):
    """Feedback with the numbers that count as right, as plain text, and the reason."""

    low: str
    high: str
    unit: str | None
    why: str | None


class Numeric(Item[TypedNumber]):
    """A number to be typed."""

    kind: ClassVar[str] = "numeric"
    response_type: ClassVar[type[Response]] = TypedNumber

    answer: Number | None = None
    tolerance: Number = Decimal(0)
    between: tuple[Number, Number] | None = None
    unit: Text | None = None
    near: tuple[NearRange, ...] = ()
    why: Text | None = None

    def faults(self) -> Iterator[Fault]:
        """No right number, two of them, or ends the wrong way round."""
        if (self.answer is None) == (self.between is None):
            yield Fault("no-key", "Give either “answer:” or “between:”.", ("answer",))
        if self.tolerance < 0:
            yield Fault("negative", "A tolerance cannot be less than 0.", ("tolerance",))
        if self.tolerance and self.between is not None:
            yield Fault("tolerance", "“tolerance:” goes with “answer:”. Widen “between:” instead.", ("tolerance",))
        if self.between is not None and self.between[0] > self.between[1]:
            yield Fault("ends", "Write the smaller number of “between:” first.", ("between",))
        for place, one in enumerate(self.near):
            if one.between[0] > one.between[1]:
                yield Fault("ends", "Write the smaller number of “between:” first.", ("near", place, "between"))

    @property
    def ends(self) -> tuple[Decimal, Decimal]:
        """The smallest and the largest right number."""
        if self.between is not None:
            return self.between
        answer = self.answer if self.answer is not None else Decimal(0)
        return answer - self.tolerance, answer + self.tolerance

    def shuffle(self, rng: Random) -> Shown:
        """Nothing to shuffle."""
        return {}

    def controls(self, shown: Shown) -> controls.Controls:
        """One line for a number."""
        return {"answer": controls.Number(unit=self.unit)}

    def filled(self, response: TypedNumber, shown: Shown) -> Mapping[str, object]:
        """The number as typed."""
        return {"answer": response.text}

    def read(self, form: Form, shown: Shown) -> TypedNumber | None:
        """The number as typed."""
        text = form["answer"].data
        return TypedNumber(text=text) if text else None

    def from_words(self, words: JSON) -> TypedNumber | None:
        """The number as somebody would type it."""
        if words is None or words == "":
            return None
        if isinstance(words, bool) or not isinstance(words, str | int | float):
            raise ResponseError("Write a number, such as 12 or “12 km”.")
        text = controls.Line.tidy(str(words))
        if not numbers_in(text, self.unit):
            raise ResponseError(f"“{shorten(text, 60)}” is not a number{f' in {self.unit}' if self.unit else ''}.")
        return TypedNumber(text=text)

    def to_words(self, response: TypedNumber) -> JSON:
        """The number as it was typed."""
        return response.text

    def key(self) -> JSON:
        """A right number as it may be typed."""
        number = self.answer if self.answer is not None else self.ends[0]
        return f"{number:f} {self.unit}" if self.unit else f"{number:f}"

    def mark(self, response: TypedNumber) -> Fraction:
        """All or nothing: one meaning of what was typed lies between the ends."""
        low, high = self.ends
        right = any(low <= value <= high for value in numbers_in(response.text, self.unit))
        return EVERYTHING if right else NOTHING

    def chance(self) -> float:
        """A number is not hit by chance."""
        return 0.0

    def explain(self, response: TypedNumber | None, shown: Shown | None = None) -> NumericFeedback:
        """The right numbers, why, and what a near miss was."""
        low, high = (f"{end.normalize():f}" for end in (self.ends if self.answer is None else (self.answer,) * 2))
        return NumericFeedback(
            verdict=self.outcome(response),
            reasons=tuple(self._reasons(response)),
            given=response.text if response is not None else None,
            low=low,
            high=high,
            unit=self.unit,
            why=self.why,
        )

    def summary(self, response: TypedNumber | None) -> str:
        """The number as typed."""
        return shorten(response.text) if response is not None else ""

    def answer_texts(self) -> Iterator[Markdown]:
        """The whys, inside a line; the unit is plain."""
        yield from (Markdown(why, block=False) for why in self.whys())

    def whys(self) -> Iterator[str]:
        """The reason, and those of near misses."""
        yield from (why for why in (self.why, *(one.why for one in self.near)) if why)

    def keyed(self, response: TypedNumber, why: str) -> dict[str, Any]:
        """The number as typed, with the tolerance there was."""
        return {"answer": numbers_in(response.text, self.unit)[0], "between": None, "near": (), "why": why}

    def written(self, response: TypedNumber) -> str:
        """The number as it was typed."""
        return response.text

    def amounts(self, response: TypedNumber) -> tuple[Decimal, ...]:
        """The values that what was typed can mean."""
        return numbers_in(response.text, self.unit)

    def lineage(self) -> JSON:
        """The ends of what is right."""
        return [f"{end.normalize():f}" for end in self.ends]

    def _reasons(self, response: TypedNumber | None) -> Iterator[str]:
        if response is None or self.mark(response) == EVERYTHING:
            return
        values = numbers_in(response.text, self.unit)
        for one in self.near:
            if any(one.between[0] <= value <= one.between[1] for value in values):
                yield one.why

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example("right", "15.5", 1.0),
        Example("right", "15,5 %", 1.0),
        Example("right", "~ 16", 1.0),
        Example("right", 15, 1.0),
        Example("wrong", "84.5 percent", 0.0),
        Example("wrong", "0.155", 0.0),
        Example("blank", None, 0.0),
        Example("blank", "", 0.0),
        Example("invalid", "about a sixth"),
        Example("invalid", "15.5 km"),
        Example("invalid", [15]),
    )
