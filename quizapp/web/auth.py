"""Who may open what. Every view states its rule; one without a rule stops the app from starting."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from quizapp.services.attempts import Taker
from quizapp.services.credentials import new_token, token_hash
from quizapp.services.sign_in import NOBODY, Identity, identify
from quizapp.web import instance
from quizapp.web.problems import asked_by_program

TOKEN = "token"  # noqa: S105 - the name under which it lies, not a token
VISITOR = "visitor"

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """For whom a view is."""

    EVERYBODY = "everybody"
    TAKERS = "takers"
    """Whoever takes a quiz: a student, or a visitor with a trial."""
    STUDENTS = "students"
    TOKENS = "tokens"
    """Whoever brings a token of the API; `api_operations` asks for it, whatever the view."""
    STAFF = "staff"
    ADMINS = "admins"


def access(rule: Access) -> Callable[[View], View]:
    """State for whom a view is. Goes directly on the function, under `route`."""

    def mark(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]  # a mark that `rule_of` reads back
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> Access | None:
    """Return the rule of an endpoint, or None when its view states none."""
    if endpoint == "static":
        return Access.EVERYBODY
    return getattr(app.view_functions[endpoint], "access", None)


def init_app(app: Flask) -> None:
    """Check every view's rule at start-up, and every request against it."""
    unruled = [endpoint for endpoint in app.view_functions if rule_of(app, endpoint) is None]
    if unruled:
        raise RuntimeError(f"These views state no access rule: {', '.join(sorted(unruled))}")
    app.before_request(load_identity)
    app.before_request(_check_access)


def identity() -> Identity:
    """Return who is behind this request."""
    who: Identity = g.identity
    return who


def taker() -> Taker:
    """Return in whose name this request takes a quiz."""
    return Taker(student_id=identity().student_id, visitor_hash=known_visitor() or None)


def account_id() -> int:
    """Return the signed-in member of staff; only for views that are for staff."""
    found = identity().account_id
    if found is None:
        abort(404)
    return found


def student_ids() -> tuple[int, int]:
    """Return the signed-in student and the class they came through."""
    who = identity()
    if who.student_id is None or who.section_id is None:
        abort(404)
    return who.student_id, who.section_id


def remember(token: str) -> None:
    """Put a fresh sign-in into the cookie; nothing of an earlier one survives."""
    visitor = session.get(VISITOR)
    session.clear()
    session[TOKEN] = token
    if visitor:
        session[VISITOR] = visitor


def forget() -> None:
    """Empty the cookie."""
    session.clear()


def visitor_hash() -> str:
    """Return the hash of this visitor's random id, which is made at the first trial."""
    if not isinstance(session.get(VISITOR), str):
        session[VISITOR] = new_token()
    return token_hash(session[VISITOR])


def known_visitor() -> str:
    """Return the hash of this visitor's random id, or "" for a browser that has none; makes none."""
    visitor = session.get(VISITOR)
    return token_hash(visitor) if isinstance(visitor, str) else ""


def home_url() -> str:
    """Return the page a signed-in person starts from."""
    if identity().is_staff:
        return url_for("teach.home")
    return url_for("learn.my_work") if identity().is_student else url_for("join.index")


def load_identity() -> None:
    """Find out from the cookie who is behind this request; again after a sign-in within it."""
    g.identity = NOBODY
    if request.endpoint in {"static", "media.picture"} or asked_by_program():
        return
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return
    g.identity = identify(token, now=instance.now())


def _check_access() -> AnyResponse | None:
    if request.endpoint is None:
        return None
    who = identity()
    view = request.endpoint
    rule = rule_of(current_app, view)
    if rule is Access.TAKERS and request.method == "GET" and who == NOBODY and VISITOR not in session:
        # Whoever reads took it once and is signed out, or is a stranger: the answer is the same,
        # whether there is such an attempt or not. What is sent is the view's to keep.
        flash(_("Sign in again to go on."), "warn")
        return redirect(url_for("join.index"))
    if rule in {Access.EVERYBODY, Access.TAKERS, Access.TOKENS}:
        # An attempt belongs to its taker: the service answers "not found" to anybody else.
        return None
    if rule is Access.STUDENTS:
        return None if who.is_student else _to_the_door(who)
    if who.is_staff:
        if rule is Access.ADMINS and not who.is_admin:
            abort(404)
        return None
    if who.is_student:
        abort(404)
    return redirect(url_for("account.sign_in", next=_own_path()))


def _to_the_door(who: Identity) -> AnyResponse:
    if who.is_staff:
        abort(404)
    flash(_("Sign in with your class code first."), "warn")
    return redirect(url_for("join.index"))


def _own_path() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None
