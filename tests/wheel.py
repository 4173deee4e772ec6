"""The built wheel, installed where nothing else is, and `quizapp serve` run from it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class RunningServer:
    """A `quizapp serve` process."""

    url: str
    """Its address, without a slash at the end."""
    process: subprocess.Popen[str]
    opening_lines: tuple[str, ...]
    """What it printed until it was ready."""

    @property
    def set_up_url(self) -> str:
        """The one-time address for the first account, as printed while nobody is set up."""
        (found,) = [line.split()[-1] for line in self.opening_lines if line.startswith("Set up:")]
        return found


def build(folder: Path) -> Path:
    """Builds the source archive and the wheel from it, without network, and returns the wheel."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """Installs a wheel into an environment that holds what the wheel declares, and nothing else.

    The packages it needs are linked from the environment of the tests, so nothing is fetched; one
    that the wheel forgets to declare is not there, as it would not be at a teacher's.

    Returns:
        The environment's Python.
    """
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    windows = os.name == "nt"
    python = folder / ("Scripts/python.exe" if windows else "bin/python")
    run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            str(wheel),
        ]
    )
    site = Path(run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip())
    metadata = next(site.glob("quizapp-*.dist-info"))
    for needed in closure(Distribution.at(metadata)):
        for entry in top_level_entries(needed):
            link = site / entry.name
            if not link.exists():
                link.symlink_to(entry, target_is_directory=entry.is_dir())
    return python


def closure(start: Distribution) -> list[Distribution]:
    """All distributions that one needs, directly or not, on this Python and system, without extras."""
    found: dict[str, Distribution] = {}
    waiting = [(start, "")]
    while waiting:
        current, extra = waiting.pop()
        for line in current.requires or ():
            requirement = Requirement(line)
            if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
                continue
            name = canonicalize_name(requirement.name)
            if name not in found:
                found[name] = distribution(name)
                waiting += [(found[name], wanted) for wanted in ("", *requirement.extras)]
    return list(found.values())


def top_level_entries(installed: Distribution) -> list[Path]:
    """The files and folders of a distribution that lie directly in site-packages."""
    base = Path(str(installed.locate_file("")))
    names = {file.parts[0] for file in installed.files or () if file.parts[0] not in {"..", "__pycache__"}}
    return [base / name for name in sorted(names)]


def run(command: list[str]) -> str:
    """Runs a command to its end and returns its output."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def serve(python: Path, home: Path, *options: str) -> Iterator[RunningServer]:
    """Runs `quizapp serve` on a free port until the test is over.

    Args:
        python: the Python of an environment with the program.
        home: the data folder; also the working folder, so that nothing is found by accident.
        options: further words for `serve`.
    """
    program = python.with_name("quizapp.exe" if os.name == "nt" else "quizapp")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUIZAPP_", "PYTHON"))}
    process = subprocess.Popen(
        [str(program), "serve", "--port", "0", *options],
        cwd=home,
        env={**kept, "QUIZAPP_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines: list[str] = []
        url = None
        for line in process.stdout:
            lines.append(line.rstrip())
            if found := re.match(r"Students: +(http://\S+?)/?$", line.rstrip()):
                url = found[1]
            if line.startswith("Stop with"):
                break
        assert url is not None, "\n".join(lines)
        yield RunningServer(url, process, tuple(lines))
    finally:
        process.terminate()
        process.communicate(timeout=60)
