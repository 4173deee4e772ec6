"""The forms by which a teacher assigns, changes what is assigned, and gives a student more time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from quizapp.models import CountingAttempt, FeedbackMode, Route
from quizapp.services.assign_options import QuizChoices
from quizapp.services.assigning import AssignmentRules, Questions, Recipients, RulesError
from quizapp.services.changing import FIXED_ONCE_STARTED
from quizapp.services.support import CHOICES, NO_LIMIT
from quizapp.services.timing import Support
from quizapp.web.forms import OnceForm, short_number
from quizapp.web.local_time import NoSuchTimeError, to_local, to_moment

TYPED = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
LONGEST_MINUTES = 24 * 60
GROUP, STUDENT = "g:", "s:"
ALL, CHOSEN, DRAWN = "all", "chosen", "drawn"

REASONS = {
    RulesError.OVER: _l("This time is over. Choose a later one, or leave it empty."),
    RulesError.BEFORE_OPENING: _l("This is before the quiz opens. Choose a later time, or leave it empty."),
    RulesError.BEFORE_DUE: _l("The quiz would close before it is due. Choose a later time, or leave it empty."),
    RulesError.NOBODY: _l("Nobody you ticked is in the class any more. Tick somebody, or nobody for the whole class."),
    RulesError.NO_QUESTION: _l("No question is left to ask. Tick at least one, or draw from more skills."),
    RulesError.TOO_FEW: _l("There are fewer questions on made-up topics than this quiz has. Choose one of the others."),
    RulesError.STARTED: _l(
        "Somebody started while this page was open, so this can no longer change: everybody works under the same"
        " conditions. Nothing was changed; open the page again, or assign the quiz anew."
    ),
    RulesError.CHANGED: _l(
        "This assignment was changed while the page was open, perhaps by pressing a button twice."
        " This is how it is now."
    ),
}
"""What to say of each reason of a RulesError, and what to do."""


class CheckboxesField(SelectMultipleField):
    """Several of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _moment_field(label: Any, description: Any = "") -> DateTimeLocalField:
    return DateTimeLocalField(label, [Optional()], format=TYPED, description=description)


class RulesForm(OnceForm):
    """The rules of an assignment; all have a value that fits a lesson."""

    feedback = RadioField(
        _l("When do students see what was right?"),
        [DataRequired(_l("Choose when students see what was right."))],
        choices=[
            SelectChoice(FeedbackMode.IMMEDIATE.value, _l("After each answer")),
            SelectChoice(FeedbackMode.DEFERRED.value, _l("When I release the results, or when it closes")),
        ],
        default=FeedbackMode.IMMEDIATE.value,
    )
    only = CheckboxesField(_l("Only for these"), choices=[], description=_l("Tick nobody for the whole class."))
    opens_at = _moment_field(_l("Opens"), _l("Leave empty to open it at once."))
    due_at = _moment_field(_l("Due"), _l("Leave empty if it is not due at a certain time."))
    accept_late = BooleanField(
        _l("Take work that comes after it was due, and mark it as late"),
        default=True,
        description=_l("Without this, the quiz closes when it is due."),
    )
    closes_at = _moment_field(_l("Closes"), _l("Leave empty to keep it open."))
    minutes = IntegerField(
        _l("Time limit in minutes"),
        [Optional(), NumberRange(1, LONGEST_MINUTES, _l("Type whole minutes from 1 to 1440, or leave it empty."))],
        description=_l(
            "Leave empty for no limit, which is kinder and shows more. Students with extra time get theirs."
        ),
    )
    attempts = SelectField(
        _l("How often may a student take it?"),
        choices=[
            SelectChoice("1", _l("Once")),
            SelectChoice("2", _l("Twice")),
            SelectChoice("3", _l("Three times")),
            SelectChoice("5", _l("Five times")),
            SelectChoice("0", _l("As often as they like")),
        ],
        default="1",
    )
    counting = SelectField(
        _l("If several times, which one counts?"),
        choices=[
            SelectChoice(CountingAttempt.FIRST.value, _l("The first")),
            SelectChoice(CountingAttempt.LAST.value, _l("The last")),
            SelectChoice(CountingAttempt.BEST.value, _l("The best")),
        ],
        default=CountingAttempt.FIRST.value,
    )
    pass_mark = IntegerField(
        _l("Pass mark in percent"),
        [Optional(), NumberRange(1, 100, _l("Type a whole number from 1 to 100, or leave it empty."))],
        description=_l("Leave empty, and nobody passes or fails."),
    )
    ask_confidence = BooleanField(_l("Ask how sure they are"), default=True)
    shuffle_items = BooleanField(_l("Mix the order of the questions"), default=True)
    one_way = BooleanField(
        _l("One way: no going back to earlier questions"),
        description=_l("Only where it matters; going back is how careful people work."),
    )

    def offer(self, groups: Iterable[str], students: Iterable[tuple[str, str]]) -> None:
        """Offer the groups and the students (public id and name) of a class."""
        self.only.choices = [SelectChoice(GROUP + group, _("Group %(name)s", name=group)) for group in groups] + [
            SelectChoice(STUDENT + public_id, name) for public_id, name in students
        ]

    def recipients(self) -> Recipients:
        """Return whom the teacher ticked."""
        ticked = self.only.data or []
        return Recipients(
            tuple(one.removeprefix(GROUP) for one in ticked if one.startswith(GROUP)),
            tuple(one.removeprefix(STUDENT) for one in ticked if one.startswith(STUDENT)),
        )

    def rules(self, zone: str, before: AssignmentRules | None = None) -> AssignmentRules | None:
        """Return what the form says, or None when a time does not exist; the field then says so.

        Args:
            zone: the school's time zone, in which people type.
            before: the rules as they are, for fields that are no longer asked.
        """
        before = before or AssignmentRules()
        moments: dict[str, Any] = {
            name: self._moment(name, zone, getattr(before, name))
            for name in ("opens_at", "due_at", "closes_at")
            if name in self
        }
        if any(self[name].errors for name in moments):
            return None
        asked: dict[str, Any] = {
            name: self[name].data for name in ("ask_confidence", "shuffle_items", "one_way") if name in self
        }
        if "feedback" in self:
            asked["feedback"] = FeedbackMode(self.feedback.data)
        return replace(
            before,
            **asked,
            **moments,
            accept_late=self.accept_late.data,
            attempts_allowed=int(self.attempts.data) or None,
            counting=CountingAttempt(self.counting.data),
            time_limit=None if self.minutes.data is None else 60 * self.minutes.data,
            pass_mark=None if self.pass_mark.data is None else self.pass_mark.data / 100,
        )

    def refuse(self, error: RulesError) -> None:
        """Put a refusal beside the field it is about."""
        fields = {"recipients": "only", "questions": "which"}
        name = fields.get(error.field, error.field)
        sentence = str(REASONS[error.reason])
        if name in self:
            self[name].errors = [sentence]
        else:
            self.form_errors.append(sentence)

    def _moment(self, name: str, zone: str, before: datetime | None) -> datetime | None:
        field = self[name]
        typed: datetime | None = field.data
        if typed is None:
            return None
        if before is not None and to_local(before, zone).replace(second=0, microsecond=0) == typed:
            return before  # as it was shown: forms know no seconds
        try:
            return to_moment(typed, zone, latest=name != "opens_at")
        except NoSuchTimeError:
            field.errors = [_("The clock skips this time: it goes forward to summer time. Choose another hour.")]
            return None


class RouteForm(RulesForm):
    """Rules, and whether students get or may choose made-up topics in place of an article's."""

    route = RadioField(
        _l("If the quiz is about an article, what do students get?"),
        [Optional()],
        validate_choice=False,
        choices=[
            SelectChoice(Route.EITHER.value, _l("Its questions; who would rather not may change in private")),
            SelectChoice(Route.ARTICLE.value, _l("Its questions, everybody")),
            SelectChoice(Route.MADE_UP.value, _l("Questions on made-up topics, everybody")),
        ],
        default=Route.EITHER.value,
        description=_l(
            "Students who change get equally many similar questions, for the same marks. So that nobody can tell who "
            "changed, results then show marks beside names, not answers."
        ),
    )

    def validate_route(self, field: RadioField) -> None:
        """Refuse what is no route. The form leaves the field out where there is nothing to choose."""
        if field.data not in set(Route):
            raise ValidationError(_("Choose what students get."))


class AssignForm(RouteForm):
    """A quiz and its rules."""

    quiz = RadioField(
        _l("Which quiz?"),
        validate_choice=True,
        validators=[DataRequired(_l("Choose the quiz that this class should get."))],
    )


class AssignPartForm(RouteForm):
    """One quiz, of which questions can be chosen or drawn, and its rules."""

    which = RadioField(
        _l("Which questions?"),
        choices=[
            SelectChoice(ALL, _l("All of them")),
            SelectChoice(CHOSEN, _l("Those ticked below")),
            SelectChoice(DRAWN, _l("A random draw: each attempt gets its own")),
        ],
        default=CHOSEN,
    )
    chosen = CheckboxesField(_l("Questions"), choices=[])
    number = IntegerField(
        _l("How many to draw"),
        [Optional(), NumberRange(1, 200, _l("Type a whole number from 1 to 200."))],
        default=5,
        description=_l("All attempts have the same mixture of skills and difficulties."),
    )
    skills = CheckboxesField(_l("Skills to draw from"), choices=[])
    difficulties = CheckboxesField(_l("Difficulties to draw from"), choices=[])

    def offer_questions(self, choices: QuizChoices, practise: str | None = None) -> None:
        """Offer the questions of a quiz, all of them ticked until the teacher has said otherwise.

        Args:
            practise: slug of a skill to begin with a draw from.
        """
        levels = {"easy": _("easy"), "medium": _("medium"), "hard": _("hard")}
        named = {one.difficulty for one in choices.questions}
        offered = {
            "chosen": [(one.public_id, one.prompt) for one in choices.questions],
            "skills": [(slug, name or _("no skill named")) for slug, name, _count in choices.skills],
            "difficulties": [(level, levels[level]) for level in levels if level in named],
        }
        for name, pairs in offered.items():
            self[name].choices = [SelectChoice(value, label) for value, label in pairs]
            if not self.is_submitted():
                self[name].data = [value for value, _label in pairs]
        counts = {slug: count for slug, _name, count in choices.skills}
        if practise in counts and not self.is_submitted():
            self.which.data, self.skills.data, self.number.data = DRAWN, [practise], min(5, counts[practise])

    def questions(self) -> Questions:
        """Return which questions the teacher wants."""
        if self.which.data == CHOSEN:
            return Questions(chosen=tuple(self.chosen.data or ()))
        if self.which.data == DRAWN:
            every_skill = len(self.skills.data or ()) == len(self.skills.choices or ())
            every_difficulty = len(self.difficulties.data or ()) == len(self.difficulties.choices or ())
            return Questions(
                number=self.number.data or 1,
                skills=None if every_skill else frozenset(self.skills.data or ()),
                difficulties=None if every_difficulty else frozenset(self.difficulties.data or ()),
            )
        return Questions()


class ChangeForm(RulesForm):
    """The rules of an assignment that is out."""

    version = HiddenField()
    begun = HiddenField()
    """Whether students had started when the page was drawn, so that it left out what no longer changes."""

    def leave_out_what_is_fixed(self, *, started: bool) -> None:
        """Ask only what can change. A page from before the first start keeps its fields, and is told why."""
        if started if not self.is_submitted() else self.begun.data:
            for name in FIXED_ONCE_STARTED:
                del self[name]

    @property
    def seen(self) -> int:
        """The version that the page was drawn from; 0 for nonsense, which is never current."""
        return version_of(self.version.data)

    def show(self, rules: AssignmentRules, to: Recipients, version: int, zone: str) -> None:
        """Fill the form with an assignment as it is."""
        self.version.data = str(version)
        self.begun.data = "" if "one_way" in self else "yes"
        self.only.data = [GROUP + group for group in to.groups] + [STUDENT + student for student in to.students]
        for name in ("opens_at", "due_at", "closes_at"):
            moment = getattr(rules, name)
            if name in self:
                self[name].data = None if moment is None else to_local(moment, zone)
        self.minutes.data = None if rules.time_limit is None else rules.time_limit // 60
        self.attempts.data = str(rules.attempts_allowed or 0)
        self.counting.data = rules.counting.value
        self.pass_mark.data = None if rules.pass_mark is None else round(100 * rules.pass_mark)
        for name in ("accept_late", "ask_confidence", "shuffle_items", "one_way"):
            if name in self:
                self[name].data = getattr(rules, name)
        if "feedback" in self:
            self.feedback.data = rules.feedback.value


def version_of(text: str | None) -> int:
    """Return the version that a page was drawn from; 0 for nonsense, which is never current."""
    return short_number(text) or 0


class SupportForm(FlaskForm):
    """How much more time a student has. A plain number: no reason is asked or kept."""

    time = RadioField(choices=[SelectChoice(value, value) for value in CHOICES], validators=[DataRequired()])

    @property
    def support(self) -> Support:
        """What was chosen."""
        return Support(unlimited=True) if self.time.data == NO_LIMIT else Support(float(self.time.data))
