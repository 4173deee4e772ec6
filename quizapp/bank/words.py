"""Two states of a text with the words marked that went and the words that came."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, TypeAlias

WordState: TypeAlias = Literal["same", "gone", "new"]

MOST_PAIRS = 200_000
"""Pairs of equal words that a comparison looks at; beyond, a text is shown whole before and after."""
LEAST_SHARED = 0.35
"""Share of words that two texts must have in common to be shown as one text with marks."""

#: A word, a mark of a passage (“[[”), or one other sign; scripts without spaces are cut sign by sign.
_WORD = re.compile(
    r"(\[\[|\]\]|\(\(|\)\)|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+(?:['’][^\W_]+)*|\S)(\s*)"
)


class Piece(NamedTuple):
    """A stretch of text that both have, that only the earlier has, or only the later."""

    text: str
    state: WordState


class _Token(NamedTuple):
    word: str
    space: str
    """White space after it."""


def marked_words(before: str, after: str) -> tuple[Piece, ...]:
    """One text made of two.

    The pieces that are not "new" say `before`, those that are not "gone" say `after`, apart from white
    space. Texts with little in common, and very long ones, are one piece each.
    """
    old, new = list(_tokens(before)), list(_tokens(after))
    if [one.word for one in old] == [one.word for one in new]:
        return (Piece(after.strip(), "same"),) if new else ()
    pairs = Counter(one.word for one in old)
    if not old or not new or sum(pairs[one.word] for one in new) > MOST_PAIRS:
        return _whole(before, after)
    matcher = SequenceMatcher(None, [one.word for one in old], [one.word for one in new], autojunk=False)
    codes = list(_without_islands(matcher.get_opcodes(), new))
    shared = sum(high - low for tag, low, high, _, _ in codes if tag == "equal")
    if shared < LEAST_SHARED * max(len(old), len(new)):
        return _whole(before, after)
    return tuple(_pieces(codes, old, new))


def bag(text: str) -> Counter[str]:
    """The words of a text with how often each is in it, for `likeness`."""
    return Counter(one.word.casefold() for one in _tokens(text))


def likeness(before: Counter[str], after: Counter[str]) -> float:
    """How many of the words two texts have in common, 0 to 1, whatever their order (Sørensen and Dice)."""
    total = before.total() + after.total()
    return 2 * (before & after).total() / total if total else 1.0


def _tokens(text: str) -> Iterator[_Token]:
    text = text.strip()
    for match in _WORD.finditer(text):
        yield _Token(match[1], match[2])


def _whole(before: str, after: str) -> tuple[Piece, ...]:
    both = Piece(before.strip(), "gone"), Piece(after.strip(), "new")
    return tuple(piece for piece in both if piece.text)


def _without_islands(
    codes: Sequence[tuple[str, int, int, int, int]], new: Sequence[_Token]
) -> Iterator[tuple[str, int, int, int, int]]:
    """Changes with a mere “the” or comma between them as one change: confetti is hard to read."""
    merged: list[tuple[str, int, int, int, int]] = []
    for place, (tag, low, high, left, right) in enumerate(codes):
        inside = 0 < place < len(codes) - 1
        small = sum(len(one.word) for one in new[left:right]) <= 3 and right - left <= 2
        island = tag == "equal" and inside and small
        if merged and merged[-1][0] != "equal" and (island or tag != "equal"):
            _, first, _, start, _ = merged.pop()
            merged.append(("replace", first, high, start, right))
        else:
            merged.append((tag, low, high, left, right))
    yield from merged


def _pieces(
    codes: Sequence[tuple[str, int, int, int, int]], old: Sequence[_Token], new: Sequence[_Token]
) -> Iterator[Piece]:
    for tag, low, high, left, right in codes:
        if tag == "equal":
            both = zip(old[low:high], new[left:right], strict=True)
            yield Piece("".join(later.word + (later.space or earlier.space) for earlier, later in both), "same")
            continue
        if low < high:
            yield from _stretch(old[low:high], "gone")
        if left < right:
            yield from _stretch(new[left:right], "new")


def _stretch(tokens: Sequence[_Token], state: WordState) -> Iterator[Piece]:
    """A changed stretch, the space behind it apart, so that no line is drawn below it."""
    said = _said(tokens)
    yield Piece(said.rstrip(), state)
    if said.rstrip() != said:
        yield Piece(said[len(said.rstrip()) :], state)


def _said(tokens: Sequence[_Token]) -> str:
    return "".join(one.word + one.space for one in tokens)
