"""Errors for programs: problem details (RFC 9457) instead of pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import make_response, request
from werkzeug.wrappers import Response

API = "/api/"
MEDIA_TYPE = "application/problem+json"

DETAILS = {
    400: "The request cannot be read; see the documentation.",
    401: "Send a token that works, as “Authorization: Bearer …”. Teachers make them on their page “API tokens”.",
    403: "This token may not read that; make one with the scope that is named in the documentation.",
    404: "There is no such thing, or it is not yours to see.",
    405: "The API only reads: use GET.",
    429: "Too many requests; wait as long as Retry-After says.",
    500: "Something went wrong on our side. Nothing was lost; try again later.",
    503: "The database is busy; try again in a moment.",
}


def asked_by_program() -> bool:
    """Tell whether this request is for the API."""
    return request.path.startswith(API)


def problem(status: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Return problem details.

    Args:
        detail: one sentence that says what to do; None for the usual one of this status.
    """
    phrase = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": phrase,
        "status": status,
        "detail": detail or DETAILS.get(status, phrase),
    }
    answer = make_response(json.dumps(body, ensure_ascii=False), status, dict(headers or {}))
    answer.headers["Content-Type"] = MEDIA_TYPE
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="closer-look"'
    return answer
