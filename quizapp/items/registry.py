"""Finds the kinds of question: every module in `kinds/` is one, and a faulty one stops the start."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from inspect import isclass
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import Any, TypeAlias

from quizapp.items import kinds as kinds_package
from quizapp.items.base import JSON, Item, Response

AnyItem: TypeAlias = Item[Any]

_NEEDED = (
    "shuffle", "controls", "filled", "read", "from_words", "key", "mark", "explain", "chance", "summary",
    "answer_texts", "whys", "lineage",
)  # fmt: skip


class KindError(TypeError):
    """A module in `kinds/` that is not a whole kind; the message says what it lacks."""


@cache
def kinds() -> Mapping[str, type[AnyItem]]:
    """Every kind of question by name, in alphabetical order.

    Raises KindError when a module in `kinds/` does not hold exactly one whole kind.
    """
    names = sorted(module.name for module in iter_modules(kinds_package.__path__))
    modules = {name: import_module(f"{kinds_package.__name__}.{name}") for name in names}
    return MappingProxyType({name: kind_in(module) for name, module in modules.items()})


def kind_in(module: ModuleType) -> type[AnyItem]:
    """The one kind that a module defines. Raises KindError when something is missing."""
    name = module.__name__.rpartition(".")[2]
    found = [
        value
        for value in vars(module).values()
        if isclass(value)
        and issubclass(value, Item)
        and value.__module__ == module.__name__
        and value.__pydantic_generic_metadata__["origin"] is None  # Item[…] itself is also put there
    ]
    if len(found) != 1:
        raise KindError(f"kinds/{name}.py must define exactly one subclass of Item; it defines {len(found)}.")
    kind: type[AnyItem] = found[0]
    if getattr(kind, "kind", None) != name:
        raise KindError(f"kinds/{name}.py: {kind.__name__}.kind must be “{name}”, like the file.")
    missing = [method for method in _NEEDED if getattr(kind, method) is getattr(Item, method)]
    if missing:
        raise KindError(f"kinds/{name}.py: {kind.__name__} does not define {', '.join(missing)}.")
    if not issubclass(getattr(kind, "response_type", object), Response):
        raise KindError(f"kinds/{name}.py: {kind.__name__}.response_type must be a subclass of Response.")
    cases = {example.case for example in getattr(kind, "EXAMPLES", ())}
    if not ({"blank", "invalid"} <= cases and ({"right", "wrong"} <= cases or "waiting" in cases)):
        raise KindError(f"kinds/{name}.py: EXAMPLES needs the cases right and wrong (or waiting), blank and invalid.")
    if not module.__doc__ or "- id:" not in module.__doc__:
        raise KindError(f"kinds/{name}.py: the docstring must hold a complete question in YAML.")
    return kind


def item_to_json(item: AnyItem) -> JSON:
    """The normalised frozen form of an item: plain JSON, without what is left at its default."""
    return {"type": item.kind, **item.model_dump(mode="json", by_alias=True, exclude_defaults=True)}


def item_from_json(data: JSON) -> AnyItem:
    """The item that `item_to_json` wrote.

    Raises KeyError for a kind that this version lacks, pydantic.ValidationError for data
    that no longer make an item.
    """
    fields = dict(data)
    return kinds()[fields.pop("type")].model_validate(fields)
