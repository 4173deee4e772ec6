"""Ten thousand mistyped banks: nothing breaks, nothing takes long, and nothing that was typed is lost without a word.

The mistakes come from a fixed seed, so a failure comes back.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from random import Random
from textwrap import indent

import pytest

from quizapp.bank.examples import example, example_yaml
from quizapp.bank.loader import load_text
from quizapp.bank.model import Skill
from quizapp.bank.nodes import Mapping, Node, Scalar, data_of
from quizapp.bank.problems import Problem
from quizapp.bank.reader import read
from quizapp.items.registry import kinds
from tests.bank.test_broken_banks import RAW

BANKS_A_KIND = 910
SLOW_SECONDS = 1.0
HEAD = "format: 1\nbank: fuzz\ntitle: A title\nlanguage: en\nquestions:\n"
SKILLS = tuple(
    Skill(id=name, name=name, definition="D") for name in sorted({example(kind).skill or "x" for kind in kinds()})
)
PIECES = (
    "#tag", " #tag", " # note", "# ", ": ", ":", " - ", "- ", "\n", "\n\n", "  ", "\t", '"', "'", "''", '""', "[", "]",
    "{", "}",
    ",", ", ", "|", ">", ">-\n", "|\n", "&a ", "*a", "!x ", "%", "@", "`", "? ", "<<: ", "---\n", "...\n", "\\", "\\n",
    "\u00a0", "\u200b", "\u2028", "\u0085", "\ufeff", "\x07", "“", "”", "’", "🙂", "é", "x", "1", "true", "~",
    "right: ", "wrong: ", "why: ", "id: a\n", "\r\n", "\r",
)  # fmt: skip
SYNTAX = frozenset("-:?,[]{}|>'\"#")


def mistyped(text: str, rng: Random) -> str:
    """The text with one to three things done to it that fingers and clipboards do."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(text) + 1)
        lines = text.split("\n")
        line = rng.randrange(len(lines))
        match rng.randrange(8):
            case 0 | 1 | 2:
                text = text[:at] + rng.choice(PIECES) + text[at:]
            case 3:
                text = text[:at] + text[at + rng.choice((1, 1, 2, 5)) :]
            case 4:
                lines[line] = " " * rng.randrange(9) + lines[line].lstrip()
                text = "\n".join(lines)
            case 5:
                lines.insert(rng.randrange(len(lines) + 1), lines[line])
                text = "\n".join(lines)
            case 6:
                del lines[line]
                text = "\n".join(lines)
            case _:
                head = re.match(r"\s*(?:- )?(?:\w+: )?", lines[line])
                place = head.end() if head else 0
                lines[line] = lines[line][:place] + rng.choice(PIECES).strip() + lines[line][place:]
                text = "\n".join(lines)
    return text


def letters(text: str) -> str:
    return "".join(one for one in text if not one.isspace() and one not in SYNTAX)


def texts_of(node: Node) -> Iterator[str]:
    """Every name and every text of a tree, as they follow each other in the file."""
    if isinstance(node, Scalar):
        yield node.value
    elif isinstance(node, Mapping):
        for name, value in node.fields.items():
            yield name
            yield from texts_of(value)
    else:
        for entry in node.entries:
            yield from texts_of(entry)


def lost(text: str, root: Node, problems: list[Problem]) -> str | None:
    """The first line of which something is neither in the tree nor told, or None."""
    expected, at = letters("".join(texts_of(root))), 0
    told = {(one.line, one.column) for one in problems if one.code in {"comment", "note"}}
    for number, line in enumerate(re.split("\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        cut = min((column for row, column in told if row == number), default=None)
        shown = line if cut is None else line[: cut - 1]
        shown = re.sub(r"([|>])[0-9+-]+\s*$", r"\1", shown)
        typed = "" if shown.rstrip() == "..." else letters(shown)
        if expected.startswith(typed, at):
            at += len(typed)
        elif not line.lstrip().startswith("#"):
            return line
    return None if at == len(expected) else "(something was added)"


@pytest.mark.parametrize("kind", kinds())
def test_mistyped_banks(kind: str) -> None:
    rng = Random(f"mistakes in {kind}")
    good = HEAD + indent(example_yaml(kind), "  ")
    assert load_text(good.encode(), "b", skills=SKILLS).bank is not None
    published = 0
    for _ in range(BANKS_A_KIND):
        text = mistyped(good, rng)
        start = time.process_time()
        loaded = load_text(text.encode(), "b.yaml", skills=SKILLS)
        assert time.process_time() - start < SLOW_SECONDS, text
        assert (loaded.bank is None) == any(one.level == "error" for one in loaded.problems), text
        for one in loaded.problems:
            assert not RAW.search(re.sub(r"“[^”]*”", "", one.message, flags=re.DOTALL)), (one.message, text)
            assert one.line >= 1, text
            assert one.column >= 1, text
            str(one)
        if loaded.bank is not None and "\\" not in text:
            assert loaded.places is not None
            published += 1
            assert lost(text, loaded.places.root, list(loaded.problems)) is None, text
    assert published > BANKS_A_KIND / 10  # or the question of what is lost was hardly asked


def test_what_is_lost_would_be_noticed() -> None:
    text = "a: b c\nd: e # f\n"
    tree = read(text.encode(), "b")
    assert tree.root is not None
    assert data_of(tree.root) == {"a": "b c", "d": "e"}
    assert lost(text, tree.root, tree.problems) is None
    assert lost(text, tree.root, []) == "d: e # f"
    assert lost(text.replace("b c", "b c x"), tree.root, tree.problems) == "a: b c x"
