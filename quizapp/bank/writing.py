"""Bank files written by the program: set in one form, changed in places, or made from the fields of a form.

What an author wrote stays: notes, the order of fields, quotation marks. Every text that is
written is read again before it is given back, and must say the same.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString

from quizapp.bank.nodes import data_of
from quizapp.bank.reader import read
from quizapp.bank.source import refuse_too_full
from quizapp.items.base import JSON

LONGEST_LINE = 110
"""Characters of a line; longer texts are written as a block whose lines are joined (`>-`)."""

HEAD = (
    "format",
    "bank",
    "title",
    "language",
    "ages",
    "licence",
    "source",
    "stands_in",
    "twin",
    "note",
    "skills",
    "stimuli",
    "questions",
)
_ENTRY = ("id", "type", "kind", "about", "skill", "also", "tags", "difficulty", "needs", "control", "as_of", "status")
_LAST = ("hints", "explain", "allow")
_HIDDEN = re.compile("[\x85\u2028\u2029\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


class UnwritableError(ValueError):
    """A text cannot be rewritten without losing something; the message says why."""


class _AllText(VersionedResolver):
    """Takes nothing for a number, a date or a truth: all values of a bank are text."""

    @property
    def versioned_resolver(self) -> dict[str, Any]:
        """No pattern at all."""
        return {}


def formatted(text: str) -> str:
    """A bank file in one form: two spaces a level, dashes indented, long texts as blocks, notes kept.

    Doing it twice changes nothing more.

    Raises:
        UnwritableError: the file has mistakes that must be mended first, or a note would be lost.
    """
    tree = read(text.encode("utf-8", "surrogatepass"), "bank")
    if tree.root is None or any(problem.level == "error" for problem in tree.problems):
        raise UnwritableError("Mend what “quizapp check” finds first; then the file can be put into form.")
    document = _loaded(text)
    _fold_long(document, 0)
    written = _dumped(document)
    if _data(written) != data_of(tree.root) or _notes(written) != _notes(text):
        raise UnwritableError("A note or a text stands where it would be lost. Move it to a line of its own.")
    return written


def bank_text(fields: Mapping[str, JSON], existing: str | None = None) -> str:
    """A bank file with these fields.

    Args:
        fields: the whole bank as plain lists, dictionaries and texts, with the names of the file.
        existing: the file as it is. What is the same in it stays as it was written, with its notes.

    Raises:
        UnwritableError: `existing` is no bank that can be read.
        TextTooLongError: the file would be longer than a bank may be.
    """
    wanted = cleaned(dict(fields))
    if existing is None or not existing.strip():
        document = _made(wanted, HEAD)
    else:
        document = _loaded(existing)
        if not isinstance(document, CommentedMap):
            raise UnwritableError("This is no bank. Mend what the check finds first.")
        _change(document, wanted)
    _fold_long(document, 0)
    written = _dumped(document)
    refuse_too_full(written)
    if _data(written) != wanted:
        raise UnwritableError("The bank cannot be written like this. Mend what the check finds first.")
    return written


def question_text(fields: Mapping[str, JSON]) -> str:
    """One question as an entry of the list of questions, indented as in a bank.

    >>> print(question_text({"prompt": "Who: he?", "id": "who", "type": "short", "accept": ["he"]}), end="")
      - id: who
        type: short
        prompt: 'Who: he?'
        accept:
          - he
    """
    text = bank_text({"questions": [dict(fields)]})
    return text.partition("\n")[2]


def rewritten(piece: str, fields: Mapping[str, JSON], unbracketed: Container[str] = ()) -> str:
    """A piece of a file, some whole fields of it, saying what these fields say; others go.

    What is the same in it stays as it was written. Nothing checks that the piece then means this.

    Args:
        piece: the lines.
        fields: what they should say.
        unbracketed: the names of lists that must not stand in square brackets.

    Raises:
        UnwritableError: the piece cannot be read by itself.
    """
    document = _loaded(piece)
    if not isinstance(document, CommentedMap):
        raise UnwritableError("This piece has no fields.")
    _change(document, fields)
    _unbracket(document, unbracketed)
    _fold_long(document, 0)
    return _dumped(document)


def _unbracket(node: Any, names: Container[str]) -> None:
    for key, value in list(node.items() if isinstance(node, CommentedMap) else enumerate(node)):
        if isinstance(value, CommentedMap | CommentedSeq):
            if key in names:
                value.fa.set_block_style()
            _unbracket(value, names)


def notes_in(piece: str) -> list[str]:
    """The notes of a piece of a file, each with its “#”. Raises as `rewritten` does."""
    return list(_notes_of(_loaded(piece)))


def _notes_of(node: Any) -> Iterator[str]:
    if isinstance(node, CommentedMap | CommentedSeq):
        for token in _flat([node.ca.comment, *node.ca.items.values(), node.ca.end]):
            yield from (line.strip() for line in token.value.split("\n") if line.strip().startswith("#"))
        for value in node.values() if isinstance(node, CommentedMap) else node:
            yield from _notes_of(value)
    elif getattr(node, "comment", None) is not None:  # behind a text written as a block
        yield from (line.strip() for line in node.comment.value.split("\n") if line.strip().startswith("#"))


def _flat(tokens: Any) -> Iterator[Any]:
    for token in tokens or ():
        if isinstance(token, list):
            yield from _flat(token)
        elif token is not None:
            yield token


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _AllText
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _loaded(text: str) -> Any:
    try:
        return _yaml().load(text.removeprefix("\ufeff"))
    except (YAMLError, ValueError) as error:
        raise UnwritableError("This is no bank. Mend what the check finds first.") from error


def _dumped(document: Any) -> str:
    stream = StringIO()
    _yaml().dump(document, stream)
    return re.sub(r"[ \t]+$", "", stream.getvalue(), flags=re.MULTILINE)


def _data(text: str) -> JSON:
    tree = read(text.encode("utf-8", "surrogatepass"), "bank")
    return data_of(tree.root) if tree.root is not None else None


def _notes(text: str) -> list[str]:
    """The notes of a file, in any order; signs in the midst of texts count in both files alike."""
    return sorted(match[1].strip() for match in re.finditer(r"(?:^|\s)#(.*)$", text, re.MULTILINE))


# ---------------------------------------------------------------- plain data to a document


def cleaned(value: JSON) -> JSON:
    """Plain data as the reader would give it: texts only, nothing empty, no signs that no editor shows."""
    if isinstance(value, Mapping):
        found = {str(key): cleaned(one) for key, one in value.items() if one is not None}
        return {key: one for key, one in found.items() if one not in ("", [], {})}
    if isinstance(value, list | tuple):
        return [one for entry in value if entry is not None and (one := cleaned(entry)) not in ("", [], {})]
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _CONTROL.sub("", _HIDDEN.sub("\n", str(value).replace("\r\n", "\n"))).strip()
    return re.sub(r"[ \t]+\n", "\n", text)


def _made(value: JSON, order: tuple[str, ...] = _ENTRY) -> Any:
    """A document of plain data, its fields in the usual order."""
    if isinstance(value, dict):
        made = CommentedMap()
        for key in sorted(value, key=lambda name: _place(name, order)):
            made[key] = _made(value[key])
        return made
    if isinstance(value, list):
        return CommentedSeq(_made(one) for one in value)
    return _scalar(value)


def _place(name: str, order: tuple[str, ...]) -> int:
    if name in order:
        return order.index(name)
    return len(order) + 1 + _LAST.index(name) if name in _LAST else len(order)


def _scalar(text: str) -> str:
    return LiteralScalarString(text) if "\n" in text else text


def _change(node: Any, wanted: JSON) -> Any:
    """Make a node say what is wanted, and leave as it is what says so already."""
    if isinstance(node, CommentedMap) and isinstance(wanted, dict):
        for key in [key for key in node if key not in wanted]:
            del node[key]
        for key, value in wanted.items():
            if key == "id" and key not in node:
                node.insert(0, key, _made(value))
            else:
                node[key] = _change(node[key], value) if key in node else _made(value)
        return node
    if isinstance(node, CommentedSeq) and isinstance(wanted, list):
        return _change_list(node, wanted)
    if isinstance(node, str) and isinstance(wanted, str) and node == wanted:
        return node
    return _made(wanted)


def _change_list(node: CommentedSeq, wanted: list[JSON]) -> Any:
    """Entries with an id are found by it, others by what they say, and those that say something new by their place.

    One whose id is no longer there was named anew, where none went and none came.
    """
    found: list[int | None] = [_named_place(node, value) for value in wanted]
    for place, value in enumerate(wanted):
        if found[place] is None:
            found[place] = next((at for at, one in enumerate(node) if at not in found and one == value), None)
    for place in range(min(len(wanted), len(node))):
        renamed = len(wanted) == len(node) or not _has_id(node[place])
        if found[place] is None and place not in found and renamed:
            found[place] = place
    entries = [
        _made(value) if at is None else _change(node[at], value) for at, value in zip(found, wanted, strict=True)
    ]
    if len(entries) == len(node):
        for place, entry in enumerate(entries):
            node[place] = entry
        return node
    made = CommentedSeq(entries)
    if node.fa.flow_style():
        made.fa.set_flow_style()
    return made


def _named_place(node: CommentedSeq, wanted: JSON) -> int | None:
    """The place of the entry with the id of the wanted one."""
    name = wanted.get("id") if isinstance(wanted, dict) else None
    return next((at for at, one in enumerate(node) if name and _has_id(one) and one["id"] == name), None)


def _has_id(one: Any) -> bool:
    return isinstance(one, CommentedMap) and "id" in one


# ---------------------------------------------------------------- long texts


def _fold_long(node: Any, depth: int) -> None:
    """Write texts that do not fit into a line as blocks whose lines are joined."""
    places = node.items() if isinstance(node, CommentedMap) else enumerate(node)
    flow = node.fa.flow_style()
    for key, value in list(places):
        if isinstance(value, CommentedMap | CommentedSeq):
            if not flow:
                _fold_long(value, depth + 1)
        elif not flow and isinstance(value, str):
            room = LONGEST_LINE - 2 * depth - len(str(key))
            folded = _folded(value, room, LONGEST_LINE - 2 * depth - 4)
            if folded is not value and _without_note(node, key):
                node[key] = folded


def _without_note(node: Any, key: Any) -> bool:
    """Whether no note stands behind a text; of the empty lines behind it, which a block ends by itself, one goes."""
    token = next(filter(None, node.ca.items.get(key, ())), None)
    if token is None or isinstance(token, list):
        return token is None
    if token.value.startswith("\n\n"):
        token.value = token.value[1:]
    return bool(token.value.startswith("\n"))


def _folded(text: str, room: int, width: int) -> Any:
    if (
        isinstance(text, LiteralScalarString)
        or len(text) <= room
        or "\n" in text
        or "  " in text
        or text != text.strip()
    ):
        return text
    if isinstance(text, FoldedScalarString):
        return text
    folded = FoldedScalarString(text)
    folded.fold_pos = _fold_places(text, width)  # where ruamel.yaml looks for them
    return folded


def _fold_places(text: str, width: int) -> list[int]:
    """The places of the spaces at which a text is broken into lines of at most `width` characters."""
    places, start = [], 0
    while len(text) - start > width:
        at = text.rfind(" ", start, start + width + 1)
        at = text.find(" ", start + width) if at <= start else at
        if at < 0:
            break
        places.append(at)
        start = at + 1
    return places
