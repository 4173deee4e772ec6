"""Texts that only hold the place of what an author has yet to write: of a correction, or of a template."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quizapp.bank.mending import OTHERWISE, WORDS_TO_WRITE_OVER
from quizapp.bank.nodes import Mapping, Node, Scalar

_SAID = frozenset({"prompt", "why", "explain", "evidence", "principle", "transfer", "fair", "more", "hints"})
"""Fields in which an author speaks. What is answered or looked at may well be about words such as “[Your name]”."""
_LONGEST = 80
"""Characters of a text that may hold a place."""
_PART = r"(?:question|answer|explanation|prompt|option|reason|text)"
_ANY_PART = r"(?:question|answer|explanation|prompt|option|reason|text|title|hint|feedback|passage|name|words)"
_WHICH = r"(?:(?:right|wrong|correct|another) )?"
_TO_WRITE = r"(?:write|type|insert|enter|add|put)"
#: In brackets, as templates have it.
_BETWEEN = re.compile(
    rf"(?:{_TO_WRITE} )?(?:(?:your|my) (?:own )?{_ANY_PART}|(?:(?:the|a|an) )?{_WHICH}{_PART})"
    r"(?: text)?(?: goes)?(?: here)?"
)
#: Without them it ends in “here”; nothing that could be an answer, such as “the name here”.
_BARE = re.compile(
    rf"(?:(?:{_TO_WRITE} )?your (?:own )?{_ANY_PART}|(?:{_TO_WRITE} (?:the |an? )?)?{_PART})(?: text)?(?: goes)? here"
    r"|(?:explain|say)(?: (?:why|it|this))? here"
)
_REASON = re.compile(r"(?:this |it |that )?(?:is )?(?:wrong|right|correct|incorrect),? because ?(?:\.{2,}|…|_{2,})")
_LATER = re.compile(r"(?:TODO|FIXME)(?:[.!…]*|:.*)")


def placeholders(root: Node) -> Iterator[tuple[Scalar, bool]]:
    """The texts of a file that hold a place and nothing else; a sentence with such words in it is none.

    With each, whether nobody could mean it: a correction wrote it, or it stands where the author speaks.
    """
    for text, field in _texts(root):
        value = text.value.strip()
        if of_a_correction(value):
            yield text, True
        elif holds_a_place(value):
            yield text, field in _SAID


def of_a_correction(text: str) -> bool:
    """Whether a text is what a correction wrote for the author to write over."""
    return text in WORDS_TO_WRITE_OVER or text.endswith(OTHERWISE)


def holds_a_place(text: str) -> bool:
    """Whether the whole of a text says no more than that something else belongs here.

    >>> holds_a_place("[Your question]"), holds_a_place("Wrong because ..."), holds_a_place("Your question")
    (True, True, False)
    """
    if len(text) > _LONGEST:
        return False
    words = " ".join(text.casefold().split())
    if _LATER.fullmatch(text) or _REASON.fullmatch(words):
        return True
    bare = words.strip("[]<>{}(). …")
    return bool(_BARE.fullmatch(bare) or (words[:1] in "[<{" and words[-1:] in "]>}" and _BETWEEN.fullmatch(bare)))


def _texts(node: Node, field: str = "") -> Iterator[tuple[Scalar, str]]:
    """Every text with the name of the field that it or its list is."""
    if isinstance(node, Scalar):
        yield node, field
    elif isinstance(node, Mapping):
        for name, inner in node.fields.items():
            yield from _texts(inner, name)
    else:
        for inner in node.entries:
            yield from _texts(inner, field)
