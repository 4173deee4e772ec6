"""The gallery of kinds: each kind's own example, drawn and marked without a row in the database.

What it shows comes with the program and not from a person, so here author text is rendered in a
request, once for each kind in the life of the process.
"""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from quizapp.bank.examples import example, example_yaml
from quizapp.items.base import Feedback, Item, Response, Shown
from quizapp.items.registry import kinds
from quizapp.services.catalogue import Content, Html
from quizapp.services.clean_texts import clean_rows


@dataclass(frozen=True)
class Example:
    """One kind, as its module describes it."""

    kind: str
    purpose: str
    """What it asks of a student, in one line."""
    yaml: str
    item: Item[Any]
    html: Html


@dataclass(frozen=True)
class Exhibit:
    """An example in the order in which one visitor sees it."""

    example: Example
    shown: Shown

    @property
    def kind(self) -> str:
        return self.example.kind

    @property
    def item(self) -> Item[Any]:
        return self.example.item


@dataclass(frozen=True)
class Marked:
    """What came of trying an example."""

    fraction: float | None
    """From 0 to 1; None waits for a teacher."""
    feedback: Feedback


@dataclass(frozen=True)
class GalleryPage:
    seed: str
    exhibits: tuple[Exhibit, ...]

    def exhibit(self, kind: str) -> Exhibit | None:
        """Return the exhibit of a kind, or None when there is none."""
        return next((one for one in self.exhibits if one.kind == kind), None)


def gallery(seed: str) -> GalleryPage:
    """Return every kind with its example, by name.

    Args:
        seed: decides the order of what is shuffled; the same seed gives the same order again.
    """
    exhibits = []
    for kind, kind_class in kinds().items():
        shown_example = _example(kind, kind_class)
        exhibits.append(Exhibit(shown_example, shown_example.item.shuffle(Random(f"{seed}:{kind}"))))  # noqa: S311 - an order, not a secret
    return GalleryPage(seed, tuple(exhibits))


def mark(exhibit: Exhibit, response: Response | None) -> Marked:
    """Mark a response to an example as a quiz would."""
    return Marked(exhibit.item.score(response).fraction, exhibit.item.explain(response, exhibit.shown))


@cache
def _example(kind: str, kind_class: type[Item[Any]]) -> Example:
    module = sys.modules[kind_class.__module__]
    item = example(kind)
    html = Html(clean_rows([Content(item, None)]))
    purpose = (inspect.getdoc(module) or "").partition("\n")[0]
    return Example(kind, purpose, example_yaml(kind), item, html)
