"""The small frozen values that items are made of and that marking gives back."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from quizapp.items.numbers import WRITTEN, numbers_in
from quizapp.text import plain

#: Anything that JSON can hold.
JSON: TypeAlias = Any
#: The order one attempt sees; plain JSON, stored with the attempt.
Shown: TypeAlias = dict[str, JSON]
Verdict: TypeAlias = Literal["right", "partly", "wrong", "blank", "waiting"]
RowState: TypeAlias = Literal["right", "partly", "missed", "wrong", "plain"]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
]


def _as_written(pattern: str, code: str, message: str) -> BeforeValidator:
    """Holds a text against a pattern before it is converted, because conversion takes more than authors mean."""
    form = re.compile(pattern)

    def check(value: object) -> object:
        if isinstance(value, str) and not form.fullmatch(value.strip()):
            raise PydanticCustomError(code, message)
        return value.strip() if isinstance(value, str) else value

    return BeforeValidator(check)


#: A day, written as 2026-03-02; not the seconds or times that pydantic would also take.
Day = Annotated[
    date,
    _as_written(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "not-a-date", "Write a date as year-month-day, such as 2022-09-11."),
]


def _number(value: object) -> object:
    """Holds a number against how files say it, as `_as_written` does; says what it can mean."""
    if not isinstance(value, str) or WRITTEN.fullmatch(value.strip()):
        return value.strip() if isinstance(value, str) else value
    meant = [f"{number:f}" for number in numbers_in(value)]
    if not meant:
        raise PydanticCustomError("not-a-number", "Write a number, such as 12 or 0.5.")
    both = ": what stands here can mean both" if len(meant) > 1 else ""
    raise PydanticCustomError("not-a-number", "Write {meant}{both}.", {"meant": " or ".join(meant), "both": both})


#: A number as files say it.
Number = Annotated[Decimal, BeforeValidator(_number)]
#: A whole number from 0, written in one way only, so that two names of one number cannot meet.
Whole = Annotated[int, _as_written(r"0|[1-9][0-9]{0,5}", "not-a-number", "Write a whole number, such as 12.")]


class ResponseError(ValueError):
    """An answer that this question cannot take; the message is one plain sentence."""


class Markdown(NamedTuple):
    """One author text that must be made into clean HTML before it is shown."""

    source: str
    block: bool


class Fault(NamedTuple):
    """Something an author must mend: a stable code, a sentence, and where in the item."""

    code: str
    message: str
    at: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """Share of the marks, 0 to 1; None waits for a teacher."""

    fraction: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of feedback: an option, a statement, a pair or a gap.

    Texts are Markdown sources. `state` says what became of the line: "right" (chosen
    and right), "partly" (part of it chosen), "wrong" (chosen, not right), "missed" (right,
    not chosen) or "plain".
    `given` and `better` are what the student put here and what belongs here; `typed` is
    the student's own plain text in place of `given`.
    """

    text: str
    state: RowState
    why: str | None = None
    given: str | None = None
    better: str | None = None
    typed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a student may read after answering. The page draws the verdict itself."""

    verdict: Verdict
    rows: tuple[Row, ...] = ()
    #: The whys for what this student chose, Markdown sources.
    reasons: tuple[str, ...] = ()
    #: The student's own words, plain text, for questions that are typed.
    given: str | None = None
    #: The answer looked for, Markdown source, where one line can say it.
    best: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A response to the question in a kind's docstring, with the score it must get.

    `words` is the response as an author would write it. A "waiting" example
    waits for a teacher; an "invalid" one has no score: `from_words` must refuse it.
    """

    case: Literal["right", "partly", "wrong", "waiting", "blank", "invalid"]
    words: JSON
    fraction: float | None = None


class Part(BaseModel):
    """A frozen piece of an item, such as an option."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Response(Part):
    """What a student gave for one item; holds ids and typed text, never positions."""

    beside: ClassVar[frozenset[str]] = frozenset()
    """Fields that are shown and never scored."""

    def scored(self) -> dict[str, Any]:
        """What the mark depends on, as JSON: alike for two answers that are the same answer."""
        return self.model_dump(mode="json", exclude=set(self.beside))

    def to_json(self) -> JSON:
        """The response as plain JSON; `Item.response_from_json` is the way back."""
        return self.model_dump(mode="json")


class Explanation(Part):
    """What everybody may read after answering; each part is Markdown."""

    evidence: Text | None = None
    principle: Text | None = None
    transfer: Text | None = None
    fair: Text | None = None
    more: Text | None = None

    def parts(self) -> Iterator[str]:
        """The parts that are there, in reading order."""
        for text in (self.evidence, self.principle, self.transfer, self.fair, self.more):
            if text is not None:
                yield text


def fold(text: str) -> str:
    """The text without the differences that do not matter: width, case, spacing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_id(text: str) -> str:
    """A short id that stays the same while the text says the same (see `fold`)."""
    return hashlib.sha256(fold(text).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def digest(value: JSON) -> str:
    """SHA-256 of a JSON value, independent of the order of its keys."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Markable:
    """A word of a passage that can be marked: its text, the white space after it, and whether it is looked for."""

    text: str
    gap: str
    wanted: bool


class Flags(NamedTuple):
    """How many stretches of a question are sound, and how many have something to flag."""

    sound: int
    flagged: int


def same_texts(texts: Sequence[str], what: str, *at: str | int) -> Iterator[Fault]:
    """Texts that say the same; `what` names them in the sentence, `at` is where they are."""
    said: set[str] = set()
    for place, text in enumerate(texts):
        if fold(plain(text)) in said:
            yield Fault("same-text", f"Two {what} say “{shorten(text, 60)}”. Change one of them.", (*at, place))
        said.add(fold(plain(text)))


def find_text(words: object, texts: Iterable[str], what: str) -> int:
    """The place of the text that says `words`, apart from case, spacing and Markdown.

    Raises ResponseError when none of the texts does; `what` names them in its sentence.
    """
    if not isinstance(words, str):
        raise ResponseError(f"Write the text of one {what}, in quotes.")
    wanted = fold(plain(words)), fold(words)
    for place, text in enumerate(texts):
        if fold(plain(text)) == wanted[0] or fold(text) == wanted[1]:
            return place
    raise ResponseError(f"“{shorten(words, 60)}” is not one of the {what}s of this question.")


def in_order(shown: Shown, name: str, ids: Iterable[str]) -> list[str]:
    """The stored order `name`, which must hold exactly `ids`. Raises ValueError if it does not."""
    order = shown.get(name)
    if not isinstance(order, list) or sorted(map(str, order)) != sorted(ids):
        raise ValueError(f"The stored order “{name}” does not fit this question.")
    return [str(one) for one in order]


def shorten(text: str, limit: int = 120) -> str:
    """One line of at most `limit` characters, cut at a word with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip() + "…"
