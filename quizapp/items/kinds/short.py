"""Type a word or a few.

For a term students should find themselves. `accept` lists every answer that counts; case,
accents, punctuation and spacing do not matter. `near` names answers that come close and
says why they are not right. A single slip of spelling is named, and not marked right:
add it to `accept` if it should be.

A complete question::

    - id: who-paid
      type: short
      skill: sourcing
      prompt: A post praises a phone and its writer was paid for it. Which label must it carry?
      accept: [advertisement, ad, advert, advertising, paid partnership, sponsored]
      near:
        - text: review
          why: A review is written for readers. This was paid for by the maker.
      why: Readers weigh praise differently once they know who paid for it.
      explain:
        principle: Who paid is part of what a text says.
        transfer: Look for the label before you look at the stars.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field
from wtforms import Form

from quizapp.items import controls
from quizapp.items.base import (
    JSON,
    Example,
    Fault,
    Feedback,
    Item,
    Markdown,
    Part,
    Response,
    ResponseError,
    Shown,
    Text,
    shorten,
)
from quizapp.items.marking import EVERYTHING, NOTHING, misspelt, says, spoken


class TypedWords(Response):
    """What was typed."""

    text: str


class NearMiss(Part):
    """An answer that comes close, and why it is not right."""

    text: Text
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortFeedback(Feedback):
    """Feedback with the reason, and the accepted answer that a slip of spelling came near."""

    why: str | None
    misspelt: str | None


class Short(Item[TypedWords]):
    """A word or a few to be typed."""

    kind: ClassVar[str] = "short"
    response_type: ClassVar[type[Response]] = TypedWords

    accept: Annotated[tuple[Text, ...], Field(min_length=1)]
    near: tuple[NearMiss, ...] = ()
    why: Text | None = None

    def faults(self) -> Iterator[Fault]:
        """Accepted answers without a letter, and near misses that are accepted."""
        for place, text in enumerate(self.accept):
            if not spoken(text):
                yield Fault("empty-text", "An accepted answer needs a letter or a digit.", ("accept", place))
        for place, one in enumerate(self.near):
            if says(one.text, self.accept):
                yield Fault(
                    "near-fits",
                    f"“{shorten(one.text, 60)}” is accepted, so it is not a near miss.",
                    ("near", place, "text"),
                )

    def shuffle(self, rng: Random) -> Shown:
        """Nothing to shuffle."""
        return {}

    def controls(self, shown: Shown) -> controls.Controls:
        """One line."""
        return {"answer": controls.Line()}

    def filled(self, response: TypedWords, shown: Shown) -> Mapping[str, object]:
        """What was typed."""
        return {"answer": response.text}

    def read(self, form: Form, shown: Shown) -> TypedWords | None:
        """What was typed."""
        text = form["answer"].data
        return TypedWords(text=text) if text else None

    def from_words(self, words: JSON) -> TypedWords | None:
        """What somebody would type."""
        if words is None:
            return None
        if not isinstance(words, str):
            raise ResponseError("Write the answer in quotes.")
        text = controls.Line.tidy(words)
        return TypedWords(text=text) if text else None

    def to_words(self, response: TypedWords) -> JSON:
        """What was typed."""
        return response.text

    def key(self) -> JSON:
        """The first accepted answer."""
        return self.accept[0]

    def mark(self, response: TypedWords) -> Fraction:
        """All or nothing."""
        return EVERYTHING if says(response.text, self.accept) else NOTHING

    def chance(self) -> float:
        """A word is not hit by chance."""
        return 0.0

    def explain(self, response: TypedWords | None, shown: Shown | None = None) -> ShortFeedback:
        """The answer looked for, why, and what a near miss was."""
        text = response.text if response is not None else ""
        right = says(text, self.accept)
        near = () if right else tuple(one.why for one in self.near if says(text, (one.text,)))
        return ShortFeedback(
            verdict=self.outcome(response),
            reasons=near,
            given=response.text if response is not None else None,
            best=self.accept[0],
            why=self.why,
            misspelt=None if right or near else misspelt(text, self.accept),
        )

    def summary(self, response: TypedWords | None) -> str:
        """What was typed."""
        return shorten(response.text) if response is not None else ""

    def answer_texts(self) -> Iterator[Markdown]:
        """The answer looked for and the whys, inside a line."""
        yield Markdown(self.accept[0], block=False)
        yield from (Markdown(why, block=False) for why in self.whys())

    def whys(self) -> Iterator[str]:
        """The reason, and those of near misses."""
        yield from (why for why in (self.why, *(one.why for one in self.near)) if why)

    def keyed(self, response: TypedWords, why: str) -> dict[str, Any]:
        """The words as typed, and nothing else."""
        return {"accept": (response.text,), "near": (), "why": why}

    def written(self, response: TypedWords) -> str:
        """What was typed."""
        return response.text

    def lineage(self) -> JSON:
        """The accepted answers."""
        return sorted(set(map(spoken, self.accept)))

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example("right", "advertisement", 1.0),
        Example("right", "  AD. ", 1.0),
        Example("right", "Paid-Partnership", 1.0),
        Example("wrong", "review", 0.0),
        Example("wrong", "advertisment", 0.0),
        Example("wrong", "🙂", 0.0),
        Example("blank", None, 0.0),
        Example("blank", "   ", 0.0),
        Example("invalid", 3),
        Example("invalid", ["ad"]),
    )
