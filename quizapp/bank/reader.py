"""Guarded YAML: a tree in which every value is text and knows its line and column.

PyYAML gives events only; nothing is resolved, so `no` stays text and no file can grow in
memory. What YAML would lose without a word is a problem here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import yaml

from quizapp.bank.brackets import unreadable
from quizapp.bank.builder import Builder, LimitError
from quizapp.bank.indents import LOADER, Indents, dashed, without_dash
from quizapp.bank.nodes import Mapping, Node, Scalar, Sequence
from quizapp.bank.problems import Problem
from quizapp.bank.source import LONG_LISTS, SourceText, open_source
from quizapp.bank.syntax import Suspect, explain_error, suspect

MAX_EVENTS = 200_000


@dataclass
class Tree:
    """What a file holds, and everything found on the way. `root` is None when nothing could be read."""

    root: Mapping | None
    source: SourceText | None
    problems: list[Problem] = field(default_factory=list)


class BrokenError(Exception):
    """Lines `first` to `last` of the file are no YAML."""

    def __init__(self, error: yaml.MarkedYAMLError, first: int, last: int) -> None:
        super().__init__(str(error))
        self.error = error
        self.first = first
        self.last = last


def read(data: bytes, name: str) -> Tree:
    """Read a file into a tree.

    Args:
        data: the file's bytes, UTF-8.
        name: what the file is called in the problems.

    Returns:
        The tree. When the YAML breaks, the file is read piece by piece (its fields,
        stimuli and questions), so one broken piece does not hide the others.
    """
    source, problems = open_source(data, name)
    if source is None:
        return Tree(None, None, problems)
    if any(problem.code == "tab" for problem in problems):
        problems = Indents(source).without_tabs(problems)
    reading = _Reading(source, problems)
    try:
        root = reading.piece(1, len(source.lines))
    except LimitError as stop:
        return Tree(None, source, [*problems, stop.problem])
    except BrokenError as broken:
        return _read_pieces(source, problems, broken, reading)
    if isinstance(root, Mapping):
        return Tree(root, source, problems)
    if not any(problem.level == "error" for problem in problems):
        problems.append(
            source.problem(1, 1, "not-a-bank", "A bank begins with the line “format: 1” and fields like it.")
        )
    return Tree(None, source, problems)


def _read_pieces(source: SourceText, problems: list[Problem], broken: BrokenError, reading: _Reading) -> Tree:
    """Read each top-level field, and each entry of the two long lists, on its own."""
    fields: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    told = {problem.line for problem in problems if problem.level == "error"}
    failures = 0
    for first, last in _pieces(source):
        try:
            node = reading.piece(first, last)
        except LimitError as stop:
            return Tree(None, source, [*problems, stop.problem])
        except BrokenError as failure:
            failures += 1
            problem = reading.explained(failure)
            problems += [problem] if problem.line not in told else []
            continue
        if not _graft(fields, keys, node, source, first, problems):
            failures += 1
            problems.append(reading.out_of_place(first))
    if not failures and not any(problem.code == "no-dash" for problem in problems):
        problems.append(reading.explained(broken))
    return Tree(Mapping(fields, keys, 1, 1) if fields else None, source, problems)


def _pieces(source: SourceText) -> Iterator[tuple[int, int]]:
    """Lines that can be read on their own: what stands before the first field, fields, entries of long lists."""
    before = source.sections[0][1] if source.sections else 1
    if any(line.strip() for line in source.lines[: before - 1]):
        yield 1, before - 1
    for _, start, end in source.sections:
        starts = [region.first for region in source.regions_between(start + 1, end)]
        for first, following in pairwise([start, *starts, end + 1]):
            yield first, following - 1


def _graft(
    fields: dict[str, Node],
    keys: dict[str, Scalar],
    node: Node | None,
    source: SourceText,
    line: int,
    problems: list[Problem],
) -> bool:
    """Put a piece where it belongs in the tree; False when it is not of that shape."""
    if node is None:
        return True
    section = next(((key, start) for key, start, end in source.sections if start <= line <= end), None)
    if isinstance(node, Mapping) and section is not None and section[0] in LONG_LISTS and line > section[1]:
        first = next(iter(node.fields))
        found = without_dash(first, node.column)
        fix = dashed(source.lines[node.line - 1], source.indent_of(section[0]) + 1, node.column)
        problems.append(source.problem(node.line, node.column, found.code, found.message, fix=fix))
        node = Sequence([node], node.line, node.column)
    if isinstance(node, Mapping):
        for key, value in node.fields.items():
            if key in keys:
                name = node.keys[key]
                message = f"“{key}:” is here twice; it is first in line {keys[key].line}. Delete one."
                problems.append(source.problem(name.line, name.column, "duplicate", message))
            fields.setdefault(key, value)
            keys.setdefault(key, node.keys[key])
        return True
    target = fields.get(section[0]) if section else None
    if not isinstance(node, Sequence) or section is None:
        return False
    if not isinstance(target, Sequence):
        fields[section[0]] = target = Sequence([], node.line, node.column)
    target.entries.extend(node.entries)
    return True


class _Reading:
    """One pass over lines of a file."""

    def __init__(self, source: SourceText, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
        self.indents = Indents(source)
        self.offset = 0

    def piece(self, first: int, last: int) -> Node | None:
        """The node that these lines hold, or None when they hold nothing.

        Raises LimitError past a limit, BrokenError when the lines are no YAML.
        """
        self.offset = first - 1
        text = "\n".join(self.source.lines[first - 1 : last]) + "\n"
        found: list[Problem] = []
        try:
            root = self._build(text, found)
        except yaml.MarkedYAMLError as error:
            raise BrokenError(error, first, last) from error
        self.problems += found
        if isinstance(root, Mapping) and len(root.fields) == 1 and last < len(self.source.lines):
            # `questions:` cut off from its entries is empty on purpose.
            self._forget_cut(root, first, last)
        return root

    def _forget_cut(self, root: Mapping, first: int, last: int) -> None:
        key = next(iter(root.fields))
        starts = {region.first for region in self.source.regions if region.section == key}
        if last + 1 in starts and isinstance(root.fields[key], Scalar):
            self.problems[:] = [p for p in self.problems if not (p.code == "empty-value" and p.line == first)]
            root.fields[key] = Sequence([], first, 1)

    def _build(self, text: str, found: list[Problem]) -> Node | None:
        builder = Builder(self.source, self.offset, found)
        event: Any  # the types of PyYAML leave open that it has a place
        for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
            if count >= MAX_EVENTS:
                line = event.start_mark.line + 1 + self.offset
                message = "The file holds too many values. Split it into several banks."
                raise LimitError(self.source.problem(line, event.start_mark.column + 1, "too-many", message))
            builder.take(event)
        builder.losses.notes(self.offset + 1, self.offset + text.count("\n"))
        return builder.root

    def explained(self, broken: BrokenError) -> Problem:
        """What an author did that the parser does not take, where it was done, and the line that it takes."""
        error, first, last = broken.error, broken.first, broken.last
        lines = self.source.lines
        mark = error.problem_mark or error.context_mark
        at = min(last, mark.line + first) if mark else first
        while at > first and not lines[at - 1].strip():
            at -= 1
        begun = error.context_mark if re.search("scalar|flow (mapping|sequence)", error.context or "") else None
        opened = min(last, begun.line + first) if begun else at
        for number in dict.fromkeys((opened, at, *range(at - 1, max(first, at - 12) - 1, -1))):
            following = lines[number] if number < len(lines) else ""
            found = suspect(lines[number - 1], following)
            if found is not None and (number in {opened, at, at - 1} or found.code == "open-quote"):
                return self.source.problem(number, found.column, found.code, found.message, fix=found.fix)
        told = unreadable(lines[opened - 1][begun.column : begun.column + 1]) if begun else None
        if told is not None and begun:
            return self.source.problem(opened, begun.column + 1, "open-bracket", told)
        code, message = explain_error(f"{error.context or ''} {error.problem or ''}")
        if code == "open-quote" and error.context_mark:
            return self.source.problem(opened, error.context_mark.column + 1, code, message)
        column = len(lines[at - 1]) - len(lines[at - 1].lstrip()) + 1
        lacking = self.indents.missing_dash(first, at, last) if code == "indent" else None
        if lacking is not None:
            number, found = lacking
            return self.source.problem(number, found.column, found.code, found.message, fix=found.fix)
        fix = self.indents.lined_up(first, at, last) if code == "indent" else None
        return self.source.problem(at, column, code, message, fix=fix)

    def out_of_place(self, line: int) -> Problem:
        """What is wrong with lines that can be read and belong nowhere; the first of them is `line`."""
        lines = self.source.lines
        while line < len(lines) and not lines[line - 1].split("#")[0].strip():
            line += 1
        found = suspect(lines[line - 1]) or Suspect("indent", 1, explain_error("")[1])
        return self.source.problem(line, found.column, found.code, found.message, fix=found.fix)
