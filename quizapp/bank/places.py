"""Where in a bank file each part of its questions stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from quizapp.bank.nodes import Mapping, Node, Scalar, Sequence
from quizapp.bank.problems import Level, Problem
from quizapp.bank.source import SourceText


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of a bank: the entry with this id of a section ("" for the bank itself), and the way down from there."""

    section: Literal["questions", "stimuli", ""] = ""
    id: str = ""
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Places:
    """The tree of a file that was read, to say where a finding is."""

    root: Mapping
    source: SourceText

    def problem(self, spot: Spot, level: Level, code: str, message: str) -> Problem:
        """A problem at the deepest part of `spot` that the file has."""
        node, _, _ = follow(self._entry(spot), spot.path)
        return self.source.problem(node.line, node.column, code, message, level)

    def _entry(self, spot: Spot) -> Node:
        return self._entries.get((spot.section, spot.id), self.root)

    @cached_property
    def _entries(self) -> dict[tuple[str, str], Node]:
        """The entries of the two long lists by section and id, the first where two have the same."""
        found: dict[tuple[str, str], Node] = {}
        for name in ("questions", "stimuli"):
            section = self.root.fields.get(name)
            for entry in section.entries if isinstance(section, Sequence) else ():
                given = entry.fields.get("id") if isinstance(entry, Mapping) else None
                if isinstance(given, Scalar):
                    found.setdefault((name, given.value.strip()), entry)
        return found


def follow(node: Node, path: Iterable[str | int]) -> tuple[Node, str, Node | None]:
    """Walk down a path, leaving out what is not in the data (pydantic's own labels).

    Returns:
        The deepest node reached, the name of the field it belongs to, and its parent.
    """
    name = ""
    parent: Node | None = None
    for part in path:
        if isinstance(node, Mapping) and str(part) in node.fields:
            parent, node, name = node, node.fields[str(part)], str(part)
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.entries):
            parent, node = node, node.entries[part]
    return node, name, parent


def way_to(node: Node, line: int, column: int) -> tuple[str | int, ...]:
    """The way down to the deepest part that begins at a place or before it; () for the node itself.

    The way stops at a list or an entry that begins exactly there: the place then means all of it.
    """
    if (line, column) == (node.line, node.column):
        return ()
    if isinstance(node, Mapping):
        before = [name for name, key in node.keys.items() if (key.line, key.column) <= (line, column)]
        return (before[-1], *way_to(node.fields[before[-1]], line, column)) if before else ()
    if isinstance(node, Sequence):
        place = bisect_right(node.entries, (line, column), key=lambda one: (one.line, one.column)) - 1
        return (place, *way_to(node.entries[place], line, column)) if place >= 0 else ()
    return ()
