"""Guests: those without a card, who join with a nickname while the teacher holds the door open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import (
    Assignment,
    Attempt,
    ChosenOption,
    GuestPass,
    QuizRevision,
    RosterEntry,
    Score,
    Section,
    Student,
    StudentNote,
    db,
)
from quizapp.services import auditing, throttling
from quizapp.services.credentials import fold_name
from quizapp.services.rosters import (
    NotFoundError,
    RosterLine,
    SectionRef,
    get_section,
    roster_entry,
    roster_lines,
)
from quizapp.services.rosters_import import clean, name_problem
from quizapp.services.settings import retention_settings
from quizapp.services.sign_in import Door, new_sign_in
from quizapp.services.writing import writing

NICKNAME_MAX = 30
GUESTS_AT_ONCE = 60
"""Guests a class may hold: a full room, but no flood."""


class GuestError(ValueError):
    """A guest was not let in, or cannot be merged; `reason` says why."""

    NOT_WELCOME = "not-welcome"
    OUT = "out"
    FULL = "full"
    TAKEN = "taken"
    NICKNAME = "nickname"
    BOTH_AT_WORK = "both-at-work"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class MergeClash:
    """An assignment that both the guest and the student have begun."""

    title: str
    guest_attempts: int
    student_attempts: int
    both_at_work: bool
    """Both have an attempt that is not handed in: one of them must hand in first."""


@dataclass(frozen=True)
class MergeChoice:
    """A student into whom a guest may be merged."""

    student: RosterLine
    clashes: tuple[MergeClash, ...]

    @property
    def possible(self) -> bool:
        return not any(clash.both_at_work for clash in self.clashes)


@dataclass(frozen=True)
class MergePage:
    section: SectionRef
    guest: RosterLine
    attempts: int
    deleted_on: datetime
    choices: tuple[MergeChoice, ...]


def join_as_guest(door: Door, nickname: str, *, visitor_hash: str, network: str, key: str, now: datetime) -> str:
    """Let somebody in with a nickname; the same browser finds its guest again.

    Args:
        visitor_hash: hash of the random id in this browser's cookie.

    Returns:
        The token for the cookie.

    Raises:
        GuestError: guests are not welcome now, the class is full of them, the nickname is taken or
            cannot be used, or the teacher has taken this guest out.
        TooManyFailuresError: this network has sent too many guests.
    """
    name = clean(nickname)
    if name_problem(name) or len(name) > NICKNAME_MAX:
        raise GuestError(GuestError.NICKNAME)
    limits = {throttling.throttle_key("guest", network, key=key, now=now): throttling.GUESTS_PER_NETWORK}
    throttling.refuse_if_exhausted(limits, now=now)
    throttling.count_failure(limits, now=now)
    try:
        with writing() as session:
            student_id = _guest_of_browser(session, door, visitor_hash, now)
            if student_id is None:
                student_id = _new_guest(session, door, name, visitor_hash, now)
            return new_sign_in(session, now=now, student_id=student_id, section_id=door.section_id)
    except IntegrityError:
        raise GuestError(GuestError.TAKEN) from None


def merge_page(public_id: str, guest: str, account_id: int, *, now: datetime) -> MergePage:
    """Return into whom a guest may be merged and what stands in the way.

    Raises:
        NotFoundError: no such guest in a class of this teacher.
    """
    section = get_section(public_id, account_id)
    lines = roster_lines(section.id)
    found = next((line for line in lines if line.guest and line.public_id == guest), None)
    if found is None:
        raise NotFoundError("guest")
    begun = _begun(section.id)
    joined = db.session.scalar(sa.select(Student.created_at).where(Student.id == found.student_id)) or now
    return MergePage(
        section=section,
        guest=found,
        attempts=sum(len(states) for states in begun.get(found.student_id, {}).values()),
        deleted_on=joined + timedelta(days=retention_settings().guest_days),
        choices=tuple(
            MergeChoice(line, _clashes(begun.get(found.student_id, {}), begun.get(line.student_id, {})))
            for line in lines
            if not line.guest
        ),
    )


def merge_guest(section: SectionRef, guest: str, into: str, *, account_id: int, now: datetime) -> int:
    """Give a guest's attempts and marks to a student of the roster; the guest is gone then.

    Where both have attempts at the same assignment, the guest's come after the student's.

    Returns:
        How many attempts moved.

    Raises:
        NotFoundError: no such guest, or no such student, in this class.
        GuestError: both are at work on the same assignment; nothing was changed.
    """
    with writing() as session:
        # One merge at a time in a class; nobody is added or taken out meanwhile.
        session.get_one(Section, section.id, with_for_update=True)
        source = session.get_one(Student, roster_entry(session, section, guest).student_id, with_for_update=True)
        target = session.get_one(Student, roster_entry(session, section, into).student_id, with_for_update=True)
        if not source.guest or target.guest:
            raise NotFoundError("guest")
        begun = _begun(section.id)
        mine, theirs = begun.get(source.id, {}), begun.get(target.id, {})
        if any(clash.both_at_work for clash in _clashes(mine, theirs)):
            raise GuestError(GuestError.BOTH_AT_WORK)
        moved = _move_attempts(session, source.id, target.id, now)
        for table in (Score, ChosenOption, StudentNote):
            session.execute(
                sa.update(table)
                .where(table.student_id == source.id)
                .values(student_id=target.id)
                .execution_options(synchronize_session=False)
            )
        subject = f"class {section.name}, student {into}, {moved} attempts"
        auditing.record(session, "guest-merged", subject, account_id=account_id, now=now)
        session.execute(sa.delete(Student).where(Student.id == source.id))
        return moved


def _guest_of_browser(session: Session, door: Door, visitor_hash: str, now: datetime) -> int | None:
    section = session.get_one(Section, door.section_id, with_for_update=True)
    if section.archived_at is not None or section.deleted_at is not None:
        raise GuestError(GuestError.NOT_WELCOME)
    row = session.execute(
        sa.select(GuestPass.student_id, RosterEntry.removed_at)
        .join(
            RosterEntry,
            sa.and_(RosterEntry.student_id == GuestPass.student_id, RosterEntry.section_id == GuestPass.section_id),
        )
        .where(GuestPass.section_id == door.section_id, GuestPass.visitor_hash == visitor_hash)
    ).one_or_none()
    if row is not None and row.removed_at is not None:
        raise GuestError(GuestError.OUT)
    open_now = section.door_open_until is not None and section.door_open_until > now
    if not (section.guests_welcome and open_now):
        raise GuestError(GuestError.NOT_WELCOME)
    return None if row is None else row.student_id


def _new_guest(session: Session, door: Door, name: str, visitor_hash: str, now: datetime) -> int:
    guests = session.scalar(
        sa.select(sa.func.count())
        .select_from(RosterEntry)
        .join(Student, Student.id == RosterEntry.student_id)
        .where(RosterEntry.section_id == door.section_id, Student.guest, RosterEntry.removed_at.is_(None))
    )
    if (guests or 0) >= GUESTS_AT_ONCE:
        raise GuestError(GuestError.FULL)
    student = Student(created_at=now, guest=True)
    session.add(student)
    session.flush()
    session.add_all(
        (
            GuestPass(student_id=student.id, section_id=door.section_id, visitor_hash=visitor_hash),
            RosterEntry(
                section_id=door.section_id,
                student_id=student.id,
                display_name=name,
                folded_name=fold_name(name),
                added_at=now,
            ),
        )
    )
    return student.id


_Begun = dict[tuple[int, str], list[bool]]
"""By assignment and title: for each attempt whether it is handed in."""


def _begun(section_id: int) -> dict[int, _Begun]:
    rows = db.session.execute(
        sa.select(Attempt.student_id, Assignment.id, QuizRevision.title, Attempt.submitted_at)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(Assignment.section_id == section_id)
    )
    found: dict[int, _Begun] = {}
    for student_id, assignment_id, title, submitted_at in rows:
        if student_id is not None:
            states = found.setdefault(student_id, {}).setdefault((assignment_id, title), [])
            states.append(submitted_at is not None)
    return found


def _clashes(mine: _Begun, theirs: _Begun) -> tuple[MergeClash, ...]:
    return tuple(
        MergeClash(key[1], len(mine[key]), len(theirs[key]), not all(mine[key]) and not all(theirs[key]))
        for key in sorted(mine.keys() & theirs.keys())
    )


def _move_attempts(session: Session, source: int, target: int, now: datetime) -> int:
    # A student practises one round at a time; the guest's ends here.
    session.execute(
        sa.update(Attempt)
        .where(Attempt.student_id == source, Attempt.practised_in.is_not(None), Attempt.submitted_at.is_(None))
        .values(submitted_at=now)
        .execution_options(synchronize_session=False)
    )
    last = dict(
        session.execute(
            sa.select(Attempt.assignment_id, sa.func.max(Attempt.number))
            .where(Attempt.student_id == target)
            .group_by(Attempt.assignment_id)
        ).all()
    )
    rows = session.execute(
        sa.select(Attempt.id, Attempt.assignment_id, Attempt.number).where(Attempt.student_id == source)
    ).all()
    for row in rows:
        session.execute(
            sa.update(Attempt)
            .where(Attempt.id == row.id)
            .values(student_id=target, number=row.number + last.get(row.assignment_id, 0))
            .execution_options(synchronize_session=False)
        )
    return len(rows)
