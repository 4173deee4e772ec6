"""A class as a whole: its settings, its door, its teachers, its end and the next year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Account,
    RosterEntry,
    SecretKind,
    Section,
    SectionTeacher,
    SignIn,
    Student,
    db,
)
from quizapp.services import auditing
from quizapp.services.credentials import fold_name
from quizapp.services.rosters import NotFoundError, SectionRef, find_section, free_code
from quizapp.services.writing import rows_changed, upsert, writing

DOOR_MINUTES = (10, 30, 60)
UNDO_DAYS = 7
"""For so long a deleted class can be brought back."""


class SectionError(ValueError):
    """It cannot be done with this class; `reason` says why."""

    UNKNOWN_LOGIN = "unknown-login"
    LAST_TEACHER = "last-teacher"
    NOT_EMPTY = "not-empty"
    WRONG_NAME = "wrong-name"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class SectionSettings:
    """What a teacher chooses for a class."""

    name: str
    secret_kind: SecretKind = SecretKind.WORDS
    guests_welcome: bool = False
    pseudonyms: bool = False


@dataclass(frozen=True)
class TeacherLine:
    public_id: str
    name: str
    login: str
    own: bool
    """Whether it is the one who looks."""


@dataclass(frozen=True)
class SectionSettingsPage:
    section: SectionRef
    teachers: tuple[TeacherLine, ...]
    students: int


@dataclass(frozen=True)
class OldSection:
    """A class that is archived or waits for its deletion."""

    public_id: str
    name: str
    at: datetime
    """When it was archived or deleted."""
    gone_at: datetime | None = None
    """When a deleted class cannot be brought back any more."""


@dataclass(frozen=True)
class OldSectionsPage:
    archived: tuple[OldSection, ...]
    deleted: tuple[OldSection, ...]


def settings_page(public_id: str, account_id: int) -> SectionSettingsPage:
    """Return the settings and teachers of a class.

    Raises:
        NotFoundError: there is no such class of this teacher.
    """
    section = find_section(public_id, account_id)
    rows = db.session.execute(
        sa.select(Account.public_id, Account.name, Account.login, Account.id)
        .join(SectionTeacher, SectionTeacher.account_id == Account.id)
        .where(SectionTeacher.section_id == section.id)
        .order_by(Account.name, Account.id)
    )
    teachers = tuple(TeacherLine(row.public_id, row.name, row.login, row.id == account_id) for row in rows)
    students = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(RosterEntry)
        .where(RosterEntry.section_id == section.id, RosterEntry.removed_at.is_(None))
    )
    return SectionSettingsPage(section, teachers, students or 0)


def change_settings(section: SectionRef, wanted: SectionSettings, *, account_id: int, now: datetime) -> None:
    """Change a class's settings. Cards that are printed stay valid; new ones are of the new kind.

    Raises:
        SectionError: made-up names can be chosen only while nobody is in the class, and stay.
    """
    with writing() as session:
        row = session.get_one(Section, section.id, with_for_update=True)
        if wanted.pseudonyms != row.pseudonyms:
            there = sa.select(RosterEntry.id).where(RosterEntry.section_id == section.id)
            if session.scalar(sa.select(there.exists())):
                raise SectionError(SectionError.NOT_EMPTY)
            row.pseudonyms = wanted.pseudonyms
        row.name = wanted.name.strip()
        row.secret_kind = wanted.secret_kind
        # A nickname may well be a name: a class that keeps none takes no guests.
        row.guests_welcome = wanted.guests_welcome and not row.pseudonyms
        auditing.record(session, "class-settings", f"class {row.name}", account_id=account_id, now=now)


def hold_door(section: SectionRef, minutes: int, *, now: datetime) -> datetime:
    """Hold the door open: for some minutes the joining page lists names and may take guests.

    Returns:
        When it falls shut by itself.
    """
    until = now + timedelta(minutes=min(max(minutes, 1), max(DOOR_MINUTES)))
    with writing() as session:
        session.get_one(Section, section.id).door_open_until = until
    return until


def close_door(section: SectionRef) -> None:
    """Close the door at once."""
    with writing() as session:
        session.get_one(Section, section.id).door_open_until = None


def add_teacher(section: SectionRef, login: str, *, account_id: int, now: datetime) -> str:
    """Let a colleague teach a class too, with all rights. Adding twice is the same as once.

    Returns:
        The colleague's name.

    Raises:
        SectionError: nobody who may sign in has this login.
    """
    with writing() as session:
        row = session.get_one(Section, section.id)
        return let_colleague_teach(session, row, login, account_id=account_id, now=now)


def let_colleague_teach(session: Session, section: Section, login: str, *, account_id: int, now: datetime) -> str:
    """Add a colleague to a class in the caller's transaction and return the colleague's name.

    Raises:
        SectionError: nobody who may sign in has this login.
    """
    colleague = _colleague(session, login)
    _let_teach(session, section.id, colleague.id)
    subject = f"class {section.name}, account {colleague.public_id}"
    auditing.record(session, "teacher-added", subject, account_id=account_id, now=now)
    return colleague.name


def leave(section: SectionRef, *, account_id: int, now: datetime) -> None:
    """Stop teaching a class.

    Raises:
        SectionError: nobody else who can sign in teaches it.
    """
    with writing() as session:
        _leave(session, section, account_id)
        auditing.record(session, "teacher-left", f"class {section.name}", account_id=account_id, now=now)


def hand_over(section: SectionRef, login: str, *, account_id: int, now: datetime) -> str:
    """Give a class to a colleague and leave it, both or neither.

    Returns:
        The colleague's name.

    Raises:
        SectionError: nobody else who may sign in has this login.
    """
    with writing() as session:
        colleague = _colleague(session, login)
        _let_teach(session, section.id, colleague.id)
        _leave(session, section, account_id)
        auditing.record(
            session,
            "handed-over",
            f"class {section.name}, account {colleague.public_id}",
            account_id=account_id,
            now=now,
        )
        return colleague.name


def archive(section: SectionRef, *, account_id: int, now: datetime) -> None:
    """Put a class away: read only, nobody joins, whoever is signed in through it is signed out."""
    with writing() as session:
        row = session.get_one(Section, section.id)
        row.archived_at, row.door_open_until = row.archived_at or now, None
        session.execute(sa.delete(SignIn).where(SignIn.section_id == section.id))
        auditing.record(session, "archived", f"class {section.name}", account_id=account_id, now=now)


def bring_back(section: SectionRef, *, account_id: int, now: datetime) -> None:
    """Take a class out of the archive."""
    with writing() as session:
        session.get_one(Section, section.id).archived_at = None
        auditing.record(session, "brought-back", f"class {section.name}", account_id=account_id, now=now)


def copy_section(section: SectionRef, name: str, *, with_students: bool, account_id: int, now: datetime) -> str:
    """Make next year's class with the same settings, taught by the one who makes it.

    Students who come along keep their cards and support settings; answers stay in the old class.

    Returns:
        The new class's public id.
    """
    with writing() as session:
        old = session.get_one(Section, section.id)
        new = Section(
            name=name.strip(),
            join_code=free_code(session),
            secret_kind=old.secret_kind,
            guests_welcome=old.guests_welcome,
            pseudonyms=old.pseudonyms,
            created_at=now,
        )
        session.add(new)
        session.flush()
        session.add(SectionTeacher(section_id=new.id, account_id=account_id))
        if with_students:
            _copy_roster(session, old.id, new.id, now)
        auditing.record(session, "class-copied", f"class {section.name} to {new.name}", account_id=account_id, now=now)
        return new.public_id


def old_sections(account_id: int) -> OldSectionsPage:
    """Return a teacher's classes that are archived, and those that wait for their deletion."""
    rows = db.session.scalars(
        sa.select(Section)
        .join(SectionTeacher, SectionTeacher.section_id == Section.id)
        .where(
            SectionTeacher.account_id == account_id,
            sa.or_(Section.archived_at.is_not(None), Section.deleted_at.is_not(None)),
        )
        .order_by(Section.name, Section.id)
    ).all()
    undo = timedelta(days=UNDO_DAYS)
    return OldSectionsPage(
        archived=tuple(
            OldSection(row.public_id, row.name, row.archived_at)
            for row in rows
            if row.archived_at is not None and row.deleted_at is None
        ),
        deleted=tuple(
            OldSection(row.public_id, row.name, row.deleted_at, row.deleted_at + undo)
            for row in rows
            if row.deleted_at is not None
        ),
    )


def delete_section(section: SectionRef, typed_name: str, *, account_id: int, now: datetime) -> datetime:
    """Delete a class: out of sight at once, gone for good after the days of UNDO_DAYS.

    Args:
        typed_name: the class's name as the teacher typed it to confirm.

    Returns:
        When it is gone.

    Raises:
        SectionError: the typed name is another.
    """
    if fold_name(typed_name) != fold_name(section.name):
        raise SectionError(SectionError.WRONG_NAME)
    with writing() as session:
        row = session.get_one(Section, section.id)
        row.deleted_at, row.door_open_until = row.deleted_at or now, None
        session.execute(sa.delete(SignIn).where(SignIn.section_id == section.id))
        auditing.record(session, "class-deleted", f"class {section.name}", account_id=account_id, now=now)
        return row.deleted_at + timedelta(days=UNDO_DAYS)


def undelete_section(public_id: str, *, account_id: int, now: datetime) -> SectionRef:
    """Bring a deleted class back with everything in it.

    Raises:
        NotFoundError: no such class of this teacher waits for its deletion.
    """
    with writing() as session:
        changed = rows_changed(
            session,
            sa.update(Section)
            .where(
                Section.public_id == public_id,
                Section.deleted_at > now - timedelta(days=UNDO_DAYS),
                Section.id.in_(sa.select(SectionTeacher.section_id).where(SectionTeacher.account_id == account_id)),
            )
            .values(deleted_at=None, kept_at=now)
            .execution_options(synchronize_session=False),
        )
        if changed == 0:
            raise NotFoundError("class")
        auditing.record(session, "class-undeleted", f"class {public_id}", account_id=account_id, now=now)
    return find_section(public_id, account_id)


def _colleague(session: Session, login: str) -> Account:
    found = session.scalar(sa.select(Account).where(Account.login == fold_name(login), Account.disabled_at.is_(None)))
    if found is None:
        raise SectionError(SectionError.UNKNOWN_LOGIN)
    return found


def _let_teach(session: Session, section_id: int, account_id: int) -> None:
    statement = upsert(SectionTeacher).values(section_id=section_id, account_id=account_id)
    session.execute(statement.on_conflict_do_nothing())


def _leave(session: Session, section: SectionRef, account_id: int) -> None:
    # Two who leave in the same instant must not both believe that the other stays.
    session.get_one(Section, section.id, with_for_update=True)
    others = (
        sa.select(SectionTeacher.account_id)
        .join(Account, Account.id == SectionTeacher.account_id)
        .where(
            SectionTeacher.section_id == section.id,
            SectionTeacher.account_id != account_id,
            Account.disabled_at.is_(None),
        )
    )
    if session.scalar(others.limit(1)) is None:
        raise SectionError(SectionError.LAST_TEACHER)
    session.execute(
        sa.delete(SectionTeacher).where(
            SectionTeacher.section_id == section.id, SectionTeacher.account_id == account_id
        )
    )


def _copy_roster(session: Session, old: int, new: int, now: datetime) -> None:
    rows = session.scalars(
        sa.select(RosterEntry)
        .join(Student, Student.id == RosterEntry.student_id)
        .where(RosterEntry.section_id == old, RosterEntry.removed_at.is_(None), ~Student.guest)
    ).all()
    session.add_all(
        RosterEntry(
            section_id=new,
            student_id=row.student_id,
            display_name=row.display_name,
            folded_name=row.folded_name,
            group=row.group,
            mark_code=row.mark_code,
            added_at=now,
        )
        for row in rows
    )
