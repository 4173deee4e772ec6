"""`quizapp publish`: question banks from files to students."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from quizapp.bank.loader import read_skills
from quizapp.cli import PlainError
from quizapp.commands.authoring import bank_files
from quizapp.commands.opening import ready_app
from quizapp.config import Settings
from quizapp.paths import resource_dir
from quizapp.services.freezing import PublishingError
from quizapp.services.publishing import Published, publish_file, publish_folder, renew_clean_texts


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def publish(paths: tuple[Path, ...]) -> None:
    """Publishes question banks: files, or all banks of a folder; without PATHS, those that come along.

    A bank with an error stays as it was. Publishing one that has not changed does nothing.

    Example: quizapp publish my-bank.yaml
    """
    settings = Settings.from_env()
    with ready_app(settings) as app:
        now: datetime = app.extensions["clock"]()
        results = publish_paths(paths, now=now) if paths else publish_everything(settings, now=now)
    for result in results:
        if not result.failed:
            click.echo(f"{result.name}: {result.title}, {result.items} questions, revision {result.revision}")
    if any(result.failed for result in results):
        raise PlainError("Nothing was published from the files named above; mend them and publish again.")


def publish_everything(settings: Settings, *, now: datetime) -> list[Published]:
    """Publishes the banks that come with the program, then those in `questions` of the data folder.

    Call it in an app context. Files with errors are told about on stderr, and left out.
    """
    results = publish_folder(resource_dir("questions"), now=now)
    for result in results:
        _tell_problems(result, resource_dir("questions") / result.name)
    own = settings.home / "questions"
    return results + (publish_paths([own], now=now) if own.is_dir() else [])


def publish_paths(paths: Iterable[Path], *, now: datetime) -> list[Published]:
    """Publishes files and the banks of folders with the skills that come with the program."""
    skills = read_skills(resource_dir("questions") / "skills.yaml")
    results = []
    for path in bank_files(paths):
        try:
            result = publish_file(path, skills=skills, now=now)
        except (PublishingError, OSError) as error:
            raise PlainError(f"{path.name}: {error}") from error
        _tell_problems(result, path)
        results.append(result)
    renew_clean_texts()
    return results


def _tell_problems(result: Published, path: Path) -> None:
    errors = [problem for problem in result.problems if problem.level == "error"]
    if not result.failed:
        return
    click.echo(f"{path} was not published.", err=True)
    for problem in errors[:5]:
        click.echo(f"  line {problem.line}, column {problem.column}: {problem.message}", err=True)
    if len(errors) > 5:
        click.echo(f"  and {len(errors) - 5} more", err=True)
