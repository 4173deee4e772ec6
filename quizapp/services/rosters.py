"""Classes and the students in them: making, adding, cards, leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import (
    RosterEntry,
    SecretKind,
    Section,
    SectionTeacher,
    SignIn,
    Student,
    db,
)
from quizapp.services.card_secrets import card_secret_hmac, new_card_secret
from quizapp.services.credentials import (
    fold_name,
    new_join_code,
    request_hash,
    show_join_code,
)
from quizapp.services.writing import writing

NAME_MAX = 80
CODE_MAX = GROUP_MAX = 60
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
    archived: bool = False
    secret_kind: SecretKind = SecretKind.WORDS
    guests_welcome: bool = False
    pseudonyms: bool = False
    door_open_until: datetime | None = None

    @property
    def shown_code(self) -> str:
        return show_join_code(self.join_code)


@dataclass(frozen=True)
class NewStudent:
    """Somebody to be added to a class."""

    name: str
    group: str | None = None
    mark_code: str | None = None


@dataclass(frozen=True)
class RosterLine:
    """One student in the roster table."""

    student_id: int
    public_id: str
    name: str
    has_card: bool
    group: str | None = None
    mark_code: str | None = None
    guest: bool = False


@dataclass(frozen=True)
class RosterPage:
    section: SectionRef
    students: tuple[RosterLine, ...]
    """Guests included."""

    @property
    def guests(self) -> tuple[RosterLine, ...]:
        return tuple(line for line in self.students if line.guest)

    @property
    def own(self) -> tuple[RosterLine, ...]:
        """The students with cards."""
        return tuple(line for line in self.students if not line.guest)


@dataclass(frozen=True)
class Card:
    """What is printed for one student. The words or pictures exist only here and on paper."""

    name: str
    secret: str
    pictures: tuple[str, ...] = ()
    """Names of the pictures; empty when the secret is words."""


@dataclass(frozen=True)
class CardsPage:
    section: SectionRef
    cards: tuple[Card, ...]
    already_there: tuple[str, ...] = ()


def list_sections(account_id: int) -> tuple[SectionRef, ...]:
    """Return the classes a teacher teaches now, by name; neither archived nor deleted ones."""
    rows = db.session.scalars(
        _taught_by(account_id).where(Section.archived_at.is_(None)).order_by(Section.name, Section.id)
    )
    return tuple(_ref(row) for row in rows)


def get_section(public_id: str, account_id: int) -> SectionRef:
    """Return a class of this teacher that can be changed: one that is not archived.

    Raises:
        NotFoundError: there is none, or another teacher's, or it is archived.
    """
    section = find_section(public_id, account_id)
    if section.archived:
        raise NotFoundError("class")
    return section


def find_section(public_id: str, account_id: int) -> SectionRef:
    """Return a class of this teacher for looking at, archived or not.

    Raises:
        NotFoundError: there is none, or another teacher's.
    """
    row = db.session.scalar(_taught_by(account_id).where(Section.public_id == public_id))
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
                join_code=free_code(session),
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
    section = find_section(public_id, account_id)
    return RosterPage(section, roster_lines(section.id))


def roster_lines(section_id: int) -> tuple[RosterLine, ...]:
    """Return who is in a class, by name."""
    rows = db.session.execute(
        sa.select(Student, RosterEntry)
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(RosterEntry.section_id == section_id, RosterEntry.removed_at.is_(None))
        .order_by(RosterEntry.folded_name)
    )
    return tuple(
        RosterLine(
            student_id=student.id,
            public_id=student.public_id,
            name=entry.display_name,
            has_card=student.secret_hmac is not None,
            group=entry.group,
            mark_code=entry.mark_code,
            guest=student.guest,
        )
        for student, entry in rows
    )


def roster_line(section: SectionRef, student: str) -> RosterLine:
    """Return one student of a class, guests included.

    Raises:
        NotFoundError: that student is not in this class.
    """
    for line in roster_lines(section.id):
        if line.public_id == student:
            return line
    raise NotFoundError("student")


def add_students(
    section: SectionRef, wanted: Sequence[str | NewStudent], *, key: str, now: datetime, simulated: bool = False
) -> CardsPage:
    """Add students to a class and make their cards.

    Names that are in the class already keep their cards, so sending a longer list does no harm;
    a group or code that the list gives them is taken over. Names added a moment ago get their
    cards again: a double click must not hide the only page that shows the words. A guest of the
    same name makes room: the name belongs to the roster.

    Returns:
        The new students' cards: the only time their words can be read.

    Raises:
        ValueError: a code on the list belongs to somebody else; nobody was added.
    """
    try:
        with writing() as session:
            return _add_students(session, section, [_whom(one) for one in wanted], key, now, simulated=simulated)
    except IntegrityError:
        raise ValueError("A code on this list belongs to another student of the class.") from None


def _whom(wanted: str | NewStudent) -> NewStudent:
    return NewStudent(wanted) if isinstance(wanted, str) else wanted


def _add_students(
    session: Session, section: SectionRef, wanted: list[NewStudent], key: str, now: datetime, *, simulated: bool
) -> CardsPage:
    # The same list sent twice at once must wait for its twin: two inserts of one name would clash.
    session.get_one(Section, section.id, with_for_update=True)
    entries = {
        entry.folded_name: (entry, student)
        for entry, student in session.execute(
            sa.select(RosterEntry, Student)
            .join(Student, Student.id == RosterEntry.student_id)
            .where(RosterEntry.section_id == section.id)
        )
    }
    cards, there = [], []
    for one in wanted:
        entry, student = entries.get(fold_name(one.name), (None, None))
        if entry is not None and student is not None and student.guest:
            entry.display_name = f"{entry.display_name[: NAME_MAX - 20]} (guest {entry.id})"
            entry.folded_name = fold_name(entry.display_name)
            session.flush()
            entry = None
        if entry is not None and entry.removed_at is None and entry.added_at < now - SENT_TWICE_WITHIN:
            there.append(entry.display_name)
        elif entry is None or student is None:
            student = Student(created_at=now, simulated=simulated)
            session.add(student)
            session.flush()
            entry = RosterEntry(
                section_id=section.id,
                student_id=student.id,
                display_name=one.name,
                folded_name=fold_name(one.name),
                added_at=now,
            )
            session.add(entry)
            cards.append(_new_card(section, entry, student, key=key, now=now))
        else:
            entry.display_name, entry.removed_at = one.name, None
            cards.append(_new_card(section, entry, student, key=key, now=now))
        entry.group = one.group or entry.group
        entry.mark_code = one.mark_code or entry.mark_code
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
            sa.select(Student, RosterEntry)
            .join(RosterEntry, RosterEntry.student_id == Student.id)
            .where(RosterEntry.section_id == section.id, RosterEntry.removed_at.is_(None), ~Student.guest)
            .order_by(RosterEntry.folded_name)
        )
        if student is not None:
            query = query.where(Student.public_id == student)
        rows = session.execute(query).all()
        if student is not None and not rows:
            raise NotFoundError("student")
        return CardsPage(
            section,
            tuple(_new_card(section, entry, row, key=key, now=now) for row, entry in rows),
        )


def remove_student(section: SectionRef, student: str, *, now: datetime) -> None:
    """Take a student out of a class. Answers are kept; the student can no longer sign in here.

    Raises:
        NotFoundError: that student is not in this class.
    """
    with writing() as session:
        entry = roster_entry(session, section, student)
        entry.removed_at = now
        session.execute(sa.delete(SignIn).where(SignIn.student_id == entry.student_id, SignIn.section_id == section.id))


def new_code(section: SectionRef) -> None:
    """Give a class another join code; the old one stops working at once."""
    with writing() as session:
        row = session.get_one(Section, section.id)
        row.join_code = free_code(session)


def roster_entry(session: Session, section: SectionRef, student: str) -> RosterEntry:
    """Return a student's place in a class.

    Raises:
        NotFoundError: that student is not in this class.
    """
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


def _new_card(section: SectionRef, entry: RosterEntry, student: Student, *, key: str, now: datetime) -> Card:
    secret = new_card_secret(section.secret_kind)
    student.secret_hmac = card_secret_hmac(secret, student_id=student.id, key=key)
    student.secret_made_at = now
    pictures = tuple(secret.split()) if section.secret_kind is SecretKind.PICTURES else ()
    return Card(entry.display_name, secret, pictures)


def free_code(session: Session) -> str:
    """Return a join code that no class has."""
    while True:
        code = new_join_code()
        if session.scalar(sa.select(Section.id).where(Section.join_code == code)) is None:
            return code


def _taught_by(account_id: int) -> sa.Select[Section]:
    return (
        sa.select(Section)
        .join(SectionTeacher, SectionTeacher.section_id == Section.id)
        .where(SectionTeacher.account_id == account_id, Section.deleted_at.is_(None))
    )


def _ref(row: Section) -> SectionRef:
    return SectionRef(
        id=row.id,
        public_id=row.public_id,
        name=row.name,
        join_code=row.join_code,
        simulated=row.simulated,
        archived=row.archived_at is not None,
        secret_kind=row.secret_kind,
        guests_welcome=row.guests_welcome,
        pseudonyms=row.pseudonyms,
        door_open_until=row.door_open_until,
    )
