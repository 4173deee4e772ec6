"""What people read when something is refused or fails: what happened, and what to do."""

from __future__ import annotations

import logging

from flask import Flask, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from quizapp.services.rosters import NotFoundError
from quizapp.services.throttling import TooManyFailuresError
from quizapp.services.writing import StorageBusyError, give_up
from quizapp.web import instance
from quizapp.web.problems import asked_by_program, problem
from quizapp.web.security import page_of_form

RETRY_SECONDS = 3
PAGES = {400, 403, 404, 409, 413, 429, 500, 503}

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Answer every error with a page of ours, or with JSON where a script asked."""
    _answer_refusals(app)
    _answer_failures(app)


def _answer_refusals(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def stale_form(error: CSRFError) -> Response:
        return answer(400)

    @app.errorhandler(SecurityError)
    def foreign_host(error: SecurityError) -> Response:
        # No page of ours: without a host we trust, no address on it could be built.
        sentence = gettext("This is not an address of Closer Look. Please ask for the right one.")
        return make_response(sentence, 400, {"Content-Type": "text/plain; charset=utf-8"})

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if isinstance(error.response, Response):
            return error.response
        response = answer(error.code or 500)
        # Allow, Retry-After and the like belong to the answer; its body is ours.
        for name, value in error.get_headers():
            if name.lower() not in {"content-type", "content-length"}:
                response.headers[name] = value
        return response

    @app.errorhandler(NotFoundError)
    def missing(error: NotFoundError) -> Response:
        return answer(404)

    @app.errorhandler(TooManyFailuresError)
    def too_many(error: TooManyFailuresError) -> Response:
        wait = max(1, int((error.retry_at - instance.now()).total_seconds()))
        response = answer(429)
        response.headers["Retry-After"] = str(wait)
        return response


def _answer_failures(app: Flask) -> None:
    @app.errorhandler(StorageBusyError)
    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeoutError)
    def busy(error: Exception) -> Response:
        give_up()
        log.error("The database did not answer: %s", type(error).__name__, exc_info=error)
        response = answer(503)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        give_up()
        log.error("A request failed.", exc_info=error)
        return answer(500)


def answer(code: int) -> Response:
    """Return the page for a status; in the API problem details, for a script that wants JSON `{"error": code}`."""
    if asked_by_program():
        return problem(code)
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(error=code), code)
    page = code if code in PAGES else 400 if code < 500 else 500
    back = page_of_form() if page == 413 else None
    return make_response(render_template(f"errors/{page}.html", back=back), code)
