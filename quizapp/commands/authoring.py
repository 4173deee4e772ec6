"""`quizapp check`, `rules` and `mark`: what an author needs; none touches a database."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from quizapp import BankError
from quizapp.bank.article import read_article
from quizapp.bank.loader import load_file, read_skills
from quizapp.bank.misconceptions import FILE_NAME, read_misconceptions
from quizapp.bank.model import Bank
from quizapp.bank.problems import Problem
from quizapp.bank.review import Desk, Reviewed, review
from quizapp.bank.review import rules as all_rules
from quizapp.items.base import ResponseError
from quizapp.paths import resource_dir

NOT_BANKS = frozenset({"skills.yaml", FILE_NAME})
"""Files of a folder of banks that are read with the banks, not as banks."""

EXISTING = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=EXISTING)
@click.option("--source", type=EXISTING, metavar="ARTICLE", help="The article that is quoted: a text file or a folder.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How to print the findings.",
)
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--notes", is_flag=True, help="Print notes as well; json and github always do.")
@click.option(
    "--shipped", is_flag=True, help="Hold the banks to all that must be true of those that come with the program."
)
def check(
    paths: tuple[Path, ...], *, source: Path | None, shape: str, strict: bool, notes: bool, shipped: bool
) -> None:
    """Checks question banks: files, or all banks of a folder. Changes nothing.

    Exit code 0: publishable; 1: there are errors (with --strict: or warnings); 2: wrong call.
    Banks in the folder that comes with the program are always held to more (see --shipped).

    Example: quizapp check my-bank.yaml --format json
    """
    files = list(bank_files(paths))
    try:
        with _uncollected():
            problems = findings(files, source=source, shipped=shipped)
    except OSError as error:
        raise click.UsageError(f"{error.filename} cannot be read ({error.strerror}).") from error
    if shape == "json":
        click.echo(json.dumps([problem.to_json() for problem in problems], ensure_ascii=False, indent=1))
    elif shape == "github":
        for problem in problems:
            click.echo(annotation(problem))
    else:
        for problem in problems:
            if notes or problem.level != "info":
                click.echo(str(problem))
        click.echo(_count(problems, len(files), notes=notes), err=True)
    failing = {"error", "warning"} if strict else {"error"}
    sys.exit(1 if any(problem.level in failing for problem in problems) else 0)


@click.command()
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="How to print the rules.")
def rules(*, shape: str) -> None:
    """Lists the rules that `check` holds a bank to, beside what makes it unusable.

    Levels: error, warning, or info, a note. The level after a slash is that for banks that come
    with the program. A question silences a rule with “allow: {code: reason}”.

    Example: quizapp rules
    """
    if shape == "json":
        fields = ("code", "scope", "level", "shipped", "definition", "guard")
        listed = [{field: getattr(rule, field) for field in fields} for rule in all_rules()]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for rule in all_rules():
        level = rule.level if rule.level == rule.shipped else f"{rule.level}/{rule.shipped}"
        about = "" if rule.scope == "question" else f" ({rule.scope} as a whole)"
        click.echo(f"{rule.code}  [{level}]{about}\n    {rule.definition}")
        if rule.guard:
            click.echo(f"    Silent for: {rule.guard}.")


def findings(files: Iterable[Path], *, source: Path | None = None, shipped: bool = False) -> list[Problem]:
    """Everything that the loader and the review find in some bank files.

    Args:
        files: the banks.
        source: the article they quote, a text file or a folder of them.
        shipped: whether to hold all of them to what the program's own banks must keep.

    Raises:
        OSError: a file cannot be read.
        click.UsageError: there is no article in `source`.
        BankError: a list of misconceptions beside the banks has errors.
    """
    skills = read_skills(resource_dir("questions") / "skills.yaml")
    loaded = [(file, load_file(file, skills=skills)) for file in files]
    reviewed = [
        Reviewed(one.bank, one.places, shipped=shipped or is_shipped(file))
        for file, one in loaded
        if one.bank is not None and one.places is not None
    ]
    try:
        article = read_article(source) if source is not None else None
    except ValueError as error:
        raise click.UsageError(f"{source} holds no text that can be read; save the article as UTF-8 text.") from error
    desk = Desk(
        tuple(reviewed),
        today=datetime.now(UTC).date(),
        misconceptions=known_misconceptions(file for file, _ in loaded),
        article=article,
    )
    return [*(problem for _, one in loaded for problem in one.problems), *review(desk)]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Puts off the search for cycles of objects: a check makes hardly any, and searches take a quarter of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def is_shipped(file: Path) -> bool:
    """Whether a bank file is one of those that come with the program."""
    return file.resolve().parent == resource_dir("questions").resolve()


def annotation(problem: Problem) -> str:
    """A finding as a line that GitHub shows beside the source.

    >>> print(annotation(Problem("a.yaml", 3, 5, "info", "clang", "50 % of it.")))
    ::notice file=a.yaml,line=3,col=5,title=clang::50 %25 of it.
    """
    word = {"error": "error", "warning": "warning", "info": "notice"}[problem.level]
    places = {"file": problem.file, "line": problem.line, "col": problem.column, "title": problem.code}
    fields = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in places.items())
    return f"::{word} {fields}::{_escaped(problem.message)}"


def _escaped(text: str, more: str = "") -> str:
    for sign in f"%\r\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def known_misconceptions(files: Iterable[Path]) -> frozenset[str] | None:
    """The ids of the program's list and of those beside the files, or None when there is no list."""
    folders = {resource_dir("questions"), *(file.parent for file in files)}
    lists = [path for folder in folders if (path := folder / FILE_NAME).is_file()]
    return frozenset(one.id for path in lists for one in read_misconceptions(path)) if lists else None


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


def _count(problems: list[Problem], files: int, *, notes: bool) -> str:
    errors, warnings, infos = (sum(one.level == level for one in problems) for level in ("error", "warning", "info"))
    hint = " (print them with --notes)" if infos and not notes else ""
    found = f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}, {_counted(infos, 'note')}"
    return f"{_counted(files, 'bank')}: {found}{hint}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
