"""A plain table of responses, and the key or the maxima it is read with: files to numbers."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quizapp.measure.options import Choices

NOT_PRESENTED = "NP"
BLANK_ROW = "blank"
"""The line of an option table for those who chose nothing, so no option may be called that."""
MOST_BYTES = 20_000_000
MOST_OPTIONS = 100
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


class MatrixError(ValueError):
    """A file that cannot be used; the message is one sentence that names the place and says what to do."""


@dataclass(frozen=True)
class Cells:
    """A file of responses as it was typed.

    items: the names of the columns after the first. rows: (row in the file from 1, student, cells).
    """

    file: str
    items: tuple[str, ...]
    rows: tuple[tuple[int, str, tuple[str, ...]], ...]
    decimal_comma: bool
    """Whether 0,5 means a half: where semicolons stand between the cells."""

    def error(self, row: int, column: int, sentence: str) -> MatrixError:
        """Return the error about one cell; `column` counts the items from 0."""
        return MatrixError(f"{self.file}, row {row}, column {_quoted(self.items[column])}: {sentence}")


@dataclass(frozen=True)
class Matrix:
    """What `measure.item_analysis.analyse` takes: students by items."""

    items: tuple[str, ...]
    marks: tuple[tuple[float | None, ...], ...]
    blanks: tuple[tuple[bool, ...], ...]
    maxima: tuple[float, ...]
    choices: tuple[Choices, ...] | None
    """None where the file holds marks instead of options."""


def with_key(responses: Path, key_file: Path) -> Matrix:
    """Read options chosen, and mark them with a key: 1 for the right one, 0 for all else.

    Args:
        responses: first column the student, then one column an item.
        key_file: JSON, `{"key": {item: option}, "options": [...]}`.

    Raises:
        MatrixError: a file is not what it should be.
        OSError: a file cannot be read.
    """
    key, options = _read_key(key_file)
    cells = read_cells(responses)
    _same_items(cells, key, key_file)
    known = {*options, "", NOT_PRESENTED}
    listed = ", ".join(options)
    chosen: list[list[frozenset[str] | None]] = [[] for _ in cells.items]
    marks = []
    for number, _, row in cells.rows:
        for column, cell in enumerate(row):
            if cell not in known:
                raise cells.error(
                    number, column, f"{_quoted(cell)} is not one of the options ({listed}), not empty and not NP."
                )
            chosen[column].append(None if cell == NOT_PRESENTED else frozenset({cell} - {""}))
        marks.append(
            tuple(
                None if cell == NOT_PRESENTED else float(cell == key[item])
                for item, cell in zip(cells.items, row, strict=True)
            )
        )
    return Matrix(
        items=cells.items,
        marks=tuple(marks),
        blanks=_blanks(cells),
        maxima=(1.0,) * len(cells.items),
        choices=tuple(
            Choices(options, frozenset({key[item]}), tuple(column))
            for item, column in zip(cells.items, chosen, strict=True)
        ),
    )


def with_maxima(responses: Path, maxima_file: Path) -> Matrix:
    """Read marks earned.

    Args:
        responses: first column the student, then one column an item.
        maxima_file: JSON, `{item: maximum}`.

    Raises:
        MatrixError: a file is not what it should be.
        OSError: a file cannot be read.
    """
    maxima = _read_maxima(maxima_file)
    cells = read_cells(responses)
    _same_items(cells, maxima, maxima_file)
    return Matrix(
        items=cells.items,
        marks=tuple(
            tuple(_mark(cells, number, column, maxima[cells.items[column]], cell) for column, cell in enumerate(row))
            for number, _, row in cells.rows
        ),
        blanks=_blanks(cells),
        maxima=tuple(maxima[item] for item in cells.items),
        choices=None,
    )


def _mark(cells: Cells, row: int, column: int, most: float, cell: str) -> float | None:
    if cell == NOT_PRESENTED:
        return None
    if not cell:
        return 0.0
    text = cell.replace(",", ".") if cells.decimal_comma else cell
    if not _NUMBER.fullmatch(text):
        raise cells.error(row, column, f"{_quoted(cell)} is no mark; write a number such as 0.5, nothing, or NP.")
    mark = float(text)
    if not 0 <= mark <= most:
        raise cells.error(row, column, f"The mark {cell} is not between 0 and the maximum, {most:g}.")
    return mark


def _blanks(cells: Cells) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(not cell for cell in row) for _, _, row in cells.rows)


# ---------------------------------------------------------------- the responses


def read_cells(path: Path) -> Cells:
    """Read the file of responses, and hold its shape to the rules.

    UTF-8, with or without a byte order mark; commas, semicolons or tabs between the cells; spaces
    around a cell do not count, and rows without any text are passed over.

    Raises:
        MatrixError: the file is empty, or a row or a column is not what it should be.
        OSError: the file cannot be read.
    """
    text = _text_of(path)
    separator = _separator(text)
    rows = _rows(path.name, text, separator)
    heading_row, heading = next(rows, (1, ()))
    if len(heading) < 2:
        raise MatrixError(
            f"{path.name}, row {heading_row}: Name the columns here, first the student, then one column an item."
        )
    items = heading[1:]
    _check_items(path.name, heading_row, items)
    found: list[tuple[int, str, tuple[str, ...]]] = []
    first_seen: dict[str, int] = {}
    for number, row in rows:
        if len(row) != len(heading):
            raise MatrixError(
                f"{path.name}, row {number}, column {min(len(row), len(heading)) + 1}: This row has {len(row)} cells, "
                f"the first {len(heading)}; give it as many."
            )
        student = row[0]
        if not student:
            raise MatrixError(f"{path.name}, row {number}, column 1: Name the student in the first column.")
        if student in first_seen:
            raise MatrixError(
                f"{path.name}, row {number}, column 1: The student {_quoted(student)} is in row "
                f"{first_seen[student]} already; give each student one row."
            )
        first_seen[student] = number
        found.append((number, student, row[1:]))
    if not found:
        raise MatrixError(f"{path.name}, row {heading_row + 1}: Put one row for each student below the first row.")
    return Cells(path.name, items, tuple(found), decimal_comma=separator == ";")


def _check_items(file: str, row: int, items: Sequence[str]) -> None:
    seen = set()
    for place, item in enumerate(items):
        if not item:
            raise MatrixError(f"{file}, row {row}, column {place + 2}: Name the item of this column.")
        if item in seen:
            raise MatrixError(
                f"{file}, row {row}, column {place + 2}: The item {_quoted(item)} has a column already; "
                "give each item one column."
            )
        seen.add(item)


def _rows(file: str, text: str, separator: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows that hold anything, with their numbers as a spreadsheet counts them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = tuple(cell.strip() for cell in next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            raise MatrixError(f"{file}, row {number}: This is no row of a CSV file ({error}).") from error
        if any(row):
            yield number, row


def _separator(text: str) -> str:
    """The sign between the cells: of comma, semicolon and tab the one that the first row has most of."""
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", first)
    return max(",;\t", key=unquoted.count)


def _text_of(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise MatrixError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB; split it.")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MatrixError(f"{path.name} is not UTF-8 text; save it as “CSV UTF-8”.") from error


# ---------------------------------------------------------------- the key, the maxima


def _read_key(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    shape = '{"key": {item: option}, "options": [...]}'
    whole = _read_json(path)
    if not isinstance(whole, dict) or set(whole) != {"key", "options"}:
        raise MatrixError(f"{path.name} must be {shape}.")
    options, key = whole["options"], whole["key"]
    if not isinstance(options, list) or not 0 < len(options) <= MOST_OPTIONS:
        raise MatrixError(f'{path.name}: "options" must be a list of 1 to {MOST_OPTIONS} options.')
    for place, option in enumerate(options):
        text = isinstance(option, str) and option.isprintable() and option == option.strip()
        if not text or option in {"", NOT_PRESENTED, BLANK_ROW}:
            raise MatrixError(
                f'{path.name}, "options", entry {place + 1}: Write a text that is not empty, not “{NOT_PRESENTED}” '
                f"and not “{BLANK_ROW}”, without spaces around it."
            )
        if option in options[:place]:
            raise MatrixError(f'{path.name}, "options", entry {place + 1}: {_quoted(option)} is there twice.')
    if not isinstance(key, dict):
        raise MatrixError(f'{path.name}: "key" must be {{item: option}}.')
    for item, option in key.items():
        if option not in options:
            raise MatrixError(
                f"{path.name}, item {_quoted(item)}: {_quoted(str(option))} is not one of the options "
                f"({', '.join(options)})."
            )
    return key, tuple(options)


def _read_maxima(path: Path) -> dict[str, float]:
    whole = _read_json(path)
    if not isinstance(whole, dict):
        raise MatrixError(f"{path.name} must be {{item: maximum}}.")
    maxima = {}
    for item, most in whole.items():
        number = isinstance(most, (int, float)) and not isinstance(most, bool)
        if not number or not 0 < most <= 1e9 or not math.isfinite(most):
            raise MatrixError(f"{path.name}, item {_quoted(item)}: The maximum must be a number above 0.")
        maxima[item] = float(most)
    return maxima


def _same_items(cells: Cells, named: dict[str, Any], path: Path) -> None:
    for place, item in enumerate(cells.items):
        if item not in named:
            raise MatrixError(f"{cells.file}, row 1, column {place + 2}: {path.name} has no item {_quoted(item)}.")
    columns = set(cells.items)
    for item in named:
        if item not in columns:
            raise MatrixError(f"{path.name}, item {_quoted(item)}: {cells.file} has no column of this name.")


def _read_json(path: Path) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise MatrixError(f"{path.name}: {_quoted(name)} is there twice.")
            found[name] = value
        return found

    try:
        return json.loads(_text_of(path), object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise MatrixError(f"{path.name}, row {error.lineno}, column {error.colno}: This is no JSON.") from error
    except (RecursionError, ValueError) as error:
        if isinstance(error, MatrixError):
            raise
        raise MatrixError(f"{path.name} holds what no key or maximum needs; write it anew.") from error


def _quoted(text: str) -> str:
    shown = one_line(text)
    return f"“{shown[:40]}…”" if len(shown) > 40 else f"“{shown}”"


def one_line(text: str) -> str:
    """Return text that neither breaks a line nor moves the cursor of a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
