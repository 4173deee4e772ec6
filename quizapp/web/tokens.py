"""A teacher's tokens of the API: listed, made and shown once, revoked."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.models import ApiScope
from quizapp.services import tokens as service
from quizapp.services.tokens import NewToken, TooManyTokensError
from quizapp.web import auth, instance
from quizapp.web.auth import Access, access

bp = Blueprint("tokens", __name__, url_prefix="/account/tokens")

SCOPES = {
    ApiScope.CLASSES: _l("Classes, assignments, and how questions behaved: nothing about one student"),
    ApiScope.RESULTS: _l("Each student's attempts, answers and skills, under a code instead of the name"),
    ApiScope.NAMES: _l("The students' names beside the code"),
}
LIVES = {7: _l("a week"), 30: _l("30 days"), 90: _l("90 days"), 365: _l("a year")}


class TokenForm(FlaskForm):
    label = StringField(
        _l("What is it for?"),
        [DataRequired(_l("Give it a name, such as the program that will use it.")), Length(max=80)],
        filters=[lambda value: value.strip() if isinstance(value, str) else value],
        description=_l("Only you see this."),
    )
    scopes = SelectMultipleField(
        _l("What may it read?"),
        [DataRequired(_l("Tick what the program needs, and no more."))],
        choices=[SelectChoice(scope.value, label) for scope, label in SCOPES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    lives = SelectField(
        _l("For how long?"),
        [DataRequired(_l("Choose for how long."))],
        choices=[SelectChoice(str(days), label) for days, label in LIVES.items()],
        default="30",
    )


@bp.get("")
@access(Access.STAFF)
def tokens() -> str:
    """List a teacher's tokens."""
    return _page(TokenForm(formdata=None))


@bp.post("")
@access(Access.STAFF)
def make() -> str | tuple[str, int]:
    """Make a token and show it, this once."""
    form = TokenForm()
    if form.validate_on_submit():
        try:
            made = service.make_token(
                auth.account_id(),
                form.label.data or "",
                [ApiScope(word) for word in form.scopes.data or ()],
                lives=timedelta(days=int(form.lives.data)),
                now=instance.now(),
            )
        except TooManyTokensError:
            form.label.errors = [_("You have %(most)s tokens. Revoke one first.", most=service.MOST)]
        else:
            return _page(TokenForm(formdata=None), made)
    return _page(form), 422


@bp.post("/<token>/revoke")
@access(Access.STAFF)
def revoke(token: str) -> Response:
    """End a token."""
    service.revoke_token(auth.account_id(), token, now=instance.now())
    flash(_("The token is revoked. Programs that use it are refused from now on."), "good")
    return redirect(url_for("tokens.tokens"))


def _page(form: TokenForm, made: NewToken | None = None) -> str:
    return render_template(
        "account/tokens.html",
        form=form,
        errors=form.errors,
        made=made,
        tokens=service.list_tokens(auth.account_id()),
        scopes=SCOPES,
        now=instance.now(),
        address=f"{instance.base_address()}/api/v1",
    )
