from __future__ import annotations

import sqlite3
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from quizapp.models import db


def test_migrations_make_exactly_the_tables_of_the_models(app: Flask) -> None:
    with app.app_context():
        flask_migrate.check()


def test_second_upgrade_changes_nothing(app: Flask) -> None:
    with app.app_context():
        before = sorted(sa.inspect(db.engine).get_table_names())
        flask_migrate.upgrade()
        assert sorted(sa.inspect(db.engine).get_table_names()) == before


def test_a_fresh_home_is_brought_up_to_date_in_one_transaction(tmp_path: Path) -> None:
    from tests import databases  # noqa: PLC0415 - loads the web app

    settings = databases.settings_for(tmp_path)
    databases.make_schema(settings)
    assert settings.sqlite_file is not None
    with sqlite3.connect(settings.sqlite_file) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert {"account", "attempt", "response", "score", "alembic_version"} <= tables
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
