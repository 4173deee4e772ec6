"""Match each thing with its partner.

For things that belong together one by one: a claim and the source that would settle it, a
word and what it adds. `extra` adds partners that fit nothing, so the last pair is not a
gift. Two things may have the same partner. The mark is the share of right pairs.

A complete question::

    - id: who-would-know
      type: match
      skill: sourcing
      prompt: Who could confirm each statement at first hand? One is left over.
      pairs:
        - left: The bridge carries 9,000 cars a day.
          right: The office that counts traffic
          why: It keeps the counts.
        - left: The bridge shook during the storm.
          right: Somebody who stood on it
          why: A witness felt it or did not.
        - left: The bridge was built in 1931.
          right: The town archive
          why: Building papers are kept there.
      extra:
        - The maker of the cars
      explain:
        principle: The best source is the one that was in a place to know.
        transfer: Ask of each statement who could have seen or counted it.
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
from quizapp.items.marking import matched
from quizapp.text import plain


class Matched(Response):
    """The right side's id for each matched left side's id."""

    pairs: dict[str, str]


class Pair(Part):
    """Two things that belong together, and why."""

    left: Text
    right: Text
    why: Text | None = None


class Match(Item[Matched]):
    """Pairs to be found, with partners left over."""

    kind: ClassVar[str] = "match"
    response_type: ClassVar[type[Response]] = Matched

    pairs: Annotated[tuple[Pair, ...], Field(min_length=2, max_length=10)]
    extra: Annotated[tuple[Text, ...], Field(max_length=6)] = ()

    def faults(self) -> Iterator[Fault]:
        """Texts that are there twice, and an extra partner that is none."""
        yield from same_texts([pair.left for pair in self.pairs], "left sides", "pairs")
        yield from same_texts(self.extra, "extra partners", "extra")
        rights = {fold(pair.right) for pair in self.pairs}
        for place, text in enumerate(self.extra):
            if fold(text) in rights:
                yield Fault(
                    "extra-fits", f"“{shorten(text, 60)}” is a right partner, so it is not extra.", ("extra", place)
                )
        if len(rights) + len(self.extra) < 2:
            yield Fault("one-partner", "All pairs have the same partner. Add another with “extra:”.", ("pairs",))

    def shuffle(self, rng: Random) -> Shown:
        """Both sides in random order."""
        left, right = [text_id(pair.left) for pair in self.pairs], list(self._rights())
        rng.shuffle(left)
        rng.shuffle(right)
        return {"left": left, "right": right}

    def controls(self, shown: Shown) -> controls.Controls:
        """A menu of partners for each left side."""
        lefts = {text_id(pair.left): pair.left for pair in self.pairs}
        rights = self._rights()
        labels = [rights[one] for one in self._right_order(shown)]
        return {f"m{n}": controls.PickMenu(lefts[one], labels=labels) for n, one in enumerate(self._left_order(shown))}

    def filled(self, response: Matched, shown: Shown) -> Mapping[str, object]:
        """The place of each chosen partner."""
        rights = self._right_order(shown)
        given = {left: rights.index(right) for left, right in response.pairs.items() if right in rights}
        return {f"m{n}": str(given[one]) if one in given else None for n, one in enumerate(self._left_order(shown))}

    def read(self, form: Form, shown: Shown) -> Matched | None:
        """The partners at the posted places."""
        rights = self._right_order(shown)
        places = {one: form[f"m{n}"].data for n, one in enumerate(self._left_order(shown))}
        given = {one: rights[int(place)] for one, place in places.items() if place is not None}
        return Matched(pairs=given) if given else None

    def from_words(self, words: JSON) -> Matched | None:
        """The partner of each left side, as a mapping of their texts."""
        if words is None or words == {}:
            return None
        if not isinstance(words, dict):
            raise ResponseError("Write each left side with its partner, as {left: right}.")
        lefts = [pair.left for pair in self.pairs]
        rights = list(self._rights().values())
        return Matched(
            pairs={
                text_id(lefts[find_text(left, lefts, "left side")]): text_id(
                    rights[find_text(right, rights, "partner")]
                )
                for left, right in words.items()
            }
        )

    def to_words(self, response: Matched) -> JSON:
        """The partner of each matched left side."""
        partners = ((pair.left, response.pairs.get(text_id(pair.left))) for pair in self.pairs)
        return {left: self._rights()[right] for left, right in partners if right is not None}

    def key(self) -> JSON:
        """Every left side with its own partner."""
        return {pair.left: pair.right for pair in self.pairs}

    def mark(self, response: Matched) -> Fraction:
        """The share of right pairs."""
        return matched(response.pairs, self._key())

    def chance(self) -> float:
        """One over the number of partners; with `scoring: all`, for every pair at once."""
        share = 1 / len(self._rights())
        return share ** len(self.pairs) if self.scoring == "all" else share

    def explain(self, response: Matched | None, shown: Shown | None = None) -> Feedback:
        """Each left side with the partner it got and the partner it has."""
        given = response.pairs if response is not None else {}
        rows = {text_id(pair.left): self._row(pair, given.get(text_id(pair.left))) for pair in self.pairs}
        return Feedback(
            verdict=self.outcome(response),
            rows=tuple(rows[one] for one in (self._left_order(shown) if shown else rows)),
            reasons=tuple(row.why for row in rows.values() if row.state == "wrong" and row.why),
        )

    def summary(self, response: Matched | None) -> str:
        """Each matched left side with its partner."""
        if response is None:
            return ""
        rights = self._rights()
        given = ((pair.left, rights.get(response.pairs.get(text_id(pair.left), ""))) for pair in self.pairs)
        return shorten("; ".join(f"{plain(left)} → {plain(right)}" for left, right in given if right))

    def answer_texts(self) -> Iterator[Markdown]:
        """Both sides and whys, inside a line."""
        yield from (Markdown(pair.left, block=False) for pair in self.pairs)
        yield from (Markdown(pair.right, block=False) for pair in self.pairs)
        yield from (Markdown(text, block=False) for text in self.extra)
        yield from (Markdown(why, block=False) for why in self.whys())

    def whys(self) -> Iterator[str]:
        """The why of each pair that has one."""
        yield from (pair.why for pair in self.pairs if pair.why)

    def keyed(self, response: Matched, why: str) -> dict[str, Any]:
        """The pairs as they were made; partners that are not needed any more are extra."""
        rights = self._rights()
        made = [rights[response.pairs.get(text_id(pair.left), text_id(pair.right))] for pair in self.pairs]
        pairs = tuple(
            pair if right == pair.right else Pair(left=pair.left, right=right, why=why)
            for pair, right in zip(self.pairs, made, strict=True)
        )
        return {"pairs": pairs, "extra": tuple(text for text in rights.values() if text not in made)}

    def choosings(self) -> tuple[Choosing, ...]:
        """A place for each left side, with all partners."""
        rights = self._rights()
        return tuple(
            Choosing(tuple(Offer(key, text, key == text_id(pair.right)) for key, text in rights.items()), pair.left)
            for pair in self.pairs
        )

    def chosen(self, response: Matched) -> tuple[frozenset[str], ...]:
        """The partner of each left side."""
        return one_each(response.pairs.get(text_id(pair.left)) for pair in self.pairs)

    def lineage(self) -> JSON:
        """The pairs and what is left over."""
        return [sorted(self._key().items()), sorted(map(text_id, self.extra))]

    def _key(self) -> dict[str, str]:
        return {text_id(pair.left): text_id(pair.right) for pair in self.pairs}

    def _rights(self) -> dict[str, str]:
        return {text_id(text): text for text in (*(pair.right for pair in self.pairs), *self.extra)}

    def _left_order(self, shown: Shown) -> list[str]:
        return in_order(shown, "left", (text_id(pair.left) for pair in self.pairs))

    def _right_order(self, shown: Shown) -> list[str]:
        return in_order(shown, "right", self._rights())

    def _row(self, pair: Pair, right: str | None) -> Row:
        given = self._rights().get(right) if right is not None else None
        state: RowState = "missed" if given is None else "right" if right == text_id(pair.right) else "wrong"
        return Row(pair.left, state, pair.why, given=given, better=pair.right)

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example(
            "right",
            {
                "The bridge carries 9,000 cars a day.": "The office that counts traffic",
                "The bridge shook during the storm.": "Somebody who stood on it",
                "The bridge was built in 1931.": "The town archive",
            },
            1.0,
        ),
        Example(
            "partly",
            {
                "The bridge carries 9,000 cars a day.": "The maker of the cars",
                "The bridge shook during the storm.": "Somebody who stood on it",
                "The bridge was built in 1931.": "The town archive",
            },
            2 / 3,
        ),
        Example("wrong", {"The bridge was built in 1931.": "Somebody who stood on it"}, 0.0),
        Example("blank", None, 0.0),
        Example("invalid", {"The bridge was built in 1931.": "My uncle"}),
        Example("invalid", ["The town archive"]),
    )
