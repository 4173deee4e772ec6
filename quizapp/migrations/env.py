"""How Alembic reaches the database of the running app; it starts every migration from here.

On SQLite a migration is one transaction like any write, so a killed one leaves no trace. Foreign
keys are off meanwhile: rebuilding a table drops the old one, which would otherwise delete the rows
that point at it. They are checked before the end instead.
"""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from quizapp.models import Base, db
from quizapp.models.base import UtcDateTime
from quizapp.models.storage import WRITE
from quizapp.services.writing import WritersTurn

_LOCK_NUMBER = 7_341_908
"""Any number, as long as it is ours alone on a PostgreSQL server."""


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Writes our own types as plain ones: a migration must not change when the models do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate() -> None:
    """Runs what Alembic was asked for, in one transaction and one process at a time."""
    turn: WritersTurn = current_app.extensions["writers_turn"]
    with turn.taken(), db.engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            _foreign_keys(connection, "OFF")
        try:
            connection.execution_options(**{WRITE: True})
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_item=render_item,
                render_as_batch=on_sqlite,
                compare_type=True,
                compare_server_default=True,
                transactional_ddl=True,
            )
            with context.begin_transaction():
                if not on_sqlite:
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
                context.run_migrations()
                if on_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"The migration would leave rows that point nowhere: {tuple(broken)}")
        finally:
            if on_sqlite:
                connection.rollback()
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: sa.Connection, state: Literal["ON", "OFF"]) -> None:
    # Through the driver: SQLAlchemy would begin a transaction, and inside one this does nothing.
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys = {state}")


migrate()
