"""Staff sign-in, first set-up, new passwords, signing out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from quizapp.models import TokenPurpose
from quizapp.services import one_time_links, own_accounts
from quizapp.services import sign_in as sign_in_service
from quizapp.services.one_time_links import LoginTakenError
from quizapp.services.sign_in import SignInError
from quizapp.web import auth, instance
from quizapp.web.auth import TOKEN, Access, access
from quizapp.web.forms import NewPasswordForm, SetUpForm, SignInForm
from quizapp.web.forms_people import OwnAccountForm, OwnPasswordForm

bp = Blueprint("account", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def sign_in() -> str | Response | tuple[str, int]:
    """Sign a teacher in."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            token = sign_in_service.sign_in_staff(
                form.login.data or "",
                form.password.data or "",
                network=instance.network(),
                key=instance.key(),
                now=instance.now(),
            )
        except SignInError:
            form.password.errors = [_("Name and password do not belong together. Passwords distinguish capitals.")]
        else:
            auth.remember(token)
            return redirect(own_path(request.args.get("next")) or url_for("teach.home"))
    page = render_template(
        "account/sign_in.html",
        form=form,
        errors=form.errors,
        needs_setup=one_time_links.needs_setup(),
    )
    return (page, 422) if form.errors else page


@bp.post("/sign-out")
@access(Access.EVERYBODY)
def sign_out() -> Response:
    """End the sign-in on the server; the cookie is worth nothing from now on."""
    token = session.get(TOKEN)
    if isinstance(token, str):
        sign_in_service.sign_out(token)
    auth.forget()
    flash(_("You are signed out."), "good")
    return redirect(url_for("join.index"))


@bp.route("/setup/<token>", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def set_up(token: str) -> str | Response | tuple[str, int]:
    """Make the first account, by the one-time link printed on the console."""
    if not one_time_links.token_works(token, TokenPurpose.SETUP, now=instance.now()):
        return render_template("account/link_over.html", setup=True), 410
    form = SetUpForm()
    if form.validate_on_submit():
        try:
            signed_in = one_time_links.set_up(
                token,
                login=form.login.data or "",
                name=form.name.data or "",
                password=form.password.data or "",
                now=instance.now(),
            )
        except SignInError:
            return render_template("account/link_over.html", setup=True), 410
        auth.remember(signed_in)
        return redirect(url_for("teach.new_section"))
    page = render_template("account/set_up.html", form=form, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.route("/reset/<token>", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def reset(token: str) -> str | Response | tuple[str, int]:
    """Choose a new password by a one-time link."""
    if not one_time_links.token_works(token, TokenPurpose.RESET, now=instance.now()):
        return render_template("account/link_over.html", setup=False), 410
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            signed_in = one_time_links.reset_password(token, form.password.data or "", now=instance.now())
        except SignInError:
            return render_template("account/link_over.html", setup=False), 410
        auth.remember(signed_in)
        flash(_("The password is changed. Every other browser is signed out."), "good")
        return redirect(url_for("teach.home"))
    page = render_template("account/reset.html", form=form, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@access(Access.EVERYBODY)
def invitation(token: str) -> str | Response | tuple[str, int]:
    """Make a colleague's account by the one-time link an administrator gave them."""
    if not one_time_links.token_works(token, TokenPurpose.INVITE, now=instance.now()):
        return render_template("account/link_over.html", invitation=True), 410
    form = SetUpForm()
    if form.validate_on_submit():
        try:
            signed_in = one_time_links.accept_invitation(
                token,
                login=form.login.data or "",
                name=form.name.data or "",
                password=form.password.data or "",
                now=instance.now(),
            )
        except LoginTakenError:
            form.login.errors = [_("Somebody signs in with this name already. Choose another.")]
        except SignInError:
            return render_template("account/link_over.html", invitation=True), 410
        else:
            auth.remember(signed_in)
            return redirect(url_for("teach.new_section"))
    page = render_template("account/invitation.html", form=form, errors=form.errors)
    return (page, 422) if form.errors else page


@bp.get("/account")
@access(Access.STAFF)
def own_account() -> str | tuple[str, int]:
    """Show one's own name and password form."""
    return _own_account()


@bp.post("/account/name")
@access(Access.STAFF)
def change_name() -> str | Response | tuple[str, int]:
    """Change the name that students and colleagues see."""
    form = OwnAccountForm()
    if not form.validate_on_submit():
        return _own_account(name_form=form)
    own_accounts.change_name(form.name.data or "", account_id=auth.account_id())
    flash(_("Saved."), "good")
    return redirect(url_for("account.own_account"))


@bp.post("/account/password")
@access(Access.STAFF)
def change_password() -> str | Response | tuple[str, int]:
    """Change one's password; every other browser is signed out."""
    form = OwnPasswordForm()
    if form.validate_on_submit():
        try:
            token = own_accounts.change_password(
                form.old.data or "",
                form.password.data or "",
                account_id=auth.account_id(),
                network=instance.network(),
                key=instance.key(),
                now=instance.now(),
            )
        except SignInError:
            form.old.errors = [_("This is not your password.")]
        else:
            auth.remember(token)
            flash(_("The password is changed. Every other browser is signed out."), "good")
            return redirect(url_for("account.own_account"))
    return _own_account(password_form=form)


def _own_account(
    *, name_form: OwnAccountForm | None = None, password_form: OwnPasswordForm | None = None
) -> str | tuple[str, int]:
    name_form = name_form or OwnAccountForm(formdata=None, name=auth.identity().name)
    password_form = password_form or OwnPasswordForm(formdata=None)
    errors = {**name_form.errors, **password_form.errors}
    page = render_template("account/own.html", name_form=name_form, password_form=password_form, errors=errors)
    return (page, 422) if errors else page


def own_path(wanted: str | None) -> str | None:
    """Return a path of this site, or None for anything that could lead elsewhere.

    Browsers read a backslash as a slash and drop tabs and line ends, so a path with any of them
    is not trusted.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return None
    if "\\" in wanted or any(ord(sign) < 33 or ord(sign) == 127 for sign in wanted):
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted
