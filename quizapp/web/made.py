"""Questions that this browser has made: who goes back to an empty form and sends it again means the same one."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from flask import session

MADE = "made"
MOST = 6
"""How many are remembered; the cookie that holds them has little room."""
TICKET_MAX = 12


class Made(NamedTuple):
    """What came of the form with a ticket."""

    ticket: str
    key: str
    """Of the entry."""
    seen: str
    """A sign of what the entry said when it was saved through that form."""


def new_ticket() -> str:
    """Return a name for one empty form, so that its entry can be told from others."""
    return secrets.token_urlsafe(6)


def made_with(ticket: str) -> Made | None:
    """Return what was made with the form of a ticket; None while nothing was."""
    return next((one for one in _all() if ticket and one.ticket == ticket), None)


def remember_made(made: Made) -> None:
    """Keep in the visitor's cookie what came of a form, in place of what came of it before."""
    if 0 < len(made.ticket) <= TICKET_MAX:
        others = [one for one in _all() if one.ticket != made.ticket]
        session[MADE] = [list(one) for one in [*others, made][-MOST:]]


def _all() -> list[Made]:
    return [Made(*one) for one in session.get(MADE, ())]
