"""When work ends: for everybody, and for a student who has more time.

The rules, in one place:

- A time limit is multiplied by the student's factor. Once told, the time of an attempt never becomes less.
- A closing time moves by what the factor adds: to the time limit or, where there is none, to the time
  from opening to closing; never by more than a day. "No limit" moves it by a whole day.
- An ordinary attempt ends at its time limit or at closing, whichever comes first. A student with more
  time who begins before closing has all of it, past closing too.
- What is under way when the end comes is still taken for 30 seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from quizapp.models import Student

GRACE = timedelta(seconds=30)
"""How long after the end an answer under way is still taken."""

MOST = timedelta(days=1)
"""By how much a closing time moves at most."""


class Timed(Protocol):
    """What these rules read of an assignment."""

    @property
    def opens_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def closes_at(self) -> datetime | None: ...
    @property
    def time_limit(self) -> int | None: ...


@dataclass(frozen=True)
class Support:
    """How much more time a student has: plain numbers, never a reason."""

    factor: float = 1.0
    unlimited: bool = False

    @classmethod
    def of(cls, student: Student) -> Support:
        """Return the support settings stored with a student."""
        return cls(student.time_factor, student.no_time_limit)

    @property
    def given(self) -> bool:
        return self.unlimited or self.factor > 1


def own_closing(assignment: Timed, support: Support) -> datetime | None:
    """Return when an assignment closes for one student."""
    return _moved(assignment, support, assignment.closes_at)


def own_due(assignment: Timed, support: Support) -> datetime | None:
    """Return when an assignment is due from one student."""
    return _moved(assignment, support, assignment.due_at)


def is_late(assignment: Timed, support: Support, handed_in_at: datetime | None) -> bool:
    """Tell whether work was handed in after it was due from this student."""
    due = own_due(assignment, support)
    return due is not None and handed_in_at is not None and handed_in_at > due


def time_allowed(assignment: Timed, support: Support) -> int | None:
    """Return the seconds one student has, or None when there is no limit."""
    if assignment.time_limit is None or support.unlimited:
        return None
    return round(assignment.time_limit * support.factor)


def end_of(assignment: Timed, support: Support, started_at: datetime, allowed: int | None) -> datetime | None:
    """Return from when on nothing more is taken in an attempt, or None when it has no end.

    Args:
        allowed: the attempt's own seconds, see `time_allowed`.
    """
    closing = own_closing(assignment, support)
    if allowed is None:
        # A clock may have been set back since the start: no attempt ends before it began.
        return None if closing is None else max(closing, started_at)
    end = started_at + timedelta(seconds=allowed)
    if closing is None or support.given:
        return end
    return max(min(end, closing), started_at)


def _moved(assignment: Timed, support: Support, moment: datetime | None) -> datetime | None:
    if moment is None or not support.given:
        return moment
    if support.unlimited:
        return moment + MOST
    window = moment - assignment.opens_at
    span = window if assignment.time_limit is None else timedelta(seconds=assignment.time_limit)
    return moment + min(max(span, timedelta()) * (support.factor - 1), MOST)
