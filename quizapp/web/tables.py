"""Tables as files: the same page objects that the screen shows, as CSV.

Column names are fixed and not translated, so that a spreadsheet made for one download fits the next.
File names say what is inside and never who.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from flask import request
from werkzeug.wrappers import Response

Cell: TypeAlias = str | int | float | bool | datetime | None

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"


@dataclass(frozen=True)
class Table:
    """A table on its way to a file. `name` is the file's, without its ending."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def csv_text(table: Table) -> str:
    """Return a table as CSV by RFC 4180; texts that a spreadsheet would run as a formula get an apostrophe."""
    return csv_lines([table.columns, *table.rows])


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as lines of CSV. Numbers are written plainly, moments in UTC, nothing as nothing."""
    out = io.StringIO()
    csv.writer(out).writerows([[_written(cell) for cell in row] for row in rows])
    return out.getvalue()


def harmless(words: str) -> str:
    """Return words that no spreadsheet takes for a formula: an apostrophe goes before the signs that begin one.

    OWASP, "CSV Injection".
    """
    return f"'{words}" if words.lstrip(" ").startswith(_STARTS_A_FORMULA) else words


def csv_answer(table: Table) -> Response:
    """Return a table as a download; `?bom=1` puts a byte order mark first, which some spreadsheets want."""
    body = csv_text(table)
    return csv_file([(BOM + body if request.args.get("bom") == "1" else body).encode()], table.name)


def csv_file(body: Iterable[bytes], name: str) -> Response:
    """Return lines of CSV as a download, sent as they come. `name` is the file's, without its ending."""
    answer = Response(body)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return str(cell) if isinstance(cell, int) else harmless(cell)
