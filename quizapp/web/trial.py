"""Trying a quiz without a class: nothing is recorded, and it is deleted after a day."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from quizapp.services import assigning, starting
from quizapp.services.settings import school_settings
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access

bp = Blueprint("trial", __name__, url_prefix="/try")


@bp.get("")
@access(Access.EVERYBODY)
def choose() -> str:
    """Offer the quizzes."""
    _only_if_open()
    return render_template("join/try.html", quizzes=assigning.list_quizzes(auth.identity().account_id))


@bp.post("/<quiz>")
@access(Access.EVERYBODY)
def start(quiz: str) -> Response:
    """Start a quiz for a visitor."""
    _only_if_open()
    chosen = assigning.get_quiz(quiz, auth.identity().account_id)
    attempt = starting.start_trial(
        chosen,
        auth.visitor_hash(),
        network=instance.network(),
        key=instance.key(),
        now=instance.now(),
        rng=secrets.SystemRandom(),
    )
    return redirect(url_for("learn.question", attempt=attempt, position=1))


def _only_if_open() -> None:
    if not school_settings().trial_open and not auth.identity().is_staff:
        abort(404)
