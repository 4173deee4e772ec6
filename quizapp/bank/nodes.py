"""The tree of a bank file: every value is text and knows its line and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text and where it begins; `plain` when it stands without quotes."""

    value: str
    line: int
    column: int
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list and where it begins; `flow` when written in square brackets."""

    entries: list[Node]
    line: int
    column: int
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """Fields and where they begin; `keys` holds the place of each name."""

    fields: dict[str, Node]
    keys: dict[str, Scalar]
    line: int
    column: int
    flow: bool = False


Node: TypeAlias = Scalar | Sequence | Mapping


def data_of(node: Node) -> Any:
    """The plain texts, lists and dictionaries of a node."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [data_of(entry) for entry in node.entries]
    return {key: data_of(value) for key, value in node.fields.items()}
