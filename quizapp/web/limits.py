"""How often a program, or an editor for its author, may ask: a bucket of requests for each, refilled steadily."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

A_MINUTE = 120
"""Requests that a token is given back in a minute, and the most it can save up."""
TRIES_A_MINUTE = 600
"""Requests without a token that works, from one network."""
LIVE_A_MINUTE = 240
"""Checks and previews for one author: an editor asks for at most three a second, and several may be open."""
BUCKETS_KEPT = 10_000


@dataclass
class _Bucket:
    left: float
    at: datetime


class Limiter:
    """Counts in the memory of this process: with several workers each counts for itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, who: str, a_minute: int, *, now: datetime) -> int:
        """Take a request from somebody's bucket.

        Returns:
            0 when it may be answered, else the seconds after which the next one may.
        """
        with self._lock:
            bucket = self._buckets.pop(who, None) or _Bucket(float(a_minute), now)
            # A clock set back must not empty the bucket.
            passed = max(0.0, (now - bucket.at).total_seconds())
            bucket.left = min(float(a_minute), bucket.left + passed * a_minute / 60)
            bucket.at = now
            self._buckets[who] = bucket
            if len(self._buckets) > BUCKETS_KEPT:
                self._buckets.popitem(last=False)
            if bucket.left >= 1:
                bucket.left -= 1
                return 0
            return math.ceil((1 - bucket.left) * 60 / a_minute)
