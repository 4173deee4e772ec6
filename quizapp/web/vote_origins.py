"""Where votes were started: the page of a question to which its teacher goes back.

The address of a room carries it from page to page, so that two tabs do not mix up theirs. A room that is opened from
the list has no such address; the cookie then knows the last few.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from flask import has_request_context, request, session, url_for

from quizapp.web.forms_rooms import OriginForm

ORIGINS = "vote-origins"
MOST = 4
"""How many rooms the cookie remembers; it has little room."""
FROM = "question"
"""What it is called in addresses."""

_WRITTEN = re.compile(r"([\w-]{1,16})\.([\w-]{1,16})\.([0-9]{1,4})", re.ASCII)


class Origin(NamedTuple):
    """A question in the results of an assignment."""

    section: str
    assignment: str
    number: int

    def __str__(self) -> str:
        return f"{self.section}.{self.assignment}.{self.number}"


def remember_origin(room: str, form: OriginForm) -> str | None:
    """Keep in the teacher's cookie where a room was opened, and return it for the address; None if no form says so."""
    if not form.validate():
        return None
    origin = Origin(form.section.data or "", form.assignment.data or "", form.number.data or 1)
    known = {one: where for one, where in _known().items() if one != room}
    session[ORIGINS] = dict([*known.items(), (room, str(origin))][-MOST:])
    return str(origin)


def origin_url(room: str) -> str | None:
    """Return the address of the question's page where a room was opened; None where this browser does not know."""
    found = _WRITTEN.fullmatch(request.args.get(FROM) or _known().get(room, ""))
    if found is None:
        return None
    return url_for("results.question", section=found[1], assignment=found[2], number=int(found[3]))


def carry_origin(endpoint: str, values: dict[str, Any]) -> None:
    """Give an address of a room the origin that the present address of the same room has; for `url_defaults`."""
    if has_request_context() and "room" in values and values["room"] == (request.view_args or {}).get("room"):
        origin = request.args.get(FROM)
        if origin:
            values.setdefault(FROM, origin)


def _known() -> dict[str, str]:
    known = session.get(ORIGINS)
    return known if isinstance(known, dict) else {}
