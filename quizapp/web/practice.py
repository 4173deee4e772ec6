"""Practice: a few questions that are due again."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services import attempts, practice
from quizapp.services.practice import NothingDueError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access

bp = Blueprint("practice", __name__)


@bp.get("/me/practice")
@access(Access.STUDENTS)
def before() -> str:
    """Say how much is due, and what practice is."""
    student_id, _section = auth.student_ids()
    return render_template("learn/practice.html", page=practice.practice_page(student_id, now=instance.now()))


@bp.post("/me/practice")
@access(Access.STUDENTS)
def begin() -> Response:
    """Begin a practice, or go on with the one under way."""
    student_id, section_id = auth.student_ids()
    try:
        attempt = practice.start_practice(student_id, section_id, now=instance.now(), rng=secrets.SystemRandom())
    except NothingDueError:
        flash(_("Nothing is due today. Come back another day."), "message")
        return redirect(url_for("practice.before"))
    position = attempts.first_open_position(auth.taker(), attempt)
    return redirect(url_for("learn.question", attempt=attempt, position=position))
