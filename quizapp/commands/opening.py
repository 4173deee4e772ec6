"""What the words that need a database share: opening it, letting go, and telling what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy.exc import OperationalError

from quizapp.app import create_app
from quizapp.cli import PlainError
from quizapp.config import Settings
from quizapp.restore import finish_restore
from quizapp.services.condition import close_connections
from quizapp.services.writing import StorageBusyError
from quizapp.upgrade import UpgradeError, bring_up_to_date


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns what can go wrong with the database into a sentence.

    Raises:
        PlainError: instead of the error of the database.
    """
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
        raise PlainError(
            f"The database does not answer ({reason}); check that it runs and that QUIZAPP_DATABASE_URL is right."
        ) from error
    except StorageBusyError as error:
        raise PlainError(f"{error} Try again in a minute.") from error
    except UpgradeError as error:
        raise PlainError(str(error)) from error


@contextmanager
def ready_app(settings: Settings) -> Iterator[Flask]:
    """Makes the app, brings its database up to date, and lets go of it at the end of the block.

    Yields:
        The app, with its context pushed.

    Raises:
        SettingsError: the settings cannot be used.
        PlainError: the database cannot be reached or is newer than this program.
    """
    finish_restore(settings.home)
    with told_plainly():
        app = create_app(settings)
        with app.app_context():
            try:
                bring_up_to_date(app)
                yield app
            finally:
                close_connections()
