"""`quizapp check` and `quizapp mark`, as an author or a script uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quizapp import load_bank
from quizapp.bank.review import rules
from quizapp.bank.schema import FILE_NAME
from quizapp.cli import cli
from quizapp.commands.authoring import is_shipped
from quizapp.paths import resource_dir

MISCONCEPTIONS = resource_dir("questions") / "misconceptions.yaml"

BANK = """\
format: 1
bank: towns
title: Towns
language: en
questions:
  - id: capital
    type: choice
    prompt: Which town is the capital?
    options:
      - right: Paris
        why: It is.
      - wrong: Lyon
        why: It is only the third largest.
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    file = tmp_path / "towns.yaml"
    file.write_text(BANK)
    return file


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "broken.yaml"
    file.write_text(BANK.replace("    prompt:", "    promt:"))
    return file


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_sound_bank_passes_and_prints_no_findings(bank: Path) -> None:
    done = run("check", bank, "--format", "json")
    assert done.exit_code == 0
    assert [one for one in json.loads(done.stdout) if one["level"] == "error"] == []


def test_finding_names_its_place_and_fails_the_check(broken: Path) -> None:
    done = run("check", broken, "--format", "json")
    assert done.exit_code == 1
    errors = [one for one in json.loads(done.stdout) if one["level"] == "error"]
    assert errors
    assert set(errors[0]) == {"file", "line", "column", "level", "code", "question", "message", "fix"}
    assert 8 in {one["line"] for one in errors}
    text = run("check", broken)
    assert text.exit_code == 1
    assert f"{broken}:8:" in text.stdout
    assert "1 bank: " in text.stderr


def test_warnings_fail_only_when_strict(bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from quizapp.bank.loader import Loaded  # noqa: PLC0415 - only here
    from quizapp.bank.problems import Problem  # noqa: PLC0415 - only here

    found = Loaded(None, (Problem("f", 1, 1, "warning", "code", "A sentence."),))
    monkeypatch.setattr("quizapp.commands.authoring.load_file", lambda file, skills: found)
    assert run("check", bank).exit_code == 0
    assert run("check", bank, "--strict").exit_code == 1


def test_folder_is_checked_without_its_lists_of_skills(bank: Path) -> None:
    (bank.parent / "skills.yaml").write_text("not a bank")
    assert run("check", bank.parent).exit_code == 0


@pytest.mark.parametrize("words", [(), ("none.yaml",), ("--format", "xml", ".")])
def test_wrong_call_exits_2(words: tuple[str, ...]) -> None:
    assert run("check", *words).exit_code == 2


@pytest.mark.parametrize(
    ("response", "score", "verdict"), [('"Paris"', 1.0, "right"), ('"Lyon"', 0.0, "wrong"), ("null", 0.0, "blank")]
)
def test_answer_is_marked(bank: Path, response: str, score: float, verdict: str) -> None:
    done = run("mark", bank, "capital", "--response", response)
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["score"] == score
    assert result["feedback"]["verdict"] == verdict
    assert set(result["feedback"]) == {"verdict", "why", "explain"}
    if verdict == "wrong":
        assert result["feedback"]["why"] == ["It is only the third largest."]


@pytest.mark.parametrize("response", ['"Rome"', "7", "{}", "Paris", "[" * 100_000, ""])
def test_what_is_no_answer_exits_2_with_a_sentence(bank: Path, response: str) -> None:
    done = run("mark", bank, "capital", "--response", response)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_unknown_question_names_those_there_are(bank: Path) -> None:
    done = run("mark", bank, "kapital", "--response", "null")
    assert done.exit_code == 2
    assert "capital" in done.stderr


def test_broken_bank_is_not_marked_with(broken: Path) -> None:
    done = run("mark", broken, "capital", "--response", "null")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "8:" in done.stderr


def test_authors_need_neither_web_nor_database(bank: Path) -> None:
    question = (
        "import sys\nfrom click.testing import CliRunner\nfrom quizapp.cli import cli\n"
        f"assert CliRunner().invoke(cli, ['check', {str(bank)!r}]).exit_code == 0\n"
        "sys.exit(' '.join({'flask', 'sqlalchemy'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=False)
    assert done.stderr == ""


# ---------------------------------------------------------------- the review


def test_notes_are_counted_and_printed_when_asked_for(bank: Path) -> None:
    done = run("check", bank)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "notes (print them with --notes)" in done.stderr
    asked = run("check", bank, "--notes")
    assert asked.exit_code == 0
    assert f"{bank}:6:5: info: " in asked.stdout
    assert "--notes" not in asked.stderr


def test_warning_of_the_review_fails_a_strict_check(bank: Path) -> None:
    bank.write_text(BANK.replace("why: It is only the third largest.", "why: Wrong."))
    assert run("check", bank).exit_code == 0
    done = run("check", bank, "--strict")
    assert done.exit_code == 1
    assert f"{bank}:13:14: warning: " in done.stdout
    assert "[no-why]" in done.stdout


def test_shipped_banks_are_held_to_more(bank: Path) -> None:
    done = run("check", bank, "--shipped", "--format", "json")
    assert done.exit_code == 1
    assert {"no-fair", "unfilled", "no-lure"} <= {
        one["code"] for one in json.loads(done.stdout) if one["level"] == "error"
    }


def test_folder_of_the_program_makes_a_bank_shipped(bank: Path) -> None:
    assert is_shipped(resource_dir("questions") / "words-that-lean.yaml")
    assert not is_shipped(bank)


def test_findings_for_github_are_one_line_each(broken: Path) -> None:
    done = run("check", broken, "--format", "github")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert f"::error file={broken},line=8,col=5,title=unknown-field::" in "\n".join(lines)
    assert all(line.startswith("::") for line in lines)


def test_quotations_are_compared_with_the_source(bank: Path, tmp_path: Path) -> None:
    quoting = BANK.replace(
        "questions:", "source: {title: T}\nstimuli:\n  - {id: q, kind: quote, quote: a town}\nquestions:"
    )
    bank.write_text(quoting)
    article = tmp_path / "article.txt"
    article.write_text("It is A town. " + "Nobody said so before today. " * 5)
    done = run("check", bank, "--source", article)
    assert done.exit_code == 1
    assert "The article writes “A town”." in done.stdout
    article.write_text("It is a town. " + "Nobody said so before today. " * 5)
    assert run("check", bank, "--source", article).exit_code == 0
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(article.read_text())
    assert run("check", bank, "--source", tmp_path / "texts").exit_code == 0


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00a", b" \n"])
def test_source_without_text_exits_2_with_a_sentence(bank: Path, tmp_path: Path, content: bytes) -> None:
    article = tmp_path / "article.txt"
    article.write_bytes(content)
    done = run("check", bank, "--source", article)
    assert done.exit_code == 2
    assert "holds no text" in done.stderr
    assert run("check", bank, "--source", tmp_path / "none.txt").exit_code == 2


def test_misconceptions_beside_the_bank_count_as_known(bank: Path) -> None:
    bank.write_text(BANK + "        misconception: size-decides\n")
    assert "unknown-misconception" in run("check", bank, "--format", "json").stdout or not MISCONCEPTIONS.is_file()
    (bank.parent / "misconceptions.yaml").write_text(
        "format: 1\nmisconceptions:\n  - {id: size-decides, name: Big is first, correction: No., card: Compare.}\n"
    )
    assert "unknown-misconception" not in run("check", bank, "--format", "json").stdout


def test_rules_are_listed() -> None:
    done = run("rules")
    assert done.exit_code == 0
    listed = json.loads(run("rules", "--format", "json").stdout)
    assert [one["code"] for one in listed] == [rule.code for rule in rules()]
    for one in listed:
        assert f"{one['code']}  [{one['level']}" in done.stdout
        assert one["definition"] in done.stdout
        assert one["guard"] in done.stdout


# ---------------------------------------------------------------- new, format, schema


def test_new_writes_a_bank_that_is_publishable_and_in_form(tmp_path: Path) -> None:
    file = tmp_path / "my-town.yaml"
    done = run("new", tmp_path / "my-town", "--title", 'News: the "town"')
    assert done.exit_code == 0, done.output
    assert json.loads(run("schema").stdout) == json.loads((tmp_path / FILE_NAME).read_text("utf-8"))
    findings = json.loads(run("check", file, "--format", "json").stdout)
    assert {one["level"] for one in findings} <= {"info"}
    assert run("format", "--check", file).exit_code == 0
    text = file.read_text("utf-8")
    assert text.startswith(f"# yaml-language-server: $schema={FILE_NAME}\n")
    assert "bank: my-town\n" in text
    assert load_bank(file).title == 'News: the "town"'


def test_new_overwrites_nothing(bank: Path, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("mine")
    done = run("new", bank)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "is there already" in done.stderr
    assert bank.read_text() == BANK
    assert run("new", tmp_path / "other.yaml").exit_code == 0
    assert (tmp_path / FILE_NAME).read_text() == "mine"


def test_format_puts_files_into_form_once(bank: Path) -> None:
    bank.write_text(BANK.replace("bank: towns", "bank:   towns  # a note"))
    assert run("format", "--check", bank).exit_code == 1
    assert "bank:   towns" in bank.read_text()
    assert run("format", bank).exit_code == 0
    assert "bank: towns    # a note\n" in bank.read_text()
    assert run("format", bank).stdout == ""


def test_format_leaves_a_file_with_mistakes_alone(bank: Path) -> None:
    for data, word in ((BANK.replace("Which town", "Which: town").encode(), "quizapp check"), (b"\xff\xfe", "UTF-8")):
        bank.write_bytes(data)
        done = run("format", bank)
        assert done.exit_code == 1
        assert word in done.stderr
        assert bank.read_bytes() == data
