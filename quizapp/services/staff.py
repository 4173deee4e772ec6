"""The colleagues: who has an account, who administers, who may sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Account,
    Bank,
    OneTimeToken,
    Role,
    RosterEntry,
    Section,
    SectionTeacher,
    SignIn,
    Student,
    TokenPurpose,
    db,
)
from quizapp.services import auditing
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import rows_changed, writing


class LastAdminError(ValueError):
    """Somebody must stay who administers."""


@dataclass(frozen=True)
class StaffLine:
    public_id: str
    name: str
    login: str
    role: Role
    sections: int
    """Classes they teach now."""
    banks: int
    """Banks that are theirs."""
    last_sign_in_at: datetime | None
    disabled: bool
    own: bool
    last_admin: bool
    """Nobody else administers, so this account must go on doing so."""


@dataclass(frozen=True)
class OpenInvitation:
    id: str
    """Hash of the link; the link itself is shown only when it is made."""
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class StaffPage:
    staff: tuple[StaffLine, ...]
    invitations: tuple[OpenInvitation, ...]


@dataclass(frozen=True)
class SchoolCounts:
    """How many there are of what; no names."""

    staff: int
    sections: int
    archived: int
    students: int
    guests: int


def staff_page(account_id: int, *, now: datetime) -> StaffPage:
    """Return all accounts and the invitations that still work."""
    taught = (
        sa.select(sa.func.count())
        .select_from(SectionTeacher)
        .join(Section, Section.id == SectionTeacher.section_id)
        .where(SectionTeacher.account_id == Account.id, Section.archived_at.is_(None), Section.deleted_at.is_(None))
        .scalar_subquery()
    )
    owned = (
        sa.select(sa.func.count()).select_from(Bank).where(Bank.owner_id == Account.id).correlate(Account)
    ).scalar_subquery()
    rows = db.session.execute(sa.select(Account, taught, owned).order_by(Account.name, Account.id))
    admins = set(db.session.scalars(sa.select(Account.id).where(_administers())))
    invitations = db.session.scalars(
        sa.select(OneTimeToken)
        .where(
            OneTimeToken.purpose == TokenPurpose.INVITE, OneTimeToken.used_at.is_(None), OneTimeToken.expires_at > now
        )
        .order_by(OneTimeToken.created_at)
    )
    return StaffPage(
        tuple(
            StaffLine(
                public_id=row.public_id,
                name=row.name,
                login=row.login,
                role=row.role,
                sections=sections,
                banks=banks,
                last_sign_in_at=row.last_sign_in_at,
                disabled=row.disabled_at is not None,
                own=row.id == account_id,
                last_admin=row.role is Role.ADMIN and admins <= {row.id},
            )
            for row, sections, banks in rows
        ),
        tuple(OpenInvitation(row.token_hash, row.created_at, row.expires_at) for row in invitations),
    )


def school_counts() -> SchoolCounts:
    """Return how many colleagues, classes, students and guests there are."""

    def count(model: type[Account | Section | Student], *conditions: sa.ColumnElement[bool]) -> int:
        return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0

    in_a_class = sa.exists().where(RosterEntry.student_id == Student.id, RosterEntry.removed_at.is_(None))
    return SchoolCounts(
        staff=count(Account, Account.disabled_at.is_(None)),
        sections=count(Section, Section.archived_at.is_(None), Section.deleted_at.is_(None)),
        archived=count(Section, Section.archived_at.is_not(None), Section.deleted_at.is_(None)),
        students=count(Student, ~Student.guest, in_a_class),
        guests=count(Student, Student.guest.is_(True), in_a_class),
    )


def withdraw_invitation(invitation: str, *, account_id: int, now: datetime) -> None:
    """Make an invitation's link worthless.

    Raises:
        NotFoundError: there is no such open invitation.
    """
    with writing() as session:
        gone = rows_changed(
            session,
            sa.delete(OneTimeToken).where(
                OneTimeToken.token_hash == invitation,
                OneTimeToken.purpose == TokenPurpose.INVITE,
                OneTimeToken.used_at.is_(None),
            ),
        )
        if gone == 0:
            raise NotFoundError("invitation")
        auditing.record(session, "invitation-withdrawn", "a colleague", account_id=account_id, now=now)


def set_role(account: str, role: Role, *, account_id: int, now: datetime) -> None:
    """Make a colleague an administrator or a teacher.

    Raises:
        NotFoundError: there is no such account.
        LastAdminError: nobody else administers.
    """
    with writing() as session:
        row = _account(session, account)
        if row.role is Role.ADMIN and role is not Role.ADMIN:
            _refuse_last_admin(session, row)
        row.role = role
        auditing.record(session, f"role-{role.value}", f"account {account}", account_id=account_id, now=now)


def disable(account: str, *, account_id: int, now: datetime) -> None:
    """Shut an account: it is signed out everywhere and cannot sign in. Classes and answers stay.

    Raises:
        NotFoundError: there is no such account.
        LastAdminError: nobody else administers.
    """
    with writing() as session:
        row = _account(session, account)
        if row.role is Role.ADMIN:
            _refuse_last_admin(session, row)
        row.disabled_at = row.disabled_at or now
        session.execute(sa.delete(SignIn).where(SignIn.account_id == row.id))
        auditing.record(session, "disabled", f"account {account}", account_id=account_id, now=now)


def enable(account: str, *, account_id: int, now: datetime) -> None:
    """Let an account sign in again.

    Raises:
        NotFoundError: there is no such account.
    """
    with writing() as session:
        _account(session, account).disabled_at = None
        auditing.record(session, "enabled", f"account {account}", account_id=account_id, now=now)


def _account(session: Session, public_id: str) -> Account:
    # All of them in one order, so that two administrators who demote each other take turns.
    rows = session.scalars(sa.select(Account).order_by(Account.id).with_for_update()).all()
    found = next((row for row in rows if row.public_id == public_id), None)
    if found is None:
        raise NotFoundError("account")
    return found


def _administers() -> sa.ColumnElement[bool]:
    """Accounts of people who can sign in and administer."""
    return sa.and_(Account.role == Role.ADMIN, Account.disabled_at.is_(None), ~Account.simulated)


def _refuse_last_admin(session: Session, row: Account) -> None:
    others = sa.select(Account.id).where(_administers(), Account.id != row.id)
    if session.scalar(others.limit(1)) is None:
        raise LastAdminError
