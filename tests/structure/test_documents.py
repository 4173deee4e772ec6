"""The documents name only what is there: files, headings, commands, settings."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

import dev
from quizapp.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "questions" / "README.md"])
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in DOCUMENTS}
ALL = "\n".join(TEXTS.values())

LINK = re.compile(r"\]\(([^)\s]+)\)")
# What stands in a line of code or between backticks.
CODE = re.compile(r"^ {4,}(\S.*)$|`([^`\n]+)`", re.MULTILINE)


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path, text: str) -> list[str]:
    broken = []
    for target in LINK.findall(text):
        if target.startswith(("https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        other = (path.parent / name).resolve() if name else path
        if not other.exists() or (anchor and anchor not in anchors(other.read_text("utf-8"))):
            broken.append(target)
    return broken


def words_after(program: str) -> set[str]:
    code = "\n".join("".join(pair) for pair in CODE.findall(ALL))
    return set(re.findall(rf"(?:^|[ /]){re.escape(program)} ([a-z][a-z-]*)", code, re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    assert broken_links(path, path.read_text("utf-8")) == []


def test_a_broken_link_is_noticed() -> None:
    readme = ROOT / "README.md"
    assert broken_links(readme, "[a](docs/none.md) [b](docs/measures.md#none) [c](docs/measures.md)") == [
        "docs/none.md",
        "docs/measures.md#none",
    ]


def test_commands_in_the_documents_are_commands() -> None:
    assert words_after("quizapp") >= {"serve", "doctor", "backup", "restore", "check"}
    assert words_after("quizapp") <= set(COMMANDS)


def test_every_command_is_documented() -> None:
    assert {name for name in COMMANDS if f"quizapp {name}" not in ALL and f"`{name}`" not in ALL} == set()


def test_words_for_dev_are_words_of_dev() -> None:
    words = words_after("dev.py")
    assert words >= {"run", "test"}
    assert {word for word in words if f"python3 dev.py {word} " not in str(dev.__doc__)} == set()


def test_settings_in_the_documents_are_those_that_are_read() -> None:
    read = set(re.findall(r'"(QUIZAPP_[A-Z_]+)"', (ROOT / "quizapp" / "config.py").read_text("utf-8")))
    # The tests read this one.
    read.add("QUIZAPP_BROWSER")
    assert set(re.findall(r"QUIZAPP_[A-Z_]+", ALL)) == read


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "pictures").glob("*.png")), ids=lambda path: path.name)
def test_pictures_load_quickly(path: Path) -> None:
    data = path.read_bytes()
    width, _ = struct.unpack(">II", data[16:24])
    assert width in {390, 1280}
    assert len(data) < 200_000


def test_pictures_are_used_and_described() -> None:
    readme = TEXTS["README.md"]
    used = set(re.findall(r'src(?:set)?="docs/pictures/([^"]+)"', readme))
    assert used == {path.name for path in (ROOT / "docs" / "pictures").iterdir()}
    assert readme.count("<img ") == len(re.findall(r'<img alt="[^"]{20,}" src=', readme)) == 3
