"""The forms of versions and of sharing."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from quizapp.models import ShareRight
from quizapp.web.forms_people import LoginForm

_RIGHTS = [
    SelectChoice(ShareRight.VIEW.value, _l("See it, try it and assign it")),
    SelectChoice(ShareRight.COPY.value, _l("The same, and make copies of their own")),
    SelectChoice(ShareRight.EDIT.value, _l("The same, and publish new versions of it")),
]
_number = [InputRequired(_l("Choose a version.")), NumberRange(1, 999_999, _l("Choose a version."))]


class ShareForm(LoginForm):
    """A colleague, and what they may do with a bank."""

    right = RadioField(
        _l("What your colleague may do"),
        [InputRequired(_l("Choose what your colleague may do."))],
        choices=_RIGHTS,
        default=ShareRight.VIEW.value,
    )


class HandOverForm(LoginForm):
    """Who gets what is handed over; asked for once, with a box to tick, since only the new owner can give it back."""

    sure = BooleanField(
        _l("Yes, hand it over: only my colleague can give it back."),
        [DataRequired(_l("Tick this if you mean it. Nothing is handed over yet."))],
    )


class HandOverAllForm(HandOverForm):
    """The same for all banks of an account."""

    sure = BooleanField(
        _l("Yes, hand all of them over."), [DataRequired(_l("Tick this if you mean it. Nothing is handed over yet."))]
    )


class RightForm(FlaskForm):
    """What a colleague may do from now on."""

    right = SelectField(
        _l("What your colleague may do"),
        choices=[
            SelectChoice(ShareRight.VIEW.value, _l("See and assign")),
            SelectChoice(ShareRight.COPY.value, _l("Copy too")),
            SelectChoice(ShareRight.EDIT.value, _l("Change it too")),
        ],
    )


class RestoreForm(FlaskForm):
    """Which version is wanted back, and what was the newest when the page was drawn."""

    number = IntegerField(validators=_number, widget=HiddenInput())
    seen = IntegerField(validators=_number, widget=HiddenInput())


class ChoiceForm(RestoreForm):
    """The same, for somebody who has seen the unpublished changes that stand in the way."""

    draft_version = IntegerField(validators=_number, widget=HiddenInput())


def right_of(form: Any) -> ShareRight:
    """Return the chosen right of a form that was found good."""
    return ShareRight(form.right.data)
