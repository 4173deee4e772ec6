"""How the database is opened: the rules that make SQLite durable and writes orderly."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

WRITE = "quizapp_write"
"""Execution option of a connection whose transaction is going to write."""

LOCK_WAIT_SECONDS = 5


def engine_options(database_url: str, threads: int) -> dict[str, Any]:
    """Return the engine options for a database address.

    Args:
        database_url: an SQLAlchemy address of SQLite or PostgreSQL.
        threads: server threads of this process; each may hold one connection.
    """
    if sa.make_url(database_url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": LOCK_WAIT_SECONDS}}
    return {
        "pool_size": threads,
        "max_overflow": 4,
        "pool_pre_ping": True,
        "pool_timeout": 10,
    }


def prepare_engine(engine: sa.Engine) -> None:
    """Attach our rules to an engine. On SQLite: WAL, FULL, foreign keys, our own BEGIN.

    A transaction that will write says BEGIN IMMEDIATE, so it waits for its turn at the start and
    can never fail half-way with "database is locked"; readers use a plain BEGIN and never wait.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, record: object) -> None:
        # The driver must not begin transactions by itself: we say how they begin.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            f"busy_timeout = {LOCK_WAIT_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
