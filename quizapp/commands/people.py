"""`quizapp reset-password` and `quizapp demo`: the way back in, and a class to look around in."""

from __future__ import annotations

from datetime import datetime

import click

from quizapp.cli import PlainError
from quizapp.commands.content import publish_everything
from quizapp.commands.opening import ready_app
from quizapp.commands.serve import find_addresses
from quizapp.config import Settings
from quizapp.services.demo import Demo, DemoError, make_demo, remove_demo
from quizapp.services.one_time_links import RESET_LIVES, new_reset_token
from quizapp.services.sign_in import SignInError


@click.command("reset-password")
@click.argument("login")
def reset_password(login: str) -> None:
    """Prints an address where the teacher who signs in as LOGIN chooses a new password.

    It works once and for an hour; an older one stops working. Closer Look must run to open it.

    Example: quizapp reset-password ms.rivera
    """
    settings = Settings.from_env()
    with ready_app(settings) as app:
        try:
            token = new_reset_token(login, now=app.extensions["clock"]())
        except SignInError as error:
            raise PlainError(str(error)) from error
    base = settings.public_url or find_addresses(settings, ()).here
    click.echo(f"{base}/reset/{token}")
    minutes = int(RESET_LIVES.total_seconds() // 60)
    click.echo(f"Open it within {minutes} minutes; everywhere else {login} is signed out then.", err=True)


@click.command()
@click.option("--remove", is_flag=True, help="Delete the demo class with its students and answers.")
def demo(*, remove: bool) -> None:
    """Makes a class of invented students with six weeks of answers, to see what the pages tell.

    Example: quizapp demo
    """
    settings = Settings.from_env()
    with ready_app(settings) as app:
        now: datetime = app.extensions["clock"]()
        if remove:
            click.echo(f"Removed the demo class and its {remove_demo()} students.")
            return
        publish_everything(settings, now=now)
        try:
            made = make_demo(key=settings.secret_key, now=now, progress=lambda line: click.echo(line, err=True))
        except DemoError as error:
            raise PlainError(str(error)) from error
    _tell(made)


def _tell(made: Demo) -> None:
    click.echo(f"Made a demo class of {made.students} students with {made.handed_in} quizzes handed in.")
    if made.login is not None and made.password is not None:
        click.echo(f"Sign in as {made.login} with the password {made.password} (shown only now).")
    click.echo("Remove it with: quizapp demo --remove", err=True)
