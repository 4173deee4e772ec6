"""Banks begun from nothing but a title, or from a table of a spreadsheet or a quiz site."""

from __future__ import annotations

from datetime import datetime

from quizapp.bank.editing import set_head
from quizapp.bank.mending import slugged
from quizapp.bank.table import Draft, draft_from_table
from quizapp.bank.writing import bank_text
from quizapp.models import db
from quizapp.services.drafts import create_draft
from quizapp.services.new_banks import free_slug
from quizapp.services.rosters_import import UnreadableListError, decode_list


def read_table(text: str, *, title: str, language: str) -> Draft:
    """Say what would become of each row of a table; nothing is stored."""
    return draft_from_table(text, title=title, language=language)


def text_of(data: bytes) -> str:
    """The text of an uploaded table.

    Raises:
        UnreadableListError: it is too long, or no text.
    """
    return decode_list(data)


def begin_with_table(account_id: int, text: str, *, title: str, language: str, now: datetime) -> str | None:
    """Begin a draft with the questions of a table and return its public id; None when it has none."""
    made = draft_from_table(text, title=title, language=language)
    if not made.text:
        return None
    return create_draft(account_id, set_head(made.text, {"bank": slug_for(account_id, title)}), now=now)


def begin_with_form(account_id: int, *, title: str, language: str, now: datetime) -> str:
    """Begin a draft without a question and return its public id."""
    head = {"format": "1", "bank": slug_for(account_id, title), "title": title, "language": language}
    return create_draft(account_id, bank_text(head), now=now)


def slug_for(account_id: int, title: str) -> str:
    """An id for a bank of this title that no bank of the teacher has."""
    return free_slug(db.session(), account_id, slugged(title) or "new-bank")


__all__ = ["UnreadableListError", "begin_with_form", "begin_with_table", "read_table", "slug_for", "text_of"]
