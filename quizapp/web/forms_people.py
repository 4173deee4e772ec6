"""Forms about people: rosters, doors, guests, colleagues, what is kept."""

from __future__ import annotations

from types import MappingProxyType

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.models import SecretKind
from quizapp.services.card_secrets import PICTURES, PICTURES_ON_A_CARD
from quizapp.services.credentials import password_problem
from quizapp.services.guests import NICKNAME_MAX
from quizapp.services.rosters import CODE_MAX, GROUP_MAX, NAME_MAX
from quizapp.services.rosters_import import LISTED_MAX, NAMES_AT_ONCE
from quizapp.services.sections import DOOR_MINUTES
from quizapp.services.settings import year_end_problem
from quizapp.web.forms import stripped


class Needed:
    """Marks a field as one that must be filled in, where a check of the whole form decides."""

    field_flags = MappingProxyType({"required": True})

    def __call__(self, form: Form, field: Field) -> None:
        """Let everything pass."""


class StudentsForm(FlaskForm):
    """A list of students, pasted or as a file."""

    names = TextAreaField(
        _l("Names"),
        [Needed(), Optional(), Length(max=LISTED_MAX)],
        description=_l(
            "One a line. First names are enough; add an initial where two are the same. "
            "From a spreadsheet, paste the columns with their headings: name, group, code."
        ),
    )
    file = FileField(
        _l("Or a CSV file"),
        [Optional()],
        description=_l("As your school's program writes it; you see what will be added before anything is saved."),
    )


class PseudonymsForm(FlaskForm):
    """So many students under made-up names."""

    count = IntegerField(
        _l("How many students?"),
        [
            InputRequired(_l("Type a number.")),
            NumberRange(1, NAMES_AT_ONCE, _l("Type a number from 1 to %(max)s.", max=NAMES_AT_ONCE)),
        ],
        description=_l("Each gets a made-up name. Who is who stands only on your paper."),
    )


class RosterLineForm(Form):
    """One student of the roster; inside a form that has the token."""

    student = HiddenField()
    name = StringField(_l("Name in this class"), [Length(max=NAME_MAX)], filters=[stripped])
    group = StringField(_l("Group"), [Optional(), Length(max=GROUP_MAX)], filters=[stripped])
    mark_code = StringField(_l("Mark code"), [Optional(), Length(max=CODE_MAX)], filters=[stripped])


class RosterForm(FlaskForm):
    """The whole roster, to be changed at once."""

    lines = FieldList(FormField(RosterLineForm), max_entries=2 * NAMES_AT_ONCE)


class StudentForm(FlaskForm):
    """Name, group and code of one student."""

    name = StringField(
        _l("Name in this class"), [DataRequired(_l("Type a name.")), Length(max=NAME_MAX)], filters=[stripped]
    )
    group = StringField(_l("Group"), [Optional(), Length(max=GROUP_MAX)], filters=[stripped])
    mark_code = StringField(
        _l("Mark code"),
        [Optional(), Length(max=CODE_MAX)],
        filters=[stripped],
        description=_l("By which your gradebook knows the student. It is never shown to students."),
    )


class DoorForm(FlaskForm):
    """For how long the door stays open."""

    minutes = SelectField(
        _l("For how long?"),
        choices=[SelectChoice(str(minutes), _l("%(n)s minutes", n=minutes)) for minutes in DOOR_MINUTES],
        default=str(DOOR_MINUTES[0]),
    )


class SectionSettingsForm(FlaskForm):
    """What a teacher chooses for a class."""

    name = StringField(
        _l("Name of the class"),
        [DataRequired(_l("Give the class a name, such as 9B.")), Length(max=120)],
        filters=[stripped],
    )
    secret_kind = RadioField(
        _l("What do new cards show?"),
        [DataRequired(_l("Choose words or pictures."))],
        choices=[
            SelectChoice(SecretKind.WORDS.value, _l("Two words to type")),
            SelectChoice(SecretKind.PICTURES.value, _l("%(n)s pictures to tick", n=PICTURES_ON_A_CARD)),
        ],
        description=_l("Cards that are printed already stay valid."),
    )
    guests_welcome = BooleanField(
        _l("Guests may join with a nickname while the door is open"),
        description=_l("For visitors and new students without a card. You can take a guest out with one click."),
    )
    pseudonyms = BooleanField(
        _l("Made-up names only"),
        description=_l(
            "The program never learns a name: it makes up a word for each student, and you write on paper who is who. "
            "Choose this before anybody is in the class; it stays."
        ),
    )


class LoginForm(FlaskForm):
    """A colleague, by the name they sign in with."""

    login = StringField(
        _l("The name your colleague signs in with"),
        [DataRequired(_l("Type the name your colleague signs in with.")), Length(max=120)],
        filters=[stripped],
    )


class NextYearForm(FlaskForm):
    """Next year's class."""

    name = StringField(
        _l("Name of the new class"),
        [DataRequired(_l("Give the new class a name, such as 10B.")), Length(max=120)],
        filters=[stripped],
    )
    with_students = BooleanField(
        _l("Take the students along"),
        description=_l("They keep their cards, groups and support settings. Answers stay in the old class."),
    )
    archive = BooleanField(_l("Archive the old class: students can no longer sign in to it"), default=True)


class ConfirmNameForm(FlaskForm):
    """A name typed to confirm."""

    typed = StringField(
        _l("Type the name of the class to confirm"),
        [DataRequired(_l("Type the name of the class to confirm.")), Length(max=120)],
        filters=[stripped],
    )


class GuestForm(FlaskForm):
    """A nickname at the door."""

    nickname = StringField(
        _l("Your nickname"),
        [
            DataRequired(_l("Type a nickname.")),
            Length(max=NICKNAME_MAX, message=_l("At most %(max)d characters, please.")),
        ],
        filters=[stripped],
        description=_l("Not your full name. Your teacher and your class can read it."),
    )


class MergeForm(FlaskForm):
    """Into whom a guest is merged."""

    into = RadioField(_l("Who is this?"), [DataRequired(_l("Choose a student."))], validate_choice=True)


class CardForm(FlaskForm):
    """Name and secret of a card; the secret is words to type or pictures to tick."""

    name = StringField(
        _l("Your name, as on your card"),
        [DataRequired(_l("Type your name as it is on your card.")), Length(max=NAME_MAX)],
        filters=[stripped],
    )
    secret = StringField(_l("The two words on your card"), [Needed(), Length(max=120)], filters=[stripped])
    pictures = SelectMultipleField(
        _l("Tick the %(n)s pictures on your card", n=PICTURES_ON_A_CARD),
        choices=[SelectChoice(name, name) for name in PICTURES],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def validate_secret(self, field: StringField) -> None:
        if not field.data and not self.pictures.data:
            raise ValidationError(_("Type the two words on your card."))

    def validate_pictures(self, field: SelectMultipleField) -> None:
        chosen = len(field.data or ())
        if chosen and chosen != PICTURES_ON_A_CARD and not self.secret.data:
            raise ValidationError(
                _("You ticked %(chosen)s pictures; your card shows %(n)s.", chosen=chosen, n=PICTURES_ON_A_CARD)
            )

    @property
    def given(self) -> str:
        """The secret as typed, or the ticked pictures."""
        return self.secret.data or " ".join(self.pictures.data or ())


class ReturnForm(CardForm):
    """Signing in again in mid-quiz; carries the answer that arrived too late."""

    code = StringField(
        _l("Class code"),
        [DataRequired(_l("Type the code your teacher shows you.")), Length(max=80)],
        filters=[stripped],
    )
    kept = HiddenField()


class OwnAccountForm(FlaskForm):
    """A member of staff's own name."""

    name = StringField(
        _l("Your name, as students know you"),
        [DataRequired(_l("Type your name.")), Length(max=120)],
        filters=[stripped],
    )


class OwnPasswordForm(FlaskForm):
    """A new password by somebody who knows the old one."""

    old = PasswordField(_l("Your password now"), [DataRequired(_l("Type your password.")), Length(max=200)])
    password = PasswordField(
        _l("New password"),
        [DataRequired(_l("Choose a password."))],
        description=_l("At least 8 characters; a few words in a row are best."),
    )

    def validate_password(self, field: PasswordField) -> None:
        problem = password_problem(field.data or "")
        if problem:
            raise ValidationError(problem)


class RetentionForm(FlaskForm):
    """How long what is kept."""

    guest_days = IntegerField(
        _l("Days that guests and their answers are kept"),
        [InputRequired(_l("Type a number of days.")), NumberRange(1, 365, _l("Type a number from 1 to 365."))],
    )
    year_ends = StringField(
        _l("Last day of the school year, as month-day"),
        [Optional()],
        filters=[stripped],
        description=_l("For example 07-31. Leave it empty to delete no class by itself."),
    )
    days_after_year = IntegerField(
        _l("Days after that day until a class with all its answers is deleted"),
        [InputRequired(_l("Type a number of days.")), NumberRange(0, 730, _l("Type a number from 0 to 730."))],
    )
    audit_days = IntegerField(
        _l("Days that the list of who did what is kept"),
        [InputRequired(_l("Type a number of days.")), NumberRange(30, 3650, _l("Type a number from 30 to 3650."))],
    )

    def validate_year_ends(self, field: StringField) -> None:
        problem = year_end_problem(field.data) if field.data else None
        if problem:
            raise ValidationError(problem)
