"""Fill the gaps in a text.

For rewriting: put back the doer, the number, the source that a sentence leaves out. `[[1]]`
in the text is a gap; each gap has either `options` to choose from, one of them right, or
`accept`, the words that count when students type. The mark is the share of gaps filled
rightly.

A complete question::

    - id: who-spilled-it
      type: gaps
      skill: agency
      prompt: The log says that a driver spilled 40 litres of milk at 6 a.m. Complete the sentence.
      text: At 6 a.m. [[1]], and [[2]] litres of milk ran into the street.
      gaps:
        1:
          options:
            - right: a driver opened the tap
            - wrong: the tap was opened
              why: By whom? The log says.
            - wrong: the dairy opened the tap
              why: The log names one person's job, not the dairy.
        2:
          accept: ["40", forty]
      explain:
        principle: A passive can hide who acted.
        transfer: Turn *was done* into *somebody did*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from wtforms import Form

from quizapp.items import controls
from quizapp.items.base import (
    JSON,
    Alternative,
    Choosing,
    Example,
    Fault,
    Feedback,
    Item,
    Markdown,
    Option,
    Part,
    Pick,
    Response,
    ResponseError,
    Row,
    RowState,
    Shown,
    Text,
    alternative,
    find_option,
    in_order,
    offers,
    option_faults,
    picked,
    shorten,
    shuffled,
)
from quizapp.items.marking import says, spoken
from quizapp.text import plain

_GAP = re.compile(r"\[\[\s*([\w-]+)\s*\]\]")


class Filled(Response):
    """For each filled gap the id of the chosen option, or what was typed."""

    gaps: dict[str, str]


class Gap(Part):
    """One gap: options to choose from, or the words that count."""

    options: Annotated[tuple[Option, ...], Field(max_length=8)] = ()
    accept: tuple[Text, ...] = ()

    @property
    def best(self) -> str:
        """The answer to name in feedback."""
        return self.accept[0] if self.accept else next(one.text for one in self.options if one.is_right)

    def option(self, given: str | None) -> Option | None:
        """The option with this id."""
        return next((one for one in self.options if one.key == given), None)

    def filled_with(self, given: str, why: str) -> Gap:
        """This gap with another key: the chosen option, or the typed words."""
        if self.options:
            return Gap(options=tuple(one.turned(right=one.key == given, why=why) for one in self.options))
        return Gap(accept=(given,))

    def takes(self, given: str) -> bool:
        """Whether this fills the gap rightly."""
        chosen = self.option(given)
        return chosen.is_right if chosen is not None else says(given, self.accept)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.options) == bool(self.accept):
            raise PydanticCustomError("gap", "Give a gap either “options:” or “accept:”.")
        if self.options and sum(one.is_right for one in self.options) != 1:
            raise PydanticCustomError("no-key", "A gap needs exactly one option with “right:”.")
        if self.options and len(self.options) < 2:
            raise PydanticCustomError("too-few", "A gap needs at least two options.")
        return self


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text (Markdown), or a gap: its name, and its number from 1."""

    text: str
    gap: str | None = None
    number: int = 0


class Gaps(Item[Filled]):
    """A text with gaps."""

    kind: ClassVar[str] = "gaps"
    response_type: ClassVar[type[Response]] = Filled

    text: Text
    gaps: Annotated[dict[str, Gap], Field(min_length=1, max_length=12)]

    def faults(self) -> Iterator[Fault]:
        """Gaps of the text without an entry, entries without a gap, and options alike."""
        names = _GAP.findall(self.text)
        for name in dict.fromkeys(names):
            if name not in self.gaps:
                yield Fault("no-gap", f"The text has the gap [[{name}]], but “gaps:” has no “{name}:”.", ("text",))
            if names.count(name) > 1:
                yield Fault("same-gap", f"The gap [[{name}]] is in the text twice. Number each gap.", ("text",))
        for name, gap in self.gaps.items():
            if name not in names:
                yield Fault("no-gap", f"There is no [[{name}]] in the text.", ("gaps", name))
            yield from option_faults(gap.options, "gaps", name, "options")
            if any(not spoken(one) for one in gap.accept):
                yield Fault("empty-text", "An accepted answer needs a letter or a digit.", ("gaps", name, "accept"))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The text and its gaps, in order."""
        parts = _GAP.split(self.text)
        return tuple(
            Piece("", name, place // 2 + 1) if place % 2 else Piece(name) for place, name in enumerate(parts) if name
        )

    def shuffle(self, rng: Random) -> Shown:
        """The options of each gap in random order, by the gap's place in the text."""
        return {f"g{n}": shuffled(gap.options, rng) for n, (_, gap) in enumerate(self._in_text(), 1) if gap.options}

    def controls(self, shown: Shown) -> controls.Controls:
        """A menu or a line for each gap."""
        fields: dict[str, controls.PickMenu | controls.Line] = {}
        for n, (_, gap) in enumerate(self._in_text(), 1):
            texts = {one.key: one.text for one in gap.options}
            order = self._order(shown, n, gap)
            fields[f"g{n}"] = (
                controls.PickMenu(labels=[texts[one] for one in order]) if gap.options else controls.Line()
            )
        return fields

    def filled(self, response: Filled, shown: Shown) -> Mapping[str, object]:
        """The place of each chosen option, or what was typed."""
        data: dict[str, object] = {}
        for n, (name, gap) in enumerate(self._in_text(), 1):
            given = response.gaps.get(name)
            order = self._order(shown, n, gap)
            data[f"g{n}"] = given if not gap.options else str(order.index(given)) if given in order else None
        return data

    def read(self, form: Form, shown: Shown) -> Filled | None:
        """The options at the posted places, and what was typed."""
        given: dict[str, str] = {}
        for n, (name, gap) in enumerate(self._in_text(), 1):
            data = form[f"g{n}"].data
            if data is not None and data != "":
                given[name] = self._order(shown, n, gap)[int(data)] if gap.options else data
        return Filled(gaps=given) if given else None

    def from_words(self, words: JSON) -> Filled | None:
        """What fills each gap, by the gap's name."""
        if words is None or words == {}:
            return None
        if not isinstance(words, dict) or not all(isinstance(said, str) for said in words.values()):
            raise ResponseError("Write each gap with what fills it, as {“1”: “text”}.")
        given: dict[str, str] = {}
        for name, said in words.items():
            if name not in self.gaps:
                raise ResponseError(f"There is no gap “{shorten(str(name), 60)}” in this text.")
            gap = self.gaps[name]
            given[name] = find_option(said, gap.options).key if gap.options else controls.Line.tidy(said)
        return Filled(gaps={name: said for name, said in given.items() if said}) if any(given.values()) else None

    def to_words(self, response: Filled) -> JSON:
        """What fills each filled gap."""
        chosen = {name: self.gaps[name].option(said) for name, said in response.gaps.items()}
        return {name: option.text if (option := chosen[name]) else said for name, said in response.gaps.items()}

    def key(self) -> JSON:
        """What fills each gap rightly."""
        return {name: gap.best for name, gap in self.gaps.items()}

    def mark(self, response: Filled) -> Fraction:
        """The share of gaps filled rightly."""
        hits = sum(gap.takes(response.gaps[name]) for name, gap in self.gaps.items() if name in response.gaps)
        return Fraction(hits, len(self.gaps))

    def chance(self) -> float:
        """The mean over gaps of one over the number of options; nothing for typed gaps."""
        shares = [1 / len(gap.options) if gap.options else 0.0 for gap in self.gaps.values()]
        if self.scoring == "all":
            total = 1.0
            for share in shares:
                total *= share
            return total
        return sum(shares) / len(shares)

    def explain(self, response: Filled | None, shown: Shown | None = None) -> Feedback:
        """Each gap with what was put there and what belongs there."""
        given = response.gaps if response is not None else {}
        rows = tuple(self._row(gap, given.get(name)) for name, gap in self._in_text())
        return Feedback(
            verdict=self.outcome(response),
            rows=rows,
            reasons=tuple(row.why for row in rows if row.state in {"right", "wrong"} and row.why),
        )

    def summary(self, response: Filled | None) -> str:
        """What fills each gap, in the order of the text."""
        if response is None:
            return ""
        said = []
        for name, gap in self._in_text():
            given = response.gaps.get(name)
            chosen = gap.option(given)
            said.append(plain(chosen.text) if chosen is not None else given or "…")
        return shorten("; ".join(said))

    def answer_texts(self) -> Iterator[Markdown]:
        """Stretches of text, options, accepted answers and whys, inside a line."""
        yield from (Markdown(piece.text.strip(), block=False) for piece in self.pieces if piece.text.strip())
        for gap in self.gaps.values():
            yield from (Markdown(one.text, block=False) for one in gap.options)
            yield Markdown(gap.best, block=False)
        yield from (Markdown(why, block=False) for why in self.whys())

    def whys(self) -> Iterator[str]:
        """The why of each option that has one."""
        yield from (one.why for gap in self.gaps.values() for one in gap.options if one.why)

    def alternatives(self) -> tuple[tuple[Alternative, ...], ...]:
        """The options of each gap that has some."""
        return tuple(
            tuple(alternative(one, {name: one.text}, "gaps", name, "options", n) for n, one in enumerate(gap.options))
            for name, gap in self._in_text()
            if gap.options
        )

    def picks(self, response: Filled) -> tuple[Pick, ...]:
        """The option chosen in each gap that has some."""
        chosen = ((name, gap.option(response.gaps.get(name))) for name, gap in self._in_text())
        return tuple(picked(option, name) for name, option in chosen if option is not None)

    def reading(self) -> str:
        """The text, its gaps numbered."""
        return "".join(f"({piece.number}) …" if piece.gap else piece.text for piece in self.pieces)

    def keyed(self, response: Filled, why: str) -> dict[str, Any]:
        """What was put into each gap."""
        given = response.gaps
        return {
            "gaps": {
                name: gap.filled_with(given[name], why) if name in given else gap for name, gap in self.gaps.items()
            }
        }

    def choosings(self) -> tuple[Choosing, ...]:
        """A place for each gap that has options."""
        return tuple(
            Choosing(offers(gap.options), place=name, gap=n)
            for n, (name, gap) in enumerate(self._in_text(), 1)
            if gap.options
        )

    def lineage(self) -> JSON:
        """Each gap's options and accepted answers."""
        return sorted(
            [name, sorted([one.key, one.is_right] for one in gap.options), sorted(map(spoken, gap.accept))]
            for name, gap in self.gaps.items()
        )

    def _in_text(self) -> list[tuple[str, Gap]]:
        return [(name, self.gaps[name]) for name in _GAP.findall(self.text)]

    @staticmethod
    def _order(shown: Shown, number: int, gap: Gap) -> list[str]:
        return in_order(shown, f"g{number}", (one.key for one in gap.options)) if gap.options else []

    @staticmethod
    def _row(gap: Gap, given: str | None) -> Row:
        chosen = gap.option(given)
        state: RowState = "missed" if given is None else "right" if gap.takes(given) else "wrong"
        return Row(
            "",
            state,
            chosen.why if chosen is not None else None,
            given=chosen.text if chosen is not None else None,
            better=gap.best,
            typed=given if chosen is None else None,
        )

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example("right", {"1": "a driver opened the tap", "2": "40"}, 1.0),
        Example("right", {"1": "a driver opened the tap", "2": " Forty. "}, 1.0),
        Example("partly", {"1": "the tap was opened", "2": "40"}, 0.5),
        Example("partly", {"1": "a driver opened the tap"}, 0.5),
        Example("wrong", {"1": "the dairy opened the tap", "2": "400"}, 0.0),
        Example("blank", None, 0.0),
        Example("blank", {"2": "  "}, 0.0),
        Example("invalid", {"1": "nobody"}),
        Example("invalid", {"3": "40"}),
        Example("invalid", ["40"]),
    )
