"""`quizapp migrate`, `backup` and `restore`: the data as a whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from quizapp.backup import BackupError, backup_name, write_backup
from quizapp.cli import PlainError
from quizapp.commands.opening import ready_app, told_plainly
from quizapp.config import Settings
from quizapp.restore import finish_restore, restore_backup
from quizapp.upgrade import newest_revision


@click.command()
def migrate() -> None:
    """Makes the database, or brings it up to date after an update; `serve` does it by itself.

    On SQLite a backup is made first. Running it twice changes nothing.

    Example: quizapp migrate
    """
    with ready_app(Settings.from_env()) as app:
        click.echo(f"The database is up to date (revision {newest_revision(app)}).")


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path | None) -> None:
    """Copies all data into one zip FILE, also while Closer Look runs.

    Without FILE it goes to `backups` in the data folder. It holds names, answers and the secret key.

    Example: quizapp backup /media/stick/closer-look.zip
    """
    settings = Settings.from_env()
    now = datetime.now(UTC)
    finish_restore(settings.home)
    target = file.absolute() if file else settings.home / "backups" / backup_name(now)
    try:
        with told_plainly():
            write_backup(settings, target, now=now)
    except BackupError as error:
        raise PlainError(str(error)) from error
    click.echo(str(target))
    click.echo("It holds students' names and the secret key: keep it where only you can read it.", err=True)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Move the data that are there aside instead of refusing.")
def restore(file: Path, *, replace: bool) -> None:
    """Puts the backup FILE in place of the data, wholly or not at all. Stop Closer Look first.

    Example: quizapp restore closer-look.zip --replace
    """
    settings = Settings.from_env()
    try:
        with told_plainly():
            done = restore_backup(settings, file, replace=replace, now=datetime.now(UTC))
    except BackupError as error:
        raise PlainError(str(error)) from error
    click.echo(f"Restored the backup of {done.made_at} (Closer Look {done.version}) to {settings.home}.")
    if done.replaced:
        click.echo(f"What was there before is in {done.replaced}.", err=True)
