"""What stands in a draft's text for the forms: its entries, the fields that a form shows of them, and their words."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping

from quizapp.bank.entries import Entry, Opened, Section
from quizapp.bank.form_values import mark_of
from quizapp.bank.model import Envelope, Stimulus
from quizapp.bank.shapes import Shape, shapes_of
from quizapp.items.base import JSON, shorten
from quizapp.items.registry import kinds
from quizapp.services.rosters import NotFoundError
from quizapp.text import plain

HEAD_FIELDS = ("title", "language", "ages", "note", "licence", "source")
STIMULUS, BANK = "stimulus", "bank"


def head_shapes() -> tuple[Shape, ...]:
    """The fields of the bank that its form shows, in their order on the page."""
    shapes = {shape.name: shape for shape in shapes_of(Envelope)}
    return tuple(shapes[name] for name in HEAD_FIELDS)


def head_mark(opened: Opened) -> str:
    """A sign of what the fields say that the form of a bank shows."""
    return mark_of({name: opened.head[name] for name in HEAD_FIELDS if name in opened.head})


def entry_shapes(owner: str) -> tuple[Shape, ...]:
    """The fields of a kind of question, or of a stimulus. Raises NotFoundError for no such kind."""
    if owner == STIMULUS:
        return shapes_of(Stimulus)
    if owner not in kinds():
        raise NotFoundError("kind")
    return shapes_of(kinds()[owner])


def purpose_of(owner: str) -> str:
    """What a kind of question asks of a student, in one line; "" for anything else."""
    if owner not in kinds():
        return ""
    return (inspect.getdoc(sys.modules[kinds()[owner].__module__]) or "").partition("\n")[0]


def find_entry(opened: Opened, section: Section, key: str) -> Entry:
    """The entry of this key. Raises NotFoundError for no such entry."""
    try:
        return opened.entry(section, key)
    except KeyError:
        raise NotFoundError("entry") from None


def shown_entry(opened: Opened, section: Section, key: str) -> tuple[Entry, str, tuple[Shape, ...]]:
    """An entry that a form can show, its kind and its fields. Raises NotFoundError for no such entry."""
    entry = find_entry(opened, section, key)
    owner = owner_of(section, entry)
    if owner is None:
        raise NotFoundError("entry")
    return entry, owner, entry_shapes(owner)


def owner_of(section: Section, entry: Entry) -> str | None:
    """The kind of an entry; None when no form can show it."""
    if entry.fields is None:
        return None
    kind = entry.fields.get("type") if section == "questions" else STIMULUS
    return kind if isinstance(kind, str) and (kind == STIMULUS or kind in kinds()) else None


def said_by(fields: Mapping[str, JSON]) -> str:
    """The text by which an entry is known."""
    cards = fields.get("cards")
    first = cards[0] if isinstance(cards, list) and cards and isinstance(cards[0], dict) else {}
    texts = [fields.get(name) for name in ("prompt", "title", "quote", "text", "alt")] + [first.get("title")]
    return next((one for one in texts if isinstance(one, str) and one.strip()), "")


def plain_words(fields: Mapping[str, JSON]) -> str:
    """The text by which an entry is known, plain and short, for lists."""
    return shorten(plain(said_by(fields)), 160)
