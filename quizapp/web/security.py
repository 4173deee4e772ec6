"""What every response carries, how the cookie is signed, and who may send a form."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect, validate_csrf
from werkzeug.routing import IntegerConverter
from wtforms.validators import ValidationError

from quizapp.config import Settings
from quizapp.items.controls import PREFIX
from quizapp.web.auth import TOKEN

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
BODY_MAX = 1024 * 1024
ROOM_FOR_FIELDS = 64 * 1024
YEAR_SECONDS = 31_536_000

csrf = CSRFProtect()

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(most: int, *, form_page: str = "") -> Callable[[View], View]:
    """State that a view takes a file of up to `most` bytes, where others refuse more than a megabyte.

    Args:
        most: bytes.
        form_page: the endpoint of the page with its form, where that has another address.
    """

    def mark(view: View) -> View:
        view.body_max = most + ROOM_FOR_FIELDS  # type: ignore[attr-defined]  # a mark that `_widen` reads back
        view.form_page = form_page  # type: ignore[attr-defined]  # read back by `page_of_form`
        return view

    return mark


def takes_text(most: int) -> Callable[[View], View]:
    """State that a view takes a typed text of up to `most` bytes, so that it can show one that is too long."""

    def mark(view: View) -> View:
        view.text_max = most  # type: ignore[attr-defined]  # a mark that `_widen` reads back
        return takes_files(most)(view)

    return mark


def page_of_form() -> str | None:
    """Return the address of the page whose form was sent; None where there is none that could be opened."""
    view = current_app.view_functions.get(request.endpoint or "")
    if endpoint := getattr(view, "form_page", ""):
        return url_for(endpoint, **(request.view_args or {}))
    adapter = current_app.create_url_adapter(request)
    return request.script_root + request.path if adapter and adapter.test(method="GET") else None


class ShortNumber(IntegerConverter):
    """A number in an address: no longer than any that we write, so every database can hold it."""

    regex = r"\d{1,6}"


class Sha256Session(SecureCookieSessionInterface):
    """Flask's signed cookie with a current hash instead of SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def configure(app: Flask, settings: Settings) -> None:
    """Set the limits and cookie rules, before anything else is attached."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        SESSION_COOKIE_NAME="__Host-closer-look" if settings.secure_cookies else "closer-look",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=BODY_MAX,
        MAX_FORM_MEMORY_SIZE=BODY_MAX,
        MAX_FORM_PARTS=2000,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        # The token lives as long as the sign-in: a form must not go stale in mid-quiz.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = Sha256Session()
    app.url_map.converters["int"] = ShortNumber


def init_app(app: Flask, settings: Settings) -> None:
    """Attach CSRF, the refusal of cross-site and unmeasured bodies, and the headers."""
    app.before_request(_refuse_foreign)
    app.before_request(_widen)
    app.before_request(_refuse_unreadable)
    csrf.init_app(app)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        headers["X-Robots-Tag"] = "noindex"
        kept = response.cache_control.immutable or response.cache_control.private
        if request.endpoint != "static" and not kept:
            headers["Cache-Control"] = "no-store"
        if settings.secure_cookies:
            headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
        return response


def token_is_good() -> bool:
    """Tell whether a form came with a good token, where a view answers a bad one itself so that nothing is lost."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _refuse_foreign() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403)
    # A chunked body would be cut at the limit without a word; browsers always give the length.
    if request.content_length is None and "chunked" in request.headers.get("Transfer-Encoding", ""):
        abort(411)


def _widen() -> None:
    """Take a larger body where a view is for files; only of somebody who is signed in."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "body_max", None)
    if most is not None and TOKEN in session:
        request.max_content_length = most
        request.max_form_memory_size = getattr(view, "text_max", BODY_MAX)


def _refuse_unreadable() -> None:
    """Refuse what no browser sends and no database keeps: NUL characters, fields without a name."""
    if "\x00" in request.path:
        abort(404)
    for name, values in request.form.lists():
        # Answers are cleaned by their question's form, so that nothing typed is lost.
        if not name or (not name.startswith(PREFIX) and any("\x00" in text for text in (name, *values))):
            abort(400)
