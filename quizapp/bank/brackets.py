"""Lists and fields written in brackets on one line, as programs write them, and what is wrong where they break off."""

from __future__ import annotations

import re

import yaml

_LISTS = frozenset(
    {"hints", "options", "statements", "pairs", "extra", "items", "tied", "heaps", "spans", "near", "between"}
    | {"cards", "sources", "stimuli", "questions"}
)
"""Fields that hold a list; those with lists of words are known to `syntax.SHORT_LISTS`."""
_GROUPS = frozenset({"explain", "source", "gaps", "rubric", "skills", "gloss", "allow"})
"""Fields that hold fields."""
_BEGINS_FIELDS = re.compile(r"\{\s*(?:[\"']?[A-Za-z_][\w-]*[\"']?\s*:(?=[\s\"'\[{]|$)|$)")
_ENDS = {"[": "]", "{": "}"}
_PIECES = re.compile(r"""(?<=[\[{,:\s])(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|["'])|[\[\]{}]""")
"""Texts in quotes, quotes that are never closed, brackets."""
_LONGEST = 2_000
"""Characters of a value for which a correction is looked for."""
_UNREADABLE = {
    "[": "The list in brackets that begins here cannot be read. Look for a comma, quotes or ] that is missing; or "
    "write each entry on a line of its own, with a dash.",
    "{": "The fields in braces that begin here cannot be read. Look for a comma, quotes or } that is missing; or "
    "write each field on a line of its own, without braces.",
}
_OPEN = {
    "[": "The bracket that opens this list is never closed. Close it with ] at the end of the list.",
    "{": "The brace that opens these fields is never closed. Close it with } behind the last field.",
}
_COMMA = "A comma stands behind the last bracket. Delete it."


def unreadable(sign: str) -> str | None:
    """What to say of a list or of fields that begin with a sign and cannot be read; None for other signs."""
    return _UNREADABLE.get(sign)


def broken_off(key: str | None, value: str, *, goes_on: bool) -> tuple[str, str | None] | None:
    """What to say of a list or of fields in brackets that do not end where they should, and the value put right.

    Args:
        key: the field whose value it is; None for an entry of a list.
        value: what stands there, from its bracket.
        goes_on: whether the next line seems to belong to it.

    Returns:
        None where it is a text that only begins with a bracket.

    >>> broken_off("hints", "[One, two", goes_on=False)[1], broken_off("why", "[One] of two", goes_on=False)
    ('[One, two]', None)
    """
    sign = value[0]
    fields = sign == "{" and (key is None or key in _LISTS | _GROUPS) and _BEGINS_FIELDS.match(value)
    if not fields and not (sign == "[" and key in _LISTS):
        return None
    closed = None if goes_on or len(value) > _LONGEST else _closed(value)
    if closed is None:
        return _UNREADABLE[sign], None
    return _OPEN[sign] if len(closed) >= len(value.rstrip(" ,")) + 1 else _COMMA, closed


def balanced(value: str) -> bool:
    """Whether every bracket of a value is closed in it."""
    return _open_brackets(value) == []


def _closed(value: str) -> str | None:
    """The value with the brackets that it lacks at its end, or without a comma behind them; None if unsure."""
    bare = value.rstrip().removesuffix(",").rstrip()
    missing = None if bare.endswith(":") else _open_brackets(bare)
    found = None if missing is None else bare + "".join(_ENDS[sign] for sign in reversed(missing))
    return found if found is not None and found != value and len(found) > 2 and _reads(found) else None


def _open_brackets(text: str) -> list[str] | None:
    """The brackets that are open at the end of a text; None when it ends in quotes, or closes what is not open."""
    opened: list[str] = []
    for piece in _PIECES.finditer(text):
        sign = piece[0]
        if sign in _ENDS:
            opened.append(sign)
        elif sign in "]}":
            if not opened or _ENDS[opened.pop()] != sign:
                return None
        elif len(sign) == 1:
            return None
    return opened


def _reads(value: str) -> bool:
    try:
        return len(list(yaml.parse(f"- {value}\n"))) > 0
    except yaml.YAMLError:
        return False
