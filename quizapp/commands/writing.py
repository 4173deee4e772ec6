"""`quizapp new`, `format` and `schema`: help with writing bank files; none touches a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from quizapp.bank.mending import slugged
from quizapp.bank.schema import FILE_NAME, bank_schema
from quizapp.bank.starter import example_text
from quizapp.bank.writing import UnwritableError, formatted
from quizapp.cli import PlainError
from quizapp.commands.authoring import EXISTING, bank_files

HEAD = """\
# yaml-language-server: $schema={schema}
# A bank of questions. Lines like this one, which begin with #, are notes to yourself.
# Check it with:   quizapp check {file}
# Look at it with: quizapp preview {file}

"""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--title", default="A new bank", help="What students and teachers read.")
def new(file: Path, *, title: str) -> None:
    """Writes a small bank with notes to the new FILE, and beside it the schema that helps editors complete.

    Nothing that exists is overwritten.

    Example: quizapp new my-bank.yaml --title "News from my town"
    """
    file = file if file.suffix in {".yaml", ".yml"} else file.with_name(f"{file.name}.yaml")
    slug = slugged(file.stem) or "my-bank"
    schema_file = file.with_name(FILE_NAME)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(HEAD.format(schema=FILE_NAME, file=file.name) + example_text(slug, title))
        if not schema_file.exists():
            schema_file.write_text(_schema_text(), "utf-8")
    except FileExistsError as error:
        raise PlainError(f"{file} is there already. Choose another name.") from error
    except OSError as error:
        raise PlainError(f"{file} cannot be written ({error.strerror}).") from error
    click.echo(f"{file} holds two questions. Look at them with: quizapp preview {file}")


@click.command("format")
@click.argument("paths", nargs=-1, required=True, type=EXISTING)
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit code 1 when a file would change.")
def format_banks(paths: tuple[Path, ...], *, only_check: bool) -> None:
    """Puts banks into one form: indents, dashes, long texts. Notes, order and meaning stay.

    A file with mistakes is left as it is.

    Example: quizapp format my-bank.yaml
    """
    changed = list(_formatted_files(bank_files(paths)))
    for file, text in changed:
        if not only_check:
            file.write_text(text, "utf-8", newline="\n")
        click.echo(f"{file} {'would change' if only_check else 'is in form now'}")
    sys.exit(1 if only_check and changed else 0)


def _formatted_files(files: Iterable[Path]) -> Iterable[tuple[Path, str]]:
    """The files that are not in form, each with its text in form.

    Raises:
        PlainError: a file cannot be read or put into form.
    """
    for file in files:
        try:
            data = file.read_bytes()
            text = formatted(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise PlainError(f"{file} is not saved as UTF-8. Save it again with the encoding UTF-8.") from error
        except UnwritableError as error:
            raise PlainError(f"{file}: {error}") from error
        if text.encode() != data:
            yield file, text


@click.command()
def schema() -> None:
    """Prints the JSON Schema of banks, with which editors complete, explain and underline while you type.

    Put it beside your banks and begin each with:
    # yaml-language-server: $schema=bank-1.schema.json

    Example: quizapp schema > bank-1.schema.json
    """
    click.echo(_schema_text(), nl=False)


def _schema_text() -> str:
    return json.dumps(bank_schema(), ensure_ascii=False, indent=1) + "\n"
