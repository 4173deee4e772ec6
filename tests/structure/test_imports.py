"""Who may import whom."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.structure.importing import LOWER_ROOMS, PACKAGE, all_imports, breach_of, imports_of


def test_every_import_keeps_to_the_plan() -> None:
    breaches = [f"{one.module}:{one.line}: {breach}" for one in all_imports() if (breach := breach_of(one))]
    assert breaches == []


def test_every_room_is_in_the_plan() -> None:
    """A new room must be given its place before anything in it can pass unseen."""
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert rooms - {"__init__"} <= set(LOWER_ROOMS)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("quizapp.items.base", "from flask import Flask"),
        ("quizapp.items.base", "def late():\n    import sqlalchemy.orm"),
        ("quizapp.items.kinds.choice", "from quizapp.items.kinds.match import Match"),
        ("quizapp.items.kinds.choice", "from quizapp.items import registry"),
        ("quizapp.items.kinds.choice", "from ..registry import kinds"),
        ("quizapp.bank.loader", "from quizapp.services import publishing"),
        ("quizapp.measure.mastery", "from quizapp.models import Score"),
        ("quizapp.models.people", "from quizapp.services.writing import writing"),
        ("quizapp.services.attempts", "from flask import request"),
        ("quizapp.services.attempts", "from quizapp.web import auth"),
        ("quizapp.web.learn", "from quizapp.models import Attempt"),
        ("quizapp.web.learn", "from quizapp.models import db"),
        ("quizapp.web.learn", "import sqlalchemy as sa"),
        ("quizapp.web.learn", "from bleach import Cleaner"),
        ("quizapp.services.attempts", "from quizapp import create_app"),
        ("quizapp.text", "from quizapp.config import Settings"),
        ("quizapp.commands.doctor", "from quizapp.models import db"),
    ],
)
def test_a_planted_breach_is_caught(module: str, source: str) -> None:
    assert [breach_of(one) for one in imports_of(source, module)] != [None]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("quizapp.items.kinds.choice", "from quizapp.items import controls"),
        ("quizapp.items.kinds.choice", "from ..base import Item"),
        ("quizapp.services.attempts", "from flask import current_app"),
        ("quizapp.web.learn", "from quizapp.models import FeedbackMode"),
        ("quizapp.web.errors", "from sqlalchemy.exc import OperationalError"),
    ],
)
def test_an_allowed_import_passes(module: str, source: str) -> None:
    assert [breach_of(one) for one in imports_of(source, module)] == [None]


@pytest.mark.parametrize(
    "name", ["quizapp", "quizapp.items.registry", "quizapp.bank.loader", "quizapp.measure.mastery"]
)
def test_importing_the_pure_rooms_loads_no_web_and_no_database(name: str) -> None:
    """In a fresh interpreter: an import further down the line counts too."""
    question = (
        f"import sys, {name}\n"
        "loaded = {'flask', 'werkzeug', 'sqlalchemy', 'jinja2', 'waitress'} & set(sys.modules)\n"
        "sys.exit(' '.join(sorted(loaded)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=False)
    assert done.stderr == ""
