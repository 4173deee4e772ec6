"""Closer Look: a media-literacy quiz and teaching app.

Public names, imported only when asked for, so that reading a question bank loads no web framework:

    from quizapp import load_bank
    bank = load_bank("questions/words.yaml")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from quizapp.app import create_app
    from quizapp.bank.model import Bank
    from quizapp.bank.problems import Problem

__version__ = "0.1.0"

__all__ = ["BankError", "__version__", "create_app", "load_bank"]

_LAZY = {"create_app": "quizapp.app"}


class BankError(ValueError):
    """A bank file that cannot be used; `problems` says all that is wrong with it, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def load_bank(path: str | Path, *, skills: str | Path | None = None) -> Bank:
    """Reads one bank file.

    Args:
        path: a YAML file in format 1.
        skills: the shared list of skills; the one that comes with the program when left out.

    Returns:
        The bank, frozen.

    Raises:
        BankError: when the file has errors; every one is in `problems`, with its line and column.
    """
    from pathlib import Path  # noqa: PLC0415 - keeps `import quizapp` light

    from quizapp.bank.loader import load_file, read_skills  # noqa: PLC0415 - as above
    from quizapp.paths import resource_dir  # noqa: PLC0415 - as above

    skills_file = Path(skills) if skills is not None else resource_dir("questions") / "skills.yaml"
    loaded = load_file(Path(path), skills=read_skills(skills_file))
    if loaded.bank is None:
        raise BankError(loaded.problems)
    return loaded.bank


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
