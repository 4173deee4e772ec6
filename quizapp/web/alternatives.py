"""Changing to made-up topics: a student's own page, which nobody else has."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services import alternatives, attempts
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access

bp = Blueprint("alternatives", __name__)


@bp.get("/a/<assignment>/other-questions")
@access(Access.STUDENTS)
def offer(assignment: str) -> str:
    """Say what changes and what does not, and who sees it."""
    student_id, _section = auth.student_ids()
    page = alternatives.other_questions(assignment, student_id)
    return render_template("learn/other_questions.html", page=page)


@bp.post("/a/<assignment>/other-questions")
@access(Access.STUDENTS)
def change(assignment: str) -> Response:
    """Change the questions that have no answer yet."""
    student_id, _section = auth.student_ids()
    attempt = alternatives.change_questions(assignment, student_id, now=instance.now(), rng=secrets.SystemRandom())
    flash(_("You have other questions now. They count the same. Your choice of questions is saved."), "good")
    if attempt is None:
        return redirect(url_for("learn.before", assignment=assignment))
    position = attempts.first_open_position(auth.taker(), attempt)
    return redirect(url_for("learn.question", attempt=attempt, position=position))
