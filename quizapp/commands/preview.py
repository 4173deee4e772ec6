"""`quizapp preview`: one bank file as a student sees it, on this computer only, beside any database."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from quizapp.app import create_preview
from quizapp.bank.loader import read_skills
from quizapp.cli import PlainError
from quizapp.commands.authoring import known_misconceptions
from quizapp.config import Settings
from quizapp.paths import resource_dir
from quizapp.server import ListenError, Server, listen
from quizapp.services.previewing import Watched

HOST = "127.0.0.1"


@click.command()
@click.argument("bank", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; any free one when left out.")
def preview(bank: Path, *, port: int) -> None:
    """Opens the file BANK as a student sees it; save the file, and the page follows.

    While the file has a mistake, the page says which and keeps showing what was there before.
    Nothing is stored, and no quiz of a class is touched. Ends with Ctrl+C.

    Example: quizapp preview my-bank.yaml
    """
    watched = Watched(
        bank,
        skills=read_skills(resource_dir("questions") / "skills.yaml"),
        misconceptions=known_misconceptions([bank]),
    )
    try:
        sock = listen(HOST, port)
    except ListenError as error:
        raise PlainError(str(error)) from error
    with TemporaryDirectory(prefix="preview-") as folder, sock:
        home = Path(folder)
        settings = Settings(home=home, database_url=f"sqlite:///{home / 'none.db'}")
        address = f"http://{HOST}:{sock.getsockname()[1]}/preview/"
        server = Server(create_preview(settings, watched), sock, threads=2)
        with server.stopping_on_signals():
            click.echo(f"{bank.name} is shown at {address}")
            click.echo("Save the file, and the page follows. Stop with Ctrl+C.")
            sys.stdout.flush()
            if sys.stdout.isatty():
                webbrowser.open(address)
            server.run()
