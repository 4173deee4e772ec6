"""Broken banks: each mistake is told at its place, in plain words, with a correction that mends it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quizapp.bank.loader import Loaded, load_text
from quizapp.bank.model import Skill
from quizapp.bank.problems import Problem

FOLDER = Path(__file__).parent / "broken"
SKILLS = (Skill(id="verbs", name="Verbs", definition="D"), Skill(id="loaded", name="Loaded", definition="D"))
EXPECTED = dict(re.findall(r"^([a-z-]+): (.+)$", (FOLDER / "expected.txt").read_text("utf-8"), re.MULTILINE))

#: Words of parsers and validators that mean nothing to somebody who writes questions.
RAW = re.compile(
    r"scalar|mapping|token|anchor|alias|flow|stream|simple key|block (?:end|entry)|parser|pydantic|Input should|validat"
    r"|None|null|dict|str\b|tuple|expected|utf8|codec|exception|traceback|<class|Extra inputs",
    re.IGNORECASE,
)


OF_THE_AUTHOR = {
    "choice-of-words": "    difficulty: easy",
    "no-key": "      - right: Where the picture appeared before",
    "two-keys": "      - wrong: Where the picture appeared before",
    "verdict-missing": "  - verdict: problem\n    id: label",
}
"""Files with a mistake that only their author can mend, and the line that the author writes: none is proposed."""


def load(data: bytes) -> Loaded:
    return load_text(data, "bank.yaml", skills=SKILLS)


def serious(loaded: Loaded) -> list[Problem]:
    return [one for one in loaded.problems if one.level != "info"]


def written_over(problem: Problem) -> str:
    """The line of a placeholder with words of its author."""
    words = f"Words for line {problem.line}"
    return problem.source[: problem.column - 1] + words + "]" * ("[" in problem.source)


def corrected(data: bytes, problem: Problem, name: str) -> bytes:
    """The file with the line of a problem replaced by its correction, or by what its author writes."""
    if problem.code == "placeholder":
        assert problem.fix is None
        fix = written_over(problem)
    else:
        assert (problem.fix is None) is (name in OF_THE_AUTHOR), problem
        fix = OF_THE_AUTHOR[name] if problem.fix is None else problem.fix
    lines = data.split(b"\n")
    lines[problem.line - 1] = fix.encode()
    return b"\n".join(lines)


def test_every_file_is_expected_and_there_are_enough() -> None:
    files = {path.stem for path in FOLDER.glob("*.yaml")}
    assert files == set(EXPECTED)
    assert len(files) >= 60


@pytest.mark.parametrize("name", EXPECTED)
def test_mistakes_are_told_at_their_places(name: str) -> None:
    loaded = load((FOLDER / f"{name}.yaml").read_bytes())
    found = ", ".join(f"{one.code} {one.line}:{one.column}" for one in serious(loaded))
    assert found == EXPECTED[name]
    for one in serious(loaded):
        assert one.message.endswith((".", "?"))
        assert not RAW.search(re.sub(r"“[^”]*”", "", one.message)), one.message
        assert one.source


@pytest.mark.parametrize("name", EXPECTED)
def test_the_first_correction_removes_its_problem(name: str) -> None:
    data = (FOLDER / f"{name}.yaml").read_bytes()
    first, *others = serious(load(data))
    left = [(one.code, one.message) for one in serious(load(corrected(data, first, name)))]
    assert (first.code, first.message) not in left
    assert len(left) <= len(others) + 1  # behind a broken text there may be another mistake


@pytest.mark.parametrize("name", EXPECTED)
def test_following_the_corrections_leads_to_a_bank_that_can_be_published(name: str) -> None:
    data = (FOLDER / f"{name}.yaml").read_bytes()
    for _ in range(8):
        found = serious(load(data))
        if not found:
            break
        data = corrected(data, found[0], name)
    loaded = load(data)
    assert serious(loaded) == []
    assert loaded.bank is not None
    assert loaded.bank.items[0].kind == "choice"
