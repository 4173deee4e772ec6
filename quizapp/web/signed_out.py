"""Forms that arrive after the sign-in of a teacher ended, or for a draft that is gone: kept in the page, never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, PasswordField, StringField
from wtforms.validators import DataRequired

from quizapp.services import sign_in
from quizapp.services.sign_in import SignInError
from quizapp.services.throttling import TooManyFailuresError
from quizapp.web import auth, instance
from quizapp.web.forms import stripped
from quizapp.web.security import csrf, token_is_good

LOGIN, PASSWORD = "again-login", "again-password"
NOT_TYPED = {"version", "seen", "owner", "do"}
TICKED = "y"
"""What a box that was ticked sends; it comes along, and is no words to show."""
NOT_CARRIED = {"csrf_token", LOGIN, PASSWORD}


class AgainForm(Form):
    """Name and password, beside whatever form they come with. It has no token: the form it stands in has one."""

    login = StringField(_l("Sign-in name"), [DataRequired()], filters=[stripped], name=LOGIN)
    password = PasswordField(_l("Password"), [DataRequired()], name=PASSWORD)


def keeps_typing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let only staff through to a view that takes a form; whoever was signed out signs in with what they typed.

    The view is for everybody (`Access.EVERYBODY`) and without the usual check of the token: both happen here.
    """

    @wraps(view)
    def kept(**kwargs: Any) -> Any:
        form = AgainForm(request.form)
        good = token_is_good()
        if auth.identity().is_student and not (good and form.login.data):
            return nowhere(form)
        if good:
            csrf.protect()  # once, so that the form of the view counts as checked: a sign-in changes the token
        if good and form.login.data and sign_in_again(form.login.data, form.password) is None:
            return nowhere(form) if auth.identity().is_staff or auth.identity().is_student else _to_sign_in(form)
        return view(**kwargs) if good and auth.identity().is_staff else _to_sign_in(form)

    csrf.exempt(kept)
    return kept


def sign_in_again(login: str, password: Field) -> int | None:
    """Sign a teacher in who sent name and password with what they typed, and return the account.

    On refusal the sentence is put into the field of the password.
    """
    now = instance.now()
    try:
        token = sign_in.sign_in_staff(
            login, password.data or "", network=instance.network(), key=instance.key(), now=now
        )
    except SignInError:
        password.errors = [_("Name and password do not belong together. Passwords distinguish capitals.")]
        return None
    except TooManyFailuresError:
        password.errors = [_("Too many wrong tries. Wait some minutes; your text stays on this page.")]
        return None
    auth.remember(token)
    auth.load_identity()
    return auth.identity().account_id


def carried() -> Iterator[tuple[str, str]]:
    """Everything that was posted, to be posted again: name and value."""
    for name, value in request.form.items(multi=True):
        if name not in NOT_CARRIED:
            yield name, value


def nowhere(form: AgainForm | None = None, *, text: str | None = None) -> tuple[str, int]:
    """Show what was typed for a draft that whoever is signed in does not have; who typed nothing finds nothing.

    Args:
        form: the name and password that did not do.
        text: a bank that says what was typed, to begin a draft with.
    """
    typed = typed_words()
    if not typed:
        abort(404)
    page = render_template(
        "teach/banks/form_gone.html",
        form=form or AgainForm(),
        pairs=list(carried()),
        typed=typed,
        text=text,
        who=auth.identity(),
    )
    return page, 422 if form is not None and form.errors else 404


def typed_words() -> str:
    """The words that were posted, without what a page sends by itself."""
    pairs = carried()
    typed = [value for name, value in pairs if not (name in NOT_TYPED or name.endswith("-was") or value == TICKED)]
    return "\n\n".join(filter(str.strip, typed))


def _to_sign_in(form: AgainForm) -> tuple[str, int]:
    signed_in = auth.identity().is_staff
    page = render_template(
        "teach/banks/form_signed_out.html",
        form=form,
        pairs=list(carried()),
        typed=typed_words(),
        file_lost=any(file.filename for file in request.files.values()),
        signed_in=signed_in,
    )
    return page, 400 if signed_in else 422 if form.errors else 401
