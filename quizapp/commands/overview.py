"""`quizapp banks`, `simulate` and `paper`: banks seen from outside; none touches a database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from quizapp import BankError
from quizapp.bank.coverage import Counts, counts, coverage, purpose
from quizapp.bank.loader import load_file, read_skills
from quizapp.bank.model import Bank
from quizapp.bank.paper import paper as on_paper
from quizapp.bank.strategies import STRATEGIES, Simulated
from quizapp.bank.strategies import simulate as answered
from quizapp.commands.authoring import EXISTING, bank_files
from quizapp.paths import resource_dir


@click.command()
@click.argument("paths", nargs=-1, type=EXISTING)
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How to print; markdown is a table of skills by what banks are for.",
)
def banks(paths: tuple[Path, ...], *, shape: str) -> None:
    """Counts the questions of banks by skill, kind, difficulty and lure, and what in them is sound.

    Files, or all banks of a folder; without PATHS, those that come along. Changes nothing.

    Example: quizapp banks my-banks --format markdown
    """
    found = [counts(bank) for bank in _read(paths)]
    if shape == "json":
        click.echo(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1))
    elif shape == "markdown":
        click.echo(coverage([one.bank for one in found], read_skills(resource_dir("questions") / "skills.yaml")))
    else:
        click.echo("\n\n".join(map(_counted, found)))


@click.command()
@click.argument("paths", nargs=-1, type=EXISTING)
@click.option("--seed", type=int, default=1, show_default=True, help="Decides the orders that are shown.")
@click.option("--rounds", type=click.IntRange(1, 1000), default=50, show_default=True, help="How often each is shown.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="How to print the scores.")
def simulate(paths: tuple[Path, ...], *, seed: int, rounds: int, shape: str) -> None:
    """Answers banks without reading them: by guessing, and by five lazy rules that see no keys and no tags.

    A rule that earns much more or less than guessing shows that the form of the answers gives keys
    away. Questions that a teacher marks are left out.

    Example: quizapp simulate my-bank.yaml --seed 7
    """
    results = [(bank, answered(bank, seed=seed, rounds=rounds)) for bank in _read(paths)]
    if shape == "json":
        click.echo(json.dumps([_score_json(bank, result) for bank, result in results], indent=1))
        return
    for strategy in STRATEGIES:
        click.echo(f"{strategy.name:8} {strategy.says}")
    click.echo(f"\n{'per cent of the marks':24}{'guess':>8}" + "".join(f"{one.name:>9}" for one in STRATEGIES))
    for bank, result in results:
        if result is None:
            click.echo(f"{bank.slug:24}  a teacher marks all of it")
            continue
        click.echo(
            f"{bank.slug:24}{result.guessing:8.1%}" + "".join(f"{float(one.share):9.1%}" for one in result.earned)
        )
        if result.earned[0].verdicts is not None:
            verdicts = "".join(f"{float(one.verdicts or 0):9.1%}" for one in result.earned)
            click.echo(f"{'  verdicts alone':24}{0.5:8.1%}{verdicts}")


@click.command()
@click.argument("bank", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Decides the order of the answers.")
def paper(bank: Path, *, seed: int) -> None:
    """Prints a bank for people to try: answers shuffled, no keys, hints at the end.

    The text is Markdown and can be read as it is.

    Example: quizapp paper my-bank.yaml > my-bank.md
    """
    (read,) = _read((bank,))
    click.echo(on_paper(read, seed=seed), nl=False)


def _read(paths: tuple[Path, ...]) -> list[Bank]:
    """The banks in files and folders. Raises BankError at the first that has errors."""
    skills = read_skills(resource_dir("questions") / "skills.yaml")
    found = []
    for file in bank_files(paths or (resource_dir("questions"),)):
        loaded = load_file(file, skills=skills)
        if loaded.bank is None:
            raise BankError(loaded.problems)
        found.append(loaded.bank)
    return found


def _counted(one: Counts) -> str:
    lines = [f"{one.bank.slug}: {one.bank.title} ({purpose(one.bank)}), {len(one.bank.items)} questions"]
    lines += [f"  {name + ':':12}{_listed(found)}" for name, found in _groups(one)]
    lines.append(
        f"  {'sound:':12}{one.sound} sound and {one.flagged} to flag; in {one.control} questions nothing is wrong"
    )
    return "\n".join(lines)


def _groups(one: Counts) -> Iterable[tuple[str, Counter[str]]]:
    return (("skills", one.skills), ("kinds", one.kinds), ("difficulty", one.difficulty), ("lures", one.lures))


def _listed(found: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items()) or "none"


def _score_json(bank: Bank, result: Simulated | None) -> dict[str, object]:
    if result is None:
        return {"bank": bank.slug, "questions": 0, "guessing": None, "strategies": {}}
    earned = {
        one.strategy: {
            "share": float(one.share),
            "verdicts": None if one.verdicts is None else float(one.verdicts),
        }
        for one in result.earned
    }
    return {"bank": bank.slug, "questions": result.questions, "guessing": result.guessing, "strategies": earned}
