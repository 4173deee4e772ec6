"""What the editor in the browser offers and explains at a place of a bank file. ‸ is the cursor."""

from __future__ import annotations

from typing import Any

import pytest

from quizapp.bank.schema import DESCRIPTIONS, bank_schema
from quizapp.items.registry import kinds
from tests.javascript import evaluate

HELP = {
    "schema": bank_schema(),
    "skills": [{"id": "loaded", "name": "Loaded words", "definition": "Words that lean."}],
    "misconceptions": [{"id": "official-is-true", "name": "Officials are right.", "correction": "They have aims."}],
}
HEAD = """\
format: 1
bank: towns
stimuli:
  - id: sign
    kind: quote
    text: |
      kind: of a text
      ‸A
questions:
  - id: capital
    type: choice
    about: sign
    prompt: >-
      Which town
      ‸B

      is the capital?
    options:
      - right: Here
        ‸C
      - wrong: There
        lure: ‸D
      - ‸E
  - id: who
    type: gaps
    gaps:
      1:
        ‸F
    also:
    - ‸G
    explain:
      ‸H
    about: ‸I
    ‸J
  - id: new
    type: ‸K
  -
    id: heaps
    ‸L
    type: classify
    statements:
    - text: a
      ‸M
‸N
"""
OFFERED: dict[str, tuple[set[str], set[str]]] = {
    "A": (set(), {"text", "kind", "title"}),
    "B": (set(), {"why", "skill"}),
    "C": ({"why", "pin"}, {"right", "wrong", "prompt"}),
    "D": ({"credulous", "cynical"}, {"why", "loaded"}),
    "E": ({"right", "wrong", "why"}, {"options", "prompt"}),
    "F": ({"options", "accept"}, {"gaps", "right"}),
    "G": ({"loaded"}, {"official-is-true", "prompt"}),
    "H": ({"evidence", "principle", "fair"}, {"prompt", "why"}),
    "I": ({"sign"}, {"capital", "prompt"}),
    "J": ({"prompt", "text", "skill"}, {"options", "gaps", "also", "passage"}),
    "K": (set(kinds()), {"prompt", "loaded"}),
    "L": ({"heaps", "prompt"}, {"statements", "id", "type", "options"}),
    "M": ({"heap", "why"}, {"text", "heaps"}),
    "N": ({"title", "language", "note", "source"}, {"bank", "questions", "prompt"}),
}


def at(mark: str) -> dict[str, Any]:
    """The text with one cursor, and where it is: line and column from 0."""
    lines = HEAD.split("\n")
    row = next(number for number, line in enumerate(lines) if f"‸{mark}" in line)
    column = lines[row].index("‸")
    return {"lines": [line.split("‸")[0] for line in lines], "line": row, "column": column}


@pytest.fixture(scope="module")
def offered() -> dict[str, list[str] | None]:
    """What is offered at each cursor; None where words run on."""
    found: dict[str, list[str] | None] = evaluate(
        "editor/schema.js",
        """Object.fromEntries(Object.entries(given.cases).map(([mark, { lines, line, column }]) =>
            [mark, its.offersAt(given.help, lines, line, column)?.offers.map((one) => one.label) ?? null]))""",
        {"cases": {mark: at(mark) for mark in OFFERED}, "help": HELP},
    )
    return found


@pytest.mark.parametrize("mark", OFFERED)
def test_only_what_fits_the_place_is_offered(offered: dict[str, list[str] | None], mark: str) -> None:
    wanted, unwanted = OFFERED[mark]
    assert (offered[mark] is None) is (not wanted)
    assert wanted <= set(offered[mark] or ())
    assert not unwanted & set(offered[mark] or ())


def test_what_a_question_needs_is_offered_first(offered: dict[str, list[str] | None]) -> None:
    assert (offered["L"] or [])[:2] == ["prompt", "heaps"]


def test_fields_and_known_words_are_explained() -> None:
    lines = [line.split("‸")[0] for line in HEAD.split("\n")]
    places = {"    prompt: >-": 5, "    type: choice": 12, "      - right: Here": 9, "      kind: of a text": 8}
    told = evaluate(
        "editor/schema.js",
        "given.places.map(([line, column]) => its.explanationAt(given.help, given.lines, line, column))",
        {"help": HELP, "lines": lines, "places": [(lines.index(line), column) for line, column in places.items()]},
    )
    prompt, choice, right, text = told
    assert prompt == {"from": 4, "to": 10, "name": "prompt", "text": DESCRIPTIONS["prompt"]}
    assert (choice["name"], choice["from"], choice["to"]) == ("choice", 10, 16)
    assert choice["text"]
    assert right["text"] == DESCRIPTIONS["right"]
    assert text is None
