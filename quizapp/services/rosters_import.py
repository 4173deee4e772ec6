"""Reads a list of students as teachers have it: names one a line, a spreadsheet, a OneRoster file.

Every line is either used or refused with its number and a reason; nothing is dropped without a word.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from quizapp.models import RosterEntry, Student, db
from quizapp.services.credentials import fold_name
from quizapp.services.rosters import CODE_MAX, GROUP_MAX, NAME_MAX, NewStudent, SectionRef, find_section

NAMES_AT_ONCE = 400
UPLOAD_MAX = 500_000
"""Bytes of an uploaded list: some thousand students with all that school programs write about them."""
LISTED_MAX = 200_000
"""Characters of a list, pasted or uploaded."""
DELIMITERS = "\t;,"

# What a column is for, by its folded name without signs. OneRoster 1.1 and 1.2 `users.csv`: givenName,
# familyName, preferredGivenName, preferredFamilyName, username, identifier, sourcedId, role, status.
NAME, GIVEN, FAMILY, PREFERRED, PREFERRED_FAMILY, GROUP, CODE, ROLE, STATUS, ENABLED = range(10)
COLUMNS = {
    NAME: ("name", "fullname", "displayname", "student", "studentname", "names", "nickname"),
    GIVEN: ("givenname", "firstname", "forename", "first", "vorname", "prenom", "nombre"),
    FAMILY: ("familyname", "lastname", "surname", "last", "nachname", "nom", "apellidos"),
    PREFERRED: ("preferredgivenname", "preferredfirstname", "preferredname"),
    PREFERRED_FAMILY: ("preferredfamilyname", "preferredlastname"),
    GROUP: ("group", "groupname", "team", "set", "gruppe", "groupe", "grupo"),
    CODE: (
        "markcode", "code", "idnumber", "studentid", "studentnumber", "sisuserid", "sisid", "id", "username", "login",
        "identifier", "sourcedid",
    ),  # the first of these that a list has is taken
    ROLE: ("role", "roles"),
    STATUS: ("status",),
    ENABLED: ("enableduser",),
}  # fmt: skip
_MEANING = {name: meaning for meaning, names in COLUMNS.items() for name in names}


class UnreadableListError(ValueError):
    """The whole list cannot be read; the message says what to do."""


@dataclass(frozen=True)
class ListedStudent(NewStudent):
    """A student on a list, with the line."""

    line: int = 0


@dataclass(frozen=True)
class RefusedLine:
    line: int
    text: str
    why: str


@dataclass(frozen=True)
class StudentList:
    """A list that was read."""

    students: tuple[ListedStudent, ...] = ()
    refused: tuple[RefusedLine, ...] = ()
    has_columns: bool = False
    """Whether the first line names columns."""
    unread: tuple[str, ...] = ()
    """Names of columns that are not looked at, such as e-mail addresses."""


@dataclass(frozen=True)
class Known:
    """A listed student who is in the class already."""

    listed: ListedStudent
    name: str
    group: str | None
    mark_code: str | None

    @property
    def changes(self) -> bool:
        return bool(
            (self.listed.group and self.listed.group != self.group)
            or (self.listed.mark_code and self.listed.mark_code != self.mark_code)
        )


@dataclass(frozen=True)
class ImportPreview:
    """What adding a list would do to a class."""

    section: SectionRef
    text: str
    new: tuple[ListedStudent, ...]
    back: tuple[ListedStudent, ...]
    """Were taken out earlier and come back with their work."""
    known: tuple[Known, ...]
    refused: tuple[RefusedLine, ...]
    unread: tuple[str, ...] = field(default=())
    has_columns: bool = False

    @property
    def wanted(self) -> tuple[ListedStudent, ...]:
        """Everybody the list may give to `add_students`."""
        return (*self.new, *self.back, *(known.listed for known in self.known))

    @property
    def plain(self) -> bool:
        """Tell whether it needs no second look: nothing refused, no columns, everybody new."""
        return not (self.refused or self.has_columns or self.back or self.known)


def decode_list(data: bytes) -> str:
    """Return the text of an uploaded list: UTF-8, UTF-16 with its mark, or as old Windows programs wrote.

    Raises:
        UnreadableListError: it is too long, or no text at all.
    """
    if len(data) > UPLOAD_MAX:
        raise UnreadableListError(
            f"This file is larger than {UPLOAD_MAX // 1000} kB. Keep the columns with names, groups and codes."
        )
    if data[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        raise UnreadableListError("This is a spreadsheet file. In the spreadsheet choose “Save as” and CSV.")
    marked = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise UnreadableListError("This is not a list in plain text. Save it as “CSV UTF-8” and try again.")


def read_list(text: str) -> StudentList:
    """Read a pasted or uploaded list.

    Without a first line that names columns, every line is one name; tabs of a spreadsheet become
    spaces. With one, columns are found by their names, in any order, parted by tab, semicolon or
    comma.

    Raises:
        UnreadableListError: the whole list cannot be read.
    """
    if len(text) > LISTED_MAX:
        raise UnreadableListError(f"This list has more than {LISTED_MAX:,} characters. Add it in parts.")
    text = text.removeprefix("\ufeff")
    rows = list(_rows_with_columns(text))
    if rows:
        columns = [_MEANING.get(_folded_column(cell)) for cell in rows[0][1]]
        unread = tuple(
            cell.strip() for cell, meaning in zip(rows[0][1], columns, strict=True) if meaning is None and cell.strip()
        )
        found = [
            _student_of(number, cells, rows[0][1], columns) for number, cells in rows[1:] if any(map(str.strip, cells))
        ]
        return _without_doubles(found, has_columns=True, unread=unread)
    lines = enumerate(text.splitlines(), start=1)
    return _without_doubles([_judge(number, line, line) for number, line in lines if clean(line)])


def preview(public_id: str, account_id: int, text: str) -> ImportPreview:
    """Say what a list would do to a class, without doing it.

    Raises:
        NotFoundError: there is no such class of this teacher.
        UnreadableListError: the whole list cannot be read.
    """
    section = find_section(public_id, account_id)
    listed = read_list(text)
    rows = db.session.execute(
        sa.select(RosterEntry, Student.guest)
        .join(Student, Student.id == RosterEntry.student_id)
        .where(RosterEntry.section_id == section.id)
    ).all()
    entries = {entry.folded_name: entry for entry, guest in rows if not guest}
    owners = {entry.mark_code: entry for entry, _guest in rows if entry.mark_code}
    new, back, known, refused = [], [], [], list(listed.refused)
    for one in listed.students:
        entry = entries.get(fold_name(one.name))
        owner = owners.get(one.mark_code or "")
        if owner is not None and owner is not entry:
            why = f"The code {one.mark_code} belongs to “{owner.display_name}” in this class."
            refused.append(RefusedLine(one.line, one.name, why))
        elif entry is None:
            new.append(one)
        elif entry.removed_at is not None:
            back.append(one)
        else:
            known.append(Known(one, entry.display_name, entry.group, entry.mark_code))
    return ImportPreview(
        section=section,
        text=text,
        new=tuple(new),
        back=tuple(back),
        known=tuple(known),
        refused=tuple(sorted(refused, key=lambda line: line.line)),
        unread=listed.unread,
        has_columns=listed.has_columns,
    )


def clean(text: str) -> str:
    """Return text without control and other invisible signs, its spaces single."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def name_problem(name: str) -> str | None:
    """Return what is wrong with a cleaned name in a class, or None."""
    folded = fold_name(name)
    if len(name) > NAME_MAX or len(folded) > NAME_MAX:  # one sign can fold to many letters
        return f"A name has at most {NAME_MAX} characters. One name a line, please."
    if not folded:
        return "There are no letters or digits in this name."
    return None


def _rows_with_columns(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines as cells, with their numbers, if the first one names a column for names."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    best = max(DELIMITERS, key=lambda sign: sum(_folded_column(cell) in _MEANING for cell in first.split(sign)))
    reader = csv.reader(io.StringIO(text.replace("\x00", " "), newline=""), delimiter=best)
    meanings: set[int | None] = set()
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not meanings:
                meanings = {_MEANING.get(_folded_column(cell)) for cell in cells}
                if not meanings & {NAME, GIVEN, FAMILY, PREFERRED} or len(first) > NAME_MAX * 20:
                    return
            yield reader.line_num, cells
    except csv.Error:
        raise UnreadableListError(
            f"Line {reader.line_num} has quotation marks that do not close, or is far too long. Mend it and try again."
        ) from None


def _folded_column(name: str) -> str:
    return "".join(sign for sign in fold_name(name) if sign.isalnum())


def _student_of(
    number: int, cells: list[str], header: list[str], columns: Sequence[int | None]
) -> ListedStudent | RefusedLine:
    values: dict[int, str] = {}
    ranks: dict[int, int] = {}
    for title, meaning, cell in zip(header, columns, cells, strict=False):
        if meaning is None or not clean(cell):
            continue
        rank = COLUMNS[meaning].index(_folded_column(title))
        if meaning not in ranks or rank < ranks[meaning]:
            values[meaning], ranks[meaning] = clean(cell), rank
    parts = [values.get(PREFERRED) or values.get(GIVEN), values.get(PREFERRED_FAMILY) or values.get(FAMILY)]
    name = values.get(NAME) or " ".join(part for part in parts if part)
    text = " · ".join(clean(cell) for cell in cells if clean(cell))[:NAME_MAX]
    if "student" not in values.get(ROLE, "student").lower():
        return RefusedLine(number, name or text, f"The role is “{values[ROLE]}”, not student.")
    if values.get(STATUS, "").lower() == "tobedeleted" or values.get(ENABLED, "").lower() == "false":
        return RefusedLine(number, name or text, "The list says that this student has left.")
    return _judge(number, name, text, values.get(GROUP), values.get(CODE))


def _judge(
    number: int, name: str, text: str, group: str | None = None, code: str | None = None
) -> ListedStudent | RefusedLine:
    name, shown = clean(name), clean(text)[:NAME_MAX]
    if not name:
        return RefusedLine(number, shown, "There is no name in this line.")
    problem = name_problem(name)
    if problem is None and len(group or "") > GROUP_MAX:
        problem = f"The name of a group has at most {GROUP_MAX} characters."
    if problem is None and len(code or "") > CODE_MAX:
        problem = f"A code has at most {CODE_MAX} characters."
    if problem:
        return RefusedLine(number, shown, problem)
    return ListedStudent(name, group or None, code or None, number)


def _without_doubles(
    found: list[ListedStudent | RefusedLine], *, has_columns: bool = False, unread: tuple[str, ...] = ()
) -> StudentList:
    students: dict[str, ListedStudent] = {}
    codes: dict[str, ListedStudent] = {}
    refused: list[RefusedLine] = []
    for one in found:
        if isinstance(one, RefusedLine):
            refused.append(one)
            continue
        folded = fold_name(one.name)
        if folded in students:
            first = students[folded]
            why = f"“{one.name}” reads like “{first.name}” in line {first.line}. Add an initial, so both can sign in."
        elif one.mark_code in codes:
            why = f"Line {codes[one.mark_code].line} has the same code, {one.mark_code}."
        elif len(students) >= NAMES_AT_ONCE:
            why = f"At most {NAMES_AT_ONCE} students at once. Add the others afterwards."
        else:
            students[folded] = one
            if one.mark_code:
                codes[one.mark_code] = one
            continue
        refused.append(RefusedLine(one.line, one.name, why))
    return StudentList(tuple(students.values()), tuple(refused), has_columns, unread)
