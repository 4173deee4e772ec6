"""What a form makes of a draft's text: one entry of it written anew, put in, taken out or moved, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from quizapp.bank import editing
from quizapp.bank.editing import Entry, Opened, Section, free_id, open_text
from quizapp.bank.form_values import to_fields, to_form
from quizapp.bank.writing import bank_text
from quizapp.items.base import JSON
from quizapp.services.bank_entries import (
    BANK,
    HEAD_FIELDS,
    STIMULUS,
    entry_shapes,
    find_entry,
    head_shapes,
    plain_words,
    said_by,
    shown_entry,
)
from quizapp.services.bank_tables import slug_for
from quizapp.services.drafts import DraftChanged, DraftView, read_draft, save_draft


def save_entry(
    draft: str,
    account_id: int,
    section: Section,
    key: str | None,
    values: Mapping[str, Any],
    *,
    owner: str,
    version: int,
    now: datetime,
) -> str:
    """Write what a form says into the draft's text, finished or not, and return the key of the entry.

    Args:
        section: the list it stands in.
        key: the entry; None: a new one, at the end.
        values: what the form says, by the names of the fields.
        owner: the kind of a new question, or `stimulus`.
        version: the version of the draft that the form was drawn from.

    Raises:
        DraftChanged: the draft was saved from elsewhere since.
        NotFoundError, UnreadableError: as `entry_form`.
        TextTooLongError: the text would be longer than a bank may be.
    """
    view, opened = _held(draft, account_id, version)
    if key is None:
        shapes = entry_shapes(owner)
        entries = opened.stimuli if section == "stimuli" else opened.questions
        text, slug = _with_new(view.text, entries, owner, to_fields(shapes, values, {}))
        _save(view, account_id, text, version, now)
        return slug
    entry, _owner, shapes = shown_entry(opened, section, key)
    was = entry.fields or {}
    _values, kept = to_form(shapes, was)
    fields = to_fields(shapes, values, was, kept)
    if not entry.named:
        entries = opened.stimuli if section == "stimuli" else opened.questions
        slug = free_id(said_by(fields), entries)
        fields = {"id": slug, **{name: value for name, value in fields.items() if name != "id"}}
        key = slug
    _save(view, account_id, editing.replace_entry(view.text, section, entry.place, fields), version, now)
    return key


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


def remove_entry(draft: str, account_id: int, section: Section, key: str, *, version: int, now: datetime) -> str:
    """Take an entry out of the draft's text and return what it said, plain words. Raises as `save_entry` does."""
    view, opened = _held(draft, account_id, version)
    entry = find_entry(opened, section, key)
    _save(view, account_id, editing.remove_entry(view.text, section, entry.place), version, now)
    return plain_words(entry.fields or {})


def move_question(draft: str, account_id: int, key: str, by: Literal[-1, 1], *, version: int, now: datetime) -> None:
    """Put a question one place up (-1) or down (1). Raises as `save_entry` does."""
    view, opened = _held(draft, account_id, version)
    entry = find_entry(opened, "questions", key)
    _save(view, account_id, editing.move_entry(view.text, "questions", entry.place, by), version, now)


def save_head(draft: str, account_id: int, values: Mapping[str, Any], *, version: int, now: datetime) -> None:
    """Write the fields of the bank itself into the draft's text. Raises as `save_entry` does."""
    view, opened = _held(draft, account_id, version)
    _values, kept = to_form(head_shapes(), opened.head)
    fields = to_fields(head_shapes(), values, opened.head, kept)
    changes = {name: fields.get(name) for name in HEAD_FIELDS if fields.get(name) != opened.head.get(name)}
    _save(view, account_id, editing.set_head(view.text, changes) if changes else view.text, version, now)


def _with_new(text: str, entries: Iterable[Entry], owner: str, fields: Mapping[str, JSON]) -> tuple[str, str]:
    """The text with a new entry at the end of its list, and the id that the entry got."""
    slug = free_id(said_by(fields), entries, otherwise="text" if owner == STIMULUS else "question")
    new = {"id": slug, **({} if owner == STIMULUS else {"type": owner}), **fields}
    return editing.insert_entry(text, "stimuli" if owner == STIMULUS else "questions", new), slug


def _held(draft: str, account_id: int, version: int) -> tuple[DraftView, Opened]:
    """The draft and its text, if it still is the version that the form was drawn from."""
    view = read_draft(draft, account_id)
    if view.version != version:
        raise DraftChanged(view.text, view.version, view.saved_at)
    return view, open_text(view.text)


def _save(view: DraftView, account_id: int, text: str, version: int, now: datetime) -> None:
    save_draft(view.public_id, account_id, text, version=version, now=now)
