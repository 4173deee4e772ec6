"""What members of staff change about their own account."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from quizapp.models import Account, SignIn, db
from quizapp.services import throttling
from quizapp.services.credentials import hash_password, password_matches
from quizapp.services.sign_in import SignInError, new_sign_in
from quizapp.services.writing import writing


def change_name(name: str, *, account_id: int) -> None:
    """Change the name that students and colleagues see."""
    with writing() as session:
        session.get_one(Account, account_id).name = name.strip()


def change_password(old: str, new: str, *, account_id: int, network: str, key: str, now: datetime) -> str:
    """Change a password; every sign-in of the account ends, and a fresh one begins.

    Returns:
        The token for the cookie.

    Raises:
        SignInError: the old password is wrong.
        TooManyFailuresError: too many wrong tries.
    """
    row = db.session.execute(sa.select(Account.login, Account.password_hash).where(Account.id == account_id)).one()
    db.session.rollback()
    limits = {
        throttling.throttle_key("account", row.login, key=key, now=now): throttling.PER_PERSON,
        throttling.throttle_key("network", network, key=key, now=now): throttling.PER_NETWORK,
    }
    throttling.refuse_if_exhausted(limits, now=now)
    if not password_matches(row.password_hash, old):
        throttling.count_failure(limits, now=now)
        raise SignInError("wrong password")
    password_hash = hash_password(new)
    with writing() as session:
        session.get_one(Account, account_id).password_hash = password_hash
        session.execute(sa.delete(SignIn).where(SignIn.account_id == account_id))
        return new_sign_in(session, now=now, account_id=account_id)
