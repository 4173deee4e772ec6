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
class Header:
    """The row that names the columns, counted from 0, and what each column holds."""

    row: int
    layout: list[str]


@dataclass(slots=True)
class Cells:
    """The cells of a row by what they are.

    `typed`: students type the answer; `keyless`: a kind without a right answer; `offered`: answers stand in columns
    of their own; `named`: the right ones are among them.
    """

    prompt: str = ""
    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    typed: bool = False
    keyless: bool = False
    offered: bool = False
    named: bool = True


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The row that names the columns; None when there is none."""
    for number, cells in enumerate(rows[:_ROWS_ABOVE]):
        layout = _layout(cells)
        if layout is not None:
            return Header(number, layout)
    return None


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
    answers = found.get("answer", [])
    if _TYPED.search(kind) and not row.keyless:
        row.typed = True
        row.right = [*(one for one in answers if one), *(one for one in row.right if not answers or not any(answers))]
    elif any(answers):
        _name_right(row, answers)
    return row


def is_guidance(cells: Cells) -> bool:
    """Whether a row under the names says what to write there, as a template of Quizizz does."""
    return "(required)" in fold(cells.prompt)


def _layout(cells: Sequence[str]) -> list[str] | None:
    """What each column holds, when the row says so, else None."""
    names = [fold(cell) for cell in cells]
    layout = []
    for name in names:
        found = next(
            (what for what, pattern in _COLUMNS if len(name) < _LONGEST_NAME and pattern.search(name)), "ignored"
        )
        layout.append(found if "?" not in name else "ignored")
    if sum(bool(_LETTER.fullmatch(name)) for name in names) > 1 and "right" not in layout:
        # The answers are in columns A, B, C …, and columns called Answer name the right ones.
        layout = [
            "right" if _NUMBERED_ANSWER.fullmatch(name) else what for name, what in zip(names, layout, strict=True)
        ]
    named = {"right", "wrong", "answer"} & set(layout)
    return layout if layout.count("prompt") >= 1 and named else None


def _name_right(row: Cells, answers: list[str]) -> None:
    """Tell right answers from wrong ones, where another column names them by number, letter or text."""
    said = ",".join(row.right)
    named = {fold(one) for one in row.right}
    right = [answer for answer in answers if answer and fold(answer) in named]
    if not right and _NUMBERS.fullmatch(said):
        places = {int(one) - 1 if one.isdigit() else ord(one.lower()) - ord("a") for one in re.findall(r"\w", said)}
        right = [answer for place, answer in enumerate(answers) if place in places and answer]
        if not right:
            row.right = []
    row.offered, row.named = True, bool(right) or not row.right
    row.right = right or row.right
    row.wrong = [*row.wrong, *(answer for answer in answers if answer and answer not in row.right)]
