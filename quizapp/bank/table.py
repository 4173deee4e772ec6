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
from quizapp.bank.source import MAX_BYTES, MAX_PIECES, TextTooLongError
from quizapp.bank.table_columns import Cells, Part, Row, cells_of, is_guidance, parts_of
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
    parts = parts_of(list(_rows(table, problems)))
    rows = [row for part in parts for row in part.rows]
    if len(rows) > MOST_ROWS:
        problems.append(
            _problem(rows[MOST_ROWS].line, "too-many", f"Only {MOST_ROWS} rows are read. Paste the rest later.")
        )
    if rows and all(sum(map(bool, row.cells)) < 2 for row in rows):
        message = "The table has one column. Copy it from a spreadsheet, with answers in columns beside the question."
        return Draft("", (*problems, _problem(rows[0].line, "one-column", message)), 0)
    reading = _Reading(problems)
    last = rows[:MOST_ROWS][-1].line if rows else 0
    for number, part in enumerate(parts):
        problems += _of_names(part, again=number > 0)
        for row in part.rows:
            if row.line <= last:
                reading.read(row.line, cells_of(row.cells, part.layout), guided=row is part.rows[0])
    if not reading.questions:
        names = parts[0].names
        if names is not None and not rows:
            message = "These are names of columns, and no question stands under them. Copy the rows below them, too."
            return Draft("", (*problems, _problem(names.line, "only-names", message)), 0)
        message = "No question was found. A row needs a question, its right answer and wrong answers, in columns."
        return Draft("", (*problems, _problem(1, "no-question", message)), 0, tuple(reading.rows))
    bank = {"format": "1", "bank": slugged(title) or "new-bank", "title": title, "language": language}
    try:
        text = bank_text({**bank, "questions": reading.questions})
    except TextTooLongError:
        most = f"{MAX_BYTES:,} letters, and {MAX_PIECES:,} lines, commas and brackets"
        message = f"A bank may have {most}; this table makes more. Paste a part of it."
        return Draft("", (*problems, _problem(1, "too-big", message)), 0)
    return Draft(text, tuple(problems), len(reading.questions), tuple(reading.rows))


def _of_names(part: Part, *, again: bool) -> Iterator[Problem]:
    """What is to be said about names of columns: what is not read by them."""
    if part.names is None:
        return
    if again:
        message = "Another table with names of columns begins here. The rows below are read by these names."
        yield _problem(part.names.line, "another-table", message, "warning")
    if part.above:
        message = f"The columns are named in line {part.names.line}. What stands above was left out."
        yield _problem(part.above[0].line, "above-names", message, "info")
    if left_out := part.left_out():
        message = f"What stands in these columns was left out: {', '.join(name[:40] for name in left_out)}."
        yield _problem(part.names.line, "column-left-out", message, "info")


def _rows(table: str, problems: list[Problem]) -> Iterator[Row]:
    """The rows that hold anything."""
    text = table.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    head = "\n".join(text.split("\n")[:20])
    sign = max("\t;,", key=lambda one: (head.count(one) > 0 and one == "\t", head.count(one)))
    try:
        rows = list(_cells(text, sign, csv.QUOTE_MINIMAL))
    except csv.Error:
        message = "Quotation marks are not paired as in a table, so all were taken as text. Look at every question."
        problems.append(_problem(1, "not-a-table", message, "warning"))
        rows = list(_cells(text, sign, csv.QUOTE_NONE))
    apart = False
    for line, cells in rows:
        if any(cells):
            yield Row(line, cells, apart)
        apart = not any(cells)


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

    def read(self, line: int, cells: Cells, *, guided: bool) -> None:
        """One row. `guided`: it is the first one under the names, where a template says what to write."""
        if not (cells.prompt or cells.right or cells.wrong or cells.why):
            return  # a number or a time that stands ready in a template
        if guided and is_guidance(cells):
            message = "This row of a template says what to write under the names. It was left out."
            self.problems.append(_problem(line, "guidance", message, "info"))
            return
        reason = _left_out(cells)
        question = None if reason is not None else self._question(line, cells)
        if reason is not None:
            self.problems.append(_problem(line, *reason))
        elif cells.beyond:
            beyond = ", ".join(text[:40] for text in cells.beyond[:5])
            message = f"It has more cells than there are names of columns. Left out: {beyond}."
            self.problems.append(_problem(line, "more-cells", message, "warning"))
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
            accepted = self._options(line, cells.right, [])
            return {"type": "short", "prompt": cells.prompt, "accept": [one["right"] for one in accepted], **why}
        options = self._options(line, cells.right, cells.wrong)
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
        for text in cells.unnamed:
            done = "There is no such answer in this row." if cells.numbered else "So it was added as a right one."
            message = f"“{text[:40]}” is said to be right and is none of the answers. {done}"
            self.problems.append(_problem(line, "other-answer", message, "warning"))
        if cells.typed and cells.wrong:
            message = f"Students type this answer, so the wrong ones were left out: {', '.join(cells.wrong)[:80]}."
            self.problems.append(_problem(line, "typed-answer", message, "warning"))
        if len(cells.right) + len(cells.wrong) > _MOST_OPTIONS:
            message = f"There are more than {_MOST_OPTIONS} answers. Take some out before you publish."
            self.problems.append(_problem(line, "too-many-answers", message, "warning"))

    def _options(self, line: int, right: list[str], wrong: list[str]) -> list[dict[str, str]]:
        """The answers, each once; one that is there again is told."""
        options: list[dict[str, str]] = []
        said: dict[str, str] = {}
        for word, text in [*(("right", text) for text in right), *(("wrong", text) for text in wrong)]:
            before = said.setdefault(fold(text), word)
            if len(said) > len(options):
                options.append({word: text})
                continue
            message = f"The answer “{text[:80]}” is there twice. It was taken once."
            if before != word:
                message = f"The answer “{text[:80]}” is there as right and as wrong. It was taken as right."
            self.problems.append(_problem(line, "same-option", message, "warning"))
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
        return "no-prompt", "This row has no question. It was left out."
    if cells.keyless:
        return "no-key", "This kind of question has no right answer in the table. Add it by the form, if you want it."
    if not cells.right and cells.unnamed:
        said = ", ".join(cells.unnamed)[:40]
        return "no-key", f"This row says that “{said}” is right, and there is no such answer. It was left out."
    if not cells.right:
        return "no-key", "This row does not say which answer is right. It was left out."
    return None


def _problem(line: int, code: str, message: str, level: Level = "error") -> Problem:
    return Problem(file=_FILE, line=line, column=1, level=level, code=code, message=message)
