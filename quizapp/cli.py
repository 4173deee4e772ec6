"""The `quizapp` command. Each of its words is loaded only when it is used."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from quizapp import BankError, __version__
from quizapp.config import SettingsError

COMMANDS = {
    "serve": "quizapp.commands.serve:serve",
    "doctor": "quizapp.commands.doctor:doctor",
    "check": "quizapp.commands.authoring:check",
    "rules": "quizapp.commands.authoring:rules",
    "new": "quizapp.commands.writing:new",
    "format": "quizapp.commands.writing:format_banks",
    "schema": "quizapp.commands.writing:schema",
    "preview": "quizapp.commands.preview:preview",
    "mark": "quizapp.commands.authoring:mark",
    "stats": "quizapp.commands.statistics:stats",
    "banks": "quizapp.commands.overview:banks",
    "simulate": "quizapp.commands.overview:simulate",
    "paper": "quizapp.commands.overview:paper",
    "publish": "quizapp.commands.content:publish",
    "migrate": "quizapp.commands.data:migrate",
    "backup": "quizapp.commands.data:backup",
    "restore": "quizapp.commands.data:restore",
    "reset-password": "quizapp.commands.people:reset_password",
    "demo": "quizapp.commands.people:demo",
}
"""Word on the command line, and where its click command is."""


class PlainError(click.ClickException):
    """Ends a command with one sentence on stderr."""

    def show(self, file: Any = None) -> None:
        """Prints the sentence and nothing around it."""
        click.echo(self.format_message(), err=True)


class LazyGroup(click.Group):
    """Loads a command's module when the command is used, and turns expected errors into sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The words in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command for a word, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command.

        Raises:
            PlainError: instead of an error that tells its own sentence.
        """
        try:
            return super().invoke(ctx)
        except (SettingsError, BankError) as error:
            raise PlainError(str(error)) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(version)s")
def cli() -> None:
    """Closer Look: quizzes and lessons on how to read the media.

    Example: quizapp serve --lan
    """


def main() -> None:
    """Runs the command line; exit code 0 for done, 1 for a problem told in a sentence, 2 for a wrong call."""
    # Names and answers: what this program writes, only this user may read.
    os.umask(os.umask(0o077) | 0o077)
    cli.main(args=sys.argv[1:], prog_name="quizapp")
