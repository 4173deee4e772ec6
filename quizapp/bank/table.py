"""A table of questions, pasted from a spreadsheet or exported by a quiz site, as the draft of a bank.

A row is a question: its text, the right answer, wrong answers, and perhaps why. Where the first row
names its columns, they may stand in any order, and right answers may be named by number or letter.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Literal

from quizapp.bank.mending import slugged
from quizapp.bank.problems import Level, Problem
from quizapp.bank.writing import bank_text
from quizapp.items.base import JSON, fold

MOST_ROWS = 1000
MOST_BYTES = 500_000
_FILE = "table"

#: What columns are called, in the order in which the patterns are tried.
_COLUMNS = (
    ("ignored", re.compile(r"time|limit|seconds|points|image|picture|link|url|number|^#$|^no\.?$|^id$|type|level")),
    ("wrong", re.compile(r"incorrect|wrong|distractor|falsch|false")),
    ("right", re.compile(r"correct|right|key|solution|richtig")),
    ("why", re.compile(r"why|explan|feedback|rationale|reason|comment|begründung")),
    ("prompt", re.compile(r"question|prompt|stem|frage|text|term")),
    ("answer", re.compile(r"answer|option|choice|antwort|definition|^[a-h]$")),
)
_NUMBERS = re.compile(r"\s*(?:[1-9]|[A-Ha-h])(?:\s*[,;]\s*(?:[1-9]|[A-Ha-h]))*\s*")


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a bank, "" when no row is a question, and what must be looked at, by line of the table."""

    text: str
    problems: tuple[Problem, ...]
    questions: int


def draft_from_table(table: str, *, title: str = "A new bank", language: str = "en") -> Draft:
    """Make the draft of a bank of a table with tabs, semicolons or commas.

    Args:
        table: the pasted text.
        title: the title of the bank; its name for the program is made from it.
        language: the language of the texts, such as `de`.
    """
    if len(table.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return Draft(
            "", (_problem(1, "too-big", f"The table has more than {MOST_BYTES:,} bytes. Paste a part of it."),), 0
        )
    problems: list[Problem] = []
    rows = list(_rows(table, problems))
    if len(rows) > MOST_ROWS:
        problems.append(
            _problem(rows[MOST_ROWS][0], "too-many", f"Only {MOST_ROWS} rows are read. Paste the rest later.")
        )
    layout = _layout(rows[0][1]) if rows else None
    questions: list[JSON] = []
    names: set[str] = set()
    for line, cells in rows[1 if layout else 0 : MOST_ROWS]:
        question = _question(line, _sorted(cells, layout), problems)
        if question is not None:
            questions.append({"id": _free(slugged(question["prompt"])[:40].strip("-"), names), **question})
    if not questions:
        message = "No question was found. A row needs a question, its right answer and wrong answers, in columns."
        return Draft("", (*problems, _problem(1, "no-question", message)), 0)
    bank = {"format": "1", "bank": slugged(title) or "new-bank", "title": title, "language": language}
    return Draft(bank_text({**bank, "questions": questions}), tuple(problems), len(questions))


def _rows(table: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the line it begins in, from 1."""
    text = table.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    head = "\n".join(text.split("\n")[:20])
    sign = max("\t;,", key=lambda one: (head.count(one) > 0 and one == "\t", head.count(one)))
    try:
        rows = list(_cells(text, sign, csv.QUOTE_MINIMAL))
    except csv.Error:
        message = "Quotation marks are not paired as in a table, so all were taken as text. Look at every question."
        problems.append(_problem(1, "not-a-table", message, "warning"))
        rows = list(_cells(text, sign, csv.QUOTE_NONE))
    yield from ((line, cells) for line, cells in rows if any(cells))


def _cells(text: str, sign: str, quoting: Literal[0, 3]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text), delimiter=sign, skipinitialspace=sign != "\t", strict=True, quoting=quoting)
    line = 1
    for cells in reader:
        yield line, [" ".join(cell.split()) for cell in cells]
        line = reader.line_num + 1


def _layout(cells: list[str]) -> list[str] | None:
    """What each column holds, when the first row says so, else None."""
    layout = []
    for cell in cells:
        name = fold(cell)
        found = next((what for what, pattern in _COLUMNS if len(name) < 40 and pattern.search(name)), "ignored")
        layout.append(found if "?" not in name else "ignored")
    named = {"right", "wrong", "answer"} & set(layout)
    return layout if layout.count("prompt") >= 1 and named else None


def _sorted(cells: list[str], layout: list[str] | None) -> dict[str, list[str]]:
    """The cells of a row by what they are."""
    if layout is None:
        layout = ["prompt", "right", *["wrong"] * (len(cells) - 2)]
    found: dict[str, list[str]] = {"prompt": [], "right": [], "wrong": [], "answer": [], "why": []}
    for what, cell in zip(layout, cells, strict=False):
        if what in found and (cell or what == "answer"):
            found[what].append(cell)
    return _with_named_answers(found)


def _with_named_answers(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Answers in columns of their own, of which another column says which are right: by number, letter or text."""
    answers = found.pop("answer")
    if not any(answers):
        return found
    said = ",".join(found["right"])
    named = {fold(one) for one in found["right"]}
    right = [answer for answer in answers if fold(answer) in named]
    if not right and _NUMBERS.fullmatch(said):
        places = {int(one) - 1 if one.isdigit() else ord(one.lower()) - ord("a") for one in re.findall(r"\w", said)}
        right = [answer for place, answer in enumerate(answers) if place in places and answer]
    right = right or found["right"]
    wrong = [answer for answer in answers if answer and answer not in right]
    return {**found, "right": right, "wrong": [*found["wrong"], *wrong]}


def _question(line: int, cells: dict[str, list[str]], problems: list[Problem]) -> dict[str, JSON] | None:
    prompt = " ".join(cells["prompt"])
    if not prompt:
        problems.append(_problem(line, "no-prompt", "This row has answers and no question. It was left out."))
        return None
    if not cells["right"]:
        problems.append(_problem(line, "no-key", "This row does not say which answer is right. It was left out."))
        return None
    answers = [*(("right", text) for text in cells["right"]), *(("wrong", text) for text in cells["wrong"])]
    options, said = [], set()
    for word, text in answers:
        if fold(text) in said:
            message = f"“{text}” is there twice. It was taken once."
            problems.append(_problem(line, "same-option", message, "warning"))
            continue
        said.add(fold(text))
        options.append({word: text})
    if not cells["why"]:
        message = "Say why the right answer is right: write “explain:” into the question."
        problems.append(_problem(line, "no-why", message, "warning"))
    explain = {"explain": " ".join(cells["why"])} if cells["why"] else {}
    if len(options) == 1:
        message = "There is one answer to choose from, so students type it. Add wrong answers for a choice."
        problems.append(_problem(line, "too-few", message, "warning"))
        return {"type": "short", "prompt": prompt, "accept": [options[0].get("right", "")], **explain}
    kind = "choice" if sum("right" in option for option in options) == 1 else "multiple"
    return {"type": kind, "prompt": prompt, "options": options, **explain}


def _free(slug: str, names: set[str]) -> str:
    """A name that no other question has."""
    slug = slug or "question"
    name = next(one for one in (slug, *(f"{slug}-{number}" for number in range(2, MOST_ROWS + 2))) if one not in names)
    names.add(name)
    return name


def _problem(line: int, code: str, message: str, level: Level = "error") -> Problem:
    return Problem(file=_FILE, line=line, column=1, level=level, code=code, message=message)
