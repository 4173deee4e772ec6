"""`quizapp stats`: item analysis of a plain table, to be checked against other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from quizapp.cli import PlainError
from quizapp.commands.matrix import BLANK_ROW, Matrix, MatrixError, one_line, with_key, with_maxima
from quizapp.measure.intervals import Interval
from quizapp.measure.item_analysis import ItemStatistics, analyse
from quizapp.measure.options import OptionRow

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class InputError(PlainError):
    """Ends the command with one sentence about a file."""

    exit_code = 2


@click.command()
@click.argument("responses", type=FILE)
@click.option(
    "--key",
    type=FILE,
    metavar="KEY.json",
    help='The cells are options: {"key": {item: option}, "options": [...]}.',
)
@click.option("--max", "maxima", type=FILE, metavar="MAX.json", help="The cells are marks: {item: maximum}.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def stats(responses: Path, *, key: Path | None, maxima: Path | None, shape: str) -> None:
    """Analyses the items of a table: RESPONSES is a CSV file, first column the student, then one column an item.

    A cell holds an option (with --key) or marks (with --max); empty means left blank, NP not presented.
    Numbers are unrounded in JSON, and nothing is held back for being from few students.

    Example: quizapp stats responses.csv --key key.json --format json
    """
    if (key is None) == (maxima is None):
        raise click.UsageError("Give either --key or --max.")
    try:
        matrix = with_key(responses, key) if key is not None else with_maxima(responses, maxima or responses)
    except MatrixError as error:
        raise InputError(str(error)) from error
    except OSError as error:
        raise InputError(f"{error.filename} cannot be read ({error.strerror}).") from error
    found = statistics(matrix)
    if shape == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        for line in as_text(found):
            click.echo(line)


def statistics(matrix: Matrix) -> dict[str, Any]:
    """Analyse a table without floors for small numbers of students.

    Returns:
        What the command prints as JSON. `mean`, `sd` and `sem` are in marks, everything about an item
        in shares from 0 to 1 or correlations; None where a value is not defined.
    """
    found = analyse(matrix.marks, matrix.maxima, blanks=matrix.blanks, choices=matrix.choices, floors=False)
    trust = found.reliability
    return {
        "n": found.students,
        "k": len(matrix.items),
        "mean": found.mean,
        "sd": found.sd,
        "alpha": trust.alpha if trust else None,
        "alpha_interval": _pair(trust.interval) if trust else None,
        "sem": trust.sem if trust else None,
        "items": [_item(name, item) for name, item in zip(matrix.items, found.items, strict=True)],
    }


def _item(name: str, item: ItemStatistics) -> dict[str, Any]:
    return {
        "item": name,
        "shown": item.shown,
        "blank": item.blank,
        "facility": item.facility,
        "facility_interval": _pair(item.facility_interval),
        "sd": item.sd,
        "item_rest_r": item.r,
        "item_rest_r_interval": _pair(item.r_interval),
        "options": None
        if item.options is None
        else {BLANK_ROW if row.option is None else row.option: _option(row) for row in item.options},
        "flags": [flag.value for flag in item.flags],
    }


def _option(row: OptionRow) -> dict[str, Any]:
    return {
        "count": row.count,
        "upper": row.upper,
        "lower": row.lower,
        "option_rest_r": row.r,
        "mean_total": row.mean_total,
    }


def _pair(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def as_text(found: dict[str, Any]) -> Iterator[str]:
    """The same for reading: rounded, one line an item."""
    yield f"{found['n']} students, {found['k']} items; mean {_round(found['mean'])}, SD {_round(found['sd'])} marks"
    yield f"alpha {_round(found['alpha'])} {_range(found['alpha_interval'])}; SEM {_round(found['sem'])} marks"
    yield ""
    width = max(len(item["item"]) for item in found["items"])
    yield f"{'item':{width}}  shown  blank  facility       range  item-rest r          range  look at"
    for item in found["items"]:
        yield (
            f"{one_line(item['item']):{width}}  {item['shown']:5}  {item['blank']:5}  {_round(item['facility']):>8}"
            f"  {_range(item['facility_interval']):>10}  {_round(item['item_rest_r']):>11}"
            f"  {_range(item['item_rest_r_interval']):>13}  {', '.join(item['flags'])}"
        ).rstrip()


def _round(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _range(pair: list[float] | None) -> str:
    return "" if pair is None else f"{pair[0]:.2f}…{pair[1]:.2f}"
