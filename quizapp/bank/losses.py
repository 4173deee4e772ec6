"""What YAML takes away from a text, or makes of it, without a word: each is a problem here."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from quizapp.bank.nodes import Scalar
from quizapp.bank.problems import Level, Problem
from quizapp.bank.source import CONTROL, HIDDEN_BREAKS, SourceText
from quizapp.bank.syntax import in_single_quotes, quoted, value_at

_COMMENT = re.compile(r"(\s*)#(.?)")
#: A line that looks like a field, or an entry of a list, in the midst of a text.
_LOOKS_LIKE_FIELD = re.compile(r"\s*(?P<name>[a-z][a-z_]{1,14}):(?!//)(?P<rest>[^\s:].*)$")
_LOOKS_LIKE_ENTRY = re.compile(r"\s*- \S")
_ESCAPE = re.compile(r"\\([^\"\\/ ]|$)")


class Losses:
    """Looks at each text of some lines of a file as the parser gives it, and at its notes in the end."""

    def __init__(self, source: SourceText, offset: int, problems: list[Problem]) -> None:
        self.source = source
        self.offset = offset
        self.problems = problems
        #: For each line with a “#”, where texts begin and end in it, from 0.
        self.texts: dict[int, list[tuple[int, int]]] = {}
        #: Where a “#” was looked at already: line and column from 1.
        self.seen: set[tuple[int, int]] = set()

    def look(self, event: Any, scalar: Scalar, name: Scalar | None, *, is_name: bool) -> None:
        """Look at one text.

        Args:
            event: as the parser gives it; always with its places, which the types of PyYAML leave open.
            scalar: the same with its place in the file.
            name: the field that it is the value of.
            is_name: whether it is itself the name of a field.
        """
        first, last = event.start_mark.line + self.offset, event.end_mark.line + self.offset
        if self.source.hash_lines and self.source.has_hash(first + 1, last + 1):
            self._cover(event, first, last)
        if scalar.plain:
            if not is_name:
                self._plain(event, scalar, name)
        elif event.style == '"':
            self._escapes(event, scalar)

    # ---------------------------------------------------------------- notes

    def _cover(self, event: Any, first: int, last: int) -> None:
        block = event.style in {"|", ">"}
        for number in range(first + block, last + 1):
            start = 0 if block or number > first else event.start_mark.column
            end = event.end_mark.column if number == last else 1 << 30
            if end > start:
                self.texts.setdefault(number, []).append((start, end))

    def notes(self, first: int, last: int) -> None:
        """Report every note that stands behind something, in the lines `first` to `last` from 1."""
        for number in self.source.hashes(first, last):
            line, spans = self.source.lines[number - 1], self.texts.get(number - 1, [])
            at = line.find("#")
            while at >= 0:
                place = bisect_right(spans, (at, 1 << 31)) - 1
                if place < 0 or spans[place][1] <= at:
                    self._note(number, line, at, spans)
                    break
                at = line.find("#", at + 1)

    def _note(self, number: int, line: str, at: int, spans: list[tuple[int, int]]) -> None:
        before = line[:at]
        if not before.strip() or (number, at + 1) in self.seen:
            return
        if line[at + 1 : at + 2].strip(" #") and before[-1:] in " \t":
            quotes = before.rstrip()[-1:]
            inside = spans[-1][0] if spans and quotes in {'"', "'"} else None
            if inside is not None and line[inside : inside + 1] == quotes:
                text = line[inside + 1 : len(before.rstrip()) - 1] + line[len(before.rstrip()) :].rstrip()
                fix = line[:inside] + quotes + (text if quotes == "'" else text.replace("\\", "\\\\")) + quotes
            else:
                fix = before + "# " + line[at + 1 :]
            message = "Everything after # is lost. Put it inside quotes, or a space after # if it is a note."
            self._report(number, at + 1, "comment", message, fix=fix)
        else:
            message = "What stands after # is a note to yourself; students do not see it."
            self._report(number, at + 1, "note", message, level="info")

    # ---------------------------------------------------------------- texts without quotes

    def _plain(self, event: Any, scalar: Scalar, name: Scalar | None) -> None:
        row, column = event.end_mark.line, event.end_mark.column
        at = row + 1 + self.offset
        line = self.source.lines[at - 1] if at <= len(self.source.lines) else ""
        comment = _COMMENT.match(line, column)
        if not scalar.value:
            self._empty(event, line, comment, name)
            return
        if row > event.start_mark.line:
            self._joined(scalar, at, name)
        if comment is None:
            return
        sign = column + len(comment[1]) + 1
        if comment[2].strip() and comment[2] != "#":
            self.seen.add((at, sign))
            head, text = line[: value_at(line)], line[value_at(line) :]
            fix = head + quoted(text.rstrip()) if at == scalar.line else None
            message = "Everything after # is lost. Put quotes round the whole text."
            self._report(at, sign, "comment", message, fix=fix)
        elif len(comment[1]) == 1 and " " in scalar.value:
            self.seen.add((at, sign))
            message = "Everything after # counts as a note to yourself. If it belongs to the text, use quotes."
            head, text = line[: value_at(line)], line[value_at(line) :]
            fix = head + quoted(text.rstrip()) if at == scalar.line else None
            self._report(at, sign, "note", message, level="warning", fix=fix)

    def _empty(self, event: Any, line: str, comment: re.Match[str] | None, name: Scalar | None) -> None:
        at, column = event.start_mark.line + 1 + self.offset, event.start_mark.column + 1
        if comment and comment[2].strip():
            sign = column + len(comment[1])
            self.seen.add((at, sign))
            fix = line[: sign - 1].rstrip() + " " + quoted(line[sign - 1 :].strip())
            self._report(at, sign, "comment", "Text that begins with # is lost. Put quotes round it.", fix=fix)
            return
        if name is not None and " " in name.value.strip():
            head = self.source.lines[name.line - 1]
            message = "This text ends in a colon, so it counts as the name of a field. Put quotes round it."
            fix = head[: name.column - 1] + quoted(head[name.column - 1 :].strip())
            self._report(name.line, name.column, "colon-end", message, fix=fix)
            return
        what = f"“{name.value}:”" if name is not None else "This entry"
        row, column = (name.line, name.column) if name is not None else (at, column)
        message = f"{what} has no value. Write one, or delete the line."
        there = self.source.lines[row - 1].strip(" -:") if row <= len(self.source.lines) else None
        whole = there == ("" if name is None else name.value)
        self._report(row, column, "empty-value", message, fix="" if whole else None)

    def _joined(self, scalar: Scalar, last: int, name: Scalar | None) -> None:
        """Report lines of one text that look like fields or entries of their own."""
        indent = (name.column if name is not None else scalar.column) - 1
        for number in range(scalar.line + 1, last + 1):
            line = self.source.lines[number - 1]
            if _LOOKS_LIKE_ENTRY.match(line):
                first = self.source.lines[scalar.line - 1]
                head, text = first[: scalar.column - 1], first[scalar.column - 1 :].strip()
                fix = f"{head}|\n{' ' * (len(line) - len(line.lstrip()))}{text}"
                message = "The lines below begin with a dash and still belong to this text. Begin the text with |."
                self._report(scalar.line, scalar.column, "joined", message, fix=fix)
                return
            if field := _LOOKS_LIKE_FIELD.match(line):
                fix = f"{' ' * indent}{field['name']}: {field['rest']}"
                column = len(line) - len(line.lstrip()) + 1
                message = "This line counts as part of the text above it. Put a space after the colon, and line it up."
                self._report(number, column, "joined", message, level="warning", fix=fix)

    # ---------------------------------------------------------------- texts in double quotes

    def _escapes(self, event: Any, scalar: Scalar) -> None:
        first, last = event.start_mark.line + self.offset, event.end_mark.line + self.offset
        for number in range(first, last + 1):
            line = self.source.lines[number]
            start = event.start_mark.column + 1 if number == first else 0
            end = event.end_mark.column - 1 if number == last else len(line)
            at = line.find("\\", start, end)
            if at < 0:
                continue
            for found in _ESCAPE.finditer(line.replace("\\\\", "\0\0"), start, end):
                if found[1]:
                    self._escape(event, number + 1, found.start() + 1, line, found[1])
        if CONTROL.search(scalar.value) or HIDDEN_BREAKS.search(scalar.value):
            message = "A backslash makes an invisible control character here. Use single quotes."
            fix = in_single_quotes(self.source.lines[first], event) if first == last else None
            self._report(scalar.line, scalar.column, "control-character", message, fix=fix)

    def _escape(self, event: Any, number: int, column: int, line: str, sign: str) -> None:
        if sign in "xuUNL_P":
            return  # written by a program on purpose; what it stands for is looked at
        one = event.start_mark.line == event.end_mark.line
        message = (
            f"In double quotes \\{sign} is not what it looks like. If the backslash belongs there, use single quotes."
        )
        fix = in_single_quotes(line, event) if one else None
        self._report(number, column, "backslash", message, level="warning", fix=fix)

    def _report(
        self, line: int, column: int, code: str, message: str, *, level: Level = "error", fix: str | None = None
    ) -> None:
        self.problems.append(self.source.problem(line, column, code, message, level, fix))
