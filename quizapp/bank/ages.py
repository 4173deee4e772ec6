"""For which ages a bank is meant: one age or a range, in whole years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

YOUNGEST, OLDEST = 5, 99
"""What a bank can say, in years: from the first readers on, and no end that leaves grown-ups out."""

_WRITTEN = re.compile(r"([0-9]{1,3})(?:\s*[-–]\s*([0-9]{1,3}))?")
_MEANT = re.compile(
    r"(?:(?:ages?|aged|from) )?([0-9]{1,2}) ?(?:(?:-+|[‐‑‒–—−]|\.\.+|…|to|until|and) ?([0-9]{1,2}))?"
    r" ?(?:years?(?: old)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ages:
    """The youngest and the oldest reader that a bank is meant for, in years; the same for one age."""

    youngest: int
    oldest: int

    @classmethod
    def between(cls, youngest: int | None, oldest: int | None) -> Ages | None:
        """The ages that two numbers stand for; None where they are not there."""
        return None if youngest is None or oldest is None else cls(youngest, oldest)

    @property
    def years(self) -> range:
        """Every age that is meant."""
        return range(self.youngest, self.oldest + 1)

    def __str__(self) -> str:
        """As a bank says it: 11-14, or 13."""
        return str(self.youngest) if self.youngest == self.oldest else f"{self.youngest}-{self.oldest}"


def read_ages(value: object) -> Ages:
    """Read what stands under `ages:`, with a hyphen or the dash that word processors make of it.

    Raises:
        PydanticCustomError: no ages, ages out of bounds, or the older one first.
    """
    found = _WRITTEN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("not-ages", "Write one age, such as 13, or two with a hyphen, such as 11-14.")
    first, last = int(found[1]), int(found[2] or found[1])
    if min(first, last) < YOUNGEST or max(first, last) > OLDEST:
        raise PydanticCustomError("ages-bounds", f"Ages go from {YOUNGEST} to {OLDEST}.")
    if first > last:
        raise PydanticCustomError("ages-order", "Write the younger age first.")
    return Ages(first, last)


def meant_ages(text: str) -> str | None:
    """What somebody meant who wrote ages in another way, as a bank says it; None where that is not certain.

    >>> meant_ages("14-11"), meant_ages("11 to 14"), meant_ages("13+")
    ('11-14', '11-14', None)
    """
    found = _MEANT.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    first, last = sorted((int(found[1]), int(found[2] or found[1])))
    return None if first < YOUNGEST or last > OLDEST else str(Ages(first, last))


AgesText = Annotated[
    Ages, PlainValidator(read_ages), WithJsonSchema({"type": "string", "pattern": f"^{_WRITTEN.pattern}$"})
]
"""The field of a file."""
