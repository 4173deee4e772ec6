"""Write an answer that a teacher marks.

For headlines, explanations, a fair summary. The rubric says what each number of points looks
like, from 0 up; students see it only once their answer is marked. `words` is the length
asked for: a guide, never a limit.

A complete question::

    - id: fair-headline
      type: open
      skill: framing
      prompt: Write a headline about the council's vote of 7 to 4 to close a street to cars on Sundays.
      words: 12
      rubric:
        0: Blank, or not about the vote
        1: Takes a side
        2: Plain, but leaves out what was decided
        3: Says plainly who decided what
      explain:
        principle: A headline frames a story by what it puts first.
        transfer: Read a headline and ask what it leaves for later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Annotated, ClassVar

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
    Response,
    ResponseError,
    Shown,
    Text,
    Whole,
    shorten,
)


class Written(Response):
    """What was written."""

    text: str


class Open(Item[Written]):
    """An answer for a teacher to mark."""

    kind: ClassVar[str] = "open"
    response_type: ClassVar[type[Response]] = Written

    rubric: Annotated[dict[Annotated[Whole, Field(ge=0, le=20)], Text], Field(min_length=2)]
    words: Annotated[Whole, Field(ge=1, le=500)] | None = None

    def faults(self) -> Iterator[Fault]:
        """A rubric that does not begin at 0."""
        if 0 not in self.rubric:
            yield Fault("no-zero", "Begin the rubric with 0: say what earns nothing.", ("rubric",))

    @property
    def most(self) -> int:
        """The largest number of points."""
        return max(self.rubric)

    def shuffle(self, rng: Random) -> Shown:
        """Nothing to shuffle."""
        return {}

    def controls(self, shown: Shown) -> controls.Controls:
        """Several lines."""
        return {"answer": controls.LongText(words=self.words)}

    def filled(self, response: Written, shown: Shown) -> Mapping[str, object]:
        """What was written."""
        return {"answer": response.text}

    def read(self, form: Form, shown: Shown) -> Written | None:
        """What was written."""
        text = form["answer"].data
        return Written(text=text) if text else None

    def from_words(self, words: JSON) -> Written | None:
        """What somebody would write."""
        if words is None:
            return None
        if not isinstance(words, str):
            raise ResponseError("Write the answer in quotes.")
        text = controls.LongText.tidy(words)
        return Written(text=text) if text else None

    def to_words(self, response: Written) -> JSON:
        """What was written."""
        return response.text

    def key(self) -> JSON:
        """None: many answers are good."""
        return

    def mark(self, response: Written) -> None:
        """None: it waits for a teacher."""
        return

    def chance(self) -> None:
        """None: there is no guessing at random."""
        return

    def explain(self, response: Written | None, shown: Shown | None = None) -> Feedback:
        """What was written; the rubric belongs to the page that shows a teacher's mark."""
        return Feedback(verdict=self.outcome(response), given=response.text if response is not None else None)

    def summary(self, response: Written | None) -> str:
        """The beginning of what was written."""
        return shorten(response.text) if response is not None else ""

    def answer_texts(self) -> Iterator[Markdown]:
        """The rubric, inside a line."""
        yield from (Markdown(text, block=False) for text in self.rubric.values())

    def whys(self) -> Iterator[str]:
        """The rubric is the reason for any mark."""
        yield from self.rubric.values()

    def rubric_points(self) -> Mapping[int, str]:
        """The rubric."""
        return self.rubric

    def written(self, response: Written) -> str:
        """The whole answer."""
        return response.text

    def lineage(self) -> JSON:
        """The rubric."""
        return sorted(self.rubric.items())

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example("waiting", "Council votes 7 to 4 to close street to cars on Sundays"),
        Example("waiting", "Two lines:\nthe second one"),
        Example("blank", None, 0.0),
        Example("blank", " \n ", 0.0),
        Example("invalid", 3),
    )
