"""The writer's turn: how every change reaches the database, one at a time on SQLite."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout
from flask import Flask, current_app
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from quizapp.models import Base, db
from quizapp.models.storage import LOCK_WAIT_SECONDS, WRITE


class StorageBusyError(RuntimeError):
    """Somebody else kept the database to themselves for too long. Trying again may work."""


class WritersTurn:
    """Lets one writer in at a time: threads by a lock, processes by a lock file.

    Without it SQLite's waiting is a lottery (the slowest of a class waits fifty times longer than
    the usual student). PostgreSQL queues fairly by itself and gets no lock.
    """

    def __init__(self, lock_file: Path | None) -> None:
        self._thread_lock = threading.Lock()
        self._file_lock = None if lock_file is None else FileLock(lock_file, thread_local=False)

    @contextmanager
    def taken(self) -> Iterator[None]:
        if self._file_lock is None:
            yield
            return
        if not self._thread_lock.acquire(timeout=2 * LOCK_WAIT_SECONDS):
            raise StorageBusyError("Too many answers at once.")
        try:
            try:
                self._file_lock.acquire(timeout=LOCK_WAIT_SECONDS)
            except Timeout:
                raise StorageBusyError("Another program is writing to the database.") from None
            try:
                yield
            finally:
                self._file_lock.release()
        finally:
            self._thread_lock.release()


def init_app(app: Flask, home: Path) -> None:
    """Give the app its writer's turn."""
    with app.app_context():
        on_sqlite = db.engine.dialect.name == "sqlite"
    app.extensions["writers_turn"] = WritersTurn(home / "writer.lock" if on_sqlite else None)


@contextmanager
def writing() -> Iterator[Session]:
    """Open the one write transaction of a service and commit it at the end.

    Ends any read transaction first and forgets what was loaded in it, so nothing is decided on
    stale rows. Rolls back on any exception.

    Raises:
        StorageBusyError: the turn did not come in time; nothing was written.
    """
    session: Session = db.session()
    session.rollback()
    session.expunge_all()
    turn: WritersTurn = current_app.extensions["writers_turn"]
    with turn.taken():
        try:
            session.connection(execution_options={WRITE: True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def give_up() -> None:
    """End whatever a failed request left open, so that it holds nobody up."""
    db.session.rollback()


def upsert(table: type[Base]) -> Any:
    """Return an INSERT of the current database that knows ON CONFLICT.

    The two dialects share the methods we use but no common type, hence `Any`.
    """
    if db.engine.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def rows_changed(session: Session, statement: sa.Executable) -> int:
    """Execute a write and return how many rows it touched: 0 means its guard refused it."""
    result = session.execute(statement)
    return int(getattr(result, "rowcount", 0))
