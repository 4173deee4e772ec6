"""The parts of a bank file that can be read, mistakes of meaning and all: its head and its entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from quizapp.bank.mending import slugged
from quizapp.bank.nodes import Mapping as Fields
from quizapp.bank.nodes import Sequence, data_of
from quizapp.bank.problems import Problem, in_order
from quizapp.bank.reader import Tree, read
from quizapp.items.base import JSON

Section: TypeAlias = Literal["questions", "stimuli"]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 40
_UNFINISHED = frozenset({"empty-value"})
"""Mistakes of a file that can be read all the same: something is still to be written."""


class UnreadableError(ValueError):
    """The text has mistakes that must be mended first; `problems` are what stands in the way, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("This text cannot be read.")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Entry:
    """One question or stimulus as it stands in a file.

    `key` names it in addresses: its id, or `@3` for the third when it has none of its own. `place` counts
    from 0. `fields` are plain texts, lists and dictionaries; None when the entry is no list of fields.
    `node` knows where everything stands.
    """

    key: str
    place: int
    fields: Mapping[str, JSON] | None
    node: Fields | None
    line: int

    @property
    def named(self) -> bool:
        """Whether it has an id of its own."""
        return not self.key.startswith("@")


@dataclass(frozen=True, slots=True)
class Opened:
    """A bank file that can be read: its fields but for the two long lists, and the entries of these."""

    head: Mapping[str, JSON]
    stimuli: tuple[Entry, ...]
    questions: tuple[Entry, ...]
    root: Fields

    def entry(self, section: Section, key: str) -> Entry:
        """The entry of this key. Raises KeyError when there is none."""
        for one in self.questions if section == "questions" else self.stimuli:
            if one.key == key:
                return one
        raise KeyError(key)


def open_text(text: str) -> Opened:
    """The parts of a bank file.

    Raises:
        UnreadableError: YAML or the two long lists are broken.
    """
    _, root = read_text(text)
    head = {name: data_of(node) for name, node in root.fields.items() if name not in {"stimuli", "questions"}}
    return Opened(head, tuple(entries_of(root, "stimuli")), tuple(entries_of(root, "questions")), root)


def free_id(wanted: str, entries: Iterable[Entry], *, otherwise: str = "question") -> str:
    """A name for the program, made of a text, that no entry of a section has."""
    taken = {str((entry.fields or {}).get("id", "")).strip() for entry in entries}
    slug = slugged(wanted)[:_LONGEST_ID].strip("-") or otherwise
    return next(name for name in _numbered(slug) if name not in taken)


def _numbered(slug: str) -> Iterator[str]:
    yield slug
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1


def read_text(text: str) -> tuple[Tree, Fields]:
    """The tree of a text, and its fields. Raises UnreadableError as `open_text` does."""
    tree = read(text.encode("utf-8", "surrogatepass"), "bank")
    errors = errors_in(tree)
    if tree.root is None or tree.source is None or errors:
        raise UnreadableError(in_order(errors or tree.problems))
    for section in ("stimuli", "questions"):
        node = tree.root.fields.get(section)
        if node is not None and not isinstance(node, Sequence) and data_of(node) != "":
            message = f"“{section}:” needs a list: begin each entry with a dash."
            raise UnreadableError([tree.source.problem(node.line, node.column, "not-a-list", message)])
    return tree, tree.root


def errors_in(tree: Tree) -> list[Problem]:
    """The mistakes for which a text cannot be read."""
    return [one for one in tree.problems if one.level == "error" and one.code not in _UNFINISHED]


def entries_of(root: Fields, section: Section) -> Iterator[Entry]:
    """The entries of a section; an id counts as a name where only the first with it has it."""
    node = root.fields.get(section)
    seen: set[str] = set()
    for place, one in enumerate(node.entries if isinstance(node, Sequence) else ()):
        fields = data_of(one) if isinstance(one, Fields) else None
        given = fields.get("id") if fields is not None else None
        slug = given.strip() if isinstance(given, str) else ""
        own = _SLUG.fullmatch(slug) is not None and slug not in seen
        seen.add(slug)
        yield Entry(slug if own else f"@{place + 1}", place, fields, one if isinstance(one, Fields) else None, one.line)


def fields_of(entry: Entry) -> Any:
    """The fields of an entry. Raises UnreadableError where it is no list of fields."""
    if entry.fields is None:
        message = "This entry has no fields. Mend it in the text first."
        raise UnreadableError([Problem("bank", entry.line, 1, "error", "not-an-entry", message)])
    return entry.fields
