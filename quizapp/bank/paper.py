"""A bank on paper: questions without keys, for people to read, answer and attack.

A question is drawn from its form, as on a page: what fields there are decides how it is answered.
So nothing is on paper that a student could not see, and no kind is known here by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from wtforms import Form

from quizapp.bank.model import Bank, Card, Stimulus
from quizapp.bank.strategies import is_verdict
from quizapp.items.registry import AnyItem

Control: TypeAlias = Any
"""A bound field of `items.controls`; the published stubs know no `control`."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A field of a question and its number, from 1."""

    number: int
    field: Control

    @property
    def labels(self) -> list[str]:
        """The answers to choose from, in the shown order."""
        return [str(choice.label) for choice in self.field.iter_choices()]

    @property
    def name(self) -> str:
        """The text beside the field; in a text with gaps fields have none, and the gap's number stands for it."""
        text = str(self.field.label.text)
        return text if re.search(r"\w", text) else f"({self.number})"


def paper(bank: Bank, *, seed: int = 1) -> str:
    """The questions of a bank as Markdown, answers shuffled; hints follow on the last page.

    Args:
        bank: a bank without problems.
        seed: decides the order of the answers.

    Returns:
        A text without keys, reasons, explanations, skills, difficulties and ids.
    """
    rng = Random(seed)  # noqa: S311 - no secret
    parts = [f"# {bank.title}", *_article(bank)]
    if any(map(is_verdict, bank.items)):
        parts.append("Where you are asked to check one thing, *sound* means: I see no problem on this one point.")
    for number, item in enumerate(bank.items, 1):
        parts += [f"## {number}", *_question(bank, item, rng)]
    hints = [f"{number}. {hint}" for number, item in enumerate(bank.items, 1) for hint in item.hints]
    if hints:
        parts += ["## Hints", "Read a hint only if you want one.", "\n".join(f"- Question {hint}" for hint in hints)]
    return "\n\n".join(parts) + "\n"


def _article(bank: Bank) -> Iterator[str]:
    if bank.source is not None:
        source = bank.source
        where = ", ".join(filter(None, (source.outlet, source.author, source.date)))
        yield f"About an article: *{source.title}*{f' ({where})' if where else ''}"


def _question(bank: Bank, item: AnyItem, rng: Random) -> Iterator[str]:
    if item.needs == "article":
        yield "*You need the whole article for this question.*"
    if item.about is not None:
        yield from _quoted("\n\n".join(_stimulus(bank.stimulus(item.about))))
    yield item.prompt
    if reading := item.reading():
        yield from _quoted(reading)
    shown = item.shuffle(rng)
    yield from _answers(item.form(shown))


def _quoted(text: str) -> Iterator[str]:
    yield "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _stimulus(stimulus: Stimulus) -> Iterator[str]:
    if head := _head(stimulus):
        yield head
    if stimulus.context:
        yield stimulus.context
    if stimulus.quote:
        yield f"In the article: “{stimulus.quote}”"
    if stimulus.image:
        yield f"Picture: {stimulus.alt}"
    if stimulus.text:
        yield stimulus.text
    for card in stimulus.cards:
        yield f"{_head(card)}\\\n{card.text}"
    if stimulus.gloss:
        yield "\n".join(f"- *{word}*: {meaning}" for word, meaning in stimulus.gloss.items())
    if stimulus.credit:
        yield f"({stimulus.credit})"


def _head(of: Stimulus | Card) -> str:
    title = f"**{of.title}**" if of.title else None
    return " · ".join(filter(None, (title, of.who, of.date)))


def _answers(form: Form) -> Iterator[str]:
    fields = [Numbered(number, field) for number, field in enumerate(form, 1)]
    for control, draw in _BY_CONTROL:
        chosen = [one for one in fields if one.field.control == control]
        if chosen:
            yield draw(chosen, len(fields))


def _one(fields: Sequence[Numbered], among: int) -> str:
    return "Choose one answer.\n\n" + _lettered(fields[0].labels)


def _menus(fields: Sequence[Numbered], among: int) -> str:
    labels = fields[0].labels
    if len(fields) > 1 and all(one.labels == labels for one in fields):
        lines = "\n".join(f"- \\_\\_\\_ {one.name}" for one in fields)
        return f"Write one letter in front of each line.\n\n{_lettered(labels)}\n\n{lines}"
    lines = "\n".join(f"- {one.name} {' / '.join(one.labels)}" for one in fields)
    return f"Choose one for each.\n\n{lines}"


def _several(fields: Sequence[Numbered], among: int) -> str:
    boxes = "\n".join(f"- [ ] {label}" for label in fields[0].labels)
    return f"Tick every answer that fits, one or more. A wrong tick takes marks away.\n\n{boxes}"


def _words(fields: Sequence[Numbered], among: int) -> str:
    if among > 1:
        return "If you like, underline the words that decide it. That earns nothing."
    return "Underline the words. A stray word takes marks away."


def _places(fields: Sequence[Numbered], among: int) -> str:
    lines = "\n".join(f"- \\_\\_\\_ {one.name}" for one in fields)
    return f"Number the lines from 1 to {len(fields)}, each number once.\n\n{lines}"


def _lines(fields: Sequence[Numbered], among: int) -> str:
    if among == 1:
        return "Write a short answer: \\_\\_\\_\\_\\_\\_\\_\\_"
    lines = "\n".join(f"- {one.name} \\_\\_\\_\\_\\_\\_" for one in fields)
    return f"Write a few words for each.\n\n{lines}"


def _number(fields: Sequence[Numbered], among: int) -> str:
    unit = fields[0].field.unit
    return "Write a number: \\_\\_\\_\\_" + (f" {unit} (writing *{unit}* is not needed)" if unit else "")


def _text(fields: Sequence[Numbered], among: int) -> str:
    count = fields[0].field.words
    return f"Write about {count} words. A teacher reads them." if count else "Write. A teacher reads it."


def _reason(fields: Sequence[Numbered], among: int) -> str:
    return "Say why. That is not marked."


_BY_CONTROL = (
    ("one", _one),
    ("menu", _menus),
    ("several", _several),
    ("words", _words),
    ("place", _places),
    ("line", _lines),
    ("number", _number),
    ("text", _text),
    ("reason", _reason),
)
"""How fields of a control are drawn; a form may have fields of several."""


def _lettered(labels: Sequence[str]) -> str:
    return "\n".join(f"- {letter}: {label}" for letter, label in zip(_LETTERS, labels, strict=False))
