"""What happens by itself: work is handed in at its end, and what is old is deleted."""

from __future__ import annotations

import itertools
import logging
import threading
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from quizapp.models import Account, ApiToken, Attempt, AuditEntry, OneTimeToken, Role, Section, SignIn, Throttle
from quizapp.services import auditing, erasing, pictures, rooms
from quizapp.services.finishing import hand_in_ended
from quizapp.services.settings import RetentionSettings, retention_settings
from quizapp.services.writing import rows_changed, writing

TRIALS_KEPT = timedelta(days=1)
IDLE_ACCOUNTS = timedelta(days=730)
TOKENS_KEPT = timedelta(days=30)
"""After a token of the API has ended: so long its owner can see that it has."""
EVERY = timedelta(hours=1)
ENDS_EVERY = timedelta(seconds=20)
"""How often work whose time is over is handed in: soon enough for a teacher who watches the class."""

log = logging.getLogger(__name__)


def forget_the_old(*, now: datetime) -> int:
    """Delete what its time has come for, and what let people in once it no longer does.

    Visitors' trials go after a day, and rooms that nobody closed; guests, classes of past school years
    and lines of the audit when the school's settings say so; a deleted class when it can no longer be
    brought back; pictures that no bank and no draft shows. Teachers who have not signed in for two years
    can no longer sign in.

    Returns:
        How many trials were deleted.
    """
    kept = retention_settings()
    with writing() as session:
        trials = rows_changed(
            session,
            sa.delete(Attempt).where(Attempt.visitor_hash.is_not(None), Attempt.started_at < now - TRIALS_KEPT),
        )
        session.execute(sa.delete(SignIn).where(SignIn.expires_at < now))
        session.execute(sa.delete(Throttle).where(Throttle.window_ends < now))
        session.execute(sa.delete(OneTimeToken).where(OneTimeToken.expires_at < now))
        session.execute(sa.delete(ApiToken).where(ApiToken.expires_at < now - TOKENS_KEPT))
        session.execute(sa.delete(AuditEntry).where(AuditEntry.at < now - timedelta(days=kept.audit_days)))
        _end_school_years(session, kept, now)
        _shut_idle_accounts(session, now)
        people = erasing.purge(session, guests_before=now - timedelta(days=kept.guest_days), now=now)
        ended = rooms.end_old_rooms(session, now=now)
    if people or trials or ended:
        erasing.scrub()
    pictures.forget_unused()
    return trials


def _end_school_years(session: Session, kept: RetentionSettings, now: datetime) -> None:
    if not kept.year_ends:
        return
    for section in session.scalars(sa.select(Section).where(Section.deleted_at.is_(None), ~Section.simulated)):
        day = kept.deletion_day(section.kept_at or section.created_at)
        if day is not None and day <= now:
            section.deleted_at = now
            session.execute(sa.delete(SignIn).where(SignIn.section_id == section.id))
            auditing.record(session, "class-expired", f"class {section.name}", account_id=None, now=now)


def _shut_idle_accounts(session: Session, now: datetime) -> None:
    seen = sa.func.coalesce(Account.last_sign_in_at, Account.created_at)
    idle = session.scalars(
        sa.select(Account).where(
            Account.role == Role.TEACHER, Account.disabled_at.is_(None), ~Account.simulated, seen < now - IDLE_ACCOUNTS
        )
    )
    for account in idle:
        account.disabled_at = now
        auditing.record(session, "disabled", f"account {account.public_id}, unused", account_id=None, now=now)


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
