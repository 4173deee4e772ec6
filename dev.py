#!/usr/bin/env python3
"""Sets up, runs and tests a checkout with nothing but Python.

    python3 dev.py run              start the app and print its address (extra words go to `quizapp serve`)
    python3 dev.py test             check the code, then run every test; with extra words: only pytest, with them
    python3 dev.py lint             check style and types
    python3 dev.py format           write the style
    python3 dev.py bench            run the measurements in tests/bench
    python3 dev.py pictures         make the pictures in docs/pictures anew
    python3 dev.py build            make the wheel and the source archive in dist/
    python3 dev.py pin              renew constraints.txt from pyproject.toml

The first start makes .venv and installs into it; a stamp there lets later starts skip all that until
one of the files that decide what is installed changes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from devtools import basics, parts
from devtools.basics import SetUpError, fingerprint, read, say, stamp_file, tool

OLDEST, NEWEST = (3, 11), (3, 13)
EXTRAS = {"run": "", "test": "[lint,postgres,test]"}
PYTHON_FILES = ("pyproject.toml", "constraints.txt")
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "microsoft-edge", "msedge")
BROWSER_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)
APT_PACKAGES = ("chromium-headless-shell", "libatomic1", "fonts-liberation")


def main(arguments: list[str]) -> int:
    """Runs the verb named first.

    Args:
        arguments: the words of the command line, without the program's name.

    Returns:
        The exit code: 0 when all went well, 2 for a wrong call.
    """
    verbs = {
        "run": run,
        "test": test,
        "lint": lint,
        "format": write_style,
        "bench": bench,
        "pictures": pictures,
        "build": build,
        "pin": pin,
    }
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(__doc__)
        return 0 if arguments else 2
    verb, rest = arguments[0], arguments[1:]
    if verb not in verbs:
        say(f"There is no command {verb!r}; use one of: {', '.join(verbs)}.")
        return 2
    try:
        suitable = python_to_use(sys.version_info[:2])
        if suitable is not None:
            return basics.call([suitable, str(Path(__file__)), *arguments])
        return verbs[verb](rest)
    except SetUpError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


# ---------------------------------------------------------------- the verbs


def run(extra: list[str]) -> int:
    """Starts the app from this checkout."""
    ensure_python("run")
    try:
        parts.ensure_browser_parts()
    except SetUpError as error:
        say(f"{error}\nStarting without them: every page works, some less smoothly.")
    command = [str(tool("quizapp")), "serve", *extra]
    if not basics.WINDOWS:
        os.chdir(basics.ROOT)
        # The server takes this process's place, so that signals reach it.
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    return basics.call(command)


def test(extra: list[str]) -> int:
    """Runs the style check and all tests, or only pytest with the words given."""
    ensure_python("test")
    parts.ensure_browser_parts("test")
    parts.ensure_node()
    environment = {**os.environ, **ensure_browser()}
    if extra:
        return basics.call([basics.python(), "-m", "pytest", *extra], environment)
    code = lint([])
    return code or basics.call([basics.python(), "-m", "pytest", "-n", "auto", "--dist", "worksteal"], environment)


def lint(extra: list[str]) -> int:
    """Checks style and types; runs all three tools even if the first one complains."""
    ensure_python("test")
    codes = [
        basics.call([basics.python(), "-m", "ruff", "check", "--quiet", *extra]),
        basics.call([basics.python(), "-m", "ruff", "format", "--check", "--quiet", *extra]),
        basics.call([basics.python(), "-m", "mypy", *extra]),
    ]
    if any(codes):
        say("Not clean; `python3 dev.py format` mends most of the style.")
    return max(codes)


def write_style(extra: list[str]) -> int:
    """Formats the code and mends what can be mended without thinking."""
    ensure_python("test")
    fixed = basics.call([basics.python(), "-m", "ruff", "check", "--fix", *extra])
    return max(fixed, basics.call([basics.python(), "-m", "ruff", "format", *extra]))


def bench(extra: list[str]) -> int:
    """Runs every measurement, one process each."""
    ensure_python("test")
    scripts = sorted((basics.ROOT / "tests" / "bench").glob("bench_*.py"))
    if not scripts:
        raise SetUpError("There is no tests/bench/bench_*.py to run.")
    return max(basics.call([basics.python(), str(script), *extra]) for script in scripts)


def pictures(extra: list[str]) -> int:
    """Makes the pictures of the documents with the app, its demo class and a real browser."""
    ensure_python("test")
    parts.ensure_browser_parts()
    environment = {**os.environ, **ensure_browser()}
    return basics.call([basics.python(), "-m", "tests.browser.pictures", *extra], environment)


def build(extra: list[str]) -> int:
    """Makes the source archive and, from it, the wheel."""
    ensure_python("test")
    parts.ensure_browser_parts()
    translations = basics.ROOT / "quizapp" / "translations"
    if translations.is_dir():
        code = basics.call([str(tool("pybabel")), "compile", "--directory", str(translations)])
        if code:
            return code
    # The build tools are in .venv already: no second environment, no network.
    return basics.call([basics.python(), "-m", "build", "--no-isolation", *extra])


def pin(extra: list[str]) -> int:
    """Writes constraints.txt: exact versions for every system and Python, and no address of any registry."""
    ensure_python("test")
    if not tool("uv").exists():
        basics.install(["uv"], "uv")
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "constraints.txt"
        basics.call_or_stop(
            [
                str(tool("uv")), "pip", "compile", "pyproject.toml", "--universal", "--all-extras", "--quiet",
                "--python-version", ".".join(map(str, OLDEST)), "--no-header", "--no-annotate", "--no-emit-index-url",
                "--no-emit-find-links", "--output-file", str(draft), *extra,
            ],
            "The pins could not be worked out.",
        )  # fmt: skip
        pins = [line for line in draft.read_text("utf-8").splitlines() if re.match(r"[A-Za-z0-9]", line)]
    heading = "# Exact versions that the tests run with. Renew with: python3 dev.py pin\n"
    (basics.ROOT / "constraints.txt").write_text(heading + "\n".join(pins) + "\n", "utf-8")
    say(f"constraints.txt holds {len(pins)} versions.")
    return 0


# ---------------------------------------------------------------- Python


def python_to_use(version: tuple[int, int]) -> str | None:
    """Another Python to start again with, or None when this one will do.

    Raises:
        SetUpError: when this one will not do and no other is found.
    """
    if OLDEST <= version <= NEWEST:
        return None
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    wanted = " or ".join(f"3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1))
    raise SetUpError(
        f"This is Python {version[0]}.{version[1]}; Closer Look needs Python {wanted}. "
        "Install one of them and start this command with it."
    )


def ensure_python(wanted: str) -> None:
    """Makes .venv hold what `wanted` ("run" or "test") needs; does nothing when it already does."""
    stamp = fingerprint(PYTHON_FILES, extra=f"{sys.version_info[:2]} {basics.ROOT} {EXTRAS}")
    # What tests need includes what the app needs.
    names = ("test", "run") if wanted == "run" else ("test",)
    if Path(basics.python()).exists() and any(read(stamp_file(name)) == stamp for name in names):
        return
    if not Path(basics.python()).exists():
        make_venv()
    elif venv_version() != sys.version_info[:2]:
        say("Making .venv anew for this version of Python.")
        shutil.rmtree(basics.VENV)
        make_venv()
    say("Installing into .venv; the first time takes a minute …")
    basics.install(["--editable", f".{EXTRAS[wanted]}", "--constraint", "constraints.txt"], "the packages")
    stamp_file(wanted).write_text(stamp, "utf-8")


def make_venv() -> None:
    """Makes the virtual environment.

    Raises:
        SetUpError: naming the Debian package when Python came without it.
    """
    done = subprocess.run([sys.executable, "-m", "venv", str(basics.VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(basics.VENV, ignore_errors=True)
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        hint = f" On Debian and Ubuntu: sudo apt-get install {name}" if shutil.which("apt-get") else ""
        raise SetUpError(f"Python could not make the environment .venv.{hint}\n{(done.stdout + done.stderr).strip()}")


def venv_version() -> tuple[int, ...]:
    """The Python version .venv was made with."""
    match = re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)", read(basics.VENV / "pyvenv.cfg"), re.MULTILINE)
    return tuple(map(int, match.groups())) if match else ()


# ---------------------------------------------------------------- the browser for the tests


def ensure_browser() -> dict[str, str]:
    """Finds or installs a Chromium.

    Returns:
        What to add to the environment of the tests: QUIZAPP_BROWSER with the program's path, or
        nothing when Playwright finds its own.

    Raises:
        SetUpError: when there is none to be had. Tests are never left out for that.
    """
    found = find_browser()
    if found:
        return {"QUIZAPP_BROWSER": found}
    if playwright_has_browser():
        return {}
    if shutil.which("apt-get") and not basics.WINDOWS and os.geteuid() == 0:
        say("Installing a browser for the tests …")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        basics.call(["apt-get", "update", "-qq"], environment)
        basics.call(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *APT_PACKAGES], environment)
        found = find_browser()
        if found:
            return {"QUIZAPP_BROWSER": found}
    say("Fetching a browser for the tests …")
    basics.call([basics.python(), "-m", "playwright", "install", "--only-shell", "chromium"])
    if playwright_has_browser():
        return {}
    raise SetUpError(
        "The tests drive a real browser and none was found: install Chromium, Chrome or Edge, "
        "or set QUIZAPP_BROWSER to the path of one."
    )


def find_browser() -> str | None:
    """The path of an installed browser, the one named by QUIZAPP_BROWSER first.

    Raises:
        SetUpError: when QUIZAPP_BROWSER names no program.
    """
    named = os.environ.get("QUIZAPP_BROWSER")
    if named:
        if shutil.which(named):
            return shutil.which(named)
        raise SetUpError(f"QUIZAPP_BROWSER is {named!r}, and there is no such program.")
    on_path = (shutil.which(name) for name in BROWSERS)
    in_places = (place for place in BROWSER_PLACES if Path(place).is_file())
    return next((path for path in (*on_path, *in_places) if path), None)


def playwright_has_browser() -> bool:
    """Whether Playwright's own Chromium is on this machine."""
    question = (
        "import pathlib, sys; from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: sys.exit(not pathlib.Path(p.chromium.executable_path).is_file())"
    )
    return subprocess.run([basics.python(), "-c", question], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
