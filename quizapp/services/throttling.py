"""Slows down guessing without slowing down a class. Only failures are counted."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from quizapp.models import Throttle, db
from quizapp.services.writing import upsert, writing


@dataclass(frozen=True)
class Limit:
    """At most so many failures in a window."""

    failures: int
    window: timedelta


PER_PERSON = Limit(12, timedelta(hours=1))
"""Wrong secrets for one student or one account."""
PER_NETWORK = Limit(60, timedelta(minutes=10))
"""Wrong secrets from one address: a whole class sits behind one."""
CODES_PER_NETWORK = Limit(20, timedelta(minutes=1))
"""Wrong class codes from one address."""
TRIALS_PER_NETWORK = Limit(300, timedelta(minutes=10))
"""Trials started from one address: several classes at once, but no flood."""

GUESTS_PER_NETWORK = Limit(90, timedelta(minutes=10))
"""Guests joining from one address: a class and a half, each coming back once."""
ROOM_JOINS_PER_NETWORK = Limit(800, timedelta(minutes=10))
"""People coming into rooms from one address: a school of 300, each trying a second nickname."""


class TooManyFailuresError(RuntimeError):
    """Too many wrong tries; `retry_at` says when the next one is taken."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("Too many wrong tries.")
        self.retry_at = retry_at


def throttle_key(*parts: str, key: str, now: datetime) -> str:
    """Return the hash under which failures are counted. It changes every day, so it names nobody."""
    message = "\n".join((now.date().isoformat(), *parts))
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def refuse_if_exhausted(limits: dict[str, Limit], *, now: datetime) -> None:
    """Raise TooManyFailuresError when any of the keys has used up its failures."""
    rows = db.session.execute(
        sa.select(Throttle.key, Throttle.failures, Throttle.window_ends).where(
            Throttle.key.in_(list(limits)), Throttle.window_ends > now
        )
    )
    for key, failures, window_ends in rows:
        if failures >= limits[key].failures:
            raise TooManyFailuresError(window_ends)


def count_failure(limits: dict[str, Limit], *, now: datetime) -> None:
    """Count one wrong try under each key. Commits."""
    with writing() as session:
        for key, limit in limits.items():
            running = Throttle.window_ends > now
            statement = upsert(Throttle).values(key=key, failures=1, window_ends=now + limit.window)
            session.execute(
                statement.on_conflict_do_update(
                    index_elements=[Throttle.key],
                    set_={
                        "failures": sa.case((running, Throttle.failures + 1), else_=1),
                        "window_ends": sa.case((running, Throttle.window_ends), else_=statement.excluded.window_ends),
                    },
                )
            )
