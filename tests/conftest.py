"""Fixtures for all tests: the app on both databases, its client, its clock, and no way to the outside.

What belongs to the web app is imported inside the fixtures, so that tests of questions and banks
start at once and prove that they need neither Flask nor a database.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quizapp.config import Settings
from tests import network
from tests.clock import Clock

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

# The embedded PostgreSQL has no build for Windows.
DATABASES = ("sqlite",) if sys.platform == "win32" else ("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def nothing_leaves_this_computer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    attempts = network.guard(monkeypatch)
    yield
    assert attempts == []


@pytest.fixture
def clock() -> Clock:
    """The app's clock: 2 March 2026, 9:00 UTC, until the test moves it."""
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests import databases  # noqa: PLC0415 - see the top

    return databases.sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from tests import databases  # noqa: PLC0415 - see the top

    with databases.postgresql_server(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; a test that asks for it, or for the app, runs on each."""
    return str(request.param)


@pytest.fixture
def settings(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an app of its own with an empty database."""
    from tests import databases  # noqa: PLC0415 - see the top

    home = tmp_path / "home"
    home.mkdir()
    if database == "sqlite":
        return databases.copy_sqlite(request.getfixturevalue("sqlite_template"), home)
    url = request.getfixturevalue("postgresql_url")
    databases.empty_postgresql(url)
    return databases.settings_for(home, url)


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The app on an empty, up-to-date database; no context is pushed."""
    from quizapp.models import db  # noqa: PLC0415 - see the top
    from tests import compiled, databases  # noqa: PLC0415 - see the top

    app = compiled.make_app(settings)
    app.testing = True
    app.extensions["clock"] = clock
    with app.app_context():
        databases.wait_for_no_disk(db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript, not signed in."""
    return app.test_client()


@pytest.fixture(scope="session")
def built_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built through the source archive as a release is."""
    from tests import wheel  # noqa: PLC0415 - see the top

    return wheel.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def wheel_python(built_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel and what the wheel asks for, and nothing else."""
    from tests import wheel  # noqa: PLC0415 - see the top

    return wheel.install(built_wheel, tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def wheel_server(wheel_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `quizapp serve`, run from the installed wheel with a data folder of its own."""
    from tests import wheel  # noqa: PLC0415 - see the top

    with wheel.serve(wheel_python, tmp_path_factory.mktemp("wheel-home")) as server:
        yield server.url
