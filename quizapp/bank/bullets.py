"""Bullets and numbers that a word processor wrote where a list of a bank has dashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

BULLET = re.compile(r"^[^\S\n]*(?P<sign>[•·▪●○◦‣⁃–—*]|[0-9]{1,3}[.)])[^\S\n]+(?=\S)", re.MULTILINE)
_FIELD = re.compile(r"(?:id|type|kind|right|wrong|text|left|words|title|prompt|image|between|tied)\s*:(?:\s|$)")
_LIST = re.compile(
    r"\s*(?:- +)*(?:hints|sources|heaps|items|extra|accept|also|tags|tied|options|statements|pairs|spans|near|cards"
    r"|stimuli|questions)\s*:\s*$"
)


def bullets(lines: Iterable[str], inside: Iterable[bool]) -> Iterator[tuple[int, str]]:
    """The numbers of lines that begin with a bullet or a number for a dash, and the lines with a dash, as long.

    Elsewhere such signs belong to a text that goes on.

    Args:
        lines: all lines of the file.
        inside: for each of them, whether it is text of a block.
    """
    listed = False  # whether an entry of a list is due here
    for number, (line, within) in enumerate(zip(lines, inside, strict=True), 1):
        if within or not line.strip():
            continue
        found = BULLET.match(line)
        if found and (listed or _FIELD.match(line, found.end())):
            listed = True
            start = found.start("sign")
            yield number, line[:start] + "-" + " " * (found.end() - start - 1) + line[found.end() :]
        else:
            listed = bool(_LIST.match(line))
