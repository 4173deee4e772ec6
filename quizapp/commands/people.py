"""`quizapp reset-password`: the way back in for a teacher."""

from __future__ import annotations

import click

from quizapp.cli import PlainError
from quizapp.commands import ready_app
from quizapp.commands.serve import find_addresses
from quizapp.config import Settings
from quizapp.services.sign_in import RESET_LIVES, SignInError, new_reset_token


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
