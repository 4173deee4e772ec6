"""Forms for entries of a bank file, made from the shapes of their fields (`bank.shapes`): a group of controls a sort.

Nothing is checked here but that a text is not too long to be kept: what is unfinished may be saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FieldList, FileField, Form, FormField, HiddenField, SelectField, StringField
from wtforms import TextAreaField as Lines
from wtforms.fields.choices import Choice, SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import ValidationError

from quizapp.bank.form_values import WAS
from quizapp.bank.shapes import KEY, Shape, Sort
from quizapp.items.base import fold, shorten
from quizapp.services.bank_entries import STIMULUS
from quizapp.web.bank_words import Words, words_for
from quizapp.web.forms import short_number

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
    about = {"label": words.label, "description": words.hint, "render_kw": {"data-words": ""}}
    about.pop("render_kw")
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


@dataclass(frozen=True)
class Node:
    """A field as it is drawn: its words, the fold it is in ("" for none), and for each row what is in it."""

    field: Field
    shape: Shape
    words: Words
    fold: str
    rows: tuple[tuple[Node, ...], ...] = ()

    @property
    def filled(self) -> bool:
        """Whether it says anything."""
        return _says(self.field.data)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its control and of all inside it."""
        entries = [entry.name for entry in getattr(self.field, "entries", ())]
        return (self.field.name, *entries, *(name for row in self.rows for node in row for name in node.names))


def _says(data: Any) -> bool:
    if isinstance(data, dict):
        return any(_says(value) for name, value in data.items() if name != WAS)
    return any(map(_says, data)) if isinstance(data, list) else bool(data)


class Filled:
    """A form of an entry as it stands on the page, with the rows that it shows.

    Args:
        form: made by `entry_form`, filled from the file or from a post.
        owner: as `entry_form` got it.
        shapes: as `entry_form` got them.
    """

    def __init__(self, form: FlaskForm, owner: str, shapes: Iterable[Shape]) -> None:
        self.form = form
        self.owner = owner
        self.shapes = tuple(shapes)

    def lay_out(self) -> None:
        """Give the lists of a form filled from the file the empty rows they begin with; answers to choose from, two."""
        for field, shape, way in self._walk():
            if isinstance(field, Rows) and not field.entries:
                self._begin(field, shape, way)
            elif isinstance(field, Rows) and shape.options:
                field.add_spare(2 - len(field.entries))
        self.finish()

    def finish(self) -> None:
        """Lay out lists in rows that were added meanwhile, name the rows, and offer those that others refer to."""
        for field, shape, way in self._walk():
            if isinstance(field, Rows):
                if not field.entries and len(way) > 1:
                    self._begin(field, shape, way)
                self._name(field, way)
        self._offer()

    def _begin(self, field: Rows, shape: Shape, way: tuple[str, ...]) -> None:
        """Put the first empty rows into a list; of answers to choose from the first is the right one."""
        field.add_spare(words_for(self.owner, way).spare)
        if shape.options:
            field.entries[0].form["right"].data = True
        if shape.sort is Sort.NAMED and shape.numbered and shape.plain:
            for number, row in enumerate(field.entries):
                row.form[KEY].data = str(number)

    def press(self, button: str) -> str | None:
        """Do what a button beside a list says: `add options`, `up items-2`. Returns the id to go to, None for none."""
        what, _space, name = button.partition(" ")
        if what == "add":
            field = self.named(name)
            if isinstance(field, Rows):
                field.add_spare()
                self.finish()
                return f"{field.entries[-1].id}"
        if what == "up":
            name, _dash, place = name.rpartition("-")
            field = self.named(name)
            number = short_number(place)
            if isinstance(field, Rows) and number is not None and number < len(field.entries):
                field.swap_up(number)
                return f"{name}-{max(0, number - 1)}"
        return None

    def unknown(self) -> Iterator[Menu]:
        """The menus that say what they do not offer: it was taken out of the bank meanwhile, or typed as text."""
        for field, _shape, _way in self._walk():
            for one in field.entries if isinstance(field, Rows) else (field,):
                if isinstance(one, Menu) and one.unknown:
                    yield one

    def named(self, name: str) -> Field | None:
        """The field with this name, however deep."""
        return next((field for field, _shape, _way in self._walk() if field.name == name), None)

    def nodes(self) -> tuple[Node, ...]:
        """What to draw, the short question first."""
        own_why = any(shape.name == "why" for shape in self.shapes)
        found = [one for shape in self.shapes for one in self._nodes(self.form, shape, ())]
        if own_why:
            found = [self._second_why(one) if one.shape.name == "evidence" else one for one in found]
        return tuple(sorted(found, key=lambda one: (one.shape.name == "evidence", one.shape.name == "why")))

    def _second_why(self, node: Node) -> Node:
        """The part of the explanation that stands beside a reason of the question's own."""
        node.field.label.text = _("What in the text decides it")
        return replace(node, fold=node.fold or "help")

    def _nodes(self, form: Any, shape: Shape, way: tuple[str, ...]) -> Iterator[Node]:
        if shape.name not in form:
            return
        field, here = form[shape.name], (*way, shape.name)
        words = words_for(self.owner, here)
        if shape.sort is Sort.GROUP and not way and shape.short:
            for part in shape.parts:  # each where it belongs: the first with the question, the others folded
                yield from self._nodes(field.form, part, here)
            return
        yield Node(field, shape, words, words.more, self._rows(field, shape, here))

    def _rows(self, field: Field, shape: Shape, way: tuple[str, ...]) -> tuple[tuple[Node, ...], ...]:
        """What is inside: of a group its parts, of a list the parts of each row."""
        if shape.sort is Sort.RANGE:
            return ()
        forms = (
            [field.form]
            if isinstance(field, FormField)
            else [getattr(row, "form", None) for row in field.entries]
            if isinstance(field, Rows)
            else []
        )
        return tuple(tuple(node for part in shape.parts for node in self._nodes(form, part, way)) for form in forms)

    def values(self) -> dict[str, Any]:
        """What the form says, in the words of `bank.shapes.to_fields`."""
        data = {shape.name: self.form[shape.name].data for shape in self.shapes if shape.name in self.form}
        for inner, outer in REFERS.items():
            texts = [text or "" for text in data.get(outer) or ()]
            for value in data.values() if texts else ():
                for row in value if isinstance(value, list) else ():
                    if isinstance(row, dict) and inner in row:
                        row[inner] = _meant(row[inner], texts)
        return data

    def said(self) -> str:
        """What the form says to be read: a line for each field that says something, with its label."""
        return "\n".join(line for field in self.form for line in _lines_of(field))

    def _walk(self) -> Iterator[tuple[Field, Shape, tuple[str, ...]]]:
        """Every field that has a shape, with the way to it."""
        yield from _fields_below(self.form, self.shapes, ())

    def _name(self, field: Rows, way: tuple[str, ...]) -> None:
        entry = words_for(self.owner, way).entry
        for number, row in enumerate(field.entries, 1):
            row.label.text = f"{entry} {number}" if entry else str(number)
            first = next(iter(row.form), None) if isinstance(row, FormField) else None
            if first is not None and first.label.text == entry:
                first.label.text = row.label.text  # said once, at the field

    def _offer(self) -> None:
        """Fill the menus that refer to rows of another list, which may have been typed only now."""
        for field, _shape, way in self._walk():
            if way[-1] in REFERS and isinstance(field, Menu):
                texts = [one or "" for one in self.form[REFERS[way[-1]]].data]
                groups = (
                    f"{number}: {shorten(text, 60)}" if text.strip() else _("Group %(n)s", n=number)
                    for number, text in enumerate(texts, 1)
                )
                offered = [(f"#{number}", label) for number, label in enumerate(groups, 1)]
                field.offer(offered)
                field.data = _number(field.data, texts)


def _fields_below(
    form: Any, shapes: Iterable[Shape], way: tuple[str, ...]
) -> Iterator[tuple[Field, Shape, tuple[str, ...]]]:
    for shape in shapes:
        if shape.name not in form:
            continue
        field, here = form[shape.name], (*way, shape.name)
        yield field, shape, here
        rows = [field] if isinstance(field, FormField) else getattr(field, "entries", ())
        for row in rows if shape.parts else ():
            yield from _fields_below(row.form, shape.parts, here)


def _lines_of(field: Field) -> Iterator[str]:
    """What a field says, with its label; what is in a row stands further in, below the row's name."""
    label = field.label.text
    if isinstance(field, HiddenField | FileField):
        return
    if isinstance(field, FormField):
        for inner in field.form:
            yield from _lines_of(inner)
    elif isinstance(field, FieldList):
        for entry in field.entries:
            lines = list(_lines_of(entry))
            if lines and isinstance(entry, FormField):
                name = entry.label.text
                yield lines.pop(0) if lines[0].startswith(f"{name}:") else name
                lines = [f"    {line}" for line in lines]
            yield from lines
    elif field.data and isinstance(field, BooleanField):
        yield label
    elif field.data:
        said = dict(choice[:2] for choice in field.iter_choices()) if isinstance(field, Menu) else {}
        yield f"{label}: {said.get(field.data, field.data)}"


def _meant(value: str | None, texts: Sequence[str]) -> str:
    """The text of the row that a menu names by its number; anything else as it is."""
    number = short_number(value[1:]) if value and value.startswith("#") else None
    if value and number is not None and 0 < number <= len(texts):
        return texts[number - 1].strip() or value
    return value or ""


def _number(value: str | None, texts: Sequence[str]) -> str:
    """The number of the row that says the same; anything else as it is."""
    same = (number for number, text in enumerate(texts, 1) if value and fold(text) == fold(value))
    return next((f"#{number}" for number in same), value or "")
