"""Where the lines of a file begin: dashes that are missing, indents that do not line up, tabs.

What is proposed was tried: the parser takes it, and it fits what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from math import gcd
from typing import Any

import yaml

from quizapp.bank.problems import Problem
from quizapp.bank.source import LONG_LISTS, SourceText
from quizapp.bank.syntax import Suspect

LISTS_OF_FIELDS = frozenset({"stimuli", "questions", "options", "statements", "pairs", "spans", "near", "cards"})
"""Fields that hold a list whose entries are fields, so that each needs a dash before its first one."""
MOST_TRIED = 400
"""Lines of a piece in which other beginnings of a line are tried out to find one that fits; in more, none is."""
MOST_TABS = 60
"""Lines with tabs whose place is looked for; those after them get the usual indent for each tab."""
_BACK = 12
"""Lines before the one the parser complains of in which the mistake is looked for."""
_EITHER = frozenset({"right", "wrong"})
_FIELD = re.compile(r"([\w-]+):(?:\s|$)")
_IN_BRACES = re.compile(r"\{ *[\"']?([\w-]+)[\"']?:")
_DASHED = re.compile(r"( *)- +(?:([\w-]+):(?:\s|$))?")

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def without_dash(name: str, column: int) -> Suspect:
    """What is said of an entry whose first field has no dash before it."""
    return Suspect("no-dash", column, f"A new entry seems to begin here. Put a dash and a space before “{name}:”.")


def dashed(line: str, dash: int, column: int) -> str | None:
    """The line with a dash in column `dash` before what begins in `column`, both from 1; None without room for it."""
    if not 1 <= dash < column - 1 or line[: column - 1].strip():
        return None
    return " " * (dash - 1) + "-" + " " * (column - dash - 1) + line[column - 1 :]


def either(names: set[str]) -> set[str]:
    """The names with which entries begin; an option begins with either of two."""
    return names | _EITHER if names & _EITHER else names


class Indents:
    """Finds where lines of one file should begin."""

    def __init__(self, source: SourceText) -> None:
        self.source = source

    @cached_property
    def _begin(self) -> dict[int, set[str]]:
        """The names with which entries begin whose dash stands after so many spaces; "" for one without a name."""
        found: dict[int, set[str]] = {}
        for line in self.source.lines:
            if match := _DASHED.match(line):
                found.setdefault(len(match[1]), set()).add(match[2] or "")
        return {start: either(names) for start, names in found.items()}

    def missing_dash(self, first: int, at: int, last: int) -> tuple[int, Suspect] | None:
        """The line from `first` to `at` that lacks its dash, so that the lines to `last` are no YAML; None if none.

        A line lacks it when with a dash it begins as its neighbours do, and all the lines can be read.
        """
        if last - first > MOST_TRIED:
            return None
        for number in range(at, max(first, at - _BACK) - 1, -1):
            bare = self.source.lines[number - 1].lstrip(" ")
            if not bare or bare.startswith(("#", "-")):
                continue
            column = len(self.source.lines[number - 1]) - len(bare)
            name = match[1] if (match := _FIELD.match(bare) or _IN_BRACES.match(bare)) else ""
            for start in (column, column - 2, *(sorted(self._begin) if bare.startswith("{") else ())):
                fix = " " * start + "- " + bare
                if name in self._begin.get(start, ()) and self._reads(first, number, fix, last):
                    found = without_dash(name, column + 1) if name else _text_without_dash(column + 1)
                    return number, replace(found, fix=fix)
        return None

    def lined_up(self, first: int, at: int, last: int) -> str | None:
        """The line `at` begun where a line before it, or what it holds, begins; None if that does not help."""
        if last - first > MOST_TRIED:
            return None
        lines = self.source.lines
        text = lines[at - 1].strip()
        for start in dict.fromkeys(_starts(lines[max(first, at - 8) - 1 : at - 1])):
            fix = " " * start + text
            if fix != lines[at - 1] and self._broken_at(first, [*lines[first - 1 : at - 1], fix, *lines[at:last]]) > at:
                return fix
        return None

    def without_tabs(self, problems: list[Problem]) -> list[Problem]:
        """Findings of tabs with corrected lines that fit what stands around them; other findings as they are."""
        lines = list(self.source.lines)
        unit = _unit(lines)
        found = []
        for count, problem in enumerate(sorted(problems, key=lambda one: one.line)):
            if problem.code != "tab":
                found.append(problem)
                continue
            line = lines[problem.line - 1]
            fix = self._untabbed(lines, problem.line, unit) if count < MOST_TABS else None
            bare = line.lstrip(" \t")
            fix = fix or line[: len(line) - len(bare)].replace("\t", " " * unit) + bare
            lines[problem.line - 1] = fix
            found.append(replace(problem, fix=fix))
        return found

    def _untabbed(self, lines: list[str], at: int, unit: int) -> str | None:
        """The line with spaces for its tabs, so that it can be read after those before it, which have none any more."""
        bare = lines[at - 1].lstrip(" \t")
        head = lines[at - 1][: len(lines[at - 1]) - len(bare)]
        before = [line for line in lines[max(0, at - 1 - MOST_TRIED) : at - 1] if not line.lstrip().startswith("#")]
        known = list(dict.fromkeys(_starts(before[-30:])))
        deeper = [known[0] + unit] if known and before[-1].rstrip().endswith(":") else []
        widths = [len(head.replace("\t", " " * unit)), *(len(head.expandtabs(width)) for width in (unit, 2, 4, 8))]
        known.sort(key=lambda start: abs(start - widths[0]))
        first = self._begins(lines, at)
        if at - first > MOST_TRIED:
            return None
        for start in dict.fromkeys([*(one for one in widths if one in known or one in deeper), *deeper, *known]):
            fix = " " * start + bare
            match = _DASHED.match(fix)
            names = self._begin.get(start)
            if match and names and (match[2] or "") not in names:
                continue  # another list's entries begin here
            if self._broken_at(first, [*lines[first - 1 : at - 1], fix]) > at:
                return fix
        return None

    def _begins(self, lines: list[str], at: int) -> int:
        """The line from which `at` can be read: the dash of its entry in a long list, else its top-level field."""
        before = [(name, start) for name, start, _ in self.source.sections if start <= at]
        name, first = before[-1] if before else ("", 1)
        if name not in LONG_LISTS:
            return first
        dash = " " * self.source.indent_of(name) + "- "
        tried = range(at - 1, max(first, at - MOST_TRIED), -1)
        return next((number for number in tried if lines[number - 1].startswith(dash)), first)

    def _reads(self, first: int, at: int, fix: str, last: int) -> bool:
        lines = self.source.lines
        return self._broken_at(first, [*lines[first - 1 : at - 1], fix, *lines[at:last]]) > last

    @staticmethod
    def _broken_at(first: int, lines: Sequence[str]) -> int:
        """The line of the file in which the parser gives up, when these begin with `first`; past all if nowhere."""
        try:
            for _ in yaml.parse("\n".join(lines) + "\n", Loader=LOADER):
                pass
        except yaml.MarkedYAMLError as error:
            return first + (0 if error.problem_mark is None else error.problem_mark.line)
        return first + len(lines) + 1


def _text_without_dash(column: int) -> Suspect:
    return Suspect("no-dash", column, "A new entry seems to begin here. Put a dash and a space before it.")


def _starts(lines: Sequence[str]) -> Iterator[int]:
    """How many spaces stand before the lines and before what their dashes begin, the nearest line first."""
    for line in reversed(lines):
        bare = line.lstrip(" ")
        if bare.strip():
            yield len(line) - len(bare)
            yield len(line) - len(bare.removeprefix("- ").lstrip(" "))


def _unit(lines: Sequence[str]) -> int:
    """How many spaces a level of the file has, by the lines with fields; 2 where none is indented."""
    found = {len(match[1]) for line in lines if (match := re.match(r"( +)(?:- +)?[\w-]+:(?:\s|$)", line))}
    return next((size for size in (gcd(*found), min(found, default=2)) if size > 1), 2)
