"""From the events of a YAML parser to a tree, with guards: limits, and nothing that only programs need."""

from __future__ import annotations

from typing import Any

from yaml import events

from quizapp.bank.indents import LISTS_OF_FIELDS, dashed, either, without_dash
from quizapp.bank.losses import Losses
from quizapp.bank.nodes import Mapping, Node, Scalar, Sequence
from quizapp.bank.problems import Problem
from quizapp.bank.source import SourceText
from quizapp.bank.syntax import suspect

MAX_DEPTH = 12
MAX_TEXT_BYTES = 20_000
MAX_ENTRIES = 200
"""Entries of one list inside a question, or fields of one; the lists of questions and stimuli have no such limit."""
_ANSWERS = frozenset({"right", "wrong"})
"""Fields that a question writes twice where it means two answers: neither is to be deleted."""


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
        self.assumed: list[int] = []  # how deep lists are that have no dash
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
            self._leave()
            if self.assumed and self.assumed[-1] == len(self.open):
                self.assumed.pop()
                self._leave()
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
            if self._lacks_dashes(event):
                self._enter(Sequence([], line, column - 2), event)
                self.assumed.append(len(self.open))
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

    def _leave(self) -> None:
        self.open.pop()
        self.names.pop()

    def _lacks_dashes(self, event: events.MappingStartEvent) -> bool:
        """Whether fields stand where a list of them belongs, with room for the dash that is missing."""
        name = self.names[-1] if self.open and isinstance(self.open[-1], Mapping) else None
        belongs = name is not None and name.value in LISTS_OF_FIELDS and not event.flow_style
        mark: Any = event.start_mark
        if not belongs or mark.column < 2:
            return False
        line = mark.line + 1 + self.offset
        self._tell_dash(Scalar("", line, mark.column + 1), mark.column - 1)
        return True

    def _tell_dash(self, name: Scalar, dash: int) -> None:
        line = self.source.lines[name.line - 1]
        found = without_dash(line[name.column - 1 :].partition(":")[0], name.column)
        fix = dashed(line, dash, name.column)
        self.problems.append(self.source.problem(name.line, name.column, found.code, found.message, fix=fix))

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
            self._add_entry(parent, node, event, deep=len(self.open) > 2)
            return
        name = self.names[-1]
        if name is None:
            self._name(node, event)
            return
        self.names[-1] = None
        if name.value in parent.fields:
            first = parent.keys[name.value].line
            message = f"“{name.value}:” is here twice; it is first in line {first}. "
            fix = None
            if name.value in _ANSWERS:
                message += f"Each answer needs a dash of its own in the list below “options:”: “- {name.value}: …”."
            else:
                message += "Delete one."
                fix = self._without(name, node)
            self.problems.append(self.source.problem(name.line, name.column, "duplicate", message, fix=fix))
            return
        if len(parent.fields) >= MAX_ENTRIES:
            message = f"This has more than {MAX_ENTRIES} fields. Look for a line with a dash that is missing."
            raise LimitError(self.source.problem(name.line, name.column, "too-many", message))
        parent.fields[name.value] = node
        parent.keys[name.value] = name

    def _add_entry(self, parent: Sequence, node: Node, event: events.NodeEvent, *, deep: bool) -> None:
        parent.entries.append(node)
        if deep and len(parent.entries) > MAX_ENTRIES:
            message = f"This list has more than {MAX_ENTRIES} entries. Keep to those that a student can look through."
            raise LimitError(self._problem(event, "too-many", message))

    def _begin_entry(self, name: Scalar, event: events.NodeEvent) -> None:
        """Begin the next entry of a list at a field that its entry has already, if one seems to begin without a dash.

        It begins with a name that entries of this list begin with: this one, or the last before it.
        """
        entry, siblings = self.open[-1], self.open[-2] if len(self.open) > 1 else None
        if not isinstance(entry, Mapping) or not isinstance(siblings, Sequence) or entry.flow:
            return
        known = [one for one in (*siblings.entries[:1], *siblings.entries[-2:]) if isinstance(one, Mapping)]
        begin = either({next(iter(one.fields)) for one in known if one.fields})
        inside = [other for other in list(entry.fields)[1:] if other in begin]
        if name.value in begin and (name.value != "id" or len(entry.fields) > 1):
            moved: list[str] = []
        elif inside and name.value not in begin:
            moved = list(entry.fields)[list(entry.fields).index(inside[-1]) :]
        else:
            return
        start = entry.keys[moved[0]] if moved else name
        if dashed(self.source.lines[start.line - 1], siblings.column, start.column) is None:
            return
        self._tell_dash(start, siblings.column)
        following = Mapping(
            {one: entry.fields.pop(one) for one in moved},
            {one: entry.keys.pop(one) for one in moved},
            start.line,
            start.column,
        )
        self._add_entry(siblings, following, event, deep=len(self.open) > 3)
        self.open[-1] = following

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
        parent = self.open[-1]
        if isinstance(parent, Mapping) and node.value in parent.fields:
            self._begin_entry(node, event)
        self.names[-1] = node

    def _problem(self, event: events.Event, code: str, message: str, fix: str | None = None) -> Problem:
        mark: Any = event.start_mark
        return self.source.problem(mark.line + 1 + self.offset, mark.column + 1, code, message, fix=fix)

    def _report(self, event: events.Event, code: str, message: str, fix: str | None) -> None:
        self.problems.append(self._problem(event, code, message, fix))
