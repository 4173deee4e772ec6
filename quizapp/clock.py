"""The time of day, by a clock that nobody can set while the program runs.

A computer's clock may jump: somebody sets it, or the network corrects it. Work with a time limit would then
end at once, or never. So time goes on from the start by what really passes, counted by the system. Small
corrections are followed; a jump is reported in the log and believed only when it has lasted for two hours,
which is longer than anybody's time limit in a lesson.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

FOLLOWED = 2.0
"""Seconds by which the computer's clock may be off and is followed: the small corrections of every day."""

BELIEVED = 2 * 60 * 60.0
"""Seconds after which a jump counts as the right time."""

log = logging.getLogger(__name__)


class SteadyClock:
    """Call it for the time, in UTC.

    Args:
        wall: the computer's clock.
        ticks: seconds that have passed since any fixed moment; never set, and going on while asleep.
    """

    def __init__(self, wall: Callable[[], datetime] | None = None, ticks: Callable[[], float] | None = None) -> None:
        self._wall = wall or _wall
        self._ticks = ticks or _ticks
        self._lock = threading.Lock()
        self._jumped_at: float | None = None
        self._set()

    def __call__(self) -> datetime:
        with self._lock:
            ticks, wall = self._ticks(), self._wall()
            steady = self._start + timedelta(seconds=ticks - self._started_at)
            jump = (wall - steady).total_seconds()
            if abs(jump) <= FOLLOWED:
                self._set()
                return wall
            if self._jumped_at is None:
                self._jumped_at = ticks
                log.warning("This computer's clock jumped by %+.0f seconds. Time goes on as before it.", jump)
            elif ticks - self._jumped_at >= BELIEVED:
                log.warning("This computer's clock has been off by %+.0f seconds for two hours: believing it.", jump)
                self._set()
                return wall
            return steady

    def _set(self) -> None:
        self._started_at, self._start, self._jumped_at = self._ticks(), self._wall(), None


def _wall() -> datetime:
    return datetime.now(UTC)


def _ticks() -> float:
    # Where there is one, a clock that goes on while the computer sleeps: a lid is closed in many lessons.
    # Linux has CLOCK_BOOTTIME; on a Mac CLOCK_MONOTONIC does; Windows has neither and needs neither.
    kind = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if kind is None else time.clock_gettime(kind)
