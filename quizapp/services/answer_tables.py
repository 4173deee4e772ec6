"""What was answered to one question, counted: options, places, words, typed answers, certainty.

Everything here is made of the answers of a sheet; nothing reads the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any, Protocol

from quizapp import text
from quizapp.items.base import Choosing, Item, Markable
from quizapp.measure.calibration import SURE, UNSURE, Rating, is_sure_and_wrong
from quizapp.services.answer_keys import AnswerKey
from quizapp.services.sheet import Answer, Person

SHADES = 4
"""Steps of the shading of marked words."""


@dataclass(frozen=True)
class Given:
    """A marked answer and whose it is."""

    person: Person
    answer: Answer


@dataclass(frozen=True)
class Belief:
    """A misconception in plain words."""

    name: str
    correction: str
    """Markdown, inline."""


@dataclass(frozen=True)
class OptionBar:
    """One answer that could be chosen, with who chose it."""

    letter: str
    text: str
    right: bool
    belief: Belief | None
    who: tuple[Person, ...]
    of: int
    """Answers that could have chosen it: everything handed in or checked that is not blank."""

    @property
    def count(self) -> int:
        return len(self.who)

    @property
    def belief_name(self) -> str | None:
        return None if self.belief is None else self.belief.name


@dataclass(frozen=True)
class OptionTable:
    """The answers at one place of choice."""

    heading: str | None
    """What was to be placed, plain; None where the question says it."""
    gap: int | None
    """The number of the gap that was to be filled, if it is one."""
    number: int
    bars: tuple[OptionBar, ...]


@dataclass(frozen=True)
class AnswerGroup:
    """Students who answered the same."""

    text: str
    state: str
    who: tuple[Person, ...]

    @property
    def count(self) -> int:
        return len(self.who)


@dataclass(frozen=True)
class WrittenReason:
    """What one student wrote beside a choice."""

    person: Person
    text: str
    state: str


@dataclass(frozen=True)
class WordCount:
    """A word of the passage with how many marked it. `shade` is 0 for none, else 1 to SHADES by share."""

    text: str
    gap: str
    wanted: bool
    count: int
    shade: int


@dataclass(frozen=True)
class WordRun:
    """Neighbouring words that were looked for, or were not, and marked: the overlay in words."""

    text: str
    wanted: bool
    least: int
    most: int


@dataclass(frozen=True)
class Overlay:
    """A passage with its marks. `markers` is how many marked anything."""

    words: tuple[WordCount, ...]
    runs: tuple[WordRun, ...]
    markers: int


@dataclass(frozen=True)
class CertaintyRow:
    """Answers given with one certainty: how many earned nothing, a part, everything."""

    level: str
    """One of certain, fairly-sure, guessing."""
    wrong: int
    partly: int
    right: int


@dataclass(frozen=True)
class Certainty:
    """How sure students were and how right. Only answers with both are in it."""

    rows: tuple[CertaintyRow, ...]
    sure_and_wrong: tuple[Person, ...]
    unsure_and_right: tuple[Person, ...]

    @property
    def answers(self) -> int:
        return sum(row.wrong + row.partly + row.right for row in self.rows)


def option_tables(key: AnswerKey, given: Sequence[Given], beliefs: Mapping[str, Belief]) -> tuple[OptionTable, ...]:
    """Return a table for each place of choice; none for questions without answers to choose from."""
    answered = [one for one in given if one.answer.response is not None]
    chosen = [(one.person, key.asked.chosen(one.answer.response)) for one in answered]
    return tuple(
        OptionTable(
            heading=None if place.heading is None else text.plain(place.heading),
            gap=place.gap,
            number=number + 1,
            bars=_bars(place, [(person, keys[number]) for person, keys in chosen], beliefs),
        )
        for number, place in enumerate(key.choosings)
    )


def _bars(
    place: Choosing, chosen: Sequence[tuple[Person, frozenset[str]]], beliefs: Mapping[str, Belief]
) -> tuple[OptionBar, ...]:
    return tuple(
        OptionBar(
            letter=letter(n),
            text=text.plain(offer.text),
            right=offer.right,
            belief=beliefs.get(offer.misconception or ""),
            who=tuple(person for person, keys in chosen if offer.key in keys),
            of=len(chosen),
        )
        for n, offer in enumerate(place.offers)
    )


class _Offer(Protocol):
    @property
    def text(self) -> str:
        """What can be chosen."""


class _Place(Protocol):
    @property
    def bars(self) -> Sequence[_Offer]:
        """All that can be chosen there."""


def is_matrix(tables: Sequence[_Place]) -> bool:
    """Tell whether all places offer the same, so that one table of counts says it."""
    offered = {tuple(bar.text for bar in table.bars) for table in tables}
    return len(tables) > 1 and len(offered) == 1


def answer_groups(item: Item[Any], given: Iterable[Given]) -> tuple[AnswerGroup, ...]:
    """Return who answered the same, most frequent answer first; blanks are left out."""
    found: dict[tuple[str, str], list[Person]] = {}
    for one in given:
        if one.answer.response is not None:
            said = item.written(one.answer.response) or item.summary(one.answer.response)
            found.setdefault((said, one.answer.state), []).append(one.person)
    groups = [AnswerGroup(said, state, tuple(who)) for (said, state), who in found.items()]
    return tuple(sorted(groups, key=lambda group: (-group.count, group.text)))


def written_reasons(item: Item[Any], given: Iterable[Given]) -> tuple[WrittenReason, ...]:
    """Return what was written beside a choice; the two that differ most come first."""
    reasons = [
        WrittenReason(one.person, said, one.answer.state)
        for one in given
        if one.answer.response is not None and (said := item.written(one.answer.response).strip())
    ]
    if len(reasons) < 3:
        return tuple(reasons)
    first, second = max(combinations(reasons, 2), key=lambda pair: _apart(*pair))
    return (first, second, *(one for one in reasons if one is not first and one is not second))


def _apart(one: WrittenReason, other: WrittenReason) -> tuple[bool, float]:
    """How far two reasons are apart: first by what they led to, then by the share of words they do not share."""
    words, others = set(one.text.casefold().split()), set(other.text.casefold().split())
    return one.state != other.state, 1 - len(words & others) / max(1, len(words | others))


def overlay(key: AnswerKey, given: Iterable[Given]) -> Overlay | None:
    """Return the passage with how many marked each word; None where no words can be marked."""
    if not key.passage_words:
        return None
    marked = [set(key.asked.marked(one.answer.response)) for one in given if one.answer.response is not None]
    return overlay_of(key.passage_words, marked)


def overlay_of(words: Sequence[Markable], marked: Sequence[AbstractSet[int]]) -> Overlay:
    """Return a passage with how many marked each word.

    Args:
        words: the passage.
        marked: for each person, the numbers of the words marked, from 1.
    """
    markers = sum(bool(numbers) for numbers in marked)
    counts = [sum(number in numbers for numbers in marked) for number in range(1, len(words) + 1)]
    shown = tuple(
        WordCount(word.text, word.gap, word.wanted, count, _shade(count, markers))
        for word, count in zip(words, counts, strict=True)
    )
    return Overlay(shown, tuple(_runs(shown)), markers)


def _shade(count: int, markers: int) -> int:
    return -(-count * SHADES // markers) if markers else 0


def _runs(words: Iterable[WordCount]) -> Iterable[WordRun]:
    for (wanted, touched), group in groupby(words, key=lambda word: (word.wanted, word.count > 0)):
        run = list(group)
        if wanted or touched:
            counts = [word.count for word in run]
            yield WordRun("".join(word.text + word.gap for word in run).strip(), wanted, min(counts), max(counts))


def certainty(given: Iterable[Given]) -> Certainty:
    """Split answers by how sure students said they were; blanks and what waits for a mark are left out."""
    rated = [
        (one.person, Rating(one.answer.confidence, one.answer.fraction))
        for one in given
        if one.answer.response is not None and one.answer.confidence is not None and one.answer.fraction is not None
    ]
    return Certainty(
        rows=tuple(
            CertaintyRow(
                level,
                wrong=sum(_level(one) == level and one.outcome <= 0 for _, one in rated),
                partly=sum(_level(one) == level and 0 < one.outcome < 1 for _, one in rated),
                right=sum(_level(one) == level and one.outcome >= 1 for _, one in rated),
            )
            for level in ("certain", "fairly-sure", "guessing")
        ),
        sure_and_wrong=tuple(person for person, one in rated if is_sure_and_wrong(one)),
        unsure_and_right=tuple(person for person, one in rated if one.stated <= UNSURE and one.outcome >= 1),
    )


def _level(rating: Rating) -> str:
    return "certain" if rating.stated >= SURE else "guessing" if rating.stated <= UNSURE else "fairly-sure"


def letter(place: int) -> str:
    """Return the letter of an answer by its place from 0 in the author's order."""
    return chr(ord("A") + place)
