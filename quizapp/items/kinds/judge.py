"""Judge a passage on one named point: sound, or a problem.

For telling good reporting from bad, in both directions: half of a set should be sound, so
that doubting everything earns no more than trusting everything. The prompt names the one
thing to check; a passage is sound for that check only. These answers feed discernment.

Beside the verdict students may mark the words that decide it. `where` gives the author's
choice of them, shown after the verdict. Neither is scored.

A complete question::

    - id: pool-closing
      type: judge
      skill: sourcing
      control: true
      passage: >-
        The pool will stay closed until 3 May, a notice on its door says. The head of the
        pool, R. Adeyemi, says a pump broke. (Made up for this quiz)
      prompt: Check one thing. Does this text state something as fact without showing where it comes from?
      verdict: sound
      where: a notice on its door says
      why: The date comes from the notice, and the reason has a name beside it.
      explain:
        principle: Sound reporting shows where it comes from.
        transfer: Before you flag a text, name one thing it does well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, ClassVar, Literal

from wtforms import Form

from quizapp.items import controls
from quizapp.items.base import (
    JSON,
    Choosing,
    Example,
    Fault,
    Feedback,
    Flags,
    Item,
    Markable,
    Markdown,
    Offer,
    Pick,
    Response,
    ResponseError,
    Shown,
    Text,
    fold,
)
from quizapp.items.marking import EVERYTHING, NOTHING
from quizapp.text import plain

Finding = Literal["sound", "problem"]
#: The places of the two verdicts; the same for everybody, so they tell nothing.
FINDINGS: tuple[Finding, Finding] = ("sound", "problem")
_WORDS: dict[Finding, str] = {"sound": "Sound", "problem": "A problem"}


def _bare(words: list[str]) -> list[str]:
    """Words without case and the punctuation round them."""
    return [fold(word).strip(".,;:!?()[]“”‘’\"'") for word in words]


class Judged(Response):
    """The verdict given, and the numbers of the words marked for it, from 1; they earn nothing."""

    beside: ClassVar[frozenset[str]] = frozenset({"words"})

    verdict: Finding
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeFeedback(Feedback):
    """Feedback with both verdicts, the reason, and the words that decide it."""

    chosen: Finding | None
    keyed: Finding
    why: str | None
    where: str | None
    #: The words the student marked, plain text, runs apart; "" for none.
    marked: str


class Judge(Item[Judged]):
    """A passage that is sound, or has a problem, on the point the prompt names."""

    kind: ClassVar[str] = "judge"
    response_type: ClassVar[type[Response]] = Judged

    passage: Text
    verdict: Finding
    why: Text | None = None
    where: Text | None = None

    def faults(self) -> Iterator[Fault]:
        """Words to point at that the passage does not have."""
        if self.where is not None and fold(plain(self.where)) not in fold(plain(self.passage)):
            yield Fault("unknown-words", "These words are not in the passage. Copy them exactly.", ("where",))

    def shuffle(self, rng: Random) -> Shown:
        """Nothing to shuffle."""
        return {}

    def controls(self, shown: Shown) -> controls.Controls:
        """Two radio buttons, for which the template has the words; and every word of the passage.

        The words are asked for whatever the verdict should be, so asking gives nothing away.
        """
        return {"answer": controls.PickOne(labels=FINDINGS), "where": controls.PickWords(labels=self.pieces())}

    def filled(self, response: Judged, shown: Shown) -> Mapping[str, object]:
        """The place of the verdict, and those of the words."""
        return {
            "answer": str(FINDINGS.index(response.verdict)),
            "where": [str(number - 1) for number in response.words],
        }

    def read(self, form: Form, shown: Shown) -> Judged | None:
        """The verdict at the posted place, with the words marked; words without a verdict are no answer."""
        place = form["answer"].data
        if place is None:
            return None
        return Judged(verdict=FINDINGS[int(place)], words=tuple(int(word) + 1 for word in form["where"].data))

    def from_words(self, words: JSON) -> Judged | None:
        """The verdict, "sound" or "problem"."""
        if words is None:
            return None
        for finding in FINDINGS:
            if words == finding:
                return Judged(verdict=finding)
        raise ResponseError("Answer “sound” or “problem”.")

    def to_words(self, response: Judged) -> JSON:
        """The verdict."""
        return response.verdict

    def key(self) -> JSON:
        """The right verdict."""
        return self.verdict

    def mark(self, response: Judged) -> Fraction:
        """All or nothing."""
        return EVERYTHING if response.verdict == self.verdict else NOTHING

    def chance(self) -> float:
        """One half."""
        return 0.5

    def explain(self, response: Judged | None, shown: Shown | None = None) -> JudgeFeedback:
        """The right verdict, why, and where in the passage to look."""
        return JudgeFeedback(
            verdict=self.outcome(response),
            reasons=(self.why,) if self.why and response is not None else (),
            chosen=response.verdict if response is not None else None,
            keyed=self.verdict,
            why=self.why,
            where=self.where,
            marked="" if response is None else self._runs(response.words),
        )

    def pieces(self) -> list[str]:
        """The words of the passage, plain."""
        return plain(self.passage).split()

    def _runs(self, words: tuple[int, ...]) -> str:
        pieces = self.pieces()
        text, before = "", 0
        for number in sorted(words):
            if 1 <= number <= len(pieces):
                text += ("" if not text else " " if number == before + 1 else " … ") + pieces[number - 1]
                before = number
        return text

    def summary(self, response: Judged | None) -> str:
        """The verdict in a word."""
        return "" if response is None else _WORDS[response.verdict]

    def answer_texts(self) -> Iterator[Markdown]:
        """The passage as a block; why and where inside a line."""
        yield Markdown(self.passage, block=True)
        yield from (Markdown(text, block=False) for text in (self.why, self.where) if text)

    def whys(self) -> Iterator[str]:
        """The one reason, if there is one."""
        yield from (why for why in (self.why,) if why)

    def picks(self, response: Judged) -> tuple[Pick, ...]:
        """The verdict, with what it should have been."""
        return (Pick(response.verdict, response.verdict == self.verdict, sound=self.verdict == "sound"),)

    def reading(self) -> str:
        """The passage."""
        return self.passage

    def flags(self) -> Flags:
        """One passage, sound or not."""
        return Flags(1, 0) if self.verdict == "sound" else Flags(0, 1)

    def fixed_place(self) -> tuple[int, int]:
        """The verdict's place; both always stand in the same order."""
        return FINDINGS.index(self.verdict), len(FINDINGS)

    def keyed(self, response: Judged, why: str) -> dict[str, Any]:
        """The verdict, with nothing to point at."""
        return {"verdict": response.verdict, "why": why, "where": None}

    def choosings(self) -> tuple[Choosing, ...]:
        """One place with the two verdicts."""
        return (Choosing(tuple(Offer(one, _WORDS[one], one == self.verdict) for one in FINDINGS)),)

    def passage_words(self) -> tuple[Markable, ...]:
        """The words of the passage; those the author points at are looked for."""
        pieces = self.pieces()
        wanted, said = _bare(plain(self.where or "").split()), _bare(pieces)
        starts = (n for n in range(len(said)) if wanted and said[n : n + len(wanted)] == wanted)
        start = next(starts, len(pieces))
        return tuple(Markable(text, " ", start <= n < start + len(wanted)) for n, text in enumerate(pieces))

    def marked(self, response: Judged) -> tuple[int, ...]:
        """The words marked beside the verdict."""
        return response.words

    def lineage(self) -> JSON:
        """The right verdict."""
        return self.verdict

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example("right", "sound", 1.0),
        Example("wrong", "problem", 0.0),
        Example("blank", None, 0.0),
        Example("invalid", "true"),
        Example("invalid", ["sound"]),
    )
