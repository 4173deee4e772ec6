"""Who is there: sign-in of staff and students, and the rows behind the cookie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Account,
    OneTimeToken,
    Role,
    RosterEntry,
    Section,
    SignIn,
    Student,
    TokenPurpose,
    db,
)
from quizapp.services import throttling
from quizapp.services.credentials import (
    card_secret_hmac,
    fold_name,
    hash_password,
    new_token,
    password_matches,
    read_join_code,
    same,
    token_hash,
)
from quizapp.services.reading import known
from quizapp.services.writing import rows_changed, writing

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=10)
SETUP_LIVES = timedelta(days=7)
RESET_LIVES = timedelta(hours=1)


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


def find_door(code: str) -> Door | None:
    """Return the class behind a code as typed, or None."""
    row = db.session.execute(
        sa.select(Section.id, Section.join_code, Section.name).where(
            Section.join_code == read_join_code(code), Section.archived_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else Door(row.id, row.join_code, row.name)


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
    """Sign a student in by the name and the two words on the card.

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
        return _new_sign_in(session, now=now, student_id=student_id, section_id=door.section_id)


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
        return _new_sign_in(session, now=now, account_id=row.id)


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
        )
        .outerjoin(Account, Account.id == SignIn.account_id)
        .outerjoin(Student, Student.id == SignIn.student_id)
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
    if row.account_id is not None:
        if row.disabled_at is not None:
            return NOBODY
        who = Identity(account_id=row.account_id, role=row.role, name=row.account_name)
    else:
        if row.display_name is None or row.removed_at is not None:
            return NOBODY
        who = Identity(
            student_id=row.student_id,
            section_id=row.section_id,
            name=row.display_name,
            reading=known(row.reading or {}),
        )
    if row.last_seen + SEEN_EVERY <= now:
        with writing() as session:
            session.execute(sa.update(SignIn).where(SignIn.token_hash == token_hash(token)).values(last_seen=now))
    return who


def sign_out(token: str) -> None:
    """Forget a signed-in browser. Its cookie is worth nothing from now on."""
    with writing() as session:
        session.execute(sa.delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def needs_setup() -> bool:
    """Tell whether nobody can sign in as staff yet."""
    return db.session.scalar(_real_accounts()) == 0


def new_setup_token(*, now: datetime) -> str:
    """Return a fresh one-time token for the first set-up; older ones stop working."""
    return _new_one_time_token(TokenPurpose.SETUP, None, now=now, lives=SETUP_LIVES)


def new_reset_token(login: str, *, now: datetime) -> str:
    """Return a one-time token with which the owner of a login chooses a new password.

    Raises:
        SignInError: nobody has this login.
    """
    account_id = db.session.scalar(sa.select(Account.id).where(Account.login == fold_name(login)))
    if account_id is None:
        raise SignInError(f"Nobody signs in as {login!r}.")
    return _new_one_time_token(TokenPurpose.RESET, account_id, now=now, lives=RESET_LIVES)


def token_works(token: str, purpose: TokenPurpose, *, now: datetime) -> bool:
    """Tell whether a one-time link can still be used."""
    return db.session.scalar(_live_token(token, purpose, now)) is not None


def set_up(token: str, *, login: str, name: str, password: str, now: datetime) -> str:
    """Make the first account, an administrator who also teaches, and sign it in.

    Returns:
        The token for the cookie.

    Raises:
        SignInError: the link was used, is too old, or somebody is set up already.
    """
    password_hash = hash_password(password)
    with writing() as session:
        _use_token(session, token, TokenPurpose.SETUP, now)
        if session.scalar(_real_accounts()):
            raise SignInError("already set up")
        account = Account(
            login=fold_name(login),
            name=name.strip(),
            password_hash=password_hash,
            role=Role.ADMIN,
            created_at=now,
        )
        session.add(account)
        session.flush()
        return _new_sign_in(session, now=now, account_id=account.id)


def reset_password(token: str, password: str, *, now: datetime) -> str:
    """Give an account a new password by its one-time link; every other browser is signed out.

    Returns:
        The token for the cookie.

    Raises:
        SignInError: the link was used or is too old.
    """
    password_hash = hash_password(password)
    with writing() as session:
        account_id = _use_token(session, token, TokenPurpose.RESET, now)
        if account_id is None:
            raise SignInError("link without an account")
        session.execute(sa.update(Account).where(Account.id == account_id).values(password_hash=password_hash))
        session.execute(sa.delete(SignIn).where(SignIn.account_id == account_id))
        return _new_sign_in(session, now=now, account_id=account_id)


def _real_accounts() -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(Account).where(~Account.simulated)


def _new_sign_in(
    session: Session,
    *,
    now: datetime,
    account_id: int | None = None,
    student_id: int | None = None,
    section_id: int | None = None,
) -> str:
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


def _new_one_time_token(purpose: TokenPurpose, account_id: int | None, *, now: datetime, lives: timedelta) -> str:
    token = new_token()
    with writing() as session:
        session.execute(
            sa.delete(OneTimeToken).where(
                OneTimeToken.purpose == purpose,
                OneTimeToken.account_id.is_not_distinct_from(account_id),
            )
        )
        session.add(
            OneTimeToken(
                token_hash=token_hash(token),
                purpose=purpose,
                account_id=account_id,
                created_at=now,
                expires_at=now + lives,
            )
        )
    return token


def _live_token(token: str, purpose: TokenPurpose, now: datetime) -> sa.Select[str]:
    return sa.select(OneTimeToken.token_hash).where(
        OneTimeToken.token_hash == token_hash(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > now,
    )


def _use_token(session: Session, token: str, purpose: TokenPurpose, now: datetime) -> int | None:
    used = rows_changed(
        session,
        sa.update(OneTimeToken)
        .where(OneTimeToken.token_hash.in_(_live_token(token, purpose, now)))
        .values(used_at=now),
    )
    if used == 0:
        raise SignInError("link used or too old")
    return session.scalar(sa.select(OneTimeToken.account_id).where(OneTimeToken.token_hash == token_hash(token)))
