"""What changed between two states of a bank, ready to be read: question by question, value by value, word by word.

Built on `quizapp.bank.difference`. Knows no kind of question: values are texts, lists and groups of
named values, and the page has the words for the names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from quizapp import text
from quizapp.bank.difference import Difference, EntryChange, FieldChange, difference
from quizapp.bank.model import Bank
from quizapp.bank.words import Piece, bag, likeness, marked_words
from quizapp.items.base import JSON, shorten

ValueState: TypeAlias = Literal["same", "added", "removed", "changed"]
QuestionState: TypeAlias = Literal["added", "removed", "words", "key", "moved"]

ALIKE = 0.5
"""How much of their words two entries of a list must share to be taken for one that was reworded."""
MOST_COMPARED = 2500
"""Pairs of entries whose wording is compared; longer lists are told apart by equality alone."""

_FIRST = ("title", "prompt", "kind", "type", "quote", "text", "passage")
_LAST = (
    "hints", "explain", "about", "skill", "also", "tags", "difficulty", "needs", "control", "scoring", "as_of",
    "status", "review_by", "sources", "allow", "id",
)  # fmt: skip
_NAMING = ("id", "left", "right", "wrong", "text", "words", "title")
"""What an entry of a list is known by, in this order."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value before and after: a text in `pieces`, or a list or group in `parts`.

    `name` is the field's name in the file, "" for an entry of a list. Of an entry that did not change
    there is only what it is known by. `was` is its name before, where a
    right answer became a wrong one or the reverse. `place` and `was_place` count an entry's places
    from 1; None where it is not there, or no entry.
    """

    name: str
    state: ValueState
    pieces: tuple[Piece, ...] = ()
    parts: tuple[Value, ...] = ()
    was: str = ""
    place: int | None = None
    was_place: int | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One question that is not as it was. `place` and `was_place` count from 1, None where it is not there."""

    id: str
    prompt: str
    """Plain words, of the later state if it is there."""
    state: QuestionState
    place: int | None
    was_place: int | None
    moved: bool
    fields: tuple[Value, ...]

    @property
    def anew(self) -> bool:
        """Whether statistics begin anew."""
        return self.state == "key"


@dataclass(frozen=True, slots=True)
class StimulusChange:
    """A thing to judge that is not as it was."""

    id: str
    state: ValueState
    fields: tuple[Value, ...]
    seen_with: tuple[int, ...]
    """The places of the questions about it, from 1, in the later state if it is there."""
    redrawn: bool
    """Whether its picture is another one under the same name."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs between two states of a bank."""

    head: tuple[Value, ...]
    """What stands above the questions: title, language, source, skills."""
    stimuli: tuple[StimulusChange, ...]
    questions: tuple[QuestionChange, ...]
    same: int
    """How many questions are as they were, in the same order."""

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.head or self.stimuli or self.questions)

    def count(self, state: QuestionState) -> int:
        """How many questions are in this state."""
        return sum(one.state == state for one in self.questions)

    @property
    def anew(self) -> tuple[QuestionChange, ...]:
        """The questions whose statistics begin anew."""
        return tuple(one for one in self.questions if one.anew)


def changes(before: Bank, after: Bank, *, redrawn: Collection[str] = frozenset()) -> Changes:
    """Prepare the difference between two states of a bank for reading.

    Args:
        before: the earlier state.
        after: the later one.
        redrawn: names of pictures in `after` whose file is another one than before.

    Returns:
        Questions in the order of `after`, then those that were removed.
    """
    found = difference(before, after)
    questions = tuple(_questions(found, before, after))
    return Changes(
        head=tuple(_field(change) for change in found.bank),
        stimuli=tuple(_stimuli(found, before, after, redrawn)),
        questions=questions,
        same=len(after.items) - sum(one.place is not None for one in questions),
    )


def _questions(found: Difference, before: Bank, after: Bank) -> Iterator[QuestionChange]:
    places, earlier = _places(after), _places(before)
    prompts = {item.id: item.prompt for bank in (before, after) for item in bank.items}
    entries = {entry.id: entry for entry in found.questions}
    strayed = _strayed(earlier, [item.id for item in after.items if item.id in earlier])
    for item_id in [*places, *(entry.id for entry in found.questions if entry.change == "removed")]:
        entry = entries.get(item_id)
        if entry is None and item_id not in strayed:
            continue
        yield QuestionChange(
            id=item_id,
            prompt=text.plain(prompts[item_id]),
            state="moved" if entry is None else entry.change,
            place=places.get(item_id),
            was_place=earlier.get(item_id),
            moved=item_id in strayed,
            fields=() if entry is None else _fields(entry),
        )


def _stimuli(found: Difference, before: Bank, after: Bank, redrawn: Collection[str]) -> Iterator[StimulusChange]:
    entries = {entry.id: entry for entry in found.stimuli}
    drawn = {one.id for one in after.stimuli if one.image in redrawn and one.id not in entries}
    order = [one.id for one in after.stimuli] + [entry.id for entry in found.stimuli if entry.change == "removed"]
    for stimulus_id in order:
        entry = entries.get(stimulus_id)
        if entry is None and stimulus_id not in drawn:
            continue
        of = before if entry is not None and entry.change == "removed" else after
        image = next((one.image for one in of.stimuli if one.id == stimulus_id), None)
        yield StimulusChange(
            id=stimulus_id,
            state="added" if entry and entry.change == "added" else "removed" if of is before else "changed",
            fields=() if entry is None else _fields(entry),
            seen_with=tuple(place for place, item in enumerate(of.items, 1) if item.about == stimulus_id),
            redrawn=of is after and image in redrawn,
        )


def _places(bank: Bank) -> dict[str, int]:
    return {item.id: place for place, item in enumerate(bank.items, 1)}


def _strayed(earlier: dict[str, int], order: Sequence[str]) -> frozenset[str]:
    """The fewest questions whose move explains the new order: those outside a longest run that kept it."""
    return frozenset(order[place] for place in _outside_longest_run([earlier[one] for one in order]))


def _outside_longest_run(numbers: Sequence[int]) -> frozenset[int]:
    """The places, from 0, outside one longest rising subsequence (patience sorting; Fredman 1975)."""
    tails: list[int] = []
    ends: list[int] = []
    back: list[int | None] = []
    for place, number in enumerate(numbers):
        at = bisect_left(tails, number)
        tails[at:], ends[at:] = [number], [place]
        back.append(ends[at - 1] if at else None)
    kept: set[int] = set()
    at_end: int | None = ends[-1] if ends else None
    while at_end is not None:
        kept.add(at_end)
        at_end = back[at_end]
    return frozenset(range(len(numbers))) - kept


# ---------------------------------------------------------------- values


def _fields(entry: EntryChange) -> tuple[Value, ...]:
    shown = [change for change in entry.fields if change.name != "id"]
    return tuple(_field(change) for change in sorted(shown, key=lambda change: _rank(change.name)))


def _rank(name: str) -> int:
    if name in _FIRST:
        return _FIRST.index(name)
    return len(_FIRST) + (1 + _LAST.index(name) if name in _LAST else 0)


def _field(change: FieldChange) -> Value:
    return _value(change.name, change.before, change.after)


def _value(name: str, before: JSON, after: JSON) -> Value:
    """A value before and after, None where it was not there."""
    if before is None or after is None:
        return _only(name, after if before is None else before, "added" if before is None else "removed")
    if isinstance(before, list) and isinstance(after, list):
        parts = tuple(_list(before, after))
    elif isinstance(before, dict) and isinstance(after, dict):
        parts = tuple(_group(before, after))
    elif isinstance(before, list | dict) or isinstance(after, list | dict):
        return Value(name, "changed", parts=(_only("", before, "removed"), _only("", after, "added")))
    else:
        pieces = marked_words(_said(before), _said(after))
        return Value(name, "same" if before == after else "changed", pieces)
    return Value(name, "same" if before == after else "changed", parts=parts)


def _only(name: str, value: JSON, state: Literal["added", "removed"], place: int | None = None) -> Value:
    """A value that is only there after or before, with everything in it."""
    here, there = (place, None) if state == "added" else (None, place)
    pieces: tuple[Piece, ...] = ()
    parts: tuple[Value, ...] = ()
    if isinstance(value, dict):
        parts = tuple(_only(one, value[one], state) for one in sorted(value, key=_rank))
    elif isinstance(value, list):
        parts = tuple(_only("", one, state, number) for number, one in enumerate(value, 1))
    else:
        pieces = (Piece(_said(value), "new" if state == "added" else "gone"),)
    return Value(name, state, pieces, parts, place=here, was_place=there)


def _said(value: JSON) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _group(before: dict[str, JSON], after: dict[str, JSON]) -> Iterator[Value]:
    """Named values. An answer that was right and is wrong now, or the reverse, is one answer."""
    turned = _turned(before, after)
    names = sorted(dict.fromkeys([*after, *(one for one in before if one != turned)]), key=_rank)
    for name in names:
        if turned and name in {"right", "wrong"}:
            pieces = marked_words(_said(before[turned]), _said(after[name]))
            yield Value(name, "changed", pieces, was=turned)
        elif before.get(name) != after.get(name):
            yield _value(name, before.get(name), after.get(name))
        elif name in _NAMING and name != "id":
            yield Value(name, "same", (Piece(_said(after[name]), "same"),))


def _turned(before: dict[str, JSON], after: dict[str, JSON]) -> str:
    """The name that an answer had before, when it is the other of “right” and “wrong” now."""
    for old, new in (("right", "wrong"), ("wrong", "right")):
        if old in before and new in after and new not in before and old not in after:
            return old
    return ""


def _list(before: Sequence[JSON], after: Sequence[JSON]) -> Iterator[Value]:
    """Entries in the order of `after`, then those that were removed."""
    partners = _partners(before, after)
    numbers = [partners[place] for place in range(len(after)) if place in partners]
    kept = [place for place in range(len(after)) if place in partners]
    strayed = {kept[one] for one in _outside_longest_run(numbers)}
    for place, entry in enumerate(after):
        if place not in partners:
            yield _only("", entry, "added", place + 1)
            continue
        old = partners[place]
        value = _value("", before[old], entry)
        if value.state == "same":
            value = _known_by(entry)
        yield replace(value, place=place + 1, was_place=old + 1, moved=place in strayed)
    for old in sorted(set(range(len(before))) - set(partners.values())):
        yield _only("", before[old], "removed", old + 1)


def _partners(before: Sequence[JSON], after: Sequence[JSON]) -> dict[int, int]:
    """For each entry that is not new its place before: the same entry, the same name, or much the same words."""
    partners: dict[int, int] = {}
    free = list(range(len(before)))
    for same in (lambda entry: entry, _naming_text):
        held: dict[str, list[int]] = {}
        for old in free:
            held.setdefault(repr(same(before[old])), []).append(old)
        for place, entry in enumerate(after):
            if place not in partners and held.get(repr(same(entry))):
                partners[place] = held[repr(same(entry))].pop(0)
        free = sorted(set(free) - set(partners.values()))
    new = [place for place in range(len(after)) if place not in partners]
    if len(new) * len(free) <= MOST_COMPARED:
        bags = {place: bag(" ".join(_words_of(before[place]))) for place in free}
        for place in new:
            words = bag(" ".join(_words_of(after[place])))
            likest = max(free, key=lambda old: likeness(bags[old], words), default=None)
            if likest is not None and likeness(bags[likest], words) >= ALIKE:
                partners[place] = likest
                free.remove(likest)
    return partners


def _known_by(entry: JSON) -> Value:
    """An entry that did not change, by its name only."""
    pieces = (Piece(shorten(_naming_text(entry), 160), "same"),)
    name = next((one for one in _NAMING if one in entry), "") if isinstance(entry, dict) else ""
    return Value("", "same", parts=(Value(name, "same", pieces),)) if name else Value("", "same", pieces)


def _naming_text(entry: JSON) -> str:
    """What an entry is known by."""
    if isinstance(entry, dict):
        return next((str(entry[name]) for name in _NAMING if name in entry), " ".join(_words_of(entry)))
    return " ".join(_words_of(entry))


def _words_of(value: JSON) -> Iterable[str]:
    inside: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict | list):
        return [words for one in inside for words in _words_of(one)]
    return [_said(value)]
