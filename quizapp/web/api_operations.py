"""The operations of the API: stated once, for the address, for the check of the token, and for the document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, abort, current_app, make_response, request
from pydantic import ValidationError
from werkzeug.wrappers import Response

from quizapp.models import ApiScope
from quizapp.services.tokens import Bearer, find_bearer
from quizapp.web import instance
from quizapp.web.api_schema import Answered, NoQuery, Page, Paging
from quizapp.web.auth import Access, access
from quizapp.web.limits import A_MINUTE, TRIES_A_MINUTE, Limiter
from quizapp.web.problems import problem

bp = Blueprint("api", __name__, url_prefix="/api/v1")

Q = TypeVar("Q", bound=NoQuery)
Row = TypeVar("Row")
One = TypeVar("One", bound=Answered)


@dataclass(frozen=True)
class Operation:
    """One address that can be read."""

    path: str
    """Below /api/v1, with {names} of ids."""
    name: str
    scope: ApiScope | None
    """None: any token."""
    answer: type[Answered]
    query: type[NoQuery]
    summary: str


OPERATIONS: list[Operation] = []
"""In the order of the document."""

View = Callable[..., Answered]


def operation(
    path: str, *, answer: Any, scope: ApiScope | None = None, query: type[NoQuery] = NoQuery
) -> Callable[[View], View]:
    """State an operation; the first line of the view's docstring is its summary.

    The view is called with who asks, what is asked, and the ids of the path, and returns an `answer`.

    Args:
        path: with {names} for ids.
        answer: the model that is answered.
        scope: what the token must allow.
        query: the model of what may stand behind the question mark.
    """

    def state(view: View) -> View:
        stated = Operation(path, view.__name__, scope, answer, query, (view.__doc__ or "").splitlines()[0])
        OPERATIONS.append(stated)

        @wraps(view)
        def answered(**ids: str) -> Response:
            bearer = _bearer()
            if scope is not None and scope not in bearer.token.scopes:
                abort(problem(403, f"This token may not read that; make one with the scope “{scope.value}”."))
            return _as_json(view(bearer, _asked(query), **ids))

        rule = path.replace("{", "<").replace("}", ">")
        bp.add_url_rule(rule, view.__name__, access(Access.TOKENS)(answered), provide_automatic_options=False)
        return view

    return state


def page_of(rows: Sequence[Row], asked: Paging, *, key: Callable[[Row], str], one: Callable[[Row], One]) -> Page[One]:
    """Return the part of a list that is asked for; the cursor is the key of the last row of the part before."""
    keys = [key(row) for row in rows]
    start = 0
    if asked.cursor is not None:
        if asked.cursor not in keys:
            abort(bad_cursor())
        start = keys.index(asked.cursor) + 1
    part = rows[start : start + asked.limit]
    more = start + len(part) < len(rows)
    return Page(data=tuple(one(row) for row in part), next=keys[start + len(part) - 1] if more else None)


def bad_cursor() -> Response:
    """Return the answer to a cursor that leads nowhere."""
    return problem(400, "This cursor leads nowhere, perhaps since what it named was deleted; begin without one.")


def _bearer() -> Bearer:
    """Return who asks; a session's cookie counts for nothing here."""
    limiter: Limiter = current_app.extensions["api_limiter"]
    now = instance.now()
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    found = find_bearer(text.strip(), now=now) if kind.lower() == "bearer" and text.strip() else None
    if found is None:
        _wait_if(limiter.wait(f"network {instance.network()}", TRIES_A_MINUTE, now=now))
        abort(problem(401))
    _wait_if(limiter.wait(found.token.public_id, A_MINUTE, now=now))
    return found


def _wait_if(seconds: int) -> None:
    if seconds:
        abort(problem(429, headers={"Retry-After": str(seconds)}))


def _asked(query: type[Q]) -> Q:
    """Return what stands behind the question mark."""
    fields: dict[str, str] = {}
    for name, values in request.args.lists():
        if name not in query.model_fields:
            known = ", ".join(query.model_fields) or "none"
            abort(problem(400, f"There is no parameter “{name[:40]}” here; there are: {known}."))
        if len(values) > 1:
            abort(problem(400, f"Give “{name}” once."))
        fields[name] = values[0]
    try:
        return query.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        abort(problem(400, f"“{first['loc'][0]}” cannot be used: {first['msg'].lower()}."))


def _as_json(answered: Answered) -> Response:
    """Return an answer with a tag, or 304 to who has it already. Programs keep it, shared caches do not."""
    answer = make_response(answered.model_dump_json())
    answer.headers["Content-Type"] = "application/json"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Authorization"
    if isinstance(answered, Page) and answered.next is not None:
        fields = {**request.args.to_dict(), "cursor": answered.next}
        address = f"{instance.base_address()}{request.path}?{_query_string(fields.items())}"
        answer.headers["Link"] = f'<{address}>; rel="next"'
    answer.add_etag()
    return answer.make_conditional(request)


def _query_string(fields: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in fields)
