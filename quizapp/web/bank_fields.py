"""Forms for entries of a bank file, made from the shapes of their fields (`bank.shapes`): a group of controls a sort.

Nothing is checked here but that a text is not too long to be kept: what is unfinished may be saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FieldList, FileField, Form, FormField, HiddenField, SelectField, StringField
from wtforms import TextAreaField as Lines
from wtforms.fields.choices import Choice, SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import ValidationError

from quizapp.bank.form_values import WAS
from quizapp.bank.shapes import Shape, Sort
from quizapp.services.bank_entries import STIMULUS
from quizapp.web.bank_words import Words, words_for

LONGEST = 10_000
"""Characters of one text. Twice as many bytes are the most that the reader takes."""

PICTURE, PICTURE_ALT, PICTURE_CREDIT = "picture_file", "picture_alt", "picture_credit"
"""Fields of a form that are no fields of its entry: a picture from the teacher's device."""

Menus = Mapping[str, Sequence[tuple[str, str]]]
"""What can be chosen in fields whose words depend on the bank, by the name of the field: value and label."""

REFERS = {"heap": "heaps"}
"""Fields of rows that name a row of another list: chosen by its number, so that renaming it here renames it there."""


class Fits:
    """Refuses what is too long to be kept; the browser is not told, since it would cut what is pasted."""

    # Nearly all may be left empty while a question is unfinished; saying so at each field would help nobody.
    field_flags: Mapping[str, bool] = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        if isinstance(field.data, str) and len(field.data) > LONGEST:
            raise ValidationError(_("Shorten this to 10,000 characters or fewer."))


class Menu(SelectField):
    """One of several, or none. What the file says and the menu does not know stays as a choice of its own."""

    def __init__(
        self, label: Any = None, words: Words | None = None, offered: Sequence[Any] = (), **kwargs: Any
    ) -> None:
        super().__init__(label, [Fits()], validate_choice=False, **kwargs)
        blank = words.blank if words is not None else ""
        self.blank = SelectChoice("", blank)
        self.offer(offered)

    def offer(self, offered: Sequence[Any]) -> None:
        """Set what can be chosen: pairs of value and label."""
        self.offered = {value for value, _label in offered}
        self.choices = [self.blank, *(SelectChoice(value, text) for value, text in offered)]

    @property
    def unknown(self) -> bool:
        """Whether it says what is not offered."""
        return bool(self.data) and self.data not in self.offered

    def pre_validate(self, form: Any) -> None:
        """Nothing: unknown words are the check's to find."""

    def iter_choices(self) -> Iterator[Any]:
        """The choices, with what is chosen among them."""
        yield from super().iter_choices()
        if self.unknown:
            yield Choice(self.data, self.data, True, {})


class Rows(FieldList):  # type: ignore[type-arg]  # of whatever its rows are
    """Rows of controls; empty ones can be added, and count for nothing."""

    def add_spare(self, number: int = 1) -> None:
        """Put empty rows at the end."""
        for _row in range(number):
            self.append_entry()

    def swap_up(self, place: int) -> None:
        """Put what a row says before the row above it."""
        if 0 < place < len(self.entries):
            above, row = self.entries[place - 1], self.entries[place]
            above_data, row_data = above.data, row.data
            _refill(above, row_data)
            _refill(row, above_data)


def entry_form(owner: str, shapes: Iterable[Shape], menus: Menus) -> type[FlaskForm]:
    """The form of an entry.

    Args:
        owner: the kind of question, `stimulus` or `bank`, for the words.
        shapes: its fields.
        menus: what can be chosen where that depends on the bank.
    """
    fields = {**_fields(owner, shapes, menus, ()), "seen": HiddenField()}
    if owner == STIMULUS:
        fields[PICTURE] = _file(_l("A picture from this device"))
    elif "about" in fields:
        fields |= {
            PICTURE: _file(_l("A picture from this device"), _l("The question is then about this picture.")),
            PICTURE_ALT: _text(words_for(STIMULUS, ["alt"]).label, words_for(STIMULUS, ["alt"])),
            PICTURE_CREDIT: _text(words_for(STIMULUS, ["credit"]).label, words_for(STIMULUS, ["credit"])),
        }
    return type("EntryForm", (FlaskForm,), fields)


def _file(label: Any, more: Any = "") -> FileField:
    said = _l("PNG, JPEG or WebP, at most 2 MB. Where a photo was taken is not kept.")
    return FileField(label, [Fits()], description=f"{said} {more}".strip())


def _fields(owner: str, shapes: Iterable[Shape], menus: Menus, way: tuple[str, ...]) -> dict[str, Any]:
    return {
        shape.name: _field(owner, shape, menus, (*way, shape.name))
        for shape in shapes
        if not words_for(owner, (*way, shape.name)).hidden
    }


def _field(owner: str, shape: Shape, menus: Menus, way: tuple[str, ...]) -> Any:
    words = words_for(owner, way)
    about = {"label": words.label, "description": words.hint}
    if shape.sort is Sort.YES:
        return BooleanField(**about)
    if shape.sort is Sort.CHOICE or way[-1] in menus or way[-1] in REFERS:
        offered = menus.get(way[-1]) or [(one, words.choices.get(one, one)) for one in shape.choices]
        if shape.sort is Sort.TEXTS:
            return Rows(Menu(words.entry, words, offered), words.label, description=words.hint)
        return Menu(words=words, offered=offered, **about)
    if shape.sort is Sort.RANGE:
        return FormField(_range_form(), **about)
    if shape.sort is Sort.TEXTS:
        return Rows(_text(words.entry, replace(words, hint="")), words.label, description=words.hint)
    if shape.sort is Sort.GROUP:
        return FormField(_part_form(owner, shape.parts, menus, way), **about)
    if shape.sort is Sort.RANKS:
        return Rows(FormField(_rank_form(owner, way), label=words.entry), words.label, description=words.hint)
    if shape.sort in (Sort.ROWS, Sort.NAMED):
        row = FormField(_part_form(owner, shape.parts, menus, way), label=words.entry)
        return Rows(row, words.label, description=words.hint)
    return _text(words.label, words)


def _text(label: Any, words: Words) -> Any:
    kind = Lines if words.lines > 1 else StringField
    return kind(label, [Fits()], description=words.hint)


def _part_form(owner: str, shapes: Iterable[Shape], menus: Menus, way: tuple[str, ...]) -> type[Form]:
    return type("PartForm", (Form,), {**_fields(owner, shapes, menus, way), WAS: HiddenField()})


def _range_form() -> type[Form]:
    return type(
        "RangeForm", (Form,), {"low": StringField(_l("from"), [Fits()]), "high": StringField(_l("to"), [Fits()])}
    )


def _rank_form(owner: str, way: tuple[str, ...]) -> type[Form]:
    text, tied = words_for(owner, (*way, "text")), words_for(owner, (*way, "tied"))
    return type("RankForm", (Form,), {"text": _text(text.label, text), "tied": BooleanField(tied.label)})


def _refill(field: Field, data: Any) -> None:
    if isinstance(field, FormField):
        for inner in field.form:
            inner.data = data[inner.short_name]
    else:
        field.data = data
