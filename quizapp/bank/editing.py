"""Changes of one entry of a bank file: everything that is not meant stays as it was written, sign for sign.

Only the lines of the entry are written anew. Notes inside it stay, and one whose field goes is put above the
entry. What was written is read again and must say exactly what was meant; where it does not, because the file is
written in an unusual way, the whole file is written by `bank.writing` instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from quizapp.bank.entries import (
    Section,
    UnreadableError,
    entries_of,
    errors_in,
    fields_of,
    free_id,
    read_text,
)
from quizapp.bank.entry_lines import entry_spans, head_lines, indented, with_notes_above, with_their_spaces
from quizapp.bank.loader import SENTENCES
from quizapp.bank.nodes import Mapping as Fields
from quizapp.bank.nodes import Sequence, data_of
from quizapp.bank.problems import Problem
from quizapp.bank.reader import Tree, read
from quizapp.bank.source import SourceText, refuse_too_full
from quizapp.bank.writing import HEAD, UnwritableError, bank_text, cleaned, notes_in, rewritten
from quizapp.items.base import JSON


def set_head(text: str, fields: Mapping[str, JSON]) -> str:
    """The text with these fields of the bank itself; None or nothing takes one out, others stay.

    Raises:
        UnreadableError: the text has mistakes.
        TextTooLongError: it would be longer than a bank may be.
    """
    tree, root = read_text(text)
    before = data_of(root)
    new = {name: value for name, value in _cleaned(fields).items() if cleaned(before.get(name, "")) != value}
    wanted = {name: value for name, value in {**before, **new}.items() if name not in new or value not in ("", [], {})}

    def changed(lines: list[str], source: SourceText, root: Fields) -> list[str]:
        edges = head_lines(lines)
        for name, value in sorted(new.items(), key=lambda one: -HEAD.index(one[0])):
            if name in edges:
                first, last = edges[name]
                old = "\n".join(lines[first - 1 : last])
                lines[first - 1 : last] = rewritten(old, {name: value}).rstrip("\n").split("\n") if value else []
            elif value:
                later = [edges[one][0] for one in HEAD[HEAD.index(name) + 1 :] if one in edges]
                at = with_notes_above(lines, min(later), 1, 0) - 1 if later else len(lines)
                lines[at:at] = bank_text({name: value}).rstrip("\n").split("\n")
            edges = head_lines(lines)
        return lines

    return _edited(text, tree, wanted, changed)


def insert_entry(text: str, section: Section, fields: Mapping[str, JSON]) -> str:
    """The text with one more entry at the end of a section. Raises as `set_head` does."""
    wanted: Any = cleaned(dict(fields))

    def changed(lines: list[str], source: SourceText, root: Fields) -> list[str]:
        entry = bank_text({"questions": [wanted]}).rstrip("\n").split("\n")[1:]
        return _with_entry_lines(lines, source, section, None, entry)

    tree, root = read_text(text)
    entries = [fields_of(one) for one in entries_of(root, section)]
    return _edited(text, tree, {**data_of(root), section: [*entries, wanted]}, changed)


def put_back(text: str, section: Section, place: int, written: str) -> str:
    """The text with an entry that was taken out of it, as it was written, notes and all.

    One that is there, saying the very same, is left out: it was put back already. Where another has its id
    meanwhile, it gets a free one.

    Args:
        text: the file.
        section: the list it stood in.
        place: its place in the list, from 0; the end, where the list is shorter now.
        written: its lines, as `entry_text` gave them.

    Raises:
        UnreadableError: the text has mistakes, or what was written is not one entry.
        TextTooLongError: the text would be longer than a bank may be.
    """
    _, alone = read_text(f"questions:\n{written}")
    found = list(entries_of(alone, "questions"))
    if len(found) != 1 or not any(map(_dashed, written.split("\n"))):
        raise UnreadableError(())
    one, wanted = found[0], fields_of(found[0])
    tree, root = read_text(text)
    there = list(entries_of(root, section))
    entries = [fields_of(other) for other in there]
    if cleaned(wanted) in map(cleaned, entries):
        return text
    if one.named and any(one.key == other.key for other in there):
        wanted = {**wanted, "id": free_id(one.key, there)}
        named = rf"^([ \t]*(?:-[ \t]+)?id:[ \t]*)([\"']?){one.key}\2(?=[ \t]|$)"
        written = re.sub(named, rf"\g<1>{wanted['id']}", written, count=1, flags=re.MULTILINE)
    at = place if 0 <= place < len(entries) else None
    entries.insert(len(entries) if at is None else at, wanted)

    def changed(lines: list[str], source: SourceText, root: Fields) -> list[str]:
        given = written.rstrip("\n").split("\n")
        dash = next(filter(_dashed, given))
        return _with_entry_lines(lines, source, section, at, indented(given, 2 - (len(dash) - len(dash.lstrip()))))

    return _edited(text, tree, {**data_of(root), section: entries}, changed)


def _dashed(line: str) -> bool:
    """Whether an entry begins in a line."""
    return line.lstrip().startswith("-")


def _with_entry_lines(
    lines: list[str], source: SourceText, section: Section, place: int | None, entry: list[str]
) -> list[str]:
    """The lines with those of one more entry, whose dash is two signs in, before the entry at a place or at the end."""
    spans = entry_spans(source, lines, section)
    apart = [""] if len(spans) == 1 or any(not lines[span.last].strip() for span in spans[:-1]) else []
    if spans and place is not None:
        at = spans[place].first - 1
        if place == 0 and apart and not lines[at - 1].strip():  # stood there before the list began without it
            at, apart = at - 1, []
        lines[at:at] = [*indented(entry, spans[0].indent - 2), *apart]
        return lines
    if spans:
        at = spans[-1].last
        while at < len(lines) and lines[at].lstrip().startswith("#"):
            at += 1
        lines[at:at] = [*apart, *indented(entry, spans[0].indent - 2)]
        return lines
    places = {name: first for name, first, _ in source.sections}
    if section in places:
        lines[places[section] : places[section]] = entry
        return lines
    later = places.get("questions") if section == "stimuli" else None
    at = len(lines) if later is None else with_notes_above(lines, later, 1, 0) - 1
    while later is None and at and not lines[at - 1].strip():
        at -= 1
    lines[at:at] = [f"{section}:", *entry, *([""] if later else [])]
    return lines


def replace_entry(text: str, section: Section, place: int, fields: Mapping[str, JSON]) -> str:
    """The text with one entry that has these fields; those it has already stay as they are written.

    Args:
        text: the file.
        section: the list it stands in.
        place: its place in the list, from 0.
        fields: all its fields, as plain texts, lists and dictionaries.

    Raises:
        UnreadableError: the text has mistakes.
        TextTooLongError: it would be longer than a bank may be.
        IndexError: there is no such entry.
    """
    tree, root = read_text(text)
    entries = [fields_of(one) for one in entries_of(root, section)]
    wanted = _settled(entries[place], cleaned(dict(fields)))
    if wanted == entries[place] and not _bracketed(root, section, place):
        return text

    def changed(lines: list[str], source: SourceText, root: Fields) -> list[str]:
        span = entry_spans(source, lines, section)[place]
        old = "\n".join(["questions:", *lines[span.dash - 1 : span.last]])
        new = rewritten(old, {"questions": [wanted]}, SENTENCES)
        lost = Counter(notes_in(old)) - Counter(notes_in(new))
        kept = [f"{' ' * span.indent}{note}" for note in lost.elements()]
        entry = indented(new.rstrip("\n").split("\n")[1:], span.indent - 2)
        lines[span.dash - 1 : span.last] = [*kept, *entry]
        return lines

    return _edited(text, tree, {**data_of(root), section: _with(entries, place, wanted)}, changed)


def remove_entry(text: str, section: Section, place: int) -> str:
    """The text without one entry and the notes right above it. Raises as `replace_entry` does."""
    tree, root = read_text(text)
    entries = [fields_of(one) for one in entries_of(root, section)]
    del entries[place]

    def changed(lines: list[str], source: SourceText, root: Fields) -> list[str]:
        span = entry_spans(source, lines, section)[place]
        last = span.last
        above = lines[span.first - 2].strip() if span.first > 1 else ""
        if last < len(lines) and not lines[last].strip() and (not above or not entries[place:]):
            last += 1
        del lines[span.first - 1 : last]
        if not entries:
            del lines[next(first for name, first, _ in source.sections if name == section) - 1]
        return lines

    others = {name: value for name, value in data_of(root).items() if name != section}
    return _edited(text, tree, {**others, section: entries} if entries else others, changed, lose=True)


def move_entry(text: str, section: Section, place: int, by: Literal[-1, 1]) -> str:
    """The text with an entry before its predecessor (-1) or behind its successor (1); at an end nothing moves.

    Raises as `replace_entry` does.
    """
    tree, root = read_text(text)
    entries = [fields_of(one) for one in entries_of(root, section)]
    first, second = sorted((place, place + by))
    if first < 0 or second >= len(entries):
        return text
    entries[first], entries[second] = entries[second], entries[first]

    def changed(lines: list[str], source: SourceText, root: Fields) -> list[str]:
        spans = entry_spans(source, lines, section)
        one, other = spans[first], spans[second]
        between = lines[one.last : other.first - 1]
        upper, lower = lines[one.first - 1 : one.last], lines[other.first - 1 : other.last]
        lines[one.first - 1 : other.last] = [*lower, *between, *upper]
        return lines

    return _edited(text, tree, {**data_of(root), section: entries}, changed)


def entry_text(text: str, section: Section, place: int) -> str:
    """The lines of an entry as they are written. Raises as `replace_entry` does."""
    tree, _root = read_text(text)
    assert tree.source is not None  # noqa: S101 - a tree with a root has its source
    span = entry_spans(tree.source, list(tree.source.original), section)[place]
    return "\n".join(tree.source.original[span.first - 1 : span.last]) + "\n"


# ---------------------------------------------------------------- the file and its lines


_Change: TypeAlias = Callable[[list[str], SourceText, Fields], list[str]]


def _edited(text: str, tree: Tree, wanted: dict[str, JSON], changed: _Change, *, lose: bool = False) -> str:
    """The text after a change of its lines, if it then says what is wanted; else written anew as a whole.

    Notes that the whole file has no place for any more come to its end, unless `lose` says that some may go.

    Raises:
        TextTooLongError: it would be longer than a bank may be.
        UnreadableError: it cannot be written.
    """
    assert tree.root is not None  # noqa: S101 - it was read without a mistake
    assert tree.source is not None  # noqa: S101 - likewise
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    ends = "\r\n" if "\r\n" in text else "\n"
    before = tree.source.original
    try:
        lines = changed(list(before), tree.source, tree.root)
    except (UnwritableError, IndexError):
        lines = []
    refuse_too_full("\n".join(lines))  # before it is read again, which is then refused as a mistake
    found = _saying(lines, before, wanted)
    if found is None:
        try:
            written = bank_text(wanted, text)
        except UnwritableError as error:
            raise UnreadableError([Problem("bank", 1, 1, "error", "unwritable", str(error))]) from error
        written = _saying(written.split("\n"), before, wanted) or written
        lost = Counter() if lose else Counter(notes_in(text)) - Counter(notes_in(written))
        found = written + "".join(f"{note}\n" for note in lost.elements())
    found = found if found.endswith("\n") else found + "\n"
    return mark + found.replace("\n", ends)


def _saying(lines: list[str], before: Iterable[str], wanted: dict[str, JSON]) -> str | None:
    """The lines as a text that says what is wanted, spaces at ends of lines as they were if it then does; else None."""
    for tried in (with_their_spaces(lines, before), lines):
        text = "\n".join(tried)
        after = read(text.encode("utf-8", "surrogatepass"), "bank")
        if after.root is not None and not errors_in(after) and data_of(after.root) == wanted:
            return text
    return None


def _bracketed(root: Fields, section: Section, place: int) -> bool:
    """Whether a list of sentences of an entry stands in square brackets, where commas cut them."""
    node = root.fields[section]
    entry = node.entries[place] if isinstance(node, Sequence) else node
    lists = [entry.fields.get(name) for name in SENTENCES] if isinstance(entry, Fields) else []
    return any(isinstance(one, Sequence) and one.flow for one in lists)


def _cleaned(fields: Mapping[str, JSON]) -> dict[str, JSON]:
    """The fields as the reader would give them, "" for what is to go."""
    return {name: cleaned(value) if value is not None else "" for name, value in fields.items()}


def _settled(old: JSON, wanted: JSON) -> JSON:
    """What is wanted, in the very words of the file where they say the same but for white space at an end."""
    if cleaned(old) == wanted:
        return old
    if isinstance(old, dict) and isinstance(wanted, dict):
        return {name: _settled(old.get(name), value) if name in old else value for name, value in wanted.items()}
    if isinstance(old, list) and isinstance(wanted, list):
        known = {_frozen(cleaned(one)): one for one in old}
        return [
            known[_frozen(value)]
            if _frozen(value) in known
            else _settled(old[place], value)
            if place < len(old)
            else value
            for place, value in enumerate(wanted)
        ]
    return wanted


def _frozen(value: JSON) -> str:
    return repr(sorted(value.items())) if isinstance(value, dict) else repr(value)


def _with(entries: list[JSON], place: int, fields: JSON) -> list[JSON]:
    return [fields if number == place else one for number, one in enumerate(entries)]
