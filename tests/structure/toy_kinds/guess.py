"""Choose whether a statement is true.

A toy that no app ships: it is here to show that a kind is one file.

A complete question::

    - id: sea-level
      type: guess
      prompt: The sea is *higher* than the mountain.
      truth: "no"
      why: A mountain stands above the sea.
      explain:
        principle: What stands on the shore stands above the water.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import ClassVar, Literal

from wtforms import Form

from quizapp.items import controls
from quizapp.items.base import (
    JSON,
    Example,
    Feedback,
    Item,
    Markdown,
    Response,
    ResponseError,
    Row,
    RowState,
    Shown,
    Text,
)

WORDS = ("yes", "no")


class Guessed(Response):
    """One of the two words."""

    word: Literal["yes", "no"]


class Guess(Item[Guessed]):
    """True or not."""

    kind: ClassVar[str] = "guess"
    response_type: ClassVar[type[Response]] = Guessed
    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example("right", "no", 1.0),
        Example("wrong", "yes", 0.0),
        Example("blank", None, 0.0),
        Example("invalid", "perhaps"),
    )

    truth: Literal["yes", "no"]
    why: Text | None = None

    def shuffle(self, rng: Random) -> Shown:
        return {"words": rng.sample(WORDS, len(WORDS))}

    def controls(self, shown: Shown) -> controls.Controls:
        return {"answer": controls.PickOne(self.prompt, labels=shown["words"])}

    def filled(self, response: Guessed, shown: Shown) -> Mapping[str, object]:
        return {"answer": str(shown["words"].index(response.word))}

    def read(self, form: Form, shown: Shown) -> Guessed | None:
        place = form["answer"].data
        return None if place is None else Guessed(word=shown["words"][int(place)])

    def from_words(self, words: JSON) -> Guessed | None:
        if words is None:
            return None
        if words not in WORDS:
            raise ResponseError("Answer “yes” or “no”.")
        return Guessed(word=words)

    def to_words(self, response: Guessed) -> JSON:
        return response.word

    def key(self) -> JSON:
        return self.truth

    def mark(self, response: Guessed) -> Fraction:
        return Fraction(response.word == self.truth)

    def explain(self, response: Guessed | None, shown: Shown | None = None) -> Feedback:
        rows = []
        for word in shown["words"] if shown else WORDS:
            chosen = response is not None and response.word == word
            state: RowState = "wrong" if chosen else "plain"
            if word == self.truth:
                state = "right" if chosen else "missed"
            rows.append(Row(text=word, state=state, why=self.why if word == self.truth else None))
        reasons = (self.why,) if response is not None and self.why else ()
        return Feedback(verdict=self.outcome(response), reasons=reasons, rows=tuple(rows))

    def chance(self) -> float:
        return 0.5

    def summary(self, response: Guessed | None) -> str:
        return "" if response is None else response.word

    def answer_texts(self) -> Iterator[Markdown]:
        yield from (Markdown(text, block=False) for text in (*WORDS, self.why) if text)

    def whys(self) -> Iterator[str]:
        if self.why:
            yield self.why

    def lineage(self) -> JSON:
        return {"truth": self.truth}
