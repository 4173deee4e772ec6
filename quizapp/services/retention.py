"""What happens by itself: work is handed in at its end, and what is old is deleted."""

from __future__ import annotations

import itertools
import logging
import threading
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from quizapp.models import Attempt, OneTimeToken, SignIn, Throttle
from quizapp.services.attempts import hand_in_ended
from quizapp.services.writing import writing

TRIALS_KEPT = timedelta(days=1)
EVERY = timedelta(hours=1)
ENDS_EVERY = timedelta(seconds=20)
"""How often work whose time is over is handed in: soon enough for a teacher who watches the class."""

log = logging.getLogger(__name__)


def forget_the_old(*, now: datetime) -> int:
    """Delete visitors' trials after a day, and what let people in once it no longer does.

    Returns:
        How many trials were deleted.
    """
    with writing() as session:
        trials = session.execute(
            sa.delete(Attempt).where(Attempt.visitor_hash.is_not(None), Attempt.started_at < now - TRIALS_KEPT)
        )
        session.execute(sa.delete(SignIn).where(SignIn.expires_at < now))
        session.execute(sa.delete(Throttle).where(Throttle.window_ends < now))
        session.execute(sa.delete(OneTimeToken).where(OneTimeToken.expires_at < now))
        return int(getattr(trials, "rowcount", 0))


def start_keeper(app: Flask) -> threading.Event:
    """Run `forget_the_old` now and every hour, and hand in what has ended, in a thread beside the server.

    Returns:
        An event; setting it ends the thread.
    """
    stop = threading.Event()

    def keep() -> None:
        rounds = EVERY // ENDS_EVERY
        for number in itertools.count():
            try:
                with app.app_context():
                    now = app.extensions["clock"]()
                    hand_in_ended(now=now)
                    if number % rounds == 0:
                        forget_the_old(now=now)
            except Exception:
                # A missed round must not end the thread: a later one finds the same rows.
                log.exception("What is over could not be tidied up; trying again soon.")
            if stop.wait(ENDS_EVERY.total_seconds()):
                return

    threading.Thread(target=keep, name="retention", daemon=True).start()
    return stop
