"""How the database is: for those who look after the computer it is on."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Response, SignIn, db


def is_sound() -> bool:
    """Tell whether the database answers and, on SQLite, whether its pages hang together."""
    if db.engine.dialect.name != "sqlite":
        return db.session.execute(sa.text("SELECT 1")).scalar() == 1
    return db.session.execute(sa.text("PRAGMA quick_check(1)")).scalar() == "ok"


def latest_moment() -> datetime | None:
    """Return the latest time at which anybody did anything, or None when nobody has."""
    latest = [db.session.scalar(sa.select(sa.func.max(column))) for column in (SignIn.last_seen, Response.saved_at)]
    return max((moment for moment in latest if moment is not None), default=None)


def close_connections() -> None:
    """Let go of every connection to the database, at the end of a command."""
    db.session.remove()
    db.engine.dispose()
