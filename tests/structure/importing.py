"""Reads who imports whom, and holds it against the plan of the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "quizapp"

EVERYONE_MAY = frozenset({"config", "paths", "text"})
"""Modules without opinions, free for all."""

LOWER_ROOMS: dict[str, frozenset[str]] = {
    "clock": frozenset(),
    "config": frozenset({"paths"}),
    "paths": frozenset(),
    "text": frozenset(),
    "items": frozenset(),
    "measure": frozenset(),
    "bank": frozenset({"items"}),
    "models": frozenset({"items"}),
    "services": frozenset({"models", "bank", "measure", "items"}),
    "web": frozenset({"services", "bank", "items"}),
    "server": frozenset(),
    "backup": frozenset(),
    "gunicorn_conf": frozenset({"backup", "services"}),
    "restore": frozenset({"backup"}),
    "upgrade": frozenset({"backup", "models"}),
    "migrations": frozenset({"models", "services"}),
    "app": frozenset({"clock", "models", "services", "web"}),
    "cli": frozenset({"commands"}),
    "commands": frozenset(
        {"app", "backup", "bank", "cli", "items", "measure", "restore", "server", "services", "upgrade"}
    ),
    "__main__": frozenset({"cli"}),
}
"""Which other rooms a room may import, beside itself and what everyone may."""

ROOT_NAMES = frozenset({"BankError", "__version__"})
"""What `quizapp` itself defines without loading anything."""

PURE = frozenset({"items", "bank", "measure"})
"""Rooms that must work where neither Flask nor a database is."""

WEB_AND_DATABASE = ("flask", "flask_", "sqlalchemy", "alembic", "werkzeug", "jinja2", "waitress", "click")

KIND_MAY = frozenset({"quizapp.items.base", "quizapp.items.controls", "quizapp.items.marking", "quizapp.text"})
"""All of ours that a kind of question may know."""

WORDS_OF_MODELS = frozenset(
    {
        "ApiScope",
        "CorrectionAction",
        "CountingAttempt",
        "FeedbackMode",
        "Role",
        "RoomPhase",
        "Route",
        "ScoreReason",
        "SecretKind",
        "ShareRight",
        "TokenPurpose",
    }
)
"""Enumerations: `web` shows and takes these words, and nothing else of the tables."""

REQUEST_THINGS = frozenset(
    {"request", "session", "g", "render_template", "render_template_string", "redirect", "url_for", "flash", "abort"}
)


@dataclass(frozen=True)
class Import:
    """One imported name."""

    module: str
    """The module that imports, dotted."""
    target: str
    """The module imported from, dotted."""
    name: str
    """The name taken from it; empty for `import target`."""
    line: int

    @property
    def room(self) -> str:
        return room_of(self.module)

    @property
    def target_room(self) -> str:
        return room_of(self.target)


def room_of(module: str) -> str:
    """The room of a dotted module of ours: the part after the package's name."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports_of(source: str, module: str) -> Iterator[Import]:
    """All imports anywhere in a module's source, with `from a import b` seen as a.b where that is a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, "", node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*module.split(".")[: -node.level], *([base] if base else [])])
            for alias in node.names:
                as_module = f"{base}.{alias.name}"
                if base.startswith("quizapp") and is_module(as_module):
                    yield Import(module, as_module, "", node.lineno)
                else:
                    yield Import(module, base, alias.name, node.lineno)


def is_module(dotted: str) -> bool:
    """Whether a dotted name of ours is a module or a package."""
    path = ROOT.joinpath(*dotted.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def all_imports() -> list[Import]:
    """Every import of every module of the package."""
    found: list[Import] = []
    for file in sorted(PACKAGE.rglob("*.py")):
        if "versions" in file.relative_to(PACKAGE).parts:
            continue
        found += imports_of(file.read_text("utf-8"), module_name(file))
    return found


def module_name(file: Path) -> str:
    """The dotted name of a file; a package's own file keeps `__init__`, so that relative imports count right."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def breach_of(one: Import) -> str | None:
    """What rule an import breaks, in a sentence, or None."""
    if one.module == "quizapp.__init__":
        return None  # imports late, which a test of its own proves
    if one.target.split(".")[0] != "quizapp":
        return _outside_breach(one)
    if one.target == "quizapp":
        return None if one.name in ROOT_NAMES else f"takes {one.name} from the package, which would load everything"
    if one.module.startswith("quizapp.items.kinds.") and not one.module.endswith("__init__"):
        return None if one.target in KIND_MAY else f"a kind may not know {one.target}"
    if one.target_room in EVERYONE_MAY and one.room not in EVERYONE_MAY:
        return None
    if one.room == "web" and one.target_room == "models":
        return None if one.name in WORDS_OF_MODELS else "web knows no tables and no database session"
    if one.target_room == one.room or one.target_room in LOWER_ROOMS.get(one.room, frozenset()):
        return None
    return f"{one.room} may not import {one.target_room}"


def _outside_breach(one: Import) -> str | None:
    top = one.target.split(".")[0]
    if one.room in PURE and top.startswith(WEB_AND_DATABASE):
        return f"{one.room} must work without {top}"
    if one.room == "web" and top == "sqlalchemy" and one.target != "sqlalchemy.exc":
        return "web holds no query"
    if one.room == "services" and top == "flask" and one.name in REQUEST_THINGS:
        return f"services know nothing of a request: {one.name}"
    if top == "bleach" and one.room != "text":
        return "only text.py knows how author text is cleaned"
    return None
