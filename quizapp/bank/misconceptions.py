"""The list of misconceptions: what wrong answers show that somebody believes, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from quizapp.bank.loader import read_fields
from quizapp.items.base import Fault, Markdown, Part, Slug, Text

FILE_NAME = "misconceptions.yaml"
"""What the list is called beside the banks."""


class Misconception(Part):
    """A belief that leads to wrong answers.

    `name` says it as somebody holds it, plain text. `correction` is one line of Markdown.
    `card` is an activity of a few minutes for the whole class, Markdown.
    """

    id: Slug
    name: Text
    correction: Text
    card: Text

    def texts(self) -> Iterator[Markdown]:
        """Every author text that must be clean HTML before it is shown."""
        yield Markdown(self.correction, block=False)
        yield Markdown(self.card, block=True)


class _MisconceptionsFile(Part):
    """The file of all of them."""

    format: Literal["1"]
    misconceptions: tuple[Misconception, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: set[str] = set()
        faults = []
        for place, one in enumerate(self.misconceptions):
            if one.id in seen:
                message = f"Another misconception has the id “{one.id}”. Give this one another."
                faults.append(Fault("same-id", message, ("misconceptions", place, "id")))
            seen.add(one.id)
        if faults:
            raise PydanticCustomError("faults", "{first}", {"first": faults[0].message, "faults": faults})
        return self


def read_misconceptions(path: Path) -> tuple[Misconception, ...]:
    """The misconceptions, in the order of their file.

    Raises:
        OSError: when the file cannot be opened.
        BankError: when it has errors.
    """
    return misconceptions_in(path.read_bytes(), str(path))


def misconceptions_in(data: bytes, name: str) -> tuple[Misconception, ...]:
    """The misconceptions in a file given as bytes; `name` is what the problems call it.

    Raises BankError when it has errors.
    """
    return read_fields(data, name, _MisconceptionsFile).misconceptions
