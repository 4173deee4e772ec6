"""A table of questions, pasted from a spreadsheet or exported by a quiz site, as the draft of a bank.

A row is a question: its text, the right answer, wrong answers, and perhaps why. Where a row names the columns, they
may stand in any order, and right answers may be named by number or letter; what stands above it is left out.
`bank.table_columns` knows what columns are called.
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
from quizapp.bank.table_columns import Cells, cells_of, find_header, is_guidance
from quizapp.bank.writing import bank_text
from quizapp.items.base import JSON, fold

MOST_ROWS = 1000
MOST_BYTES = 500_000
_FILE = "table"
_MOST_OPTIONS = 12
#: A cell that a spreadsheet works out, or an error of one that could not be worked out.
_FORMULA = re.compile(r"[=+@][A-Za-z]+\(.*\)|=\$?[A-Z]{1,3}\$?[0-9]+|#(?:REF|NAME|VALUE|DIV/0|N/A|NUM|NULL)[!?]?")


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What became of one row. `kind` is None where it was left out; `right` and `wrong` are its answers."""

    line: int
    prompt: str
    kind: str | None
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a bank, "" when no row is a question, and what must be looked at, by line of the table."""

    text: str
    problems: tuple[Problem, ...]
    questions: int
    rows: tuple[ReadRow, ...] = ()

    def problems_at(self, line: int) -> tuple[Problem, ...]:
        """What is to be said about the row that begins in a line."""
        return tuple(one for one in self.problems if one.line == line)


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
    header = find_header([cells for _line, cells in rows])
    layout = None if header is None else header.layout
    rows = rows if header is None else rows[header.row + 1 :]
    if len(rows) > MOST_ROWS:
        problems.append(
            _problem(rows[MOST_ROWS][0], "too-many", f"Only {MOST_ROWS} rows are read. Paste the rest later.")
        )
    if rows and all(sum(map(bool, cells)) < 2 for _line, cells in rows):
        message = "The table has one column. Copy it from a spreadsheet, with answers in columns beside the question."
        return Draft("", (*problems, _problem(rows[0][0], "one-column", message)), 0)
    reading = _Reading(problems)
    for line, cells in rows[:MOST_ROWS]:
        reading.read(line, cells_of(cells, layout))
    if not reading.questions:
        message = "No question was found. A row needs a question, its right answer and wrong answers, in columns."
        return Draft("", (*problems, _problem(1, "no-question", message)), 0, tuple(reading.rows))
    bank = {"format": "1", "bank": slugged(title) or "new-bank", "title": title, "language": language}
    text = bank_text({**bank, "questions": reading.questions})
    return Draft(text, tuple(problems), len(reading.questions), tuple(reading.rows))


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


class _Reading:
    """Rows on their way to questions; what is to be said gathers in `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.questions: list[JSON] = []
        self.rows: list[ReadRow] = []
        self._names: set[str] = set()
        self._said: set[str] = set()

    def read(self, line: int, cells: Cells) -> None:
        """One row."""
        if is_guidance(cells):
            return
        if not cells.prompt and not (cells.right or cells.wrong):
            return  # a number or a time that stands ready in a template
        reason = _left_out(cells)
        question = None if reason is not None else self._question(line, cells)
        if reason is not None:
            self.problems.append(_problem(line, *reason))
        if question is None:
            self.rows.append(ReadRow(line, cells.prompt, None, tuple(cells.right), tuple(cells.wrong)))
            return
        right = [one["right"] for one in question.get("options", ()) if "right" in one] or question.get("accept", [])
        wrong = [one["wrong"] for one in question.get("options", ()) if "wrong" in one]
        self.rows.append(ReadRow(line, cells.prompt, question["type"], tuple(right), tuple(wrong)))
        self.questions.append({"id": self._free(cells.prompt), **question})

    def _question(self, line: int, cells: Cells) -> dict[str, JSON] | None:
        same = repr((fold(cells.prompt), sorted(map(fold, cells.right)), sorted(map(fold, cells.wrong))))
        if same in self._said:
            message = "The same question is there twice. It was taken once."
            self.problems.append(_problem(line, "same-question", message, "warning"))
            return None
        self._said.add(same)
        self._look(line, cells)
        why = {"explain": " ".join(cells.why)} if cells.why else {}
        if not why:
            message = "It does not say why the right answer is right. Add that before you publish."
            self.problems.append(_problem(line, "no-why", message, "warning"))
        if cells.typed:
            return {"type": "short", "prompt": cells.prompt, "accept": _each(cells.right), **why}
        options = self._options(line, cells)
        if len(options) == 1:
            message = "There is one answer to choose from, so students type it. Add wrong answers for a choice."
            self.problems.append(_problem(line, "too-few", message, "warning"))
            return {"type": "short", "prompt": cells.prompt, "accept": [options[0].get("right", "")], **why}
        kind = "choice" if sum("right" in option for option in options) == 1 else "multiple"
        return {"type": kind, "prompt": cells.prompt, "options": options, **why}

    def _look(self, line: int, cells: Cells) -> None:
        """What is taken as it is, and should be looked at."""
        for text in (cells.prompt, *cells.right, *cells.wrong, *cells.why):
            if _FORMULA.fullmatch(text):
                message = f"“{text[:40]}” is a formula, or an error of one. Paste what it should say."
                self.problems.append(_problem(line, "formula", message, "warning"))
        if not cells.named and cells.offered:
            message = f"“{cells.right[0][:40]}” is none of the answers, so it was added as the right one."
            self.problems.append(_problem(line, "other-answer", message, "warning"))
        if len(cells.right) + len(cells.wrong) > _MOST_OPTIONS:
            message = f"There are more than {_MOST_OPTIONS} answers. Take some out before you publish."
            self.problems.append(_problem(line, "too-many-answers", message, "warning"))

    def _options(self, line: int, cells: Cells) -> list[dict[str, str]]:
        options: list[dict[str, str]] = []
        said: set[str] = set()
        for word, text in [*(("right", text) for text in cells.right), *(("wrong", text) for text in cells.wrong)]:
            if fold(text) in said:
                message = f"“{text}” is there twice. It was taken once."
                self.problems.append(_problem(line, "same-option", message, "warning"))
                continue
            said.add(fold(text))
            options.append({word: text})
        return options

    def _free(self, prompt: str) -> str:
        """A name that no other question has."""
        slug = slugged(prompt)[:40].strip("-") or "question"
        numbered = (slug, *(f"{slug}-{number}" for number in range(2, MOST_ROWS + 2)))
        name = next(one for one in numbered if one not in self._names)
        self._names.add(name)
        return name


def _left_out(cells: Cells) -> tuple[str, str] | None:
    """Why a row is no question: a code and a sentence; None when it is one."""
    if not cells.prompt:
        return "no-prompt", "This row has answers and no question. It was left out."
    if cells.keyless:
        return "no-key", "This kind of question has no right answer in the table. Add it by the form, if you want it."
    if not cells.right:
        return "no-key", "This row does not say which answer is right. It was left out."
    return None


def _each(texts: list[str]) -> list[str]:
    """The texts, each once."""
    return list({fold(text): text for text in reversed(texts)}.values())[::-1]


def _problem(line: int, code: str, message: str, level: Level = "error") -> Problem:
    return Problem(file=_FILE, line=line, column=1, level=level, code=code, message=message)
