"""`quizapp banks`, `simulate` and `paper`, as an author or a script uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quizapp.cli import cli
from quizapp.paths import resource_dir

BANK = """\
format: 1
bank: towns
title: Towns
language: en
questions:
  - id: capital
    type: choice
    difficulty: easy
    prompt: Which town is the capital?
    options:
      - right: The longest of these
        why: It is.
      - wrong: Lyon
        why: It is only the third largest.
        lure: credulous
  - id: written
    type: open
    prompt: Write about a town.
    rubric: {0: Nothing, 1: Something}
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    file = tmp_path / "towns.yaml"
    file.write_text(BANK)
    return file


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_banks_are_counted_as_text_and_as_json(bank: Path) -> None:
    text = run("banks", bank)
    assert text.exit_code == 0
    assert "towns: Towns (transfer), 2 questions" in text.stdout
    assert "kinds:      choice 1, open 1" in text.stdout
    assert "lures:      credulous 1" in text.stdout
    (counted,) = json.loads(run("banks", bank.parent, "--format", "json").stdout)
    assert counted["difficulty"] == {"easy": 1, "none": 1}
    assert (counted["purpose"], counted["questions"], counted["skills"]) == ("transfer", 2, {"none": 2})


def test_the_table_of_a_bank_without_skills_has_a_row_for_it(bank: Path) -> None:
    table = run("banks", bank, "--format", "markdown").stdout.splitlines()
    assert table[0] == "| Skill | Article | Transfer | Check-in | All |"
    assert "| Other skills, or none | 0 | 2 | 0 | 2 |" in table
    assert table[-1] == "| All | 0 | 2 | 0 | 2 |"


def test_without_paths_the_banks_that_come_along_are_counted() -> None:
    found = json.loads(run("banks", "--format", "json").stdout)
    names = {one["bank"] for one in found}
    assert names == {path.stem for path in resource_dir("questions").glob("*.yaml")} - {"skills", "misconceptions"}
    assert sum(one["questions"] for one in found) == 116


def test_lazy_scores_are_printed_and_the_same_for_the_same_seed(bank: Path) -> None:
    text = run("simulate", bank, "--rounds", "10").stdout
    assert "longest  the longest answer" in text
    assert text.splitlines()[-1].split()[:3] == ["towns", "50.0%", "100.0%"]
    one, same, other = (
        json.loads(run("simulate", bank, "--format", "json", "--rounds", "9", "--seed", seed).stdout)
        for seed in (1, 1, 2)
    )
    assert one == same != other
    assert one[0]["guessing"] == 0.5
    assert one[0]["questions"] == 1
    assert one[0]["strategies"]["longest"] == {"share": 1.0, "verdicts": None}


def test_a_bank_that_a_teacher_marks_has_no_scores(tmp_path: Path) -> None:
    head, _, questions = BANK.partition("  - id: capital")
    file = tmp_path / "written.yaml"
    file.write_text(head + "  - id: written" + questions.partition("  - id: written")[2])
    assert "a teacher marks all of it" in run("simulate", file).stdout
    assert json.loads(run("simulate", file, "--format", "json").stdout)[0]["guessing"] is None


def test_paper_is_printed_without_the_key(bank: Path) -> None:
    printed = run("paper", bank, "--seed", "3").stdout
    assert printed.startswith("# Towns\n")
    assert "It is only the third largest." not in printed
    assert printed == run("paper", bank, "--seed", "3").stdout


@pytest.mark.parametrize("command", ["banks", "simulate", "paper"])
def test_a_bank_with_mistakes_is_refused_in_sentences(command: str, bank: Path) -> None:
    bank.write_text(BANK.replace("prompt: Which", "promt: Which"))
    done = run(command, bank)
    assert done.exit_code == 1
    assert "promt" in done.stderr
    assert "Traceback" not in done.output
