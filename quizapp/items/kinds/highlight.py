"""Mark the words in a passage.

For finding where a text does something: softens, doubts, hides who acted. `[[…]]` round
each key phrase; `((…))` round words that look the same but are sound, to catch marking
on looks alone. `spans` says why, for either. The passage is plain text.

The mark: the mean share of each key phrase that is marked, less the stray marks. One word
each side of a key phrase is neutral, so nobody loses by a word too many. Marking the whole
passage earns nothing.

For a script without spaces write `unit: span`: every marked phrase is one piece to mark, and
`|` divides the rest into pieces. Then no neighbour is neutral.

A complete question::

    - id: soft-closing
      type: highlight
      skill: loaded
      prompt: Mark the two phrases that make the closing sound softer.
      passage: >-
        The library board is [[right-sizing opening hours]] from June. On Sundays
        ((the doors stay shut.)) The board says it wants [[to focus on digital visits]]
        and has asked readers what they need.
      spans:
        - words: right-sizing opening hours
          why: Hours that are cut are not brought to a right size.
        - words: to focus on digital visits
          why: It turns a loss into an aim.
        - words: the doors stay shut.
          why: This says plainly what happens.
      explain:
        evidence: One plain sentence stands between two soft phrases.
        principle: A euphemism replaces what happens with how it should feel.
        transfer: Ask what a reader at the door will notice.
        fair: There may be good reasons for the cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from random import Random
from typing import ClassVar, Literal

from wtforms import Form

from quizapp.items import controls
from quizapp.items.base import (
    JSON,
    Example,
    Fault,
    Feedback,
    Flags,
    Item,
    Markable,
    Markdown,
    Part,
    Piece,
    Response,
    ResponseError,
    Row,
    Shown,
    Text,
    cut_at_spaces,
    fold,
    shorten,
)
from quizapp.items.marking import highlighted

_MARKS = re.compile(r"\[\[(?P<key>.*?)\]\]|\(\((?P<decoy>.*?)\)\)", re.DOTALL)
_LEFTOVER = re.compile(r"\[\[|\]\]|\(\(|\)\)")

WordState = Literal["found", "missed", "near", "stray", "decoy", "plain"]


class Marked(Response):
    """The numbers of the marked words, from 1, sorted."""

    words: tuple[int, ...]


class Span(Part):
    """Why a phrase of the passage is, or is not, what was asked for."""

    words: Text
    why: Text


@dataclass(frozen=True, slots=True)
class Phrase:
    """A marked phrase: its text and the numbers of its words, from 1."""

    text: str
    numbers: tuple[int, ...]
    is_key: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage cut into pieces, with its phrases."""

    pieces: tuple[Piece, ...]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the feedback. `first` and `last` say where a run of one state begins and ends."""

    text: str
    gap: str
    state: WordState
    first: bool
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HighlightFeedback(Feedback):
    """Feedback with the passage itself; `rows` is key phrases, then decoys, then strays."""

    words: tuple[Word, ...]
    phrases: tuple[Row, ...]
    decoys: tuple[Row, ...]
    strays: tuple[Row, ...]


def cut_words(passage: str) -> Cut:
    """Cut a marked passage at white space. A word belongs to a phrase if any letter of it does."""
    bare, ranges = _without_marks(passage)
    placed = cut_at_spaces(bare)
    phrases = tuple(
        Phrase(
            " ".join(bare[start:end].split()),
            tuple(n for n, word in enumerate(placed, 1) if word.start < end and start < word.end),
            is_key,
        )
        for start, end, is_key in ranges
    )
    return Cut(tuple(word.piece for word in placed), phrases)


def cut_spans(passage: str) -> Cut:
    """Cut a marked passage at its marks and at `|`; the text between is kept as it is."""
    pieces: list[Piece] = []
    phrases: list[Phrase] = []
    end = 0

    def add(text: str) -> None:
        words = " ".join(text.split())
        if words:
            pieces.append(Piece(words, " " if text[-1:].isspace() else ""))

    for match in _MARKS.finditer(passage):
        for text in passage[end : match.start()].split("|"):
            add(text)
        before = len(pieces)
        add(match[0][2:-2])
        if len(pieces) > before:
            phrases.append(Phrase(pieces[-1].text, (len(pieces),), match["key"] is not None))
        end = match.end()
    for text in passage[end:].split("|"):
        add(text)
    return Cut(tuple(pieces), tuple(phrases))


def _without_marks(passage: str) -> tuple[str, list[tuple[int, int, bool]]]:
    """The passage without its marks, and where each phrase lies in it."""
    bare = ""
    ranges: list[tuple[int, int, bool]] = []
    end = 0
    for match in _MARKS.finditer(passage):
        bare += passage[end : match.start()]
        inside = match[0][2:-2]
        ranges.append((len(bare), len(bare) + len(inside), match["key"] is not None))
        bare += inside
        end = match.end()
    return bare + passage[end:], ranges


def runs(numbers: Iterable[int]) -> Iterator[range]:
    """The numbers as unbroken runs."""
    ordered = sorted(numbers)
    if not ordered:
        return
    start = ordered[0]
    for one, following in pairwise([*ordered, ordered[-1] + 2]):
        if following != one + 1:
            yield range(start, one + 1)
            start = following


class Highlight(Item[Marked]):
    """Words of a passage to be marked."""

    kind: ClassVar[str] = "highlight"
    response_type: ClassVar[type[Response]] = Marked
    strays_cost: ClassVar[bool] = True

    passage: Text
    spans: tuple[Span, ...] = ()
    unit: Literal["word", "span"] = "word"

    def faults(self) -> Iterator[Fault]:
        """Marks that do not pair, no key phrase, no plain word, or a why for other words."""
        bare = _MARKS.sub("", self.passage)
        if _LEFTOVER.search(bare) or any(_LEFTOVER.search(p.text) for p in self.cut.phrases):
            yield Fault(
                "unpaired-mark",
                "A mark is open: write [[ and ]] round a key phrase, (( and )) round a sound one.",
                ("passage",),
            )
        if any(not phrase.numbers for phrase in self.cut.phrases):
            yield Fault("empty-mark", "A mark has no words in it.", ("passage",))
        elif not self.keys:
            yield Fault("no-key", "Put [[ and ]] round at least one key phrase of the passage.", ("passage",))
        elif not self.strays_on:
            yield Fault(
                "no-plain-word", "No word is left that would be wrong to mark. Lengthen the passage.", ("passage",)
            )
        known = {fold(phrase.text) for phrase in self.cut.phrases}
        for place, span in enumerate(self.spans):
            if fold(span.words) not in known:
                yield Fault(
                    "unknown-span",
                    f"“{shorten(span.words, 60)}” is not marked in the passage. Copy the marked words exactly.",
                    ("spans", place, "words"),
                )

    @cached_property
    def cut(self) -> Cut:
        """The passage in pieces."""
        return cut_words(self.passage) if self.unit == "word" else cut_spans(self.passage)

    @cached_property
    def keys(self) -> tuple[Phrase, ...]:
        """The phrases to be found."""
        return tuple(phrase for phrase in self.cut.phrases if phrase.is_key)

    @cached_property
    def strays_on(self) -> frozenset[int]:
        """The words on which a mark is a stray: neither key nor neutral."""
        every = range(1, len(self.cut.pieces) + 1)
        decoys = {n for phrase in self.cut.phrases if not phrase.is_key for n in phrase.numbers}
        key = {n for phrase in self.keys for n in phrase.numbers}
        near = {m for n in key for m in (n - 1, n + 1)} if self.unit == "word" else set()
        return frozenset(n for n in every if n not in key and (n in decoys or n not in near))

    def shuffle(self, rng: Random) -> Shown:
        """Nothing to shuffle: a passage is read as it stands."""
        return {}

    def controls(self, shown: Shown) -> controls.Controls:
        """One checkbox a word."""
        return {"answer": controls.PickWords(labels=[piece.text for piece in self.cut.pieces])}

    def filled(self, response: Marked, shown: Shown) -> Mapping[str, object]:
        """The places of the marked words."""
        return {"answer": [str(number - 1) for number in response.words]}

    def read(self, form: Form, shown: Shown) -> Marked | None:
        """The words at the posted places."""
        marked = tuple(int(place) + 1 for place in form["answer"].data)
        return Marked(words=marked) if marked else None

    def from_words(self, words: JSON) -> Marked | None:
        """The words with these numbers, from 1."""
        if words is None or words == []:
            return None
        if not isinstance(words, list) or not all(type(number) is int for number in words):
            raise ResponseError("Write the numbers of the marked words as a list, such as [3, 4].")
        last = len(self.cut.pieces)
        if not all(1 <= number <= last for number in words):
            raise ResponseError(f"Words are numbered from 1 to {last}.")
        return Marked(words=tuple(sorted(set(words))))

    def to_words(self, response: Marked) -> JSON:
        """The numbers of the marked words, from 1."""
        return list(response.words)

    def key(self) -> JSON:
        """The numbers of all words in key phrases."""
        return sorted({number for phrase in self.keys for number in phrase.numbers})

    def mark(self, response: Marked) -> Fraction:
        """The mean share found, less the strays (`marking.highlighted`)."""
        return highlighted(response.words, [phrase.numbers for phrase in self.keys], self.strays_on)

    def chance(self) -> float:
        """About 0: marks at random find half of every phrase and pay for as much of the rest."""
        return 0.0

    def explain(self, response: Marked | None, shown: Shown | None = None) -> HighlightFeedback:
        """The passage with every word's state, and the same as a list."""
        marked = set(response.words) if response is not None else set()
        phrases = tuple(self._row(phrase, marked) for phrase in self.cut.phrases if phrase.is_key)
        decoys = tuple(self._row(phrase, marked) for phrase in self.cut.phrases if not phrase.is_key)
        loose = marked & self.strays_on - {n for p in self.cut.phrases for n in p.numbers}
        strays = tuple(Row(self._text(run), "wrong") for run in runs(loose))
        touched = [row for row in (*phrases, *decoys) if row.state in {"right", "partly", "wrong"}]
        return HighlightFeedback(
            verdict=self.outcome(response),
            rows=phrases + decoys + strays,
            reasons=tuple(row.why for row in touched if row.why),
            words=tuple(self._words(marked)),
            phrases=phrases,
            decoys=decoys,
            strays=strays,
        )

    def summary(self, response: Marked | None) -> str:
        """The marked runs of words."""
        return shorten(" … ".join(self._text(run) for run in runs(response.words))) if response is not None else ""

    def answer_texts(self) -> Iterator[Markdown]:
        """The whys; the passage is plain text."""
        yield from (Markdown(span.why, block=False) for span in self.spans)

    def whys(self) -> Iterator[str]:
        """The why of each span."""
        yield from (span.why for span in self.spans)

    def reading(self) -> str:
        """The passage, its pieces divided by a bar where they are not words."""
        gap = " | " if self.unit == "span" else ""
        return gap.join(piece.text + piece.gap for piece in self.cut.pieces)

    def flags(self) -> Flags:
        """Decoys are sound, key phrases are to be flagged."""
        return Flags(len(self.cut.phrases) - len(self.keys), len(self.keys))

    def passage_words(self) -> tuple[Markable, ...]:
        """The pieces of the passage; those of key phrases are looked for."""
        wanted = {number for phrase in self.keys for number in phrase.numbers}
        return tuple(Markable(piece.text, piece.gap, n in wanted) for n, piece in enumerate(self.cut.pieces, 1))

    def marked(self, response: Marked) -> tuple[int, ...]:
        """The marked words."""
        return response.words

    def lineage(self) -> JSON:
        """The words, and which of them are key or decoy."""
        return [
            [fold(piece.text) for piece in self.cut.pieces],
            [[phrase.numbers, phrase.is_key] for phrase in self.cut.phrases],
        ]

    def _row(self, phrase: Phrase, marked: set[int]) -> Row:
        whys = (span.why for span in self.spans if fold(span.words) == fold(phrase.text))
        touched = len(marked.intersection(phrase.numbers))
        if not phrase.is_key:
            return Row(phrase.text, "wrong" if touched else "plain", next(whys, None))
        whole = touched == len(phrase.numbers)
        return Row(phrase.text, "right" if whole else "partly" if touched else "missed", next(whys, None))

    def _text(self, run: range) -> str:
        pieces = [self.cut.pieces[number - 1] for number in run]
        return "".join(piece.text + (" " if piece.gap else "") for piece in pieces).strip()

    def _words(self, marked: set[int]) -> Iterator[Word]:
        states = [self._state(number, number in marked) for number in range(1, len(self.cut.pieces) + 1)]
        edges = [None, *states, None]
        for place, (piece, state) in enumerate(zip(self.cut.pieces, states, strict=True)):
            yield Word(piece.text, piece.gap, state, edges[place] != state, edges[place + 2] != state)

    def _state(self, number: int, marked: bool) -> WordState:  # noqa: FBT001 - a private rule of two facts
        if any(number in phrase.numbers for phrase in self.keys):
            return "found" if marked else "missed"
        if not marked:
            return "plain"
        if number not in self.strays_on:
            return "near"
        return "decoy" if any(number in phrase.numbers for phrase in self.cut.phrases) else "stray"

    EXAMPLES: ClassVar[tuple[Example, ...]] = (
        Example("right", [5, 6, 7, 21, 22, 23, 24, 25], 1.0),
        Example("right", [4, 5, 6, 7, 8, 20, 21, 22, 23, 24, 25, 26], 1.0),
        Example("partly", [5, 6, 7], 0.5),
        Example("partly", [5, 6, 7, 11], 0.375),
        Example("wrong", [12, 13], 0.0),
        Example("blank", None, 0.0),
        Example("invalid", [0]),
        Example("invalid", [400]),
        Example("invalid", "right-sizing"),
    )
