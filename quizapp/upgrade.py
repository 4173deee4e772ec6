"""Brings the tables of a database to the form this version of the program needs."""

from __future__ import annotations

from pathlib import Path

import alembic.command
import alembic.config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from flask import Flask

from quizapp.backup import write_backup
from quizapp.config import Settings
from quizapp.models import db


class UpgradeError(RuntimeError):
    """The database cannot be brought up to date; the message says what to do."""


def current_revision(app: Flask) -> str | None:
    """The form the database has now; None for an empty one."""
    with app.app_context(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision(app: Flask) -> str | None:
    """The form this version of the program works with."""
    return ScriptDirectory.from_config(_config(app)).get_current_head()


def bring_up_to_date(app: Flask) -> Path | None:
    """Runs the migrations that are missing; safe to call at every start and from two processes.

    Returns:
        The backup that was made first, or None when nothing needed one.

    Raises:
        UpgradeError: a newer version of the program has used this database.
    """
    current, newest = current_revision(app), newest_revision(app)
    if current == newest:
        return None
    if current is not None:
        _refuse_unknown(app, current)
    settings: Settings = app.extensions["settings"]
    saved = None
    if current is not None and settings.sqlite_file is not None:
        moment = app.extensions["clock"]()
        name = f"before-{newest}-{moment:%Y%m%d-%H%M%S}.zip"
        saved = write_backup(settings, settings.home / "backups" / name, now=moment)
    with app.app_context():
        alembic.command.upgrade(_config(app), "head")
    return saved


def _refuse_unknown(app: Flask, revision: str) -> None:
    try:
        ScriptDirectory.from_config(_config(app)).get_revision(revision)
    except (RevisionError, CommandError) as error:
        raise UpgradeError(
            "A newer version of Closer Look has used this database; install that version, "
            "or restore a backup made with this one."
        ) from error


def _config(app: Flask) -> alembic.config.Config:
    with app.app_context():
        config: alembic.config.Config = app.extensions["migrate"].migrate.get_config()
    return config
