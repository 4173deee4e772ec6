"""The form controls that every kind of question composes.

Plain WTForms, no Flask. A posted value is a position in the shown order ("0", "1", …),
so a page holds no id and no authored order. Each control turns anything a browser or a
script may send into data or into one field error; it never raises on a post.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from typing_extensions import override
from wtforms import Form
from wtforms.fields import Field, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import (  # type: ignore[attr-defined]  # newer than the published stubs
    SelectChoice,
)
from wtforms.validators import ValidationError

from quizapp.items.numbers import numbers_in

#: The unbound fields of a form, by name.
Controls: TypeAlias = Mapping[str, Field]

PREFIX = "a-"
#: Control characters other than tab and line feed, and half a surrogate pair.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class AnswerForm(Form):
    """The form of one question. `place` names it on a page that holds several, else it is ""."""

    place: ClassVar[str] = ""
    voting: bool = False
    """Whether a class votes with it: what is chosen from carries letters to talk about, and nothing costs marks."""
    looked_at: bool = False
    """Whether it stands where nobody answers: menus are drawn open."""

    @property
    def is_typed(self) -> bool:
        """Whether the whole answer is written, so that there is nothing to choose from."""
        return all(isinstance(field, Line) for field in self)


def bind(controls: Controls, formdata: Any, data: Mapping[str, object], place: str = "") -> AnswerForm:
    """A form of these controls, holding a post (a multidict) or earlier data.

    `place` goes into the prefix of every field, so that several questions can share a page.
    """
    form_class = type("AnswerForm", (AnswerForm,), {**controls, "place": place})
    prefix = f"{PREFIX}{place}-" if place else PREFIX
    form: AnswerForm = form_class(formdata=formdata, prefix=prefix, data=dict(data))
    return form


def clean(text: str) -> str:
    """The text with line ends as LF and without characters that cannot be stored."""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def choices(labels: Sequence[str]) -> list[SelectChoice]:
    """Choices whose values are the positions of their labels."""
    return [SelectChoice(value=str(place), label=label) for place, label in enumerate(labels)]


class PickOne(RadioField):
    """One of several author texts, as radio buttons; `data` is a position or None."""

    control: ClassVar[str] = "one"

    def __init__(self, label: str = "", labels: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(label, choices=choices(labels), **kwargs)
        self.positions = frozenset(map(str, range(len(labels))))

    @property
    def first_id(self) -> str:
        """The id of the first control, for a link from the error summary."""
        return f"{self.id}-0"

    @override
    def process_formdata(self, valuelist: list[Any]) -> None:
        given = [value for value in valuelist if value != ""]
        self.data = given[0] if given else None
        if any(value != self.data for value in given):
            self.data = None
            raise ValueError(self.gettext("Choose one answer only."))

    @override
    def pre_validate(self, form: Any) -> None:
        if self.process_errors or self.data is None:
            return
        if self.data not in self.positions:
            self.data = None
            raise ValidationError(self.gettext("Choose one of the answers shown."))


class PickMenu(PickOne):
    """One of several author texts, as a menu whose first entry is blank."""

    control: ClassVar[str] = "menu"

    @property
    @override
    def first_id(self) -> str:
        return str(self.id)


class PickSeveral(SelectMultipleField):
    """Any number of author texts, as checkboxes; `data` is a sorted list of positions."""

    control: ClassVar[str] = "several"

    def __init__(self, label: str = "", labels: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(label, choices=choices(labels), **kwargs)
        self.positions = frozenset(map(str, range(len(labels))))

    @property
    def first_id(self) -> str:
        """The id of the first control, for a link from the error summary."""
        return f"{self.id}-0"

    @override
    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    @override
    def process_formdata(self, valuelist: list[Any]) -> None:
        given = {value for value in valuelist if value != ""}
        self.data = sorted(given & self.positions, key=int)
        if given - self.positions:
            raise ValueError(self.gettext("Choose from the answers shown."))

    @override
    def pre_validate(self, form: Any) -> None:
        """Nothing is left to check; an empty list is a blank answer."""


class PickWords(PickSeveral):
    """Words of a passage, each a checkbox; labels are plain text."""

    control: ClassVar[str] = "words"


class Line(StringField):
    """One typed line; `data` is clean text, "" when blank. `unit` is shown after it."""

    control: ClassVar[str] = "line"
    limit: ClassVar[int] = 200

    def __init__(self, label: str = "", unit: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.unit = unit

    @property
    def first_id(self) -> str:
        """The id of the control, for a link from the error summary."""
        return str(self.id)

    @override
    def process_formdata(self, valuelist: list[Any]) -> None:
        given = [text for text in (self.tidy(str(value)) for value in valuelist) if text]
        self.data = given[0] if given else ""
        if any(text != self.data for text in given):
            raise ValueError(self.gettext("Write one answer only."))

    @override
    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > self.limit:
            raise ValidationError(
                self.gettext("Shorten your answer to %(limit)s characters or fewer.") % {"limit": self.limit}
            )

    @staticmethod
    def tidy(text: str) -> str:
        """The text on one line, without characters that cannot be stored."""
        return " ".join(clean(text).split())


class LongText(Line):
    """Several typed lines; `words` is the length asked for, as a guide only."""

    control: ClassVar[str] = "text"
    limit: ClassVar[int] = 5000

    def __init__(self, label: str = "", words: int | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.words = words

    @staticmethod
    @override
    def tidy(text: str) -> str:
        return clean(text).strip()


class Reason(LongText):
    """Room to say why; kept with the answer, never marked."""

    control: ClassVar[str] = "reason"
    limit: ClassVar[int] = 1000


class Place(PickMenu):
    """A place in an order, as a menu of numbers; no two lines of a form may share one."""

    control: ClassVar[str] = "place"

    @override
    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        for other in form:
            if other is self:
                break
            if self.data is not None and isinstance(other, Place) and other.data == self.data:
                raise ValidationError(
                    self.gettext("Two lines have place %(place)s. Give each line its own place.")
                    % {"place": int(self.data) + 1}
                )


class Number(Line):
    """A typed number, with or without its unit; `data` stays as typed."""

    control: ClassVar[str] = "number"
    limit: ClassVar[int] = 60

    @override
    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if not self.data or numbers_in(self.data, self.unit):
            return
        message = self.gettext("Write a number, such as 12 or 1,500.")
        if self.unit:
            message = self.gettext("Write a number, such as 12 or 1,500, in %(unit)s.") % {"unit": self.unit}
        raise ValidationError(message)
