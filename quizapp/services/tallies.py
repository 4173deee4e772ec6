"""Counts as pages tell them: so many of so many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """Marks earned of questions marked. Part marks count as parts: 6.5 of 9."""

    earned: float
    marked: int
    waiting: int = 0
    """Answers that wait for a teacher; not among the marked."""

    @classmethod
    def of(cls, fractions: Iterable[float | None]) -> Tally:
        """Add up marks from 0 to 1; None waits for a teacher."""
        earned, marked, waiting = 0.0, 0, 0
        for fraction in fractions:
            if fraction is None:
                waiting += 1
            else:
                earned += fraction
                marked += 1
        return cls(earned, marked, waiting)

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where nothing is marked."""
        return self.earned / self.marked if self.marked else 0.0

    @property
    def shown(self) -> str:
        """The marks earned, with one decimal only where there is a part mark."""
        return show_marks(self.earned)


@dataclass(frozen=True)
class SkillTally:
    """A tally for one skill."""

    slug: str
    name: str
    tally: Tally


def show_marks(earned: float) -> str:
    """Return marks as text: 7, or 6.5 where part marks are among them."""
    rounded = round(earned, 1)
    return f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.1f}"
