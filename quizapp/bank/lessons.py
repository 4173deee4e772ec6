"""Lesson cards: a Markdown file beside the banks, with fields between two lines of dashes at its head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from quizapp import BankError
from quizapp.bank.loader import read_fields
from quizapp.bank.problems import Problem
from quizapp.items.base import Markdown, Part, Slug, Text

_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


class LessonFields(Part):
    """The head of a lesson card. `bank`, `title` and `minutes` are plain, the other texts Markdown inside a line.

    `cut` names the questions to ask when there is no time for all; `fair_answer` says what
    a good answer to the discussion does, whatever side it takes.
    """

    bank: Slug
    title: Text
    minutes: Annotated[int, Field(ge=1, le=300)]
    aim: Text
    opener: Text
    cut: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=12)]
    discussion: Text
    exit: Text
    fair_answer: Text


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson with a bank: its fields, and the plan as Markdown."""

    fields: LessonFields
    plan: str

    def texts(self) -> Iterator[Markdown]:
        """Every author text that must be clean HTML before it is shown."""
        fields = self.fields
        for text in (fields.aim, fields.opener, fields.discussion, fields.exit, fields.fair_answer):
            yield Markdown(text, block=False)
        yield Markdown(self.plan, block=True)


def read_lesson(path: Path) -> Lesson:
    """The lesson card in a file.

    Raises:
        OSError: when the file cannot be opened.
        BankError: when it has errors.
    """
    return lesson_in(path.read_bytes(), str(path))


def lesson_in(data: bytes, name: str) -> Lesson:
    """The lesson card given as bytes; `name` is what the problems call it.

    Raises BankError when it has errors.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(name, "not-utf8", "The file is not saved as UTF-8. Save it again with that encoding.") from None
    fences = list(_FENCE.finditer(text))
    if len(fences) < 2 or fences[0].start() != 0:
        raise _refused(
            name, "no-fields", "A lesson begins with a line “---”, its fields, and another line “---”. Add them."
        )
    # The line ends of the dashes stay, so that problems keep their lines.
    head = text[fences[0].end() : fences[1].start()]
    fields = read_fields(head.encode(), name, LessonFields)
    return Lesson(fields, text[fences[1].end() :].replace("\r\n", "\n").strip())


def _refused(name: str, code: str, message: str) -> BankError:
    return BankError((Problem(file=name, line=1, column=1, level="error", code=code, message=message),))
