"""What lies at the top, what tracked files may not name, and what the code needs beside itself."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.structure.importing import PACKAGE, ROOT

TOP_LEVEL = frozenset(
    {
        *(".ci", ".editorconfig", ".gitattributes", ".gitignore", ".npmrc"),
        *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"),
        *("Makefile", "constraints.txt", "dev.py", "package-lock.json", "package.json", "pyproject.toml"),
        *("devtools", "docs", "questions", "quizapp", "static", "templates", "tests"),
    }
)

# Somebody's own folders, never a part of an address on the web.
PERSONAL_PATH = re.compile(r"(?<![\w.:/~<{}])/(?:root|home/[a-z]\w*|Users/[A-Za-z]\w*|work)/[\w.]")


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git keeps and that still exist."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in listing.split("\0") if name and (path := ROOT / name).is_file())


def tracked_texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def test_top_level_holds_what_it_should_and_nothing_else() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} == TOP_LEVEL


def test_no_tracked_file_names_a_folder_of_one_computer() -> None:
    found = [f"{name}: {match[0]}" for name, text in tracked_texts() for match in PERSONAL_PATH.finditer(text)]
    assert found == []


def test_no_tracked_file_has_a_merge_left_open() -> None:
    marks = re.compile(r"^(?:<{7} |>{7} |={7}$)", re.MULTILINE)
    assert [name for name, text in tracked_texts() if marks.search(text)] == []


def test_a_planted_folder_is_caught() -> None:
    assert PERSONAL_PATH.search('home = "/ro' + 'ot/data"')
    assert PERSONAL_PATH.search("see /wo" + "rk/main")
    assert not PERSONAL_PATH.search("https://example.org/home/me/x")
    assert not PERSONAL_PATH.search("quizapp/home/x and /static/work/x")


def test_pins_name_versions_and_no_registry() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pin = re.compile(r"[a-z0-9][a-z0-9.-]*==[\w.]+(?: ; [^/@]+)?")
    assert [line for line in lines if line and not line.startswith("#") and not pin.fullmatch(line)] == []
    assert not any("/" in line or "--" in line for line in lines if not line.startswith("#"))
    npmrc = (ROOT / ".npmrc").read_text("utf-8")
    assert "registry=" not in npmrc
    assert "ignore-scripts=true" in npmrc


def test_npm_lock_names_hashes_and_no_download_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert name == "" or entry["integrity"].startswith("sha512-"), name


def test_every_requirement_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    pinned = {
        line.split("==")[0] for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line
    }
    assert {canonicalize_name(Requirement(line).name) for line in wanted} <= pinned


def test_everything_the_package_imports_is_declared() -> None:
    """Else it works here, where the tests' packages are, and fails at a teacher's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {
        canonicalize_name(one.name)
        for one in map(Requirement, project["dependencies"])
        if one.marker is None or one.marker.evaluate()
    }
    # What a declared package itself stands on (Flask on MarkupSafe, pydantic on pydantic-core) is there as well.
    for name in tuple(declared):
        direct = (Requirement(line) for line in requires(name) or ())
        declared |= {canonicalize_name(one.name) for one in direct if one.marker is None or one.marker.evaluate()}
    known = packages_distributions()
    missing = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for top in {name.split(".")[0] for name in names} - {"quizapp", "__future__"} - sys.stdlib_module_names:
                if not declared & {canonicalize_name(owner) for owner in known.get(top, [])}:
                    missing.add(f"{path.relative_to(ROOT)}: {top}")
    assert missing == set()


def test_versions_with_known_holes_are_not_pinned() -> None:
    lowest = {"flask": (3, 1, 3), "werkzeug": (3, 1, 6), "waitress": (3, 0, 1), "gunicorn": (23,), "bleach": (6, 4, 0)}
    pins = dict(re.findall(r"^([a-z0-9-]+)==([\d.]+)", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE))
    too_old = {name for name, least in lowest.items() if tuple(map(int, pins[name].split("."))) < least}
    assert too_old == set()
