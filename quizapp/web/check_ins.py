"""Check-ins of a class: giving both forms, giving them again the other way round, and what changed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services import check_in_pages, check_ins, rosters
from quizapp.services.check_ins import CheckInError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms import OnceForm

bp = Blueprint("check_ins", __name__, url_prefix="/teach/c/<section>/check-ins")


@bp.route("", methods=["GET", "POST"])
@access(Access.STAFF)
def overview(section: str) -> str | Response:
    """List the check-ins; begin one."""
    account = auth.account_id()
    found = rosters.get_section(section, account)
    form = OnceForm()
    if form.validate_on_submit():
        try:
            check_in = check_ins.begin_check_in(
                found, account_id=account, now=instance.now(), request_key=form.request_key.data or None
            )
        except CheckInError:
            flash(
                _("There are no two forms of a check-in yet: two banks that name each other as “twin:”."),
                "warn",
            )
            return redirect(url_for("check_ins.overview", section=section))
        flash(_("The check-in is assigned: half of the class has one form, half the other."), "good")
        return redirect(url_for("check_ins.page", section=section, check_in=check_in))
    return render_template(
        "teach/check_ins.html",
        section=found,
        lines=check_in_pages.list_check_ins(found),
        forms=check_ins.forms_for(account),
        form=form,
    )


@bp.get("/<check_in>")
@access(Access.STAFF)
def page(section: str, check_in: str) -> str:
    """Show how far the sittings are, and what changed."""
    found = rosters.get_section(section, auth.account_id())
    return render_template(
        "teach/check_in.html", page=check_in_pages.check_in_page(found, check_in), form=OnceForm(formdata=None)
    )


@bp.post("/<check_in>/again")
@access(Access.STAFF)
def again(section: str, check_in: str) -> Response:
    """Give the check-in once more, everybody with the other form."""
    account = auth.account_id()
    found = rosters.get_section(section, account)
    try:
        check_ins.give_again(
            found,
            check_in,
            account_id=account,
            now=instance.now(),
            request_key=OnceForm().request_key.data or None,
        )
    except CheckInError:
        flash(_("Nobody has handed in the last sitting yet. Give the check-in again when the class has."), "warn")
    else:
        flash(_("Assigned again: everybody has the other form this time."), "good")
    return redirect(url_for("check_ins.page", section=section, check_in=check_in))
