from __future__ import annotations

import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.models import Setting, db
from quizapp.paths import PACKAGE
from quizapp.services.writing import writing
from quizapp.upgrade import bring_up_to_date, current_revision, newest_revision

NEXT_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "{newest}"


def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE setting SET value = 'changed'")
    {end}
"""


def add_migration(app: Flask, folder: Path, end: str) -> str:
    """Gives the app one migration more, as an update of the program would.

    Returns:
        The revision before it.
    """
    newest = newest_revision(app)
    assert newest is not None
    shutil.copytree(PACKAGE / "migrations", folder)
    (folder / "versions" / "later.py").write_text(NEXT_MIGRATION.format(end=end, newest=newest))
    app.extensions["migrate"].migrate.directory = str(folder)
    return newest


def state(app: Flask) -> tuple[str | None, bool, str | None]:
    """Revision, whether the new table is there, and the value that the migration changes."""
    with app.app_context():
        there = sa.inspect(db.engine).has_table("later")
        value = db.session.scalar(sa.select(Setting.value).where(Setting.name == "note"))
        db.session.rollback()
    return current_revision(app), there, value


@pytest.fixture
def updated(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Where the migrations of the update are to be; there is a stored value to lose."""
    with app.app_context(), writing() as session:
        session.add(Setting(name="note", value="kept"))
    newest = newest_revision(app)
    yield tmp_path / "migrations"
    # PostgreSQL is shared by all tests, so what a migration added goes again.
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS later"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})


def test_update_migrates_after_a_backup(app: Flask, updated: Path) -> None:
    add_migration(app, updated, "pass")
    saved = bring_up_to_date(app)
    assert state(app) == ("later", True, "changed")
    if db_is_sqlite(app):
        assert saved is not None
        with zipfile.ZipFile(saved) as archive:
            assert "quizapp.sqlite3" in archive.namelist()
    assert bring_up_to_date(app) is None


def test_migration_that_fails_half_way_leaves_no_trace(app: Flask, updated: Path) -> None:
    before = add_migration(app, updated, 'raise RuntimeError("half-way")')
    with pytest.raises(RuntimeError, match="half-way"):
        bring_up_to_date(app)
    assert state(app) == (before, False, "kept")


def db_is_sqlite(app: Flask) -> bool:
    with app.app_context():
        return bool(db.engine.dialect.name == "sqlite")


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
