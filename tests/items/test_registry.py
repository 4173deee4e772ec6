"""Kinds are found by presence, and a faulty one stops the start."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from quizapp.items.kinds import choice
from quizapp.items.registry import KindError, kind_in, kinds


def test_all_kinds_are_found() -> None:
    assert list(kinds()) == [
        "choice", "classify", "gaps", "highlight", "judge", "match", "multiple", "numeric", "open", "order", "short",
    ]  # fmt: skip


def planted(name: str, source: str, doc: str = "- id: x") -> ModuleType:
    module = ModuleType(f"quizapp.items.kinds.{name}", doc)
    exec(source, vars(module))  # noqa: S102 - the fault is planted in a module made here
    return module


BASE = "from quizapp.items.kinds.choice import Choice, Chosen\nfrom quizapp.items.base import Item, Example\n"


@pytest.mark.parametrize(
    ("source", "lacks"),
    [
        ("", "exactly one subclass"),
        ("class A(Choice): kind = 'other'", "must be “planted”"),
        ("class A(Item[Chosen]):\n    kind = 'planted'", "does not define shuffle, controls"),
        ("class A(Choice):\n    kind = 'planted'\n    EXAMPLES = ()", "needs the cases"),
        ("class A(Choice):\n    kind = 'planted'\n    response_type = int", "response_type"),
    ],
)
def test_a_faulty_kind_is_named(source: str, lacks: str) -> None:
    with pytest.raises(KindError, match=lacks):
        kind_in(planted("planted", BASE + source))


def test_a_kind_without_a_manual_is_refused() -> None:
    module = planted("planted", BASE + "class A(Choice):\n    kind = 'planted'", doc="No example.")
    with pytest.raises(KindError, match="docstring"):
        kind_in(module)
    assert kind_in(sys.modules[choice.__name__]) is choice.Choice


@pytest.mark.parametrize("name", ["quizapp.items.registry", "quizapp.bank.loader", "quizapp.measure", "quizapp.text"])
def test_the_core_loads_neither_flask_nor_sqlalchemy(name: str) -> None:
    script = (
        f"import sys, {name}\n"
        "import quizapp.items.registry as r; r.kinds()\n"
        "print([m for m in ('flask', 'sqlalchemy', 'werkzeug', 'flask_wtf') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
