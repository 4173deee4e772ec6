"""Who is there: sign-in of staff and students, and the rows behind the cookie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Account,
    Role,
    RosterEntry,
    SecretKind,
    Section,
    SignIn,
    Student,
    db,
)
from quizapp.services import throttling
from quizapp.services.card_secrets import card_secret_hmac
from quizapp.services.credentials import (
    fold_name,
    new_token,
    password_matches,
    read_join_code,
    same,
    token_hash,
)
from quizapp.services.reading import known
from quizapp.services.writing import writing

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=10)


class SignInError(ValueError):
    """The sign-in was refused; the message is for the person at the door."""


@dataclass(frozen=True)
class Identity:
    """Whoever is behind a request. Nobody, a student or a member of staff."""

    account_id: int | None = None
    role: Role | None = None
    student_id: int | None = None
    section_id: int | None = None
    name: str = ""
    reading: Mapping[str, str] = field(default_factory=dict)
    """A student's reading settings."""

    @property
    def is_student(self) -> bool:
        return self.student_id is not None

    @property
    def is_staff(self) -> bool:
        return self.account_id is not None

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


NOBODY = Identity()


@dataclass(frozen=True)
class Door:
    """What the joining page may say about a class before anyone has signed in."""

    section_id: int
    code: str
    section_name: str
    secret_kind: SecretKind = SecretKind.WORDS
    open_until: datetime | None = None
    """Until then the page may list names."""
    guests_welcome: bool = False

    def held_open(self, now: datetime) -> bool:
        """Tell whether a teacher holds the door open at this moment."""
        return self.open_until is not None and self.open_until > now

    def lets_guests_in(self, now: datetime) -> bool:
        """Tell whether somebody without a card may join with a nickname now."""
        return self.guests_welcome and self.held_open(now)


def find_door(code: str) -> Door | None:
    """Return the class behind a code as typed, or None."""
    row = db.session.execute(
        sa.select(
            Section.id,
            Section.join_code,
            Section.name,
            Section.secret_kind,
            Section.door_open_until,
            Section.guests_welcome,
        ).where(Section.join_code == read_join_code(code), Section.archived_at.is_(None), Section.deleted_at.is_(None))
    ).one_or_none()
    return None if row is None else Door(*row)


def names_at_the_door(door: Door, *, now: datetime) -> tuple[str, ...]:
    """Return the names of a class for the joining page: all of them while the door is held open, else none."""
    if not door.held_open(now):
        return ()
    return tuple(
        db.session.scalars(
            sa.select(RosterEntry.display_name)
            .join(Student, Student.id == RosterEntry.student_id)
            .where(RosterEntry.section_id == door.section_id, RosterEntry.removed_at.is_(None), ~Student.guest)
            .order_by(RosterEntry.folded_name)
        )
    )


def open_door(code: str, *, network: str, key: str, now: datetime) -> Door:
    """Return the class behind a code, counting wrong codes of one network.

    Raises:
        SignInError: no class has this code.
        TooManyFailuresError: this network has tried too many codes.
    """
    limits = {throttling.throttle_key("code", network, key=key, now=now): throttling.CODES_PER_NETWORK}
    throttling.refuse_if_exhausted(limits, now=now)
    door = find_door(code)
    if door is None:
        throttling.count_failure(limits, now=now)
        raise SignInError("unknown code")
    return door


def sign_in_student(door: Door, name: str, secret: str, *, network: str, key: str, now: datetime) -> str:
    """Sign a student in by the name and the words or pictures on the card.

    Returns:
        The token for the cookie.

    Raises:
        SignInError: name and words do not belong together in this class.
        TooManyFailuresError: too many wrong tries for this name or from this network.
    """
    folded = fold_name(name)
    limits = {
        throttling.throttle_key("student", str(door.section_id), folded, key=key, now=now): throttling.PER_PERSON,
        throttling.throttle_key("network", network, key=key, now=now): throttling.PER_NETWORK,
    }
    throttling.refuse_if_exhausted(limits, now=now)
    row = db.session.execute(
        sa.select(Student.id, Student.secret_hmac)
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(
            RosterEntry.section_id == door.section_id,
            RosterEntry.folded_name == folded,
            RosterEntry.removed_at.is_(None),
        )
    ).one_or_none()
    student_id, stored = (0, None) if row is None else (row.id, row.secret_hmac)
    typed = card_secret_hmac(secret, student_id=student_id, key=key)
    if not same(typed, stored or "-") or not secret.strip():
        throttling.count_failure(limits, now=now)
        raise SignInError("wrong name or words")
    with writing() as session:
        return new_sign_in(session, now=now, student_id=student_id, section_id=door.section_id)


def sign_in_staff(login: str, password: str, *, network: str, key: str, now: datetime) -> str:
    """Sign a teacher in by login and password.

    Returns:
        The token for the cookie.

    Raises:
        SignInError: login and password do not belong together.
        TooManyFailuresError: too many wrong tries for this login or from this network.
    """
    folded = fold_name(login)
    limits = {
        throttling.throttle_key("account", folded, key=key, now=now): throttling.PER_PERSON,
        throttling.throttle_key("network", network, key=key, now=now): throttling.PER_NETWORK,
    }
    throttling.refuse_if_exhausted(limits, now=now)
    row = db.session.execute(
        sa.select(Account.id, Account.password_hash).where(Account.login == folded, Account.disabled_at.is_(None))
    ).one_or_none()
    # The read ends here, so that no transaction is open while the hash is computed.
    db.session.rollback()
    if not password_matches(None if row is None else row.password_hash, password) or row is None:
        throttling.count_failure(limits, now=now)
        raise SignInError("wrong login or password")
    with writing() as session:
        session.execute(sa.update(Account).where(Account.id == row.id).values(last_sign_in_at=now))
        return new_sign_in(session, now=now, account_id=row.id)


def identify(token: str, *, now: datetime) -> Identity:
    """Return who holds a cookie's token; NOBODY when it is unknown, expired or signed out."""
    row = db.session.execute(
        sa.select(
            SignIn.account_id,
            SignIn.student_id,
            SignIn.section_id,
            SignIn.last_seen,
            SignIn.expires_at,
            Account.name.label("account_name"),
            Account.role,
            Account.disabled_at,
            RosterEntry.display_name,
            RosterEntry.removed_at,
            Student.reading,
            sa.func.coalesce(Section.archived_at, Section.deleted_at).label("class_closed_at"),
        )
        .outerjoin(Account, Account.id == SignIn.account_id)
        .outerjoin(Student, Student.id == SignIn.student_id)
        .outerjoin(Section, Section.id == SignIn.section_id)
        .outerjoin(
            RosterEntry,
            sa.and_(
                RosterEntry.student_id == SignIn.student_id,
                RosterEntry.section_id == SignIn.section_id,
            ),
        )
        .where(SignIn.token_hash == token_hash(token))
    ).one_or_none()
    if row is None or row.expires_at <= now or row.last_seen + IDLE <= now:
        return NOBODY
    who = _who(row)
    if who is not NOBODY and row.last_seen + SEEN_EVERY <= now:
        with writing() as session:
            session.execute(sa.update(SignIn).where(SignIn.token_hash == token_hash(token)).values(last_seen=now))
    return who


def _who(row: sa.Row[*tuple[Any, ...]]) -> Identity:
    """Return who a sign-in stands for: staff who still may come in, or a student who is still in the class."""
    if row.account_id is not None:
        if row.disabled_at is not None:
            return NOBODY
        return Identity(account_id=row.account_id, role=row.role, name=row.account_name)
    if row.display_name is None or row.removed_at is not None or row.class_closed_at is not None:
        return NOBODY
    return Identity(
        student_id=row.student_id,
        section_id=row.section_id,
        name=row.display_name,
        reading=known(row.reading or {}),
    )


def sign_out(token: str) -> None:
    """Forget a signed-in browser. Its cookie is worth nothing from now on."""
    with writing() as session:
        session.execute(sa.delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def new_sign_in(
    session: Session,
    *,
    now: datetime,
    account_id: int | None = None,
    student_id: int | None = None,
    section_id: int | None = None,
) -> str:
    """Store a signed-in browser in the caller's transaction and return the token for its cookie."""
    token = new_token()
    session.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=account_id,
            student_id=student_id,
            section_id=section_id,
            created_at=now,
            last_seen=now,
            expires_at=now + ABSOLUTE,
        )
    )
    return token
