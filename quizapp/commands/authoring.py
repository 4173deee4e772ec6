"""`quizapp check` and `quizapp mark`: what an author needs; neither touches a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from quizapp import BankError
from quizapp.bank.loader import load_file, read_skills
from quizapp.bank.model import Bank
from quizapp.bank.problems import Problem
from quizapp.items.base import ResponseError
from quizapp.paths import resource_dir

NOT_BANKS = frozenset({"skills.yaml", "misconceptions.yaml"})
"""Files of a folder of banks that are read with the banks, not as banks."""

EXISTING = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=EXISTING)
@click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", help="How to print the findings."
)
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
def check(paths: tuple[Path, ...], *, shape: str, strict: bool) -> None:
    """Checks question banks: files, or all banks of a folder. Changes nothing.

    Exit code 0: publishable; 1: there are errors (with --strict: or warnings); 2: wrong call.

    Example: quizapp check my-bank.yaml --format json
    """
    skills = read_skills(resource_dir("questions") / "skills.yaml")
    files = list(bank_files(paths))
    try:
        problems = [problem for file in files for problem in load_file(file, skills=skills).problems]
    except OSError as error:
        raise click.UsageError(f"{error.filename} cannot be read ({error.strerror}).") from error
    if shape == "json":
        click.echo(json.dumps([problem.to_json() for problem in problems], ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(_count(problems, len(files)), err=True)
    failing = {"error", "warning"} if strict else {"error"}
    sys.exit(1 if any(problem.level in failing for problem in problems) else 0)


@click.command()
@click.argument("bank", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("item")
@click.option("--response", required=True, metavar="JSON", help="The answer in the author's words; null is blank.")
def mark(bank: Path, item: str, response: str) -> None:
    """Marks one answer to the question ITEM of the file BANK and prints score and feedback as JSON.

    Example: quizapp mark my-bank.yaml regrouping --response '"text of an option"'
    """
    loaded = load_file(bank, skills=read_skills(resource_dir("questions") / "skills.yaml"))
    if loaded.bank is None:
        raise BankError(loaded.problems)
    click.echo(json.dumps(marked(loaded.bank, item, response), ensure_ascii=False, indent=1))


def marked(bank: Bank, item_id: str, response: str) -> dict[str, Any]:
    """Marks an answer given as JSON text.

    Returns:
        `score` from 0 to 1, or None where a teacher decides; and `feedback`.

    Raises:
        click.UsageError: when there is no such question or the text is no answer to it.
    """
    try:
        item = bank.item(item_id)
    except KeyError as error:
        known = ", ".join(item.id for item in bank.items)
        raise click.UsageError(f"This bank has no question {item_id!r}; it has: {known}.") from error
    try:
        given = item.from_words(json.loads(response))
    except (json.JSONDecodeError, RecursionError) as error:
        raise click.UsageError(f"--response is not JSON; write text as '\"text\"', in quotes: {error}") from error
    except ResponseError as error:
        raise click.UsageError(str(error)) from error
    feedback = item.explain(given)
    explanation = item.explanation
    return {
        "score": item.score(given).fraction,
        "feedback": {
            "verdict": feedback.verdict,
            "why": list(feedback.reasons),
            "explain": None if explanation is None else "\n\n".join(explanation.parts()),
        },
    }


def bank_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The bank files among files and in folders, in order."""
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.glob("*.yaml")) if file.name not in NOT_BANKS)
        else:
            yield path


def _count(problems: list[Problem], files: int) -> str:
    errors = sum(problem.level == "error" for problem in problems)
    warnings = sum(problem.level == "warning" for problem in problems)
    return f"{_counted(files, 'bank')}: {_counted(errors, 'error')}, {_counted(warnings, 'warning')}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
