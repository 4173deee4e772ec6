"""Sharing a bank with colleagues, giving it up, handing it over."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.services import sharing as service
from quizapp.services.rosters import NotFoundError
from quizapp.services.sharing import SharingError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access
from quizapp.web.forms_versions import HandOverForm, RightForm, ShareForm, right_of

bp = Blueprint("sharing", __name__, url_prefix="/teach/b/<bank>")

Answer = str | Response | tuple[str, int]


@bp.get("/sharing")
@access(Access.STAFF)
def page(bank: str) -> Answer:
    """Show with whom a bank is shared."""
    return _page(bank)


@bp.post("/sharing")
@access(Access.STAFF)
def share(bank: str) -> Answer:
    """Share the bank with a colleague."""
    account, form = auth.account_id(), ShareForm()
    if not form.validate():
        return _page(bank, share=form)
    try:
        name = service.share(bank, form.login.data or "", right_of(form), account_id=account, now=instance.now())
    except SharingError as error:
        form.login.errors = [refusal(error)]
        return _page(bank, share=form)
    flash(_("The bank is shared with %(name)s.", name=name), "good")
    return _back(bank)


@bp.post("/sharing/<account>")
@access(Access.STAFF)
def change(bank: str, account: str) -> Response:
    """Give a colleague another right, or take the bank back."""
    own, moment = auth.account_id(), instance.now()
    if "withdraw" in request.form:
        service.withdraw(bank, account, account_id=own, now=moment)
        flash(_("Your colleague no longer has this bank. What they have assigned goes on."), "good")
        return _back(bank)
    form = RightForm()
    if not form.validate():
        raise NotFoundError("right")
    service.change_right(bank, account, right_of(form), account_id=own, now=moment)
    flash(_("Changed."), "good")
    return _back(bank)


@bp.post("/leave")
@access(Access.STAFF)
def leave(bank: str) -> Response:
    """Give up a bank that a colleague shared."""
    service.leave(bank, account_id=auth.account_id(), now=instance.now())
    flash(_("The bank is no longer in your list. What you have assigned goes on."), "good")
    return redirect(auth.home_url(), 303)


@bp.post("/hand-over")
@access(Access.STAFF)
def hand_over(bank: str) -> Answer:
    """Give the bank to a colleague."""
    account, form = auth.account_id(), HandOverForm(prefix="to-")
    if not form.validate():
        return _page(bank, giving=form)
    try:
        name = service.hand_over(bank, form.login.data or "", account_id=account, now=instance.now())
    except SharingError as error:
        form.login.errors = [refusal(error)]
        return _page(bank, giving=form)
    flash(_("The bank belongs to %(name)s now. You can still change it.", name=name), "good")
    return redirect(url_for("versions.page", bank=bank), 303)


def refusal(error: SharingError) -> str:
    """Return why it cannot be done, as a sentence that says what to do."""
    sentences = {
        SharingError.UNKNOWN_LOGIN: _("Nobody signs in with this name. Ask your colleague how they sign in."),
        SharingError.OWNER: _("This is who the bank belongs to already. Type the name of a colleague."),
        SharingError.SAME_ID: _(
            "Your colleague has a bank with the same id. Share this one with them instead, or choose somebody else."
        ),
    }
    return sentences[error.reason]


def _page(bank: str, *, share: ShareForm | None = None, giving: HandOverForm | None = None) -> Answer:
    found = service.sharing_page(bank, auth.account_id())
    if not found.head.own and (share or giving):
        raise NotFoundError("bank")
    forms = {
        "form": share or ShareForm(formdata=None),
        "giving": giving or HandOverForm(formdata=None, prefix="to-"),
        "rights": {line.public_id: RightForm(formdata=None, right=line.right.value) for line in found.lines},
    }
    errors = {**(share.errors if share else {}), **(giving.errors if giving else {})}
    body = render_template("teach/banks/sharing.html", page=found, head=found.head, errors=errors, **forms)
    return (body, 422) if errors else body


def _back(bank: str) -> Response:
    return redirect(url_for("sharing.page", bank=bank), 303)
