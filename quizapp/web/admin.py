"""What an administrator sets for the whole school."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services.settings import SchoolSettings, change_school_settings, school_settings
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms import SchoolForm

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.route("", methods=["GET", "POST"])
@access(Access.ADMINS)
def school() -> str | Response | tuple[str, int]:
    """Show and change the school's settings."""
    form = SchoolForm(obj=school_settings())
    if form.validate_on_submit():
        change_school_settings(
            SchoolSettings(form.school_name.data or "", form.trial_open.data),
            account_id=auth.account_id(),
            now=instance.now(),
        )
        flash(_("Saved."), "good")
        return redirect(url_for("admin.school"))
    page = render_template("admin/school.html", form=form, errors=form.errors)
    return (page, 422) if form.errors else page
