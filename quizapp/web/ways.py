"""How somebody writes banks, by form or as text: pages that lead back to a draft lead to the way they last used."""

from __future__ import annotations

from flask import session, url_for

WAY = "way"
TEXT = "text"


def write_by_form() -> None:
    """Remember, until the sign-out, that this person writes by form; so does everybody who never saved a text."""
    session.pop(WAY, None)


def write_as_text() -> None:
    """Remember, until the sign-out, that this person writes the text itself."""
    session[WAY] = TEXT


def writes_text() -> bool:
    """Tell whether this person last wrote a text."""
    return session.get(WAY) == TEXT


def write_url(draft: str, *, question: str | None = None) -> str:
    """Return where a draft is written on.

    Args:
        draft: public id.
        question: the id of a question to begin at; where the draft has it no more, it begins at the top.
    """
    anchor = f"q-{question}" if question else None
    return url_for("drafts.editor" if writes_text() else "bank_forms.bank", draft=draft, _anchor=anchor)
