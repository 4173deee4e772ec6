"""The lines of a bank file that belong to one entry of a list: its notes above it, its dash, its last line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from quizapp.bank.source import SourceText


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of an entry, from 1: the notes above it, its dash, its last line; and how far its dash stands in."""

    first: int
    dash: int
    last: int
    indent: int


def entry_spans(source: SourceText, lines: list[str], section: str) -> list[Span]:
    """The lines of each entry of a section."""
    regions = [region for region in source.regions if region.section == section]
    spans: list[Span] = []
    for region in regions:
        indent = len(lines[region.first - 1]) - len(lines[region.first - 1].lstrip(" "))
        floor = spans[-1].last + 1 if spans else next(a for name, a, _ in source.sections if name == section) + 1
        first = with_notes_above(lines, region.first, floor, indent)
        spans.append(Span(first, region.first, last_line(lines, region.first, region.last, indent), indent))
    return spans


def with_notes_above(lines: list[str], line: int, floor: int, indent: int) -> int:
    """The first of the lines of notes right above a line, or the line itself; not above `floor`."""
    while line > floor and _is_note(lines[line - 2], indent):
        line -= 1
    return line


def last_line(lines: list[str], first: int, last: int, indent: int) -> int:
    """The last line of an entry without the empty lines and the notes behind it."""
    while last > first and (not lines[last - 1].strip() or _is_note(lines[last - 1], indent)):
        last -= 1
    return last


def _is_note(line: str, indent: int) -> bool:
    bare = line.lstrip(" ")
    return bare.startswith("#") and len(line) - len(bare) <= indent


def with_their_spaces(lines: list[str], before: Iterable[str]) -> list[str]:
    """Lines of a file that was written anew, with the spaces at their ends that the same lines had before."""
    spaced: dict[str, list[str]] = {}
    for line in before:
        if line != line.rstrip(" \t"):
            spaced.setdefault(line.rstrip(" \t"), []).append(line)
    if not spaced:
        return lines
    there = Counter(lines)
    for bare, found in spaced.items():  # lines that still have theirs are none of these
        spaced[bare] = [line for line in found if not there[line]]
    return [spaced[line].pop(0) if spaced.get(line) else line for line in lines]


def indented(lines: list[str], by: int) -> list[str]:
    """Lines further in, or further out as far as they can go."""
    if by >= 0:
        return [" " * by + line if line.strip() else line for line in lines]
    return [line[min(-by, len(line) - len(line.lstrip(" "))) :] for line in lines]


def head_lines(lines: list[str]) -> dict[str, tuple[int, int]]:
    """The first and the last line of each field of the bank itself."""
    source = SourceText("bank", tuple(lines), tuple(lines))
    return {name: (first, last_line(lines, first, last, 0)) for name, first, last in source.sections}
