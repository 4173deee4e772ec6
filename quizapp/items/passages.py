"""Cutting a passage into the pieces that can be marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_WORD = re.compile(r"(\S+)(\s*)")


@dataclass(frozen=True, slots=True)
class Piece:
    """One word (or span) of a passage, and the white space after it: " ", a line feed or ""."""

    text: str
    gap: str


class Placed(NamedTuple):
    """A word with its place in the text it was cut from."""

    piece: Piece
    start: int
    end: int


def cut_at_spaces(text: str) -> tuple[Placed, ...]:
    """Cut a plain text at its white space; of the white space itself only spaces and line feeds are kept."""
    return tuple(
        Placed(Piece(match[1], "\n" if "\n" in match[2] else " " if match[2] else ""), *match.span(1))
        for match in _WORD.finditer(text)
    )
