"""One call for whoever has the text of a bank and wants to know all about it: an editor, a preview, a test."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from quizapp.bank.article import Article
from quizapp.bank.loader import load_text
from quizapp.bank.model import Bank, Skill
from quizapp.bank.problems import Level, Problem, in_order
from quizapp.bank.review import Desk, Reviewed, review
from quizapp.items.base import JSON


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text says, None when there is an error; and every finding, of the reader and of the review, by place."""

    bank: Bank | None
    problems: tuple[Problem, ...]

    @property
    def publishable(self) -> bool:
        """Whether nothing stands in the way: warnings and notes are advice."""
        return self.bank is not None and all(problem.level != "error" for problem in self.problems)

    def count(self, level: Level) -> int:
        """How many findings there are of a level."""
        return sum(problem.level == level for problem in self.problems)

    def to_json(self) -> JSON:
        """The findings as plain data, each with its line as it stands (`source`) and its correction (`fix`)."""
        return [{**problem.to_json(), "source": problem.source} for problem in self.problems]


def check_text(
    data: bytes,
    name: str,
    *,
    skills: Iterable[Skill],
    today: date,
    misconceptions: frozenset[str] | None = None,
    article: Article | None = None,
    folder: Path | None = None,
    pictures: Collection[str] | None = None,
) -> Checked:
    """Read the text of a bank, and review it if it can be read.

    Args:
        data: the text, as bytes in UTF-8.
        name: what the findings call it.
        skills: the shared skills that questions may name.
        today: the day for which ages are told.
        misconceptions: the ids that questions may name, or None when there is no list.
        article: the text that the bank quotes, or None when it is not at hand.
        folder: where its pictures lie.
        pictures: the names of the pictures at hand; without these and a folder they are taken to be there.
    """
    loaded = load_text(data, name, skills=skills, folder=folder, pictures=pictures)
    if loaded.bank is None or loaded.places is None:
        return Checked(None, loaded.problems)
    desk = Desk((Reviewed(loaded.bank, loaded.places),), today, misconceptions, article)
    return Checked(loaded.bank, in_order([*loaded.problems, *review(desk)]))


def corrected(data: bytes, problem: Problem) -> bytes:
    """The text with the line of a problem replaced by its correction; unchanged when it has none.

    Bytes that are no UTF-8 are kept, so that one line after the other can be corrected.
    """
    if problem.fix is None:
        return data
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    mark = b"\xef\xbb\xbf" if problem.line == 1 and data.startswith(b"\xef\xbb\xbf") else b""
    lines[problem.line - 1] = mark + problem.fix.encode()
    return b"\n".join(lines)
