"""Texts to begin a bank with: an example that can be published as it is, and a copy of another bank."""

from __future__ import annotations

import json
import re

from quizapp.bank.nodes import data_of
from quizapp.bank.reader import read
from quizapp.bank.writing import bank_text

_EXAMPLE = """\
format: 1
bank: {slug}
title: {title}
language: en

questions:
  # A question can be five lines. The id is its name: small letters, digits, dashes; never change it.
  - id: paid-praise
    type: short
    prompt: A post praises a phone and its writer was paid for it. Which label must it carry?
    accept: [advertisement, ad, sponsored]
    why: Readers weigh praise differently once they know who paid for it.

  # Answers to choose from. Each says why it is right or wrong; the order is shuffled for each student.
  - id: first-check
    type: choice
    prompt: A photo of a flooded street is said to be from today. What should you check first?
    options:
      - right: Where the picture appeared before
        why: A search by picture finds earlier uses and their dates in seconds.
      - wrong: How many people have shared it
        why: Old pictures are shared a lot as well.
      - wrong: Whether the picture is sharp
        why: A sharp picture can be old, and a blurred one new.
    hints:
      - Which of these would tell you about the day?
    explain: Pictures of earlier disasters come back with every new one.

  # There are nine more types; the author's guide has an example of each.
"""
_LINE = "^{field}:[^\n]*$"


def example_text(slug: str, title: str) -> str:
    """Return a bank of two questions with notes on how to go on.

    Args:
        slug: id of the bank.
        title: what students and teachers read, plain text.
    """
    return _EXAMPLE.format(slug=slug, title=_scalar(title))


def copied_text(text: str, *, slug: str, title: str, said: str) -> str:
    """Return a bank's text as the beginning of another one: all else stays as its author wrote it.

    Args:
        text: a bank that can be read.
        slug: id of the new bank.
        title: of the new bank.
        said: a line on where it comes from, put on top as a note.

    Raises:
        UnwritableError: `text` is no bank.
    """
    tree = read(text.encode("utf-8", "surrogatepass"), "bank")
    wanted = {} if tree.root is None else dict(data_of(tree.root))
    wanted |= {"bank": slug, "title": title}
    body = text.removeprefix("\ufeff")
    for field, value in (("bank", slug), ("title", title)):
        body = _with_line(body, f"{field}: {_scalar(value)}", field)
    again = read(body.encode("utf-8", "surrogatepass"), "bank")
    if again.root is None or data_of(again.root) != wanted:
        body = bank_text(wanted, text)
    return f"# {' '.join(said.split())}\n{body}"


def _with_line(text: str, line: str, field: str) -> str:
    """A text with another line in the place of the first that holds this field of the bank."""
    found = re.search(_LINE.format(field=field), text, re.MULTILINE)
    return text if found is None else text[: found.start()] + line + text[found.end() :]


def _scalar(value: str) -> str:
    """A text as YAML: in quotation marks where its signs could mean something else."""
    return value if re.fullmatch(r"[A-Za-z][\w ,.;()!?-]*(?<! )", value) else json.dumps(value, ensure_ascii=False)
