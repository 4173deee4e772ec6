"""What the columns of a table of questions are called, by hand or by the quiz sites that export one.

The layouts of Kahoot, Quizizz (Wayground), Blooket, Gimkit and of lists for Moodle are in `tests/bank/tables`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from quizapp.items.base import fold

_ROWS_ABOVE = 12
"""Rows in which names of columns are looked for; templates have a title and advice above them."""
_LONGEST_NAME = 70

#: What columns are called, in the order in which the patterns are tried.
_COLUMNS = (
    ("type", re.compile(r"^(?:question |item )?type$|^format$")),
    (
        "ignored",
        re.compile(
            r"time|limit|seconds|points|score|mark|image|picture|link|url|number|level|category|tags?$"
            r"|^#$|^no\.?$|(?:^|[a-z] ?)id$|(?:question|item) ?(?:#|no\.?|name)$|type|incorrect ?feedback|partially"
        ),
    ),
    ("why", re.compile(r"why|explan|feedback|rationale|reason|comment|begründung|erklärung")),
    ("wrong", re.compile(r"incorrect|wrong|distractor|falsch|false")),
    ("right", re.compile(r"correct|right|\bkey\b|solution|richtig|lösung")),
    ("prompt", re.compile(r"question|prompt|stem|frage|text$|term")),
    ("answer", re.compile(r"answer|option|choice|antwort|definition|^[a-h]$")),
)
_LETTER = re.compile(r"[a-h]")
_NUMBERED_ANSWER = re.compile(r"answer ?[0-9]*")
_NUMBERS = re.compile(r"\s*(?:[1-9]|[A-Ha-h])(?:\s*[,;]\s*(?:[1-9]|[A-Ha-h]))*\s*")
_TYPED = re.compile(r"fill|typed?|short|blank")
_KEYLESS = re.compile(r"open|poll|draw|survey|essay|slide|discussion")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds anything, and the line it begins in, from 1. `apart`: an empty row stands above it."""

    line: int
    cells: list[str]
    apart: bool


@dataclass(slots=True)
class Part:
    """Rows under one row of names; `names` and `layout` are None where no row names the columns."""

    names: Row | None
    layout: list[str] | None
    rows: list[Row] = field(default_factory=list)
    above: list[Row] = field(default_factory=list)
    """What stands above the names of the first part: a title, advice, or rows that nobody will read."""

    def left_out(self) -> list[str]:
        """Columns with something in them that is no part of a question."""
        if self.names is None or self.layout is None:
            return []
        return [
            name or f"column {place + 1}"
            for place, (name, what) in enumerate(zip(self.names.cells, self.layout, strict=True))
            if what == "ignored" and any(row.cells[place : place + 1] not in ([], [""]) for row in self.rows)
        ]


@dataclass(slots=True)
class Cells:
    """The cells of a row by what they are.

    `typed`: students type the answer; `keyless`: a kind without a right answer; `unnamed`: what is said to be right
    and is none of the answers, a number or letter where `numbered`; `beyond`: cells behind the named columns.
    """

    prompt: str = ""
    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    typed: bool = False
    keyless: bool = False
    unnamed: list[str] = field(default_factory=list)
    numbered: bool = False
    beyond: list[str] = field(default_factory=list)


def parts_of(rows: Sequence[Row]) -> list[Part]:
    """Split rows at every row that names columns: several tables may stand below each other."""
    first = _first_names([row.cells for row in rows])
    if first is None:
        parts, rest = [Part(None, None)], rows
    else:
        names = rows[first]
        parts, rest = [Part(names, _layout(names.cells), above=list(rows[:first]))], rows[first + 1 :]
    for row in rest:
        layout = _layout_below(row, parts[-1].names)
        if layout is None:
            parts[-1].rows.append(row)
        else:
            parts.append(Part(row, layout))
    return parts


def cells_of(cells: Sequence[str], layout: list[str] | None) -> Cells:
    """The cells of a row by what they are.

    Args:
        cells: the row.
        layout: what the columns hold; None: a question, its right answer, then wrong ones.
    """
    if layout is None:
        layout = ["prompt", "right", *["wrong"] * (len(cells) - 2)]
    found: dict[str, list[str]] = {}
    for what, cell in zip(layout, cells, strict=False):
        if cell or what == "answer":
            found.setdefault(what, []).append(cell)
    row = Cells(" ".join(found.get("prompt", ())), found.get("right", []), found.get("wrong", []), found.get("why", []))
    kind = fold(" ".join(found.get("type", ())))
    row.keyless = bool(_KEYLESS.search(kind))
    row.beyond = [cell for cell in cells[len(layout) :] if cell]
    answers = found.get("answer", [])
    if _TYPED.search(kind) and not row.keyless:
        row.typed = True
        answers = [one for one in answers if one]
        offered = set(map(fold, answers))
        row.right = [
            *answers,
            *(one for one in row.right if not answers or (fold(one) not in offered and not _NUMBERS.fullmatch(one))),
        ]
    elif any(answers):
        _name_right(row, answers)
    return row


def is_guidance(cells: Cells) -> bool:
    """Whether a row under the names says what to write there, as a template of Quizizz does."""
    return "(required)" in fold(cells.prompt)


def _first_names(rows: Sequence[Sequence[str]]) -> int | None:
    """The place of the row that names the columns, from 0; None when there is none."""
    return next((place for place, cells in enumerate(rows[:_ROWS_ABOVE]) if _layout(cells) is not None), None)


def _layout_below(row: Row, names: Row | None) -> list[str] | None:
    """What the columns hold from this row on, when it names them once more.

    A question can look like names, so it must be the same names again, or names alone below an empty row.
    """
    again = names is not None and list(map(fold, row.cells)) == list(map(fold, names.cells))
    alone = row.apart and all(not cell or _named(fold(cell)) for cell in row.cells)
    return _layout(row.cells) if again or alone else None


def _named(name: str) -> str | None:
    """What a column of this folded name holds; None where the name says nothing."""
    if len(name) >= _LONGEST_NAME or "?" in name:
        return None
    return next((what for what, pattern in _COLUMNS if pattern.search(name)), None)


def _layout(cells: Sequence[str]) -> list[str] | None:
    """What each column holds, when the row says so, else None."""
    names = [fold(cell) for cell in cells]
    layout = [_named(name) or "ignored" for name in names]
    if sum(bool(_LETTER.fullmatch(name)) for name in names) > 1 and "right" not in layout:
        # The answers are in columns A, B, C …, and columns called Answer name the right ones.
        layout = [
            "right" if _NUMBERED_ANSWER.fullmatch(name) else what for name, what in zip(names, layout, strict=True)
        ]
    named = {"right", "wrong", "answer"} & set(layout)
    return layout if layout.count("prompt") >= 1 and named else None


def _name_right(row: Cells, answers: list[str]) -> None:
    """Tell right answers from wrong ones, where another column names them by number, letter or text."""
    offered = {fold(answer) for answer in answers if answer}
    said = ",".join(row.right)
    places: dict[int, str] = {}
    if not offered & set(map(fold, row.right)) and _NUMBERS.fullmatch(said):
        places = {
            int(one) - 1 if one.isdigit() else ord(one.lower()) - ord("a"): one for one in re.findall(r"\w", said)
        }
        key = [place in places for place in range(len(answers))]
        row.unnamed = [one for place, one in places.items() if not answers[place : place + 1] or not answers[place]]
    else:
        named = {fold(one) for one in row.right}
        key = [fold(answer) in named for answer in answers]
        row.unnamed = [one for one in row.right if fold(one) not in offered]
    row.right = [answer for answer, right in zip(answers, key, strict=True) if answer and right]
    row.right += [] if places else row.unnamed
    row.wrong += [answer for answer, right in zip(answers, key, strict=True) if answer and not right]
    row.numbered = bool(places)
