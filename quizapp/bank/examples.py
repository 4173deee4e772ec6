"""The complete question in each kind's docstring, for the gallery of kinds and for tests."""

from __future__ import annotations

import inspect
import sys
from textwrap import dedent, indent

from quizapp import BankError
from quizapp.bank.loader import load_text
from quizapp.bank.model import Skill
from quizapp.items.registry import AnyItem, kinds

_HEAD = "format: 1\nbank: example\ntitle: Example\nlanguage: en\n"


def example_yaml(kind: str) -> str:
    """The YAML of the example question, as an author would write it. Raises KeyError for no such kind."""
    docstring = inspect.getdoc(sys.modules[kinds()[kind].__module__]) or ""
    _, _, example = docstring.partition("::\n")
    return dedent(example).strip() + "\n"


def example(kind: str) -> AnyItem:
    """The example question of a kind. Raises KeyError for no such kind, BankError for a faulty docstring.

    >>> item = example("multiple")
    >>> response = item.from_words(["People were leaving"])
    >>> item.score(response).fraction
    0.5
    >>> item.explain(response).verdict
    'partly'
    >>> item.summary(response)
    'People were leaving'
    """
    source = example_yaml(kind)
    skills = [
        Skill(id=line.partition(":")[2].strip(), name="Example", definition="A skill of the example.")
        for line in source.splitlines()
        if line.strip().startswith("skill:")
    ]
    text = f"{_HEAD}questions:\n{indent(source, '  ')}"
    loaded = load_text(text.encode(), f"{kind}.py", skills=skills)
    if loaded.bank is None:
        raise BankError(loaded.problems)
    return loaded.bank.items[0]
