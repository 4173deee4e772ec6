"""Where things lie in a checkout, and how programs are run and people told."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"


class SetUpError(Exception):
    """Something outside this program is missing; the message says what to do."""


def tool(name: str) -> Path:
    """Where a program of .venv lies."""
    return VENV / "Scripts" / f"{name}.exe" if WINDOWS else VENV / "bin" / name


def python() -> str:
    """The Python of .venv."""
    return str(tool("python"))


def stamp_file(name: str) -> Path:
    """Where the fingerprint of what is installed is kept."""
    return VENV / f".stamp-{name}"


def fingerprint(names: tuple[str, ...], extra: str = "") -> str:
    """A hash over the files that decide what is installed."""
    digest = hashlib.sha256(extra.encode())
    for name in names:
        digest.update(f"\0{name}\0".encode() + (ROOT / name).read_bytes())
    return digest.hexdigest()


def read(path: Path) -> str:
    """The text of a file, empty when there is none."""
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""


def call(command: list[str], environment: dict[str, str] | None = None, told: str | None = None) -> int:
    """Runs a program in the checkout and returns its exit code; `told` is what it reads from its input."""
    return subprocess.run(command, cwd=ROOT, env=environment, input=told, text=True, check=False).returncode


def call_or_stop(command: list[str], sentence: str, told: str | None = None) -> None:
    """Runs a program whose failure ends everything with `sentence`."""
    if call(command, told=told):
        raise SetUpError(sentence)


def say(sentence: str) -> None:
    """Tells the person at the terminal something, without mixing it into the output."""
    print(sentence, file=sys.stderr, flush=True)


def install(what: list[str], name: str) -> None:
    """Runs pip in .venv, quietly unless it fails."""
    call_or_stop(
        [python(), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *what],
        f"Installing {name} failed; the lines above say why. Is this computer connected to the internet?",
    )
