"""The way from the fields of a file to the values of a form, and back.

A form holds plain values: texts, truths, lists of texts, and rows, which are dictionaries. Rows remember in
`was` what they said in the file, so that what a form does not show stays with its row, and goes with no other when
the file was changed meanwhile: the id of an answer decides whose statistics go on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from quizapp.bank.shapes import KEY, Shape, Sort
from quizapp.items.base import JSON
from quizapp.items.numbers import as_written

WAS = "was"


class UnshownError(ValueError):
    """What the file says in a field does not fit the form; it stays as it is."""


def to_form(shapes: Iterable[Shape], fields: Mapping[str, JSON]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values of a form for the fields of a file.

    Returns:
        The values by name, and the names of the fields that the form cannot show.
    """
    values: dict[str, Any] = {}
    shown = set()
    for shape in shapes:
        if shape.name in fields:
            try:
                values[shape.name] = _filled(shape, fields[shape.name])
            except UnshownError:
                continue
        shown.add(shape.name)
    return values, tuple(name for name in fields if name not in shown)


def to_fields(
    shapes: Iterable[Shape], values: Mapping[str, Any], was: Mapping[str, JSON], kept: Iterable[str] = ()
) -> dict[str, JSON]:
    """The fields of a file for the values of a form.

    Args:
        shapes: the fields that the form shows.
        values: the values by name; a field without one stays as it was.
        was: the fields before; what the form does not know stays.
        kept: the fields that the form could not show.
    """
    fields = dict(was)
    for shape in shapes:
        if shape.name in kept or shape.name not in values:
            continue
        value = _written(shape, values[shape.name], was.get(shape.name))
        if value in (None, "", [], {}):
            fields.pop(shape.name, None)
        else:
            fields[shape.name] = value
    return fields


def unknown_in(shapes: Iterable[Shape], fields: Mapping[str, JSON]) -> tuple[str, ...]:
    """The names of what rows hold and the form does not show, each once."""
    found: dict[str, None] = {}
    for shape in shapes:
        known = {part.name for part in shape.parts} | ({"right", "wrong"} if shape.options else set())
        value = fields.get(shape.name)
        rows = value if isinstance(value, list) else [value]
        if shape.sort is Sort.NAMED and isinstance(value, dict):
            rows = list(value.values())
        for row in rows if shape.parts else ():
            if isinstance(row, dict):
                found.update(dict.fromkeys(name for name in row if name not in known))
                found.update(dict.fromkeys(unknown_in(shape.parts, row)))
    return tuple(found)


def control_of(shapes: Iterable[Shape], fields: Mapping[str, JSON], way: Sequence[str | int]) -> str:
    """The name of the control that shows a part of the file; "" where none does.

    Args:
        shapes: the fields that the form shows.
        fields: the fields of the file.
        way: the way down to the part.

    >>> rows = Shape("options", Sort.ROWS, parts=(Shape("text", Sort.TEXT),), options=True)
    >>> control_of([rows], {"options": [{"right": "a"}, {"wrong": "b"}]}, ["options", 1, "wrong"])
    'options-1-text'
    """
    shape = next((one for one in shapes if way and one.name == way[0]), None)
    if shape is None:
        return ""
    value, rest = fields.get(shape.name), way[1:]
    if shape.sort is Sort.GROUP:
        inner = control_of(shape.parts, value, rest) if isinstance(value, dict) else shape.short or ""
        return "-".join(filter(None, (shape.name, inner)))
    if shape.sort is Sort.RANGE and rest:
        return f"{shape.name}-{'high' if rest[0] == 1 else 'low'}"
    row = _row_of(shape, value, rest)
    if row is None:
        return shape.name
    below: Any = value[rest[0]] if shape.sort in (Sort.ROWS, Sort.NAMED) else None  # type: ignore[index]  # a row is there
    name = rest[1] if len(rest) > 1 else ""
    if shape.sort is Sort.RANKS or (shape.plain and rest) or (shape.options and name in _OPTION):
        return f"{shape.name}-{row}-text"
    inner = control_of(shape.parts, below, rest[1:]) if isinstance(below, dict) else ""
    return "-".join(filter(None, (shape.name, str(row), inner)))


def _row_of(shape: Shape, value: JSON, rest: Sequence[str | int]) -> int | None:
    """The number of the row, from 0, that shows a part of a list."""
    if not rest:
        return None
    if isinstance(value, dict):
        return list(value).index(rest[0]) if shape.sort is Sort.NAMED and rest[0] in value else None
    if not isinstance(value, list) or not isinstance(rest[0], int) or rest[0] >= len(value):
        return None
    if shape.sort is not Sort.RANKS:
        return rest[0] if shape.sort in (Sort.ROWS, Sort.TEXTS) else None
    lengths = [len(one["tied"]) if isinstance(one, dict) and "tied" in one else 1 for one in value[: rest[0]]]
    return sum(lengths) + (rest[2] if len(rest) > 2 and isinstance(rest[2], int) else 0)


# ---------------------------------------------------------------- file to form


def _filled(shape: Shape, value: JSON) -> Any:
    fill = _FILLED.get(shape.sort)
    return _text(value) if fill is None else fill(shape, value)


def _filled_yes(shape: Shape, value: JSON) -> bool:
    if value not in ("true", "false"):
        raise UnshownError
    return bool(value == "true")


def _filled_range(shape: Shape, value: JSON) -> dict[str, str]:
    ends = list(map(_text, _list(value)))
    if len(ends) > 2:
        raise UnshownError
    low, high = [*ends, "", ""][:2]
    return {"low": low, "high": high}


def _filled_texts(shape: Shape, value: JSON) -> list[str]:
    return list(map(_text, value if isinstance(value, list) else [value]))


def _filled_ranks(shape: Shape, value: JSON) -> list[dict[str, Any]]:
    return [row for one in _list(value) for row in _filled_rank(one)]


def _filled_rows(shape: Shape, value: JSON) -> list[dict[str, Any]]:
    return [{WAS: mark_of(row), **_filled_row(shape, row)} for row in _list(value)]


def _filled_names(shape: Shape, value: JSON) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        raise UnshownError
    return [
        {WAS: key, KEY: key, **({"text": _text(row)} if shape.plain else _filled_row(shape, row))}
        for key, row in value.items()
    ]


def _filled_group(shape: Shape, value: JSON) -> Any:
    if isinstance(value, str) and shape.short is not None:
        return {shape.short: value}
    return _filled_row(shape, value)


def _filled_row(shape: Shape, row: JSON) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise UnshownError
    values: dict[str, Any] = {}
    if shape.options:
        if "right" in row and "wrong" in row:
            raise UnshownError
        values = {"text": _text(row.get("right", row.get("wrong", ""))), "right": "right" in row}
    for part in shape.parts:
        if part.name in row and part.name not in values and part.name != KEY:
            values[part.name] = _filled(part, row[part.name])
    return values


def _filled_rank(one: JSON) -> list[dict[str, Any]]:
    if isinstance(one, str):
        return [{"text": one, "tied": False}]
    if not isinstance(one, dict) or list(one) != ["tied"]:
        raise UnshownError
    return [{"text": _text(text), "tied": at > 0} for at, text in enumerate(_list(one["tied"]))]


def _text(value: JSON) -> str:
    if not isinstance(value, str):
        raise UnshownError
    return value


def _list(value: JSON) -> list[JSON]:
    if not isinstance(value, list):
        raise UnshownError
    return value


_FILLED: Mapping[Sort, Callable[[Shape, JSON], Any]] = {
    Sort.YES: _filled_yes,
    Sort.RANGE: _filled_range,
    Sort.TEXTS: _filled_texts,
    Sort.RANKS: _filled_ranks,
    Sort.ROWS: _filled_rows,
    Sort.NAMED: _filled_names,
    Sort.GROUP: _filled_group,
}
"""How a value of the file fills the controls; what is not here is one text."""


# ---------------------------------------------------------------- form to file


def _written(shape: Shape, value: Any, was: JSON) -> JSON:
    write = _WRITTEN.get(shape.sort)
    if write is not None:
        return write(shape, value, was)
    return value.strip() if value and value.strip() else None


def _written_yes(shape: Shape, value: bool, was: JSON) -> JSON:  # noqa: FBT001 - the value of a box
    return "true" if value else ("false" if was == "false" else None)


def _written_number(shape: Shape, value: str | None, was: JSON) -> JSON:
    return as_written(value or "")


def _written_range(shape: Shape, value: Mapping[str, str | None], was: JSON) -> JSON:
    ends = (as_written(value.get(end) or "") for end in ("low", "high"))
    return [end for end in ends if end]


def _written_texts(shape: Shape, value: Iterable[str], was: JSON) -> JSON:
    texts = [text.strip() for text in value if text and text.strip()]
    return was if isinstance(was, str) and texts == [was.strip()] else texts


def _written_rows(shape: Shape, value: Iterable[Mapping[str, Any]], was: JSON) -> JSON:
    rows = list(value)
    old = _rows_before(shape, rows, list(was) if isinstance(was, list) else [])
    new = (_written_row(shape, row, before) for row, before in zip(rows, old, strict=True))
    return [row for row in new if row]


def _rows_before(shape: Shape, rows: Sequence[Mapping[str, Any]], old: list[JSON]) -> list[JSON]:
    """For each row of a form the one of the file that it was; None when none says what it said.

    A row of the file belongs to one row of the form. One that was changed meanwhile belongs to none, unless it is an
    answer to choose from with the very same text.
    """
    found: list[JSON] = []
    for row in rows:
        found.append(next((one for one in old if mark_of(one) == row.get(WAS)), None))
        if found[-1] is not None:
            old.remove(found[-1])
    for at, row in enumerate(rows):
        if found[at] is None and shape.options:
            found[at] = next((one for one in old if _answer(one) == (row.get("text") or "").strip() != ""), None)
            if found[at] is not None:
                old.remove(found[at])
    return found


def mark_of(row: JSON) -> str:
    """A short sign of all that a part of the file says, to tell whether it was changed meanwhile."""
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()[:16]


def _answer(row: JSON) -> str:
    """The text of an answer to choose from; "" for anything else."""
    text = row.get("right", row.get("wrong", "")) if isinstance(row, dict) else ""
    return text.strip() if isinstance(text, str) else ""


def _written_group(shape: Shape, value: Mapping[str, Any], was: JSON) -> JSON:
    row = _written_row(shape, value, was)
    if shape.short is not None and not isinstance(was, dict) and list(row) == [shape.short]:
        return row[shape.short]
    return row


def _written_row(shape: Shape, row: Mapping[str, Any], was: JSON) -> dict[str, JSON]:
    """The fields of a row; nothing when only what stands ready in an empty one is left."""
    old = was if isinstance(was, dict) else {}
    parts = [part for part in shape.parts if part.name != KEY and not (shape.options and part.name in _OPTION)]
    new: dict[str, JSON] = {}
    if shape.options and (row.get("text") or "").strip():
        new["right" if row.get("right") else "wrong"] = row["text"].strip()
    for part in parts:
        value = _written(part, row.get(part.name), old.get(part.name)) if part.name in row else old.get(part.name)
        if value not in (None, "", [], {}):
            new[part.name] = value
    known = {part.name for part in parts} | (_OPTION if shape.options else set())
    if not any(name not in _FIXED for name in new):
        return {}
    return {**new, **{name: one for name, one in old.items() if name not in known}}


_OPTION = {"text", "right", "wrong"}
_FIXED = {"id", "pin"}
"""What does not keep a row alive whose texts were all taken out."""


def _written_names(shape: Shape, rows: Iterable[Mapping[str, Any]], was: JSON) -> dict[str, JSON]:
    """The rows by name. One without a name, or with one that is taken, gets the next number or a name of its own."""
    before = was if isinstance(was, dict) else {}
    found: dict[str, JSON] = {}
    for row in rows:
        key = (row.get(KEY) or "").strip()
        old = before.get(row.get(WAS) or "")
        value: JSON = (row.get("text") or "").strip() if shape.plain else _written_row(shape, row, old)
        if not value and (shape.numbered or not key):
            continue
        if shape.numbered and (not key or key in found):
            key = next(str(number) for number in range(0 if shape.plain else 1, 1000) if str(number) not in found)
        while not key or key in found:
            key = f"{key or value} 2".strip()
        found[key] = value
    return found


def _written_ranks(shape: Shape, rows: Iterable[Mapping[str, Any]], was: JSON) -> list[JSON]:
    ranks: list[list[str]] = []
    for row in rows:
        text = (row.get("text") or "").strip()
        if text and row.get("tied") and ranks:
            ranks[-1].append(text)
        elif text:
            ranks.append([text])
    return [{"tied": rank} if len(rank) > 1 else rank[0] for rank in ranks]


_WRITTEN: Mapping[Sort, Callable[[Shape, Any, JSON], JSON]] = {
    Sort.YES: _written_yes,
    Sort.NUMBER: _written_number,
    Sort.RANGE: _written_range,
    Sort.TEXTS: _written_texts,
    Sort.RANKS: _written_ranks,
    Sort.ROWS: _written_rows,
    Sort.NAMED: _written_names,
    Sort.GROUP: _written_group,
}
"""How the controls are written into the file; what is not here is one text."""
