"""The forms of writing banks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, PasswordField, StringField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from quizapp.web.forms import short_number, stripped

NOTE_MAX = 400


class _AskedFor:
    """Marks a field as one to fill in where it is drawn; a form without it is good as well."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the class

    def __call__(self, form: object, field: object) -> None:
        """Find nothing wrong."""


class DraftForm(FlaskForm):
    """What comes with a bank's text: which version of it was on the page, and the button that was pressed.

    Name and password are there for who was signed out while writing.
    """

    version = IntegerField(widget=HiddenInput())
    do = StringField()
    login = StringField(_l("Sign-in name"), [_AskedFor()], filters=[stripped])
    password = PasswordField(_l("Password"), [_AskedFor()])

    @property
    def known_version(self) -> int:
        """The version, 0 for none that we ever gave."""
        version = self.version.data or 0
        return version if 0 < version < 2**31 else 0


class PublishForm(FlaskForm):
    version = IntegerField(widget=HiddenInput())
    over = HiddenField()
    """The number of a colleague's revision that is replaced knowingly."""
    note = StringField(
        _l("What is new, in a few words"),
        [Optional(), Length(max=NOTE_MAX, message=_l("Keep it under 400 letters."))],
        filters=[stripped],
        description=_l("For you and your colleagues; students do not see it."),
    )

    @property
    def replaced(self) -> int | None:
        """The number in `over`, or None."""
        return short_number(self.over.data)
