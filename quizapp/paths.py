"""Finds the folders that lie beside the package in a checkout and inside it in a wheel."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).resolve().parent


def checkout_root() -> Path | None:
    """The folder of the checkout this package runs from, or None when it was installed."""
    root = PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "questions").is_dir() else None


def resource_dir(name: Literal["templates", "static", "questions"]) -> Path:
    """Where one of the three shipped folders lies.

    Args:
        name: "templates", "static" or "questions".

    Returns:
        The folder of the checkout if there is one, else the copy inside the installed package.
    """
    root = checkout_root()
    if root is not None and (root / name).is_dir():
        return root / name
    return PACKAGE / "_bundled" / name


def default_home() -> Path:
    """Where data live when QUIZAPP_HOME is not set.

    Returns:
        `instance` in a checkout; otherwise this user's data folder as the operating system has it.
    """
    root = checkout_root()
    if root is not None:
        return root / "instance"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "quizapp"
