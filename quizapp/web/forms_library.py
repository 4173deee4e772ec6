"""The forms of the library: searching, and giving files."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length

from quizapp.bank.ages import OLDEST, YOUNGEST
from quizapp.services.library import Choices, Wanted, Whose
from quizapp.services.new_banks import TITLE_MAX
from quizapp.web.bank_names import kind_name, language_name
from quizapp.web.forms import short_number, stripped

DIFFICULTIES = {"easy": _l("easy"), "medium": _l("medium"), "hard": _l("hard")}
WORDS_LENGTH = 200


def age_asked(said: str | None) -> int | None:
    """Return the age that an address asks for, in years; None for none, or for one that no bank can be meant for."""
    age = short_number(said)
    return age if age is not None and YOUNGEST <= age <= OLDEST else None


class SearchForm(Form):
    """What is looked for, all of it in the address, so that a search can be kept and sent to a colleague."""

    q = StringField(
        _l("Words"), filters=[stripped], description=_l("In titles, questions and answers. The beginning is enough.")
    )
    skill = SelectField(_l("Skill"), validate_choice=False)
    kind = SelectField(_l("Kind of question"), validate_choice=False)
    difficulty = SelectField(_l("Difficulty"), validate_choice=False)
    language = SelectField(_l("Language"), validate_choice=False)
    age = SelectField(
        _l("For age"),
        validate_choice=False,
        description=_l("Leaves out banks that do not say for which ages they are."),
    )
    whose = SelectField(_l("Whose"), validate_choice=False)
    due = BooleanField(_l("Only banks whose facts are to be checked again"))

    def offer(self, choices: Choices) -> None:
        """Fill the menus with what there is; what was chosen stays, though nothing may have it any more."""
        self._menu(self.skill, [(one.value, one.name) for one in choices.skills])
        kinds = [(one.value, kind_name(one.value)) for one in choices.kinds]
        self._menu(self.kind, sorted(kinds, key=lambda kind: kind[1]))
        self._menu(self.difficulty, [(one.value, str(DIFFICULTIES[one.value])) for one in choices.difficulties])
        self._menu(self.language, [(code, language_name(code)) for code in choices.languages])
        ages = sorted({*choices.ages, *filter(None, [age_asked(self.age.data)])})
        self._menu(self.age, [(str(age), str(age)) for age in ages])
        self._menu(
            self.whose,
            [
                (Whose.OWN.value, _("Mine")),
                (Whose.SHARED.value, _("Shared with me")),
                (Whose.SHIPPED.value, _("Comes with Closer Look")),
            ],
        )

    def wanted(self, page: str) -> Wanted:
        """Return what was asked for. What is no choice at all is left out."""
        whose = self.whose.data or ""
        return Wanted(
            words=(self.q.data or "")[:WORDS_LENGTH],
            skill=self.skill.data or "",
            kind=self.kind.data or "",
            difficulty=self.difficulty.data if self.difficulty.data in DIFFICULTIES else "",
            language=self.language.data or "",
            age=age_asked(self.age.data),
            whose=Whose(whose) if whose in set(Whose) else Whose.ALL,
            due=bool(self.due.data),
            page=short_number(page) or 1,
        )

    @staticmethod
    def _menu(field: SelectField, entries: list[tuple[str, str]]) -> None:
        field.choices = [SelectChoice("", _("All")), *(SelectChoice(value, name) for value, name in entries)]


class NewBankForm(FlaskForm):
    title = StringField(
        _l("What is it called?"),
        [
            DataRequired(_l("Give the bank a title, such as “News from my town”.")),
            Length(max=TITLE_MAX, message=_l("Keep the title under 150 letters.")),
        ],
        filters=[stripped],
        description=_l("Students and teachers read it. You can change it at any time."),
    )


class UploadForm(FlaskForm):
    file = FileField(
        _l("Bank file"),
        [FileRequired(_l("Choose a file first."))],
        description=_l("A bank (.yaml), or a zip of one bank and its pictures. At most 20 MB."),
    )


class PictureForm(FlaskForm):
    picture = FileField(
        _l("Picture"),
        [FileRequired(_l("Choose a picture first."))],
        description=_l("PNG, JPEG or WebP, at most 2 MB. One of the same name is replaced."),
    )
