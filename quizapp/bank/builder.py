"""From the events of a YAML parser to a tree, with guards: limits, and nothing that only programs need."""

from __future__ import annotations

from typing import Any

from yaml import events

from quizapp.bank.losses import Losses
from quizapp.bank.nodes import Mapping, Node, Scalar, Sequence
from quizapp.bank.problems import Problem
from quizapp.bank.source import SourceText
from quizapp.bank.syntax import suspect

MAX_DEPTH = 12
MAX_TEXT_BYTES = 20_000
MAX_ENTRIES = 200
"""Entries of one list inside a question; the lists of questions and stimuli have no such limit."""


class LimitError(Exception):
    """The file goes past a limit; reading it stops."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Builder:
    """Takes the events of some lines of a file one by one; `root` is the tree when all are taken.

    Args:
        source: the file.
        offset: how many lines of the file come before those that the events are about.
        problems: where findings are put.
    """

    def __init__(self, source: SourceText, offset: int, problems: list[Problem]) -> None:
        self.source = source
        self.offset = offset
        self.problems = problems
        self.losses = Losses(source, offset, problems)
        self.root: Node | None = None
        self.open: list[Sequence | Mapping] = []
        self.names: list[Scalar | None] = []
        self.documents = 0

    def take(self, event: events.Event) -> None:
        """Add one event to the tree.

        Raises:
            LimitError: past a limit.
        """
        if isinstance(event, events.NodeEvent):
            if event.anchor is not None or getattr(event, "tag", None) is not None:
                self._refuse(event)
            self._node(event)
        elif isinstance(event, events.CollectionEndEvent):
            self.open.pop()
            self.names.pop()
        elif isinstance(event, events.DocumentStartEvent):
            self._document(event)

    def _document(self, event: events.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            message = "A second document begins here. Keep one bank in a file and delete the line of dashes."
            raise LimitError(self._problem(event, "second-document", message, fix=""))

    def _refuse(self, event: Any) -> None:
        """Report what stands for another text, or for a type: it is never resolved."""
        if isinstance(event, events.AliasEvent):
            code, sign = "alias", "*"
        elif event.anchor is not None:
            code, sign = "anchor", "&"
        else:
            code, sign = "tag", "!"
        found = suspect(self.source.lines[event.start_mark.line + self.offset])
        message = f"Text that begins with {sign} needs quotes round it."
        self._report(event, code, message, found.fix if found else None)

    def _node(self, event: Any) -> None:  # an event of a node; the types of PyYAML leave open that it has a place
        line, column = event.start_mark.line + 1 + self.offset, event.start_mark.column + 1
        if isinstance(event, events.ScalarEvent):
            self._scalar(event, line, column)
        elif isinstance(event, events.SequenceStartEvent):
            self._enter(Sequence([], line, column, bool(event.flow_style)), event)
        elif isinstance(event, events.MappingStartEvent):
            self._enter(Mapping({}, {}, line, column, bool(event.flow_style)), event)
        else:
            self._put(Scalar("*", line, column, plain=False), event)

    def _enter(self, node: Sequence | Mapping, event: events.NodeEvent) -> None:
        if len(self.open) >= MAX_DEPTH:
            message = f"Lists and fields are nested more than {MAX_DEPTH} deep here."
            raise LimitError(self._problem(event, "too-deep", message))
        self._put(node, event)
        self.open.append(node)
        self.names.append(None)

    def _scalar(self, event: events.ScalarEvent, line: int, column: int) -> None:
        value: str = event.value
        if len(value) > MAX_TEXT_BYTES or (
            len(value) > MAX_TEXT_BYTES // 4 and len(value.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES
        ):
            message = f"This text is longer than {MAX_TEXT_BYTES:,} bytes. Shorten it."
            raise LimitError(self._problem(event, "too-long", message))
        scalar = Scalar(value, line, column, plain=not event.style)
        is_name = bool(self.open) and isinstance(self.open[-1], Mapping) and self.names[-1] is None
        self.losses.look(event, scalar, None if is_name or not self.names else self.names[-1], is_name=is_name)
        self._put(scalar, event)

    def _put(self, node: Node, event: events.NodeEvent) -> None:
        if not self.open:
            self.root = node if self.root is None else self.root
            return
        parent = self.open[-1]
        if isinstance(parent, Sequence):
            parent.entries.append(node)
            if len(parent.entries) > MAX_ENTRIES and len(self.open) > 2:
                message = (
                    f"This list has more than {MAX_ENTRIES} entries. Keep to those that a student can look through."
                )
                raise LimitError(self._problem(event, "too-many", message))
            return
        name = self.names[-1]
        if name is None:
            self._name(node, event)
            return
        self.names[-1] = None
        if name.value in parent.fields:
            first = parent.keys[name.value].line
            message = f"“{name.value}:” is here twice; it is first in line {first}. Delete one."
            self.problems.append(
                self.source.problem(name.line, name.column, "duplicate", message, fix=self._without(name, node))
            )
            return
        parent.fields[name.value] = node
        parent.keys[name.value] = name

    def _without(self, name: Scalar, node: Node) -> str | None:
        """The line without the field, when the field is all that stands there and ends there."""
        line = self.source.lines[name.line - 1]
        following = self.source.lines[name.line] if name.line < len(self.source.lines) else ""
        deeper = len(following) - len(following.lstrip()) >= name.column and following.strip()
        whole = isinstance(node, Scalar) and node.line == name.line and not deeper
        return "" if whole and not line[: name.column - 1].strip() else None

    def _name(self, node: Node, event: events.NodeEvent) -> None:
        if not isinstance(node, Scalar):
            message = "A list or a group of fields cannot be the name of a field. Use quotes."
            self._report(event, "field-name", message, None)
            node = Scalar("?", node.line, node.column)
        elif node.value == "<<" and node.plain:
            self._report(event, "merge", "“<<” is not allowed here. Write the fields out, and delete this line.", "")
        self.names[-1] = node

    def _problem(self, event: events.Event, code: str, message: str, fix: str | None = None) -> Problem:
        mark: Any = event.start_mark
        return self.source.problem(mark.line + 1 + self.offset, mark.column + 1, code, message, fix=fix)

    def _report(self, event: events.Event, code: str, message: str, fix: str | None) -> None:
        self.problems.append(self._problem(event, code, message, fix))
