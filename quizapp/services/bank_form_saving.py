"""What a form makes of a draft's text: one entry of it written anew, put in, taken out or moved, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from quizapp.bank import editing
from quizapp.bank.entries import Entry, Opened, Section, free_id, open_text
from quizapp.bank.form_values import mark_of, to_fields, to_form
from quizapp.bank.writing import bank_text, cleaned
from quizapp.items.base import JSON
from quizapp.services.bank_entries import (
    BANK,
    HEAD_FIELDS,
    STIMULUS,
    entry_shapes,
    find_entry,
    head_mark,
    head_shapes,
    plain_words,
    said_by,
    shown_entry,
)
from quizapp.services.bank_tables import slug_for
from quizapp.services.drafts import DraftChanged, DraftView, read_draft, save_draft


class EmptyFormError(ValueError):
    """A new form was sent without a word in it; nothing was written."""


@dataclass(frozen=True)
class Removed:
    """An entry that was taken out of a draft's text, so that it can be put back."""

    number: int
    """Its place in its list, from 1."""
    text: str
    """What it said, plain words; "" where that was not written."""
    written: str
    """Its lines."""


def save_entry(
    draft: str,
    account_id: int,
    section: Section,
    key: str | None,
    values: Mapping[str, Any],
    *,
    owner: str,
    seen: str,
    now: datetime,
    picture: Mapping[str, Any] | None = None,
) -> str:
    """Write what a form says into the newest text of a draft, finished or not, and return the key of the entry.

    What was changed elsewhere in the text meanwhile stays. A new entry that says the very same as one that is there
    is that one: the button was pressed twice.

    Args:
        section: the list it stands in.
        key: the entry; None: a new one, at the end.
        values: what the form says, by the names of the fields.
        owner: the kind of a new question, or `stimulus`.
        seen: the sign of the entry that the form was drawn from (`mark_of` its fields).
        picture: something to look at, by the names of its fields, that comes into the text with a question, which
            is about it then; None: the question says itself what it is about.

    Raises:
        DraftChanged: this very entry was changed from elsewhere since.
        EmptyFormError: it is new and says nothing.
        NotFoundError, UnreadableError: as `entry_form`.
        TextTooLongError: the text would be longer than a bank may be.
    """

    def change(view: DraftView, opened: Opened) -> tuple[str, str]:
        text, said = view.text, values
        if picture is not None:
            text, about = _added(text, opened.stimuli, STIMULUS, picture)
            said = {**values, "about": about}
        entries = opened.stimuli if section == "stimuli" else opened.questions
        if key is None:
            return _added(text, entries, owner, said)
        entry, _owner, shapes = shown_entry(opened, section, key)
        was = _unchanged(view, entry, seen)
        _values, kept = to_form(shapes, was)
        fields = to_fields(shapes, said, was, kept)
        slug = key
        if not entry.named:
            slug = free_id(said_by(fields), entries)
            fields = {"id": slug, **{name: value for name, value in fields.items() if name != "id"}}
        return editing.replace_entry(text, section, entry.place, fields), slug

    return _on_newest(draft, account_id, change, now)


def remove_entry(draft: str, account_id: int, section: Section, key: str, *, seen: str, now: datetime) -> Removed:
    """Take an entry out of the newest text of a draft. Raises as `save_entry` does."""

    def change(view: DraftView, opened: Opened) -> tuple[str, Removed]:
        entry = find_entry(opened, section, key)
        was = _unchanged(view, entry, seen)
        written = editing.entry_text(view.text, section, entry.place)
        text = editing.remove_entry(view.text, section, entry.place)
        return text, Removed(entry.place + 1, plain_words(was), written)

    return _on_newest(draft, account_id, change, now)


def put_back(draft: str, account_id: int, section: Section, number: int, written: str, *, now: datetime) -> None:
    """Put a removed entry back where it stood. Twice is the same as once. Raises as `save_entry` does.

    Args:
        number: as `Removed` says it.
        written: likewise.
    """

    def change(view: DraftView, _opened: Opened) -> tuple[str, None]:
        return editing.put_back(view.text, section, number - 1, written), None

    _on_newest(draft, account_id, change, now)


def move_question(draft: str, account_id: int, key: str, by: Literal[-1, 1], *, version: int, now: datetime) -> None:
    """Put a question one place up (-1) or down (1).

    Args:
        version: the version of the draft that the list was drawn from.

    Raises:
        DraftChanged: the draft was saved from elsewhere since.
        NotFoundError, UnreadableError: as `entry_form`.
    """
    view = read_draft(draft, account_id)
    if view.version != version:
        raise DraftChanged(view.text, view.version, view.saved_at)
    entry = find_entry(open_text(view.text), "questions", key)
    text = editing.move_entry(view.text, "questions", entry.place, by)
    save_draft(view.public_id, account_id, text, version=version, now=now)


def save_head(draft: str, account_id: int, values: Mapping[str, Any], *, seen: str, now: datetime) -> None:
    """Write the fields of the bank itself into the newest text of a draft. Raises as `save_entry` does.

    Args:
        values: what the form says, by the names of the fields.
        seen: the sign of these fields that the form was drawn from (`head_mark`).
    """

    def change(view: DraftView, opened: Opened) -> tuple[str, None]:
        if head_mark(opened) != seen:
            raise DraftChanged(view.text, view.version, view.saved_at)
        _values, kept = to_form(head_shapes(), opened.head)
        fields = to_fields(head_shapes(), values, opened.head, kept)
        changes = {name: fields.get(name) for name in HEAD_FIELDS if fields.get(name) != opened.head.get(name)}
        return (editing.set_head(view.text, changes) if changes else view.text), None

    _on_newest(draft, account_id, change, now)


def text_of_form(account_id: int, owner: str, values: Mapping[str, Any], *, title: str, language: str) -> str:
    """Return the text of a bank that holds what one form says, for when the draft it was meant for is gone.

    Args:
        owner: the kind of question, `stimulus` or `bank`.
        title: of the bank, plain text; what the form of a bank says comes before it.
        language: of the bank, likewise.

    Raises:
        NotFoundError: there is no such kind.
        UnreadableError: what was typed cannot be written into a file.
    """
    fields = to_fields(head_shapes() if owner == BANK else entry_shapes(owner), values, {})
    head = {"title": title, "language": language} | (fields if owner == BANK else {})
    text = bank_text({"format": "1", "bank": slug_for(account_id, str(head["title"])), **head})
    return text if owner == BANK else _with_new(text, (), owner, fields)[0]


def _added(text: str, entries: Iterable[Entry], owner: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """The text with what a form of a new entry says, once, and the key that this has."""
    fields = to_fields(entry_shapes(owner), values, {})
    if not fields:
        raise EmptyFormError
    same = cleaned({**({} if owner == STIMULUS else {"type": owner}), **fields})
    twin = next((one.key for one in entries if cleaned(_without_id(one)) == same), None)
    return (text, twin) if twin is not None else _with_new(text, entries, owner, fields)


def _with_new(text: str, entries: Iterable[Entry], owner: str, fields: Mapping[str, JSON]) -> tuple[str, str]:
    """The text with a new entry at the end of its list, and the id that the entry got."""
    slug = free_id(said_by(fields), entries, otherwise="text" if owner == STIMULUS else "question")
    new = {"id": slug, **({} if owner == STIMULUS else {"type": owner}), **fields}
    return editing.insert_entry(text, "stimuli" if owner == STIMULUS else "questions", new), slug


_Made = TypeVar("_Made")
TRIES = 3
"""How often a change is made anew because the draft was saved in the very same moment."""


def _on_newest(
    draft: str, account_id: int, change: Callable[[DraftView, Opened], tuple[str, _Made]], now: datetime
) -> _Made:
    """Save what a change makes of the newest text, and return what else it gives."""
    for left in reversed(range(TRIES)):
        view = read_draft(draft, account_id)
        text, made = change(view, open_text(view.text))
        try:
            save_draft(view.public_id, account_id, text, version=view.version, now=now)
        except DraftChanged:
            if not left:
                raise
        else:
            return made
    raise AssertionError(TRIES)


def _unchanged(view: DraftView, entry: Entry, seen: str) -> Mapping[str, JSON]:
    """The fields of an entry, if they still say what the form was drawn from."""
    fields = entry.fields or {}
    if mark_of(dict(fields)) != seen:
        raise DraftChanged(view.text, view.version, view.saved_at)
    return fields


def _without_id(entry: Entry) -> dict[str, JSON]:
    return {name: value for name, value in (entry.fields or {}).items() if name != "id"}
