"""Links that work once: the first set-up, a new password, an invitation to teach."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import Account, ApiToken, OneTimeToken, Role, Section, SignIn, TokenPurpose, db
from quizapp.services import auditing
from quizapp.services.credentials import fold_name, hash_password, new_token, token_hash
from quizapp.services.sign_in import SignInError, new_sign_in
from quizapp.services.writing import rows_changed, writing

SETUP_LIVES = timedelta(days=7)
RESET_LIVES = timedelta(hours=1)
RESET_BY_ADMIN_LIVES = timedelta(days=1)
INVITE_LIVES = timedelta(days=7)


class LoginTakenError(ValueError):
    """Somebody signs in with this name already."""


def needs_setup() -> bool:
    """Tell whether nobody can sign in as staff yet."""
    return db.session.scalar(_real_accounts()) == 0


def nobody_joins() -> bool:
    """Tell whether there is nothing to join: no member of staff, and no class either, such as that of a demo."""
    return needs_setup() and db.session.scalar(sa.select(sa.exists().select_from(Section))) is False


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
            last_sign_in_at=now,
        )
        session.add(account)
        session.flush()
        return new_sign_in(session, now=now, account_id=account.id)


def reset_password(token: str, password: str, *, now: datetime) -> str:
    """Give an account a new password by its one-time link; every other browser is signed out, every API token ends.

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
        # Who asked for a new password may have lost more than the old one.
        session.execute(sa.delete(ApiToken).where(ApiToken.account_id == account_id))
        return new_sign_in(session, now=now, account_id=account_id)


def new_invitation(*, account_id: int, now: datetime) -> str:
    """Return a one-time token with which a colleague makes an account and teaches; several may be open."""
    token = new_token()
    with writing() as session:
        _add_token(session, token, TokenPurpose.INVITE, None, now=now, lives=INVITE_LIVES)
        auditing.record(session, "invited", "a colleague", account_id=account_id, now=now)
    return token


def accept_invitation(token: str, *, login: str, name: str, password: str, now: datetime) -> str:
    """Make a teacher's account by an invitation and sign it in.

    Returns:
        The token for the cookie.

    Raises:
        SignInError: the link was used, withdrawn or is too old.
        LoginTakenError: the login is somebody else's; the link still works.
    """
    password_hash = hash_password(password)
    try:
        with writing() as session:
            _use_token(session, token, TokenPurpose.INVITE, now)
            account = Account(
                login=fold_name(login),
                name=name.strip(),
                password_hash=password_hash,
                role=Role.TEACHER,
                created_at=now,
                last_sign_in_at=now,
            )
            session.add(account)
            session.flush()
            auditing.record(session, "joined", f"account {account.public_id}", account_id=account.id, now=now)
            return new_sign_in(session, now=now, account_id=account.id)
    except IntegrityError:
        raise LoginTakenError(login) from None


def new_reset_link(account: str, *, account_id: int, now: datetime) -> str:
    """Return a one-time token with which a colleague chooses a new password; for administrators.

    Args:
        account: public id of the colleague.

    Raises:
        SignInError: there is no such account.
    """
    token = new_token()
    with writing() as session:
        found = session.scalar(sa.select(Account.id).where(Account.public_id == account))
        if found is None:
            raise SignInError("no such account")
        _forget_tokens(session, TokenPurpose.RESET, found)
        _add_token(session, token, TokenPurpose.RESET, found, now=now, lives=RESET_BY_ADMIN_LIVES)
        auditing.record(session, "reset-link", f"account {account}", account_id=account_id, now=now)
    return token


def _real_accounts() -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(Account).where(~Account.simulated)


def _new_one_time_token(purpose: TokenPurpose, account_id: int | None, *, now: datetime, lives: timedelta) -> str:
    token = new_token()
    with writing() as session:
        _forget_tokens(session, purpose, account_id)
        _add_token(session, token, purpose, account_id, now=now, lives=lives)
    return token


def _forget_tokens(session: Session, purpose: TokenPurpose, account_id: int | None) -> None:
    session.execute(
        sa.delete(OneTimeToken).where(
            OneTimeToken.purpose == purpose,
            OneTimeToken.account_id.is_not_distinct_from(account_id),
        )
    )


def _add_token(
    session: Session, token: str, purpose: TokenPurpose, account_id: int | None, *, now: datetime, lives: timedelta
) -> None:
    session.add(
        OneTimeToken(
            token_hash=token_hash(token),
            purpose=purpose,
            account_id=account_id,
            created_at=now,
            expires_at=now + lives,
        )
    )


def _live_token(token: str, purpose: TokenPurpose, now: datetime) -> sa.Select[str]:
    return sa.select(OneTimeToken.token_hash).where(*_is_live(token, purpose, now))


def _is_live(token: str, purpose: TokenPurpose, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        OneTimeToken.token_hash == token_hash(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > now,
    )


def _use_token(session: Session, token: str, purpose: TokenPurpose, now: datetime) -> int | None:
    # The conditions stand in the statement itself, not in a subquery: PostgreSQL looks at them anew
    # when it has waited for somebody else who used the same link.
    used = rows_changed(session, sa.update(OneTimeToken).where(*_is_live(token, purpose, now)).values(used_at=now))
    if used == 0:
        raise SignInError("link used or too old")
    return session.scalar(sa.select(OneTimeToken.account_id).where(OneTimeToken.token_hash == token_hash(token)))
