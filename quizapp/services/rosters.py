"""Sections and the students in them: making, naming, cards, leaving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import (
    RosterEntry,
    Section,
    SectionTeacher,
    SignIn,
    Student,
    db,
)
from quizapp.services.credentials import (
    card_secret_hmac,
    fold_name,
    new_card_secret,
    new_join_code,
    request_hash,
    show_join_code,
)
from quizapp.services.writing import writing

NAME_MAX = 80
NAMES_AT_ONCE = 400
SENT_TWICE_WITHIN = timedelta(minutes=1)


class NotFoundError(LookupError):
    """There is no such thing, or it is not this person's to see; both look the same."""


@dataclass(frozen=True)
class SectionRef:
    """A section as its pages name it."""

    id: int
    public_id: str
    name: str
    join_code: str
    simulated: bool

    @property
    def shown_code(self) -> str:
        return show_join_code(self.join_code)


@dataclass(frozen=True)
class RosterLine:
    """One student in the roster table."""

    student_id: int
    public_id: str
    name: str
    has_card: bool


@dataclass(frozen=True)
class RosterPage:
    section: SectionRef
    students: tuple[RosterLine, ...]


@dataclass(frozen=True)
class Card:
    """What is printed for one student. The words exist only here and on paper."""

    name: str
    secret: str


@dataclass(frozen=True)
class CardsPage:
    section: SectionRef
    cards: tuple[Card, ...]
    already_there: tuple[str, ...] = ()


def list_sections(account_id: int) -> tuple[SectionRef, ...]:
    """Return the classes a teacher teaches, by name."""
    rows = db.session.scalars(
        sa.select(Section)
        .join(SectionTeacher, SectionTeacher.section_id == Section.id)
        .where(SectionTeacher.account_id == account_id, Section.archived_at.is_(None))
        .order_by(Section.name, Section.id)
    )
    return tuple(_ref(row) for row in rows)


def get_section(public_id: str, account_id: int) -> SectionRef:
    """Return a class of this teacher.

    Raises:
        NotFoundError: there is none, or another teacher's.
    """
    row = db.session.scalar(
        sa.select(Section)
        .join(SectionTeacher, SectionTeacher.section_id == Section.id)
        .where(
            Section.public_id == public_id,
            SectionTeacher.account_id == account_id,
            Section.archived_at.is_(None),
        )
    )
    if row is None:
        raise NotFoundError("class")
    return _ref(row)


def create_section(
    name: str,
    *,
    account_id: int,
    now: datetime,
    simulated: bool = False,
    request_key: str | None = None,
) -> SectionRef:
    """Make a class with a fresh join code, taught by the one who makes it.

    Args:
        request_key: the form's random word; the same word never makes two classes.
    """
    once = request_hash(request_key, account_id)
    try:
        with writing() as session:
            section = Section(
                name=name.strip(),
                join_code=_free_code(session),
                request_key=once,
                created_at=now,
                simulated=simulated,
            )
            session.add(section)
            session.flush()
            session.add(SectionTeacher(section_id=section.id, account_id=account_id))
            return _ref(section)
    except IntegrityError:
        made = db.session.scalars(
            sa.select(Section)
            .join(SectionTeacher, SectionTeacher.section_id == Section.id)
            .where(Section.request_key == once, SectionTeacher.account_id == account_id)
        )
        return _ref(made.one())


def roster_page(public_id: str, account_id: int) -> RosterPage:
    """Return the roster of a class.

    Raises:
        NotFoundError: there is no such class of this teacher.
    """
    section = get_section(public_id, account_id)
    rows = db.session.execute(
        sa.select(Student.id, Student.public_id, RosterEntry.display_name, Student.secret_hmac)
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(RosterEntry.section_id == section.id, RosterEntry.removed_at.is_(None))
        .order_by(RosterEntry.folded_name)
    )
    return RosterPage(
        section,
        tuple(RosterLine(row.id, row.public_id, row.display_name, row.secret_hmac is not None) for row in rows),
    )


def read_names(pasted: str) -> tuple[list[str], list[str]]:
    """Read a pasted list of names, one a line; spreadsheet columns are joined by a space.

    Returns:
        The names as they will be shown, without repeats, and the sentences about lines that
        cannot be used.
    """
    names: dict[str, str] = {}
    problems = []
    for number, line in enumerate(pasted.splitlines(), start=1):
        name = " ".join("".join(c if c.isprintable() else " " for c in line).split())
        if not name:
            continue
        if len(name) > NAME_MAX:
            problems.append(f"Line {number} has more than {NAME_MAX} characters. One name a line, please.")
            continue
        folded = fold_name(name)
        if not folded:
            problems.append(f"Line {number} holds no letters or digits.")
        elif folded in names:
            problems.append(f"Line {number}: “{name}” is there twice. Add an initial, so both can sign in.")
        else:
            names[folded] = name
    if len(names) > NAMES_AT_ONCE:
        problems.append(f"At most {NAMES_AT_ONCE} names at once.")
    return list(names.values()), problems


def add_students(
    section: SectionRef, names: list[str], *, key: str, now: datetime, simulated: bool = False
) -> CardsPage:
    """Add students to a class and make their cards.

    Names that are in the class already are left as they are, so sending a longer list does no
    harm. Names added a moment ago get their cards again: a double click must not hide the only
    page that shows the words.

    Returns:
        The new students' cards: the only time their words can be read.
    """
    with writing() as session:
        # The same list sent twice at once must wait for its twin: two inserts of one name would clash.
        session.get_one(Section, section.id, with_for_update=True)
        entries = {
            entry.folded_name: entry
            for entry in session.scalars(sa.select(RosterEntry).where(RosterEntry.section_id == section.id))
        }
        cards, there = [], []
        for name in names:
            entry = entries.get(fold_name(name))
            if entry is not None and entry.removed_at is None and entry.added_at < now - SENT_TWICE_WITHIN:
                there.append(entry.display_name)
                continue
            if entry is None:
                student = Student(created_at=now, simulated=simulated)
                session.add(student)
                session.flush()
                session.add(
                    RosterEntry(
                        section_id=section.id,
                        student_id=student.id,
                        display_name=name,
                        folded_name=fold_name(name),
                        added_at=now,
                    )
                )
            else:
                entry.display_name, entry.removed_at = name, None
                student = session.get_one(Student, entry.student_id)
            cards.append(Card(name, _new_secret(student, key=key, now=now)))
        return CardsPage(section, tuple(cards), tuple(there))


def make_cards(section: SectionRef, *, key: str, now: datetime, student: str | None = None) -> CardsPage:
    """Make new cards; the words on older cards stop working.

    Args:
        student: public id of one student; None for the whole class.

    Raises:
        NotFoundError: that student is not in this class.
    """
    with writing() as session:
        query = (
            sa.select(Student, RosterEntry.display_name)
            .join(RosterEntry, RosterEntry.student_id == Student.id)
            .where(RosterEntry.section_id == section.id, RosterEntry.removed_at.is_(None))
            .order_by(RosterEntry.folded_name)
        )
        if student is not None:
            query = query.where(Student.public_id == student)
        rows = session.execute(query).all()
        if student is not None and not rows:
            raise NotFoundError("student")
        return CardsPage(
            section,
            tuple(Card(name, _new_secret(row, key=key, now=now)) for row, name in rows),
        )


def rename_student(section: SectionRef, student: str, name: str) -> None:
    """Give a student another name in this class.

    Raises:
        NotFoundError: that student is not in this class.
        ValueError: another student of the class has this name.
    """
    try:
        with writing() as session:
            entry = _entry(session, section, student)
            entry.display_name, entry.folded_name = name, fold_name(name)
    except IntegrityError:
        raise ValueError(f"There is another “{name}” in this class. Add an initial.") from None


def remove_student(section: SectionRef, student: str, *, now: datetime) -> None:
    """Take a student out of a class. Answers are kept; the student can no longer sign in here.

    Raises:
        NotFoundError: that student is not in this class.
    """
    with writing() as session:
        entry = _entry(session, section, student)
        entry.removed_at = now
        session.execute(sa.delete(SignIn).where(SignIn.student_id == entry.student_id, SignIn.section_id == section.id))


def new_code(section: SectionRef) -> None:
    """Give a class another join code; the old one stops working at once."""
    with writing() as session:
        row = session.get_one(Section, section.id)
        row.join_code = _free_code(session)


def _entry(session: Session, section: SectionRef, student: str) -> RosterEntry:
    entry = session.scalar(
        sa.select(RosterEntry)
        .join(Student, Student.id == RosterEntry.student_id)
        .where(
            RosterEntry.section_id == section.id,
            Student.public_id == student,
            RosterEntry.removed_at.is_(None),
        )
    )
    if entry is None:
        raise NotFoundError("student")
    return entry


def _new_secret(student: Student, *, key: str, now: datetime) -> str:
    secret = new_card_secret()
    student.secret_hmac = card_secret_hmac(secret, student_id=student.id, key=key)
    student.secret_made_at = now
    return secret


def _free_code(session: Session) -> str:
    while True:
        code = new_join_code()
        if session.scalar(sa.select(Section.id).where(Section.join_code == code)) is None:
            return code


def _ref(row: Section) -> SectionRef:
    return SectionRef(row.id, row.public_id, row.name, row.join_code, row.simulated)
