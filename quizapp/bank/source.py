"""A bank file as text: its lines, its questions' places, and what is wrong with it before YAML."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from quizapp.bank.bullets import BULLET, bullets
from quizapp.bank.problems import Level, Problem

MAX_BYTES = 1_000_000
LONG_LISTS = frozenset({"questions", "stimuli"})
"""The two lists of a bank whose entries can be read one by one."""
MAX_LINE = 25_000
"""Characters of a line. No text may have more bytes, and what comes in longer lines is not written by people."""
MAX_PIECES = 100_000
"""Line ends, commas and brackets of a file. A megabyte of questions has half as many."""

#: Line ends to YAML 1.1 that no editor shows; word processors paste them.
HIDDEN_BREAKS = re.compile("[\x85\u2028\u2029]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
#: Spaces and invisible characters that YAML does not take for a space.
_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")
#: Whatever the search line by line could find.
_ANYTHING_ODD = re.compile(f"{CONTROL.pattern}|{HIDDEN_BREAKS.pattern}|{_ODD_SPACE.pattern}|\t|^%", re.MULTILINE)
#: The part of a line that YAML reads as structure: indent, dashes, a field name, spaces.
_STRUCTURE = re.compile(
    r"^(?:[^\S\n]|[\u200b\u2060\ufeff])*(?:-[^\S\n]+)*(?:[\w\-\u00a0\u200b\u2060\ufeff]+:(?:[^\S\n]+|$))?"
)
_BLOCK_TEXT = re.compile(r"(?:^|[:\-] +)[|>][+-]?[0-9]?[+-]?\s*(?:#.*)?$")
_LINE_END = re.compile(r"\r\n|\r|\n")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class TextTooLongError(ValueError):
    """A text is longer than a bank may be, or has more pieces; nothing was written."""


@dataclass(frozen=True)
class Region:
    """Lines `first` to `last` of the file, from 1, that hold one entry of a list."""

    first: int
    last: int
    section: str
    id: str | None


@dataclass(frozen=True)
class SourceText:
    """The file's lines, cleaned so that YAML counts the same lines as an editor."""

    name: str
    lines: tuple[str, ...]
    #: Lines as they were, for showing.
    original: tuple[str, ...] = field(repr=False)

    def problem(
        self, line: int, column: int, code: str, message: str, level: Level = "error", fix: str | None = None
    ) -> Problem:
        """A problem at this place, with its line and the question it lies in."""
        shown = self.original[line - 1] if 0 < line <= len(self.original) else ""
        return Problem(
            file=self.name,
            line=line,
            column=column,
            level=level,
            code=code,
            message=message,
            question=self.question_at(line),
            fix=fix,
            source=shown,
        )

    def question_at(self, line: int) -> str | None:
        """The id of the question that this line belongs to."""
        starts, questions = self._questions
        place = bisect_right(starts, line) - 1
        return questions[place].id if place >= 0 and line <= questions[place].last else None

    @cached_property
    def _questions(self) -> tuple[list[int], list[Region]]:
        questions = [region for region in self.regions if region.section == "questions"]
        return [region.first for region in questions], questions

    @cached_property
    def hash_lines(self) -> list[int]:
        """The lines with a “#”."""
        return [number for number, line in enumerate(self.lines, 1) if "#" in line]

    def hashes(self, first: int, last: int) -> list[int]:
        """The lines with a “#” from `first` to `last`, from 1."""
        lines = self.hash_lines
        return lines[bisect_left(lines, first) : bisect_right(lines, last)]

    def has_hash(self, first: int, last: int) -> bool:
        """Whether one of the lines `first` to `last` has a “#”."""
        lines = self.hash_lines
        place = bisect_left(lines, first)
        return place < len(lines) and lines[place] <= last

    @cached_property
    def sections(self) -> list[tuple[str, int, int]]:
        """Top-level fields with their first and last line."""
        starts = [
            (match[1], number)
            for number, line in enumerate(self.lines, 1)
            if (match := re.match(r"([A-Za-z_][\w-]*)\s*:(?:\s|$)", line))
        ]
        edges = [*(start for _, start in starts), len(self.lines) + 1]
        return [(key, start, edges[place + 1] - 1) for place, (key, start) in enumerate(starts)]

    @cached_property
    def regions(self) -> list[Region]:
        """The entries of the lists of questions and stimuli."""
        found: list[Region] = []
        for key, start, end in self.sections:
            if key in LONG_LISTS:
                found.extend(self._entries(key, start + 1, end))
        return found

    def regions_between(self, first: int, last: int) -> list[Region]:
        """The entries that begin in the lines `first` to `last`, from 1."""
        starts = self._starts
        return self.regions[bisect_left(starts, first) : bisect_right(starts, last)]

    @cached_property
    def _starts(self) -> list[int]:
        return [region.first for region in self.regions]

    def _entries(self, section: str, first: int, last: int) -> list[Region]:
        starts = self._dashes(first, last)
        edges = [*starts, last + 1]
        return [Region(a, b - 1, section, self._id(a, b - 1)) for a, b in pairwise(edges)]

    def _dashes(self, first: int, last: int) -> list[int]:
        """The lines in which the entries of a list begin: those with its dash, and the first, if it lacks its own."""
        found = [
            (len(dash[1]), number)
            for number in range(first, last + 1)
            if (dash := re.match(r"( *)-(?: |$)", self.lines[number - 1]))
        ]
        begin = next((number for number in range(first, last + 1) if re.match(r" *[^\s#]", self.lines[number - 1])), 0)
        bare = re.match(r"( +)[\w-]+:(?: |$)", self.lines[begin - 1]) if begin else None
        if bare is None:
            return [number for indent, number in found if indent == found[0][0]]
        here = len(bare[1])
        indent = here if any(indent == here for indent, _ in found) else here - 2
        return [begin, *(number for other, number in found if other == indent)]

    def indent_of(self, section: str) -> int:
        """How many spaces stand before the dashes of a long list; 2 when it has none."""
        lines = (self.lines[region.first - 1] for region in self.regions if region.section == section)
        return next((len(line) - len(line.lstrip()) for line in lines if line.lstrip().startswith("-")), 2)

    def _id(self, first: int, last: int) -> str | None:
        for line in self.lines[first - 1 : last]:
            if match := re.match(r" *(?:- +)?id: *[\"']?([\w-]+)", line):
                return match[1]
        return None


def refuse_too_long(text: str) -> None:
    """Raise TextTooLongError where a text, with plain line ends, has more bytes than a bank may have."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TextTooLongError(len(text))


def refuse_too_full(text: str) -> None:
    """Raise TextTooLongError where a text could not be read again for its length, or for the number of its pieces.

    What an author typed is kept all the same; this is for what the program writes.
    """
    refuse_too_long(text)
    if _pieces(text.encode("utf-8", "surrogatepass")) > MAX_PIECES:
        raise TextTooLongError(len(text))


def _pieces(data: bytes) -> int:
    return sum(map(data.count, (b"\n", b"\r", b",", b"[", b"{")))


def open_source(data: bytes, name: str) -> tuple[SourceText | None, list[Problem]]:
    """Decode a file and look for what YAML would misread without a word.

    Returns:
        The text, or None when nothing can be read at all, and the problems found.
    """
    if len(data) > MAX_BYTES:
        return None, [
            _whole(name, "too-big", f"The file is larger than {MAX_BYTES:,} bytes. Split it into several banks.")
        ]
    if data.startswith(_UTF16) or b"\x00" in data[:64]:
        return None, [
            _whole(name, "not-utf8", "The file is not saved as UTF-8. Save it again with the encoding UTF-8.")
        ]
    if _pieces(data) > MAX_PIECES:
        message = f"There are more than {MAX_PIECES:,} lines, commas and brackets here. Make several banks of it."
        return None, [_whole(name, "too-many", message)]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [_wrong_byte(data, name, error.start)]
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    original = tuple(text.split("\n"))
    longest = max(range(len(original)), key=lambda number: len(original[number]))
    if len(original[longest]) > MAX_LINE:
        message = f"This line is longer than {MAX_LINE:,} characters. Shorten its text, or split it into several."
        return None, [_whole(name, "too-long", message, longest + 1)]
    return _cleaned(name, original)


def _cleaned(name: str, original: tuple[str, ...]) -> tuple[SourceText, list[Problem]]:
    whole = "\n".join(original)
    if not _ANYTHING_ODD.search(whole) and not BULLET.search(whole):
        return SourceText(name, original, original), []  # nearly every file, and much quicker than line by line
    inside = list(_inside_block_text(original))
    dashes = dict(bullets(original, inside))
    lines = [
        _plain_line(dashes.get(number, line), text=within)
        for number, (line, within) in enumerate(zip(original, inside, strict=True), 1)
    ]
    directives = list(_directives(lines))
    for number in directives:
        lines[number - 1] = ""
    source = SourceText(name, tuple(lines), original)
    message = "A line that begins with % is an instruction to a program, and not allowed. Delete it."
    problems = [source.problem(number, 1, "directive", message, fix="") for number in directives]
    for number, (line, within) in enumerate(zip(original, inside, strict=True), 1):
        if number in dashes:
            column = len(line) - len(line.lstrip()) + 1
            message = "A bullet or a number stands here in the place of a dash. Write a dash and a space."
            problems.append(source.problem(number, column, "bullet", message, fix=dashes[number]))
            continue
        problems += _hidden_characters(source, number, line)
        problems += [] if within else _structure_problems(source, number, line)
    return source, problems


def _directives(lines: Iterable[str]) -> Iterator[int]:
    """The numbers of lines with an instruction to a YAML program, which stand before everything else."""
    for number, line in enumerate(lines, 1):
        if line.startswith("%"):
            yield number
        elif line.strip() and not line.startswith(("#", "---")):
            return


def _whole(name: str, code: str, message: str, line: int = 1) -> Problem:
    return Problem(file=name, line=line, column=1, level="error", code=code, message=message)


def _wrong_byte(data: bytes, name: str, at: int) -> Problem:
    """The first byte that is not UTF-8; the corrected line takes it for the old encoding of Windows."""
    before = _LINE_END.split(data[:at].decode("utf-8").removeprefix("\ufeff"))
    rest = re.split(rb"[\r\n]", data[at:], maxsplit=1)[0]
    line = before[-1] + rest.decode("cp1252", "replace")
    return Problem(
        file=name,
        line=len(before),
        column=len(before[-1]) + 1,
        level="error",
        code="not-utf8",
        message="A character here is not UTF-8. Save the file again with the encoding UTF-8.",
        fix=line,
        source=line,
    )


def _plain_line(line: str, *, text: bool) -> str:
    """The line as YAML may see it: the same length, hidden breaks and odd structure as spaces."""
    line = CONTROL.sub(" ", HIDDEN_BREAKS.sub(" ", line))
    head = _STRUCTURE.match(line)
    if text or head is None:
        return line
    return _ODD_SPACE.sub(" ", head[0]) + line[head.end() :]


def _inside_block_text(lines: Iterable[str]) -> Iterator[bool]:
    """For each line, whether it is text below a `|` or `>`, where YAML reads no structure."""
    outer: int | None = None  # indent of the field whose block text we are in
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        within = outer is not None and (not line.strip() or indent > outer)
        if not within:
            outer = _text_begins(line, indent)
        yield within


def _hidden_characters(source: SourceText, number: int, line: str) -> Iterator[Problem]:
    """The first of each sort on a line; the corrected line is without the others too."""
    if match := HIDDEN_BREAKS.search(line):
        message = "An invisible line break is here, probably pasted. Delete it and press Space or Enter."
        fix = HIDDEN_BREAKS.sub(" ", line)
        yield source.problem(number, match.start() + 1, "hidden-break", message, fix=fix)
    if match := CONTROL.search(line):
        message = f"An invisible control character (U+{ord(match[0]):04X}) is here. Delete it."
        yield source.problem(number, match.start() + 1, "control-character", message, fix=CONTROL.sub("", line))


def _text_begins(line: str, indent: int) -> int | None:
    """The indent of the field on this line if its text follows as a block, else None."""
    if not _BLOCK_TEXT.search(line):
        return None
    dashes = re.match(r" *(?:- +)*", line)
    return dashes.end() - (0 if ":" in line else 1) if dashes and dashes.end() > indent else indent


def _structure_problems(source: SourceText, number: int, line: str) -> list[Problem]:
    indent = re.match(r"\s*", line)
    tab = line.find("\t", 0, indent.end() if indent else 0)
    if tab >= 0 and line.strip():
        mended = line[: indent.end() if indent else 0].replace("\t", "  ") + line.lstrip()
        message = "This line is indented with a tab. Use spaces."
        return [source.problem(number, tab + 1, "tab", message, fix=mended)]
    head = _STRUCTURE.match(line)
    odd = _ODD_SPACE.search(head[0]) if head else None
    if odd is None or head is None:
        return []
    mended = re.sub("[\u200b\u2060\ufeff]", "", head[0])
    return [
        source.problem(
            number,
            odd.start() + 1,
            "odd-space",
            f"A special space (U+{ord(odd[0]):04X}) is here, probably pasted. Type an ordinary space, or delete it.",
            fix=_ODD_SPACE.sub(" ", mended) + line[head.end() :],
        )
    ]
