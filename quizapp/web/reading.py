"""Reading settings, and what is kept about the reader."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired

from quizapp.services import reading
from quizapp.services.reading import CHOICES
from quizapp.services.sign_in import NOBODY
from quizapp.web import auth
from quizapp.web.auth import Access, access

READING = "reading"

bp = Blueprint("reading", __name__)

_WORDS = {
    "size": (_l("Normal"), _l("Large"), _l("Largest")),
    "spacing": (_l("Normal"), _l("Wide"), _l("Widest")),
    "background": (_l("As this device is set"), _l("Light"), _l("Cream"), _l("Dark")),
    "font": (_l("Atkinson Hyperlegible, made to be easy to read"), _l("The font of this device")),
}


def _chosen_of(name: str, label: str) -> RadioField:
    choices = [SelectChoice(value, words) for value, words in zip(CHOICES[name], _WORDS[name], strict=True)]
    return RadioField(label, [DataRequired(_l("Choose one of these."))], choices=choices)


class ReadingForm(FlaskForm):
    size = _chosen_of("size", _l("Size of the letters"))
    spacing = _chosen_of("spacing", _l("Space between words and lines"))
    background = _chosen_of("background", _l("Background"))
    font = _chosen_of("font", _l("Letters"))


@bp.route("/me/settings", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def settings() -> str | Response | tuple[str, int]:
    """Show the settings and keep what is chosen: with the student, or in the one cookie of anybody else."""
    usual = {name: values[0] for name, values in CHOICES.items()}
    form = ReadingForm(data=usual | current())
    if form.validate_on_submit():
        chosen = {name: form[name].data for name in CHOICES}
        who = auth.identity()
        if who.student_id is not None:
            reading.keep_reading(who.student_id, chosen)
        else:
            session[READING] = reading.known(chosen)
        flash(_("Saved. All pages look like this now."), "good")
        return redirect(url_for("reading.settings"))
    page = render_template("learn/settings.html", form=form, errors=form.errors)
    return (page, 422) if form.errors else page


def current() -> dict[str, str]:
    """Return the settings of whoever reads, without those that are as usual."""
    who = g.get("identity", NOBODY)
    if who.student_id is not None:
        return dict(who.reading)
    kept = session.get(READING)
    return reading.known(kept) if isinstance(kept, dict) else {}


def init_app(app: Flask) -> None:
    """Offer the settings to the frame of every page."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"reading": current}
