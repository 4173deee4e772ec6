"""What is deleted by itself, and when."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from quizapp.models import Attempt, OneTimeToken, SignIn, Throttle
from quizapp.services.writing import writing

TRIALS_KEPT = timedelta(days=1)
EVERY = timedelta(hours=1)

log = logging.getLogger(__name__)


def forget_the_old(*, now: datetime) -> int:
    """Delete visitors' trials after a day, and what let people in once it no longer does.

    Returns:
        How many trials were deleted.
    """
    with writing() as session:
        trials = session.execute(
            sa.delete(Attempt).where(Attempt.assignment_id.is_(None), Attempt.started_at < now - TRIALS_KEPT)
        )
        session.execute(sa.delete(SignIn).where(SignIn.expires_at < now))
        session.execute(sa.delete(Throttle).where(Throttle.window_ends < now))
        session.execute(sa.delete(OneTimeToken).where(OneTimeToken.expires_at < now))
        return int(getattr(trials, "rowcount", 0))


def start_keeper(app: Flask) -> threading.Event:
    """Run `forget_the_old` now and every hour in a thread beside the server.

    Returns:
        An event; setting it ends the thread.
    """
    stop = threading.Event()

    def keep() -> None:
        while True:
            try:
                with app.app_context():
                    forget_the_old(now=app.extensions["clock"]())
            except Exception:
                # A missed round must not end the thread: the next one deletes the same rows.
                log.exception("Old rows could not be deleted; trying again in an hour.")
            if stop.wait(EVERY.total_seconds()):
                return

    threading.Thread(target=keep, name="retention", daemon=True).start()
    return stop
