"""Where votes were started: the page of a question to which its teacher goes back."""

from __future__ import annotations

from typing import NamedTuple

from flask import session, url_for

from quizapp.web.forms_rooms import OriginForm

ORIGINS = "vote-origins"
MOST = 4
"""How many rooms are remembered; the cookie that holds them has little room."""


class Origin(NamedTuple):
    """A question in the results of an assignment."""

    room: str
    section: str
    assignment: str
    number: int


def remember_origin(room: str, form: OriginForm) -> None:
    """Keep in the teacher's cookie where a room was opened, if the form says so."""
    if form.validate():
        origin = Origin(room, form.section.data or "", form.assignment.data or "", form.number.data or 1)
        session[ORIGINS] = [list(one) for one in [*(one for one in _all() if one.room != room), origin][-MOST:]]


def origin_url(room: str) -> str | None:
    """Return the address of the question's page where a room was opened; None where this browser does not know."""
    found = next((one for one in _all() if one.room == room), None)
    if found is None:
        return None
    return url_for("results.question", section=found.section, assignment=found.assignment, number=found.number)


def _all() -> list[Origin]:
    return [Origin(*one) for one in session.get(ORIGINS, ())]
