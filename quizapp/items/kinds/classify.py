"""Sort statements into heaps.

For telling kinds of things apart: fact, opinion and guess; a named voice and an unnamed one.
Two to six heaps. Every statement gets one; a heap may stay empty. The mark is the share of
statements in their own heap. With two or three heaps, guessing earns much of that:
`correct_guessing: true` takes off what guessing would earn.

A complete question::

    - id: fact-or-taste
      type: classify
      skill: facts
      prompt: Three lines from one review of a film. What kind of statement is each?
      heaps:
        - It can be checked
        - It says what the writer likes
      statements:
        - text: The film runs for 148 minutes.
          heap: It can be checked
          why: A clock settles it.
        - text: The second hour drags.
          heap: It says what the writer likes
          why: Two viewers can differ and both be honest.
        - text: It cost more than the studio's last five films together.
          heap: It can be checked
          why: The budgets were published or they were not. It can be looked up.
      explain:
        principle: A statement can be checked when somebody could show that it is wrong.
        transfer: Ask how you would find out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
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
    Row,
    RowState,
    Shown,
    Text,
    find_text,
    fold,
    in_order,
    one_each,
    same_texts,
    shorten,
    text_id,
)
from quizapp.items.marking import above_chance, matched, matched_by_chance
from quizapp.text import plain


class Sorted(Response):
    """The heap's id for each sorted statement's id."""

    heaps: dict[str, str]


class Statement(Part):
    """One thing to sort, where it belongs, and why."""

    text: Text
    heap: Text
    why: Text | None = None


class Classify(Item[Sorted]):
    """Statements and the heaps they belong to."""

    kind: ClassVar[str] = "classify"
    response_type: ClassVar[type[Response]] = Sorted

    heaps: Annotated[tuple[Text, ...], Field(min_length=2, max_length=6)]
    statements: Annotated[tuple[Statement, ...], Field(min_length=2, max_length=12)]
    correct_guessing: bool = False

    def faults(self) -> Iterator[Fault]:
        """Texts that are there twice, and heaps that do not exist."""
        yield from same_texts(self.heaps, "heaps", "heaps")
        yield from same_texts([one.text for one in self.statements], "statements", "statements")
        if self.correct_guessing and len(self.heaps) > 3:
            yield Fault(
                "few-heaps-only",
                "With four heaps or more guessing earns little. Take this line out.",
                ("correct_guessing",),
            )
        heaps = {fold(heap) for heap in self.heaps}
        for place, statement in enumerate(self.statements):
            if fold(statement.heap) not in heaps:
                yield Fault(
                    "unknown-heap",
                    f"There is no heap “{shorten(statement.heap, 60)}”. Copy one of the heaps exactly.",
                    ("statements", place, "heap"),
                )

    def shuffle(self, rng: Random) -> Shown:
        """The statements in random order; the heaps keep theirs, which may be a scale."""
        order = [text_id(one.text) for one in self.statements]
        rng.shuffle(order)
        return {"statements": order}

    def controls(self, shown: Shown) -> controls.Controls:
        """A menu of heaps for each statement."""
        texts = {text_id(one.text): one.text for one in self.statements}
        return {f"s{n}": controls.PickMenu(texts[one], labels=self.heaps) for n, one in enumerate(self._order(shown))}

    def filled(self, response: Sorted, shown: Shown) -> Mapping[str, object]:
        """The place of each statement's heap."""
        heaps = [text_id(heap) for heap in self.heaps]
        given = {one: heaps.index(heap) for one, heap in response.heaps.items() if heap in heaps}
        return {f"s{n}": str(given[one]) if one in given else None for n, one in enumerate(self._order(shown))}

    def read(self, form: Form, shown: Shown) -> Sorted | None:
        """The heaps at the posted places."""
        places = {one: form[f"s{n}"].data for n, one in enumerate(self._order(shown))}
        given = {one: text_id(self.heaps[int(place)]) for one, place in places.items() if place is not None}
        return Sorted(heaps=given) if given else None

    def from_words(self, words: JSON) -> Sorted | None:
        """The heap of each statement, as a mapping of their texts."""
        if words is None or words == {}:
            return None
        if not isinstance(words, dict):
            raise ResponseError("Write each statement with its heap, as {statement: heap}.")
        statements = [one.text for one in self.statements]
        found = {
            statements[find_text(said, statements, "statement")]: self.heaps[find_text(heap, self.heaps, "heap")]
            for said, heap in words.items()
        }
        return Sorted(heaps={text_id(statement): text_id(heap) for statement, heap in found.items()})

    def to_words(self, response: Sorted) -> JSON:
        """The heap of each sorted statement."""
        heaps = {text_id(heap): heap for heap in self.heaps}
        sorted_into = ((one.text, response.heaps.get(text_id(one.text))) for one in self.statements)
        return {said: heaps[heap] for said, heap in sorted_into if heap is not None}

    def key(self) -> JSON:
        """Every statement with its own heap."""
        return {one.text: one.heap for one in self.statements}

    def mark(self, response: Sorted) -> Fraction:
        """The share of statements in their own heap."""
        share = matched(response.heaps, self._key())
        return above_chance(share, len(self.heaps)) if self.correct_guessing else share

    def chance(self) -> float:
        """One over the number of heaps, or what the correction leaves; with `scoring: all`, every statement at once."""
        share = 1 / len(self.heaps)
        if self.scoring == "all":
            return share ** len(self.statements)
        return float(matched_by_chance(len(self.statements), len(self.heaps))) if self.correct_guessing else share

    def explain(self, response: Sorted | None, shown: Shown | None = None) -> Feedback:
        """Each statement with the heap it got and the heap it belongs to."""
        given = response.heaps if response is not None else {}
        rows = {text_id(one.text): self._row(one, given.get(text_id(one.text))) for one in self.statements}
        return Feedback(
            verdict=self.outcome(response),
            rows=tuple(rows[one] for one in (self._order(shown) if shown else rows)),
            reasons=tuple(row.why for row in rows.values() if row.state == "wrong" and row.why),
        )

    def summary(self, response: Sorted | None) -> str:
        """Each sorted statement with its heap."""
        if response is None:
            return ""
        heaps = {text_id(heap): plain(heap) for heap in self.heaps}
        given = ((one.text, heaps.get(response.heaps.get(text_id(one.text), ""))) for one in self.statements)
        return shorten("; ".join(f"{plain(text)} → {heap}" for text, heap in given if heap))

    def answer_texts(self) -> Iterator[Markdown]:
        """Heaps, statements and whys, inside a line."""
        yield from (Markdown(heap, block=False) for heap in self.heaps)
        yield from (Markdown(one.heap, block=False) for one in self.statements)
        yield from (Markdown(one.text, block=False) for one in self.statements)
        yield from (Markdown(why, block=False) for why in self.whys())

    def whys(self) -> Iterator[str]:
        """The why of each statement that has one."""
        yield from (one.why for one in self.statements if one.why)

    def keyed(self, response: Sorted, why: str) -> dict[str, Any]:
        """Every statement in the heap it was put in."""
        heaps = {text_id(heap): heap for heap in self.heaps}
        return {
            "statements": tuple(
                self._moved(one, heaps[response.heaps.get(text_id(one.text), text_id(one.heap))], why)
                for one in self.statements
            )
        }

    def choosings(self) -> tuple[Choosing, ...]:
        """A place for each statement, with all heaps."""
        return tuple(
            Choosing(
                tuple(Offer(text_id(heap), heap, text_id(heap) == text_id(one.heap)) for heap in self.heaps), one.text
            )
            for one in self.statements
        )

    def chosen(self, response: Sorted) -> tuple[frozenset[str], ...]:
        """The heap of each statement."""
        return one_each(response.heaps.get(text_id(one.text)) for one in self.statements)

    def lineage(self) -> JSON:
        """The heaps, and each statement's own."""
        return [sorted(map(text_id, self.heaps)), sorted(self._key().items())]

    @staticmethod
    def _moved(statement: Statement, heap: str, why: str) -> Statement:
        return statement if heap == statement.heap else Statement(text=statement.text, heap=heap, why=why)

    def _key(self) -> dict[str, str]:
        return {text_id(one.text): text_id(one.heap) for one in self.statements}

    def _order(self, shown: Shown) -> list[str]:
        return in_order(shown, "statements", (text_id(one.text) for one in self.statements))

    def _row(self, statement: Statement, heap: str | None) -> Row:
        given = next((text for text in self.heaps if text_id(text) == heap), None)
        state: RowState = "missed" if given is None else "right" if heap == text_id(statement.heap) else "wrong"
        return Row(statement.text, state, statement.why, given=given, better=statement.heap)

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example(
            "right",
            {
                "The film runs for 148 minutes.": "It can be checked",
                "The second hour drags.": "It says what the writer likes",
                "It cost more than the studio's last five films together.": "It can be checked",
            },
            1.0,
        ),
        Example(
            "partly",
            {
                "The film runs for 148 minutes.": "It can be checked",
                "The second hour drags.": "It can be checked",
                "It cost more than the studio's last five films together.": "It can be checked",
            },
            2 / 3,
        ),
        Example("partly", {"The second hour drags.": "It says what the writer likes"}, 1 / 3),
        Example("wrong", {"The second hour drags.": "It can be checked"}, 0.0),
        Example("blank", None, 0.0),
        Example("blank", {}, 0.0),
        Example("invalid", {"The second hour drags.": "It is a lie"}),
        Example("invalid", {"No such line": "It can be checked"}),
        Example("invalid", "It can be checked"),
    )
