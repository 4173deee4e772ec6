"""Finds in a quoted passage the words that an explanation points at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from quizapp.text import emphasised

_ALIKE = ("'’ʼ", '"“”„«»', "-\u2010\u2011–")
"""Signs that typists use for one another."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a passage. Joined, the pieces are the passage again."""

    text: str
    pointed_at: bool


def pointed_at(passage: str, evidence: str | None) -> tuple[Stretch, ...]:
    """Cut a passage where an explanation quotes it.

    Args:
        passage: plain text, word for word from its source.
        evidence: Markdown of the explanation; what it quotes stands in *emphasis*.

    Returns:
        The whole passage in order. What occurs nowhere in it points at nothing.

    >>> [one.text for one in pointed_at("He claimed it was safe.", "*Claimed* keeps a distance.") if one.pointed_at]
    ['claimed']
    """
    found: list[tuple[int, int]] = []
    for phrase in emphasised(evidence or ""):
        found += _places(passage, phrase)
    stretches, end = [], 0
    for start, stop in _merged(found):
        stretches.append(Stretch(passage[end:start], pointed_at=False))
        stretches.append(Stretch(passage[start:stop], pointed_at=True))
        end = stop
    stretches.append(Stretch(passage[end:], pointed_at=False))
    return tuple(stretch for stretch in stretches if stretch.text)


def _places(passage: str, phrase: str) -> list[tuple[int, int]]:
    """Where a phrase stands as whole words: as written, or else with other capitals."""
    words = phrase.split()
    if not words:
        return []
    pattern = r"(?<!\w)" + r"\s+".join(map(_word, words)) + r"(?!\w)"
    for flags in (re.NOFLAG, re.IGNORECASE):
        places = [match.span() for match in re.finditer(pattern, passage, flags)]
        if places:
            return places
    return []


def _word(word: str) -> str:
    pieces = []
    for sign in word:
        alike = next((signs for signs in _ALIKE if sign in signs), None)
        pieces.append(re.escape(sign) if alike is None else f"[{re.escape(alike)}]")
    return "".join(pieces)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
