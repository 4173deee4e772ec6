"""The answers that a question offers to choose from, and what tables say of who chose which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, NamedTuple, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from quizapp.items.parts import JSON, Fault, Part, Slug, Text, find_text, fold, shorten, text_id
from quizapp.text import plain


class Option(Part):
    """One answer to choose, written as `right:` or `wrong:`."""

    right: Text | None = None
    wrong: Text | None = None
    why: Text | None = None
    misconception: Slug | None = None
    lure: Literal["credulous", "cynical", "overreach", "misread"] | None = None
    id: Slug | None = None
    pin: Literal["last"] | None = None

    @property
    def text(self) -> str:
        """What the option says, Markdown."""
        return self.right or self.wrong or ""

    @property
    def is_right(self) -> bool:
        """Whether this option is (part of) the key."""
        return self.right is not None

    @property
    def key(self) -> str:
        """The id that responses hold: the author's, else one made from the text."""
        return self.id or text_id(self.text)

    def turned(self, *, right: bool, why: str) -> Option:
        """This option as part of the key, or not; with `why` as its reason if that is a change."""
        if right == self.is_right:
            return self
        text = self.text
        return Option(right=text if right else None, wrong=None if right else text, why=why, id=self.id, pin=self.pin)

    @model_validator(mode="after")
    def _right_or_wrong(self) -> Self:
        if (self.right is None) == (self.wrong is None):
            raise PydanticCustomError("option", "Write either “right:” or “wrong:” for an option, not both or neither.")
        return self


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of the answers offered at one place of a question, as rules about wording need it.

    `text` and `why` are Markdown. `words` is the response, in the author's words, of
    somebody who chooses this and nothing else. `at` is where it stands in the item. `key` is the id
    that responses hold.
    """

    key: str
    text: str
    right: bool
    why: str | None
    lure: str | None
    misconception: str | None
    pinned: bool
    words: JSON
    at: tuple[str | int, ...]


def alternative(option: Option, words: JSON, *at: str | int) -> Alternative:
    """An option as an alternative; `at` is where it stands, `words` the response that chooses only it."""
    return Alternative(
        key=option.key,
        text=option.text,
        right=option.is_right,
        why=option.why,
        lure=option.lure,
        misconception=option.misconception,
        pinned=option.pin is not None,
        words=words,
        at=(*at, "right" if option.is_right else "wrong"),
    )


class Pick(NamedTuple):
    """One answer that a student chose at one place of a question, as tables over many students need it.

    `place` names the place where a question has several; "" otherwise. `sound` is None unless the
    choice is a verdict: then it says whether what was judged is sound.
    """

    option: str
    right: bool
    lure: str | None = None
    misconception: str | None = None
    sound: bool | None = None
    place: str = ""


def picked(option: Option, place: str = "") -> Pick:
    """An option as a student's choice."""
    return Pick(option.key, option.is_right, option.lure, option.misconception, place=place)


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer that can be chosen, for tables of who chose what.

    `key` is what a response holds for it, `text` is Markdown.
    """

    key: str
    text: str
    right: bool
    misconception: str | None = None


@dataclass(frozen=True, slots=True)
class Choosing:
    """One place of a question where something is chosen, with its answers in the author's order.

    `heading` is Markdown; None where the prompt says what is chosen. `several` may be chosen
    at once. `place` is the one that picks name. `gap` is its number where it is a gap of a text, from 1.
    """

    offers: tuple[Offer, ...]
    heading: str | None = None
    several: bool = False
    place: str = ""
    gap: int | None = None


def offers(options: Sequence[Option]) -> tuple[Offer, ...]:
    """Options as answers that can be chosen."""
    return tuple(Offer(one.key, one.text, one.is_right, one.misconception) for one in options)


def one_each(keys: Iterable[str | None]) -> tuple[frozenset[str], ...]:
    """One chosen key a place, None where nothing was chosen, in the form of `Item.chosen`."""
    return tuple(frozenset() if key is None else frozenset({key}) for key in keys)


def shuffled(options: Sequence[Option], rng: Random) -> list[str]:
    """The ids of the options in a random order, those with `pin: last` at the end."""
    free = [option.key for option in options if option.pin is None]
    rng.shuffle(free)
    return free + [option.key for option in options if option.pin is not None]


def option_faults(options: Sequence[Option], *at: str | int) -> Iterator[Fault]:
    """Options that say the same or have the same id; `at` is where the options are."""
    seen: set[str] = set()
    said: set[str] = set()
    for place, option in enumerate(options):
        words = fold(plain(option.text))
        if words in said:
            yield Fault(
                "same-option", f"Two options say “{shorten(option.text, 60)}”. Change one of them.", (*at, place)
            )
        elif option.key in seen:
            yield Fault("same-id", f"Two options have the id “{option.key}”. Change one of them.", (*at, place))
        said.add(words)
        seen.add(option.key)


def find_option(words: object, options: Sequence[Option]) -> Option:
    """The option with this text or this author's id. Raises ResponseError when there is none."""
    for option in options:
        if option.id is not None and option.id == words:
            return option
    return options[find_text(words, (option.text for option in options), "option")]
