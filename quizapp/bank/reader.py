"""Guarded YAML: a tree in which every value is text and knows its line and column.

PyYAML gives events only; nothing is resolved, so `no` stays text and no file can grow in
memory. What YAML would lose without a word is a problem here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

import yaml
from yaml import events

from quizapp.bank.problems import Problem
from quizapp.bank.source import SourceText, open_source
from quizapp.bank.syntax import explain_error, quoted, suspect

MAX_DEPTH = 12
MAX_EVENTS = 200_000
MAX_TEXT_BYTES = 20_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text and where it begins."""

    value: str
    line: int
    column: int
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list and where it begins; `flow` when written in square brackets."""

    entries: list[Node]
    line: int
    column: int
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """Fields and where they begin; `keys` holds the place of each name."""

    fields: dict[str, Node]
    keys: dict[str, Scalar]
    line: int
    column: int
    flow: bool = False


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass
class Tree:
    """What a file holds, and everything found on the way. `root` is None when nothing could be read."""

    root: Mapping | None
    source: SourceText | None
    problems: list[Problem] = field(default_factory=list)


def _start(event: Any) -> tuple[int, int]:
    """Line and column, from 0, at which an event begins."""
    return event.start_mark.line, event.start_mark.column


def _end(event: Any) -> tuple[int, int]:
    """Line and column, from 0, at which an event ends."""
    return event.end_mark.line, event.end_mark.column


class LimitError(Exception):
    """The file goes past a limit; reading it stops."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class BrokenError(Exception):
    """A piece of the file is no YAML."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def data_of(node: Node) -> Any:
    """The plain texts, lists and dictionaries of a node."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [data_of(entry) for entry in node.entries]
    return {key: data_of(value) for key, value in node.fields.items()}


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
    reading = _Reading(source, problems)
    try:
        root = reading.piece(1, len(source.lines))
    except LimitError as stop:
        return Tree(None, source, [*problems, stop.problem])
    except BrokenError as broken:
        return _read_pieces(source, problems, broken)
    if isinstance(root, Mapping):
        return Tree(root, source, problems)
    if not any(problem.level == "error" for problem in problems):
        problems.append(
            source.problem(1, 1, "not-a-bank", "A bank begins with the line “format: 1” and fields like it.")
        )
    return Tree(None, source, problems)


def _read_pieces(source: SourceText, problems: list[Problem], broken: BrokenError) -> Tree:
    """Read each top-level field, and each entry of the two long lists, on its own."""
    reading = _Reading(source, problems)
    fields: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    failures = 0
    for first, last in _pieces(source):
        try:
            node = reading.piece(first, last)
        except LimitError as stop:
            return Tree(None, source, [*problems, stop.problem])
        except BrokenError as failure:
            failures += 1
            problems.append(failure.problem)
            continue
        failures += not _graft(fields, keys, node, source.sections, first)
    if not failures:
        problems.append(broken.problem)
    return Tree(Mapping(fields, keys, 1, 1) if fields else None, source, problems)


def _pieces(source: SourceText) -> Iterator[tuple[int, int]]:
    for _, start, end in source.sections:
        starts = [region.first for region in source.regions if start < region.first <= end]
        for first, following in pairwise([start, *starts, end + 1]):
            yield first, following - 1


def _graft(
    fields: dict[str, Node],
    keys: dict[str, Scalar],
    node: Node | None,
    sections: list[tuple[str, int, int]],
    line: int,
) -> bool:
    """Put a piece where it belongs in the tree; False when it is not of that shape."""
    if node is None:
        return True
    if isinstance(node, Mapping):
        for key, value in node.fields.items():
            fields.setdefault(key, value)
            keys.setdefault(key, node.keys[key])
        return True
    section = next((key for key, start, end in sections if start <= line <= end), None)
    target = fields.get(section or "")
    if not isinstance(node, Sequence) or section is None:
        return False
    if not isinstance(target, Sequence):
        fields[section] = target = Sequence([], node.line, node.column)
    target.entries.extend(node.entries)
    return True


class _Reading:
    """One pass over lines of a file."""

    def __init__(self, source: SourceText, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
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
            raise BrokenError(self._syntax(error, first, last)) from error
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
        builder = _Builder(self.source, self.offset, found)
        for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
            if count >= MAX_EVENTS:
                raise LimitError(
                    self._at(event, "too-many", "The file holds too many values. Split it into several banks.")
                )
            builder.take(event)
        return builder.root

    def _at(self, event: events.Event, code: str, message: str) -> Problem:
        line, column = _start(event)
        return self.source.problem(line + 1 + self.offset, column + 1, code, message)

    def _syntax(self, error: yaml.MarkedYAMLError, first: int, last: int) -> Problem:
        lines = self.source.lines
        mark = error.problem_mark or error.context_mark
        at = min(last, mark.line + first) if mark else first
        while at > first and not lines[at - 1].strip():
            at -= 1
        opened = error.context_mark.line + first if error.context_mark and "scalar" in (error.context or "") else at
        for number in dict.fromkeys((opened, at, *range(at - 1, max(first, at - 12) - 1, -1))):
            following = lines[number] if number < len(lines) else ""
            found = suspect(lines[number - 1], following)
            if found is not None and (number in {opened, at, at - 1} or found.code == "open-quote"):
                return self.source.problem(number, found.column, found.code, found.message, fix=found.fix)
        code, message = explain_error(f"{error.context or ''} {error.problem or ''}")
        if code == "open-quote" and error.context_mark:
            return self.source.problem(opened, error.context_mark.column + 1, code, message)
        column = len(lines[at - 1]) - len(lines[at - 1].lstrip()) + 1
        return self.source.problem(at, column, code, message)


class _Builder:
    """Events to nodes, with the guards."""

    def __init__(self, source: SourceText, offset: int, problems: list[Problem]) -> None:
        self.source = source
        self.offset = offset
        self.problems = problems
        self.root: Node | None = None
        self.open: list[Sequence | Mapping] = []
        self.names: list[Scalar | None] = []
        self.documents = 0

    def take(self, event: events.Event) -> None:
        """Add one event to the tree."""
        if isinstance(event, events.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, events.NodeEvent):
            self._guard(event)
            self._node(event)
        elif isinstance(event, events.CollectionEndEvent):
            self.open.pop()
            self.names.pop()

    def _document(self, event: events.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            message = "A second document begins here. Keep one bank in a file and delete the line of dashes."
            raise LimitError(self._problem(event, "second-document", message))

    def _guard(self, event: events.NodeEvent) -> None:
        if isinstance(event, events.AliasEvent):
            code, sign = "alias", "*"
        elif event.anchor is not None:
            code, sign = "anchor", "&"
        elif getattr(event, "tag", None) is not None:
            code, sign = "tag", "!"
        else:
            return
        found = suspect(self.source.lines[_start(event)[0] + self.offset])
        self._report(event, code, f"Text that begins with {sign} needs quotes round it.", found.fix if found else None)

    def _node(self, event: events.NodeEvent) -> None:
        line, column = _start(event)
        line, column = line + 1 + self.offset, column + 1
        if isinstance(event, events.ScalarEvent):
            self._scalar(event, line, column)
        elif isinstance(event, events.AliasEvent):
            self._put(Scalar("*", line, column, plain=False), event)
        elif isinstance(event, events.SequenceStartEvent):
            self._enter(Sequence([], line, column, bool(event.flow_style)), event)
        elif isinstance(event, events.MappingStartEvent):
            self._enter(Mapping({}, {}, line, column, bool(event.flow_style)), event)

    def _enter(self, node: Sequence | Mapping, event: events.Event) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise LimitError(
                self._problem(event, "too-deep", f"Lists and fields are nested more than {MAX_DEPTH} deep here.")
            )
        self._put(node, event)
        self.open.append(node)
        self.names.append(None)

    def _scalar(self, event: events.ScalarEvent, line: int, column: int) -> None:
        if len(event.value) > MAX_TEXT_BYTES or len(event.value.encode()) > MAX_TEXT_BYTES:
            message = f"This text is longer than {MAX_TEXT_BYTES:,} bytes. Shorten it."
            raise LimitError(self._problem(event, "too-long", message))
        scalar = Scalar(event.value, line, column, plain=not event.style)
        is_name = bool(self.open) and isinstance(self.open[-1], Mapping) and self.names[-1] is None
        if scalar.plain and not is_name:
            self._losses(event, scalar)
        self._put(scalar, event)

    def _losses(self, event: events.ScalarEvent, scalar: Scalar) -> None:
        """Report text that YAML drops without a word."""
        row, column = _end(event)
        at = row + 1 + self.offset
        line = self.source.lines[at - 1] if at <= len(self.source.lines) else ""
        rest = line[column:]
        comment = re.match(r"(\s*)#(.?)", rest)
        if not scalar.value:
            self._empty(event, line, rest, comment)
        elif comment and comment[2].strip() and comment[2] != "#":
            head, text = line[: _value_at(line)], line[_value_at(line) :]
            self.problems.append(
                self.source.problem(
                    at,
                    column + len(comment[1]) + 1,
                    "comment",
                    "Everything after # is lost. Put quotes round the whole text.",
                    fix=head + quoted(text.rstrip()),
                )
            )
        elif comment and len(comment[1]) == 1 and " " in scalar.value:
            message = "Everything after # counts as a note to yourself. If it belongs to the text, use quotes."
            self.problems.append(self.source.problem(at, column + 2, "note", message, "warning"))

    def _empty(self, event: events.ScalarEvent, line: str, rest: str, comment: re.Match[str] | None) -> None:
        row, start = _start(event)
        at, column = row + 1 + self.offset, start + 1
        if comment and comment[2].strip():
            column += len(comment[1])
            fix = line[: _end(event)[1]] + comment[1] + quoted(rest.strip())
            message = "Text that begins with # is lost. Put quotes round it."
            self.problems.append(self.source.problem(at, column, "comment", message, fix=fix))
            return
        name = self.names[-1] if self.names else None
        if name is not None and " " in name.value.strip():
            head = self.source.lines[name.line - 1]
            message = "This text ends in a colon, so it counts as the name of a field. Put quotes round it."
            fix = head[: name.column - 1] + quoted(head[name.column - 1 :].strip())
            self.problems.append(self.source.problem(name.line, name.column, "colon-end", message, fix=fix))
            return
        what = f"“{name.value}:”" if name is not None else "This entry"
        place = (name.line, name.column) if name is not None else (at, column)
        message = f"{what} has no value. Write one, or delete the line."
        self.problems.append(self.source.problem(*place, "empty-value", message))

    def _put(self, node: Node, event: events.Event) -> None:
        if not self.open:
            self.root = node if self.root is None else self.root
            return
        parent = self.open[-1]
        if isinstance(parent, Sequence):
            parent.entries.append(node)
            return
        name = self.names[-1]
        if name is None:
            self._name(node, event)
            return
        self.names[-1] = None
        if name.value in parent.fields:
            first = parent.keys[name.value].line
            message = f"“{name.value}:” is here twice; it is first in line {first}. Delete one."
            self.problems.append(self.source.problem(name.line, name.column, "duplicate", message))
            return
        parent.fields[name.value] = node
        parent.keys[name.value] = name

    def _name(self, node: Node, event: events.Event) -> None:
        if not isinstance(node, Scalar):
            self._report(
                event, "field-name", "A list or a group of fields cannot be the name of a field. Use quotes.", None
            )
            node = Scalar("?", node.line, node.column)
            self.names[-1] = node
            return
        if node.value == "<<" and node.plain:
            self._report(event, "merge", "“<<” is not allowed here. Write the fields out.", None)
        self.names[-1] = node

    def _problem(self, event: events.Event, code: str, message: str, fix: str | None = None) -> Problem:
        line, column = _start(event)
        return self.source.problem(line + 1 + self.offset, column + 1, code, message, fix=fix)

    def _report(self, event: events.Event, code: str, message: str, fix: str | None) -> None:
        self.problems.append(self._problem(event, code, message, fix))


def _value_at(line: str) -> int:
    """Where the value begins in a line, after its indent, dashes and field name."""
    match = re.match(r"\s*(?:- +)*(?:[\w-]+:[ \t]+)?", line)
    return match.end() if match else 0
