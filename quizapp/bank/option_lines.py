"""Answers to choose from that are not written as a list of `right:` and `wrong:`: what to say of their lines.

People write them as quiz sites ask for them: `right:` and `wrong:` as fields of the question, or a list of texts
with the right one named beside it. Each correction here keeps every answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from quizapp.bank.nodes import Mapping, Node, Scalar, Sequence
from quizapp.bank.source import SourceText
from quizapp.bank.synonyms import words_for
from quizapp.bank.syntax import quoted
from quizapp.items.base import fold, shorten

Side: TypeAlias = Literal["right", "wrong"]

_SIDES: tuple[Side, ...] = ("right", "wrong")
_NAMES: dict[str, Side] = {word: side for side in _SIDES for word in words_for(side)}
_KEYS = words_for("accept", "answer", "right")
"""Names of fields that say which answer is right. A file may have very many fields: these are looked up in them."""
_LETTERS = "abcdefghijklmnop"


def side_of(name: str) -> Side | None:
    """The side that a field which stands where the list of answers belongs is about, if it is one of these."""
    return _NAMES.get(name)


def has_strays(question: Mapping) -> bool:
    """Whether fields of a question hold answers that belong into its list."""
    return any(name in question.fields for name in _NAMES)


def likely_kind(question: Mapping) -> str | None:
    """The kind of a question that has wrong answers in fields of its own, whatever else is missing."""
    sides = {side: question.fields[name] for name, side in _NAMES.items() if name in question.fields}
    if "wrong" not in sides:
        return None
    right = sides.get("right")
    return "multiple" if isinstance(right, Sequence) and len(right.entries) > 1 else "choice"


def stray_side(source: SourceText, question: Mapping, name: str) -> tuple[str, str | None]:
    """Say what to do with the answers that stand in a field of the question, not in its list.

    Args:
        source: the file.
        question: the fields of the question.
        name: the field, one that `side_of` knows.

    Returns:
        The sentence, and the line as it should be; None where more than this line has to change.
    """
    side, key, value = side_of(name), question.keys[name], question.fields[name]
    message = f"Answers to choose from stand in a list below “options:”. Write this there as “- {side}: …”."
    if question.flow or source.lines[key.line - 1][: key.column - 1].strip(" -"):
        return message, None
    given = _texts_in_one_line(source, key, value)
    if given is None and _goes_on_above(question, key, value):
        return f"The answers below belong to the list above. Delete this line, and begin each with “{side}:”.", ""
    if given is None:
        return message, None
    if "options" not in question.fields:
        if any(other in question.keys and question.keys[other].line < key.line for other in _NAMES):
            return message, None
        head = source.lines[key.line - 1][: key.column - 1]
        indent = " " * (key.column + 1)
        return message, "\n".join([f"{head}options:", *(f"{indent}- {side}: {one}" for one in given)])
    if not _right_behind(question, key):
        return message, None
    indent = " " * (question.fields["options"].column - 1)
    return message, "\n".join(f"{indent}- {side}: {one}" for one in given)


def plain_option(source: SourceText, question: Mapping, option: Scalar) -> tuple[str, str | None] | None:
    """Say what to do with an answer of the list that does not say whether it is right.

    Returns:
        As `stray_side`; None for those in square brackets but the first, which is told for all.
    """
    options = question.fields["options"]
    if isinstance(options, Sequence) and options.flow:
        message = "Write each answer in a line of its own, and say whether it is right: “- right: …” or “- wrong: …”."
        return (message, _unbracketed(source, question, options)) if option is options.entries[0] else None
    message = f"Say whether “{shorten(option.value, 40)}” is right: write “- right: …” or “- wrong: …”."
    side = _known_side(question, option)
    line = source.lines[option.line - 1]
    if side is None or line[: option.column - 1].strip() != "-":
        return message, None
    return message, f"{line[: option.column - 1]}{side}: {line[option.column - 1 :]}"


def named_answer(question: Mapping, name: str) -> str | None:
    """Say what to do with a field that names the right answer beside a list of them; None if it is no such field."""
    if name not in _KEYS:
        return None
    if any(isinstance(one, Scalar) for one in _listed(question)):
        return "Which answer is right is said in the list: begin that answer with “right:”. Then delete this line."
    if says_right(question):
        return "The list says already which answer is right. Delete this line."
    return None


def says_right(question: Mapping) -> bool:
    """Whether the list says of each answer whether it is right, and of one that it is."""
    listed = _listed(question)
    said = all(isinstance(one, Mapping) for one in listed)
    return said and any(isinstance(one, Mapping) and "right" in one.fields for one in listed)


def _listed(question: Mapping) -> list[Node]:
    options = question.fields.get("options")
    return options.entries if isinstance(options, Sequence) else []


def _known_side(question: Mapping, option: Scalar) -> Side | None:
    """Whether an answer is right, as far as the other lines of the question say so."""
    listed = _listed(question)
    named = [text for name in _KEYS if name in question.fields for text in _texts(question.fields[name])]
    texts = [fold(_said(one)) for one in listed]
    right = {place for text in named if (place := _place(fold(text), texts)) is not None}
    if named and len(right) == len(named):
        return "right" if listed.index(option) in right else "wrong"
    only_one = "choice" in _texts(question.fields.get("type", option))
    there = any(isinstance(one, Mapping) and "right" in one.fields for one in listed)
    return "wrong" if only_one and there and not named else None


def _said(option: Node) -> str:
    if isinstance(option, Mapping):
        return next((text for side in _SIDES if side in option.fields for text in _texts(option.fields[side])), "")
    return option.value if isinstance(option, Scalar) else ""


def _place(named: str, texts: list[str]) -> int | None:
    """The place of the answer that is named by its words, its letter or its number."""
    if named in texts:
        return texts.index(named)
    bare = named.rstrip(".)")
    if bare.isdecimal() and bare.isascii():
        place = int(bare[:3]) - 1
    else:
        place = _LETTERS.index(bare) if len(bare) == 1 and bare in _LETTERS else -1
    return place if 0 <= place < len(texts) else None


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.value
    elif isinstance(node, Sequence):
        yield from (one.value for one in node.entries if isinstance(one, Scalar))


def _texts_in_one_line(source: SourceText, key: Scalar, value: Node) -> list[str] | None:
    """The answers of a field as they are written, if they stand in its line and nothing of them in the next."""
    if _goes_on(source, key.line, key.column):
        return None
    if isinstance(value, Scalar):
        line = source.lines[key.line - 1]
        return [line[value.column - 1 :].strip()] if value.line == key.line and value.value else None
    if isinstance(value, Sequence) and value.flow and all(isinstance(one, Scalar) for one in value.entries):
        return [quoted(text) for text in _texts(value)] or None
    return None


def _unbracketed(source: SourceText, question: Mapping, options: Sequence) -> str | None:
    """The line of a list in square brackets with one answer a line, and whether it is right where that is known."""
    key = question.keys["options"]
    line = source.lines[key.line - 1]
    texts = [one for one in options.entries if isinstance(one, Scalar) and one.line == key.line]
    if question.flow or len(texts) < len(options.entries) or not line.rstrip().endswith("]"):
        return None
    indent = " " * (key.column + 1)
    sides = [_known_side(question, one) for one in texts]
    said = [
        f"{side}: {quoted(one.value)}" if side else quoted(one.value) for side, one in zip(sides, texts, strict=True)
    ]
    return "\n".join([line[: options.column - 1].rstrip(), *(f"{indent}- {one}" for one in said)])


def _goes_on(source: SourceText, line: int, column: int) -> bool:
    """Whether a field that begins in a column has more lines than this one."""
    below = source.lines[line] if line < len(source.lines) else ""
    return bool(below.strip()) and len(below) - len(below.lstrip()) >= column


def _goes_on_above(question: Mapping, key: Scalar, value: Node) -> bool:
    """Whether the list below a field goes on with the list of answers right before it once the line of the field goes.

    Whether they are right can be told then only where one of those is: of a question with one right answer.
    """
    options = question.fields.get("options")
    if not isinstance(options, Sequence) or not isinstance(value, Sequence) or value.flow:
        return False
    one_right = side_of(key.value) == "wrong" and says_right(question)
    return one_right and _right_behind(question, key) and value.column == options.column


def _right_behind(question: Mapping, key: Scalar) -> bool:
    """Whether a field stands right behind the list of answers."""
    order = [one.value for one in sorted(question.keys.values(), key=lambda one: (one.line, one.column))]
    options = question.fields.get("options")
    listed = isinstance(options, Sequence) and not options.flow
    return listed and order.index(key.value) == order.index("options") + 1
