"""The form of an entry as it stands on a page: the rows that it shows, what its buttons do, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FieldList, FileField, FormField, HiddenField

from quizapp.bank.form_values import WAS
from quizapp.bank.shapes import KEY, Shape, Sort
from quizapp.items.base import fold, shorten
from quizapp.web.bank_fields import REFERS, Menu, Rows
from quizapp.web.bank_words import Words, words_for
from quizapp.web.forms import short_number


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
