"""The forms that are not items."""

from __future__ import annotations

import secrets
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from quizapp.services.attempts import CONFIDENCE_LEVELS
from quizapp.services.credentials import password_problem
from quizapp.services.notes import NOTE_MAX


def stripped(value: Any) -> Any:
    """Take the white space from both ends of what was typed."""
    return value.strip() if isinstance(value, str) else value


def short_number(said: str | None) -> int | None:
    """Return a number that came with an address or a form; None for none, or for one longer than any that we write.

    >>> short_number("12"), short_number("9" * 30), short_number("-1"), short_number(None)
    (12, None, None, None)
    """
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 10 else None


class JoinForm(FlaskForm):
    code = StringField(
        _l("Class code"),
        [DataRequired(_l("Type the code your teacher shows you.")), Length(max=80)],
        filters=[stripped],
        description=_l("Six or eight letters and numbers, such as 7KXT 4Q9P. Capitals and spaces do not matter."),
    )


class ConfidenceForm(Form):
    """How sure a student is. Never needed to go on."""

    confidence = RadioField(
        _l("How sure are you?"),
        choices=[
            SelectChoice("1", _l("Guessing")),
            SelectChoice("2", _l("Fairly sure")),
            SelectChoice("3", _l("Certain")),
        ],
        validate_choice=False,
    )

    @property
    def level(self) -> float | None:
        """The probability that stands for the answer, or None."""
        chosen = self.confidence.data
        return CONFIDENCE_LEVELS[int(chosen) - 1] if chosen in {"1", "2", "3"} else None

    @classmethod
    def showing(cls, level: float | None) -> ConfidenceForm:
        """Return the form with an earlier answer chosen."""
        chosen = str(CONFIDENCE_LEVELS.index(level) + 1) if level in CONFIDENCE_LEVELS else None
        return cls(data={"confidence": chosen})


class SignInForm(FlaskForm):
    login = StringField(
        _l("Sign-in name"), [DataRequired(_l("Type your sign-in name.")), Length(max=120)], filters=[stripped]
    )
    password = PasswordField(_l("Password"), [DataRequired(_l("Type your password.")), Length(max=200)])


class NewPasswordForm(FlaskForm):
    password = PasswordField(
        _l("New password"),
        [DataRequired(_l("Choose a password."))],
        description=_l("At least 8 characters; a few words in a row are best."),
    )

    def validate_password(self, field: PasswordField) -> None:
        login = getattr(self, "login", None)
        problem = password_problem(field.data or "", login="" if login is None else login.data or "")
        if problem:
            raise ValidationError(problem)


class SetUpForm(NewPasswordForm):
    name = StringField(
        _l("Your name, as students know you"),
        [DataRequired(_l("Type your name.")), Length(max=120)],
        filters=[stripped],
    )
    login = StringField(
        _l("Name to sign in with"),
        [DataRequired(_l("Choose a name to sign in with.")), Length(max=120)],
        filters=[stripped],
        description=_l("For example your e-mail address, or just a word. It is used for nothing else."),
    )


class OnceForm(FlaskForm):
    """A form that does its work once, however often it is sent."""

    request_key = HiddenField(default=lambda: secrets.token_hex(16), validators=[Optional(), Length(max=32)])


class SectionForm(OnceForm):
    name = StringField(
        _l("Name of the class"),
        [DataRequired(_l("Give the class a name, such as 9B.")), Length(max=120)],
        filters=[stripped],
    )


class NoteForm(OnceForm):
    text = TextAreaField(
        _l("New note"),
        [
            DataRequired(_l("Write a note first.")),
            Length(max=NOTE_MAX, message=_l("Keep a note under 2,000 characters.")),
        ],
        filters=[stripped],
        description=_l("Only teachers of this class see it."),
    )


class SchoolForm(FlaskForm):
    school_name = StringField(_l("Name of the school"), [Optional(), Length(max=120)], filters=[stripped])
    trial_open = BooleanField(
        _l("Let anyone try a quiz without signing in"),
        description=_l("Nothing they do is recorded, and it is deleted after a day."),
    )
