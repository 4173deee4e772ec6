"""What a form needs to know about the fields of a question, read off its model.

A shape says which group of controls a field takes: a text, a menu, a list of texts, rows of several controls. So
every kind, also one that is added later, can be made and changed by a form without a word about it here.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from quizapp.items.base import Explanation, Option, Part

KEY = "key"
"""The control of a row that holds its name, where rows have names."""


class Sort(StrEnum):
    """The groups of controls."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YES = "yes"
    RANGE = "range"
    TEXTS = "texts"
    RANKS = "ranks"
    ROWS = "rows"
    NAMED = "named"
    """Rows of which each has a name, or a number."""
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Shape:
    """One field.

    `choices` are the words of a menu; `parts` the controls of a row or group; `numbered`: the names of the rows
    are numbers; `short`: a group that may be written as one text is written so when it holds only this part.
    """

    name: str
    sort: Sort
    required: bool = False
    choices: tuple[str, ...] = ()
    parts: tuple[Shape, ...] = ()
    numbered: bool = False
    options: bool = False
    """Rows that are right or wrong: `text` and `right` stand for the two fields."""
    short: str | None = None

    @property
    def plain(self) -> bool:
        """Whether its rows are a name and one text."""
        return [part.name for part in self.parts] == [KEY, "text"]


def shapes_of(model: type[BaseModel]) -> tuple[Shape, ...]:
    """The fields of a model that a form can show, in its order."""
    if issubclass(model, Option):
        return _option_shapes(model)
    found = (_shape(info.alias or name, info) for name, info in model.model_fields.items())
    return tuple(shape for shape in found if shape is not None)


def _option_shapes(model: type[BaseModel]) -> tuple[Shape, ...]:
    others = (_shape(name, info) for name, info in model.model_fields.items() if name not in {"right", "wrong"})
    return (
        Shape("text", Sort.TEXT, required=True),
        Shape("right", Sort.YES),
        *(shape for shape in others if shape is not None),
    )


def _shape(name: str, info: FieldInfo) -> Shape | None:
    """The shape of a field; None when no group of controls fits it."""
    hint, required = _bare(info.annotation), info.is_required()
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return Shape(name, Sort.CHOICE, required, choices=tuple(map(str, inner)))
    if hint is bool:
        return Shape(name, Sort.YES, required)
    if hint in (Decimal, int):
        return Shape(name, Sort.NUMBER, required)
    if isinstance(hint, type) and issubclass(hint, Part):
        short = "evidence" if issubclass(hint, Explanation) else None
        return Shape(name, Sort.GROUP, required, parts=shapes_of(hint), short=short)
    if origin is tuple:
        return _tuple_shape(name, inner, required=required)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping) and len(inner) == 2:
        return _named_shape(name, inner, required=required)
    return Shape(name, Sort.TEXT, required) if hint is not Any else None


def _tuple_shape(name: str, inner: tuple[Any, ...], *, required: bool) -> Shape | None:
    entry = _bare(inner[0])
    if len(inner) == 2 and inner[1] is not Ellipsis:
        return Shape(name, Sort.RANGE, required)
    if isinstance(entry, type) and issubclass(entry, Part):
        return Shape(name, Sort.ROWS, required, parts=shapes_of(entry), options=issubclass(entry, Option))
    if entry is str:
        return Shape(name, Sort.TEXTS, required)
    ranked = [one for one in get_args(entry) if isinstance(one, type) and issubclass(one, Part)]
    if ranked and list(ranked[0].model_fields) == ["tied"]:
        return Shape(name, Sort.RANKS, required)
    return None


def _named_shape(name: str, inner: tuple[Any, ...], *, required: bool) -> Shape | None:
    numbered, entry = _bare(inner[0]) is int, _bare(inner[1])
    key = Shape(KEY, Sort.NUMBER if numbered else Sort.TEXT)
    if entry is str:
        return Shape(name, Sort.NAMED, required, parts=(key, Shape("text", Sort.TEXT)), numbered=numbered)
    if isinstance(entry, type) and issubclass(entry, Part):
        # The rows inside are named by numbers in the text, which nobody should have to count.
        return Shape(name, Sort.NAMED, required, parts=(key, *shapes_of(entry)), numbered=True)
    return None


def _bare(hint: Any) -> Any:
    """A type without what is said beside it, and without None."""
    while True:
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
            continue
        if get_origin(hint) in (Union, types.UnionType):
            left = [one for one in get_args(hint) if one is not type(None)]
            if len(left) == 1:
                hint = left[0]
                continue
        return hint
