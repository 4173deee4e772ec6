"""Tokens of the API: made, listed, revoked by their teacher, and looked up when they are used."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from quizapp.models import Account, ApiScope, ApiToken, db
from quizapp.services import auditing
from quizapp.services.credentials import new_token, token_hash
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import rows_changed, writing

PREFIX = "closer-look-"
"""Begins every token, so that people and scanners know what they have found."""
MOST = 20
"""Tokens of one account."""
SEEN_EVERY = timedelta(minutes=10)
LIVES_DAYS = (7, 30, 90, 365)


class TooManyTokensError(RuntimeError):
    """The account has as many tokens as it may have."""


@dataclass(frozen=True)
class TokenLine:
    """A token as its owner reads of it; never the token itself."""

    public_id: str
    label: str
    scopes: frozenset[ApiScope]
    created_at: datetime
    expires_at: datetime
    last_seen: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Tell whether it no longer lets anybody in."""
        return self.expires_at <= now


@dataclass(frozen=True)
class NewToken:
    """What exists only until the page that shows it is closed."""

    text: str
    line: TokenLine


@dataclass(frozen=True)
class Bearer:
    """Who reads through the API, and what they may read."""

    account_id: int
    teacher: str
    token: TokenLine


def list_tokens(account_id: int) -> tuple[TokenLine, ...]:
    """Return an account's tokens, newest first."""
    rows = db.session.scalars(
        sa.select(ApiToken)
        .where(ApiToken.account_id == account_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    )
    return tuple(_line(row) for row in rows)


def make_token(
    account_id: int, label: str, scopes: Collection[ApiScope], *, lives: timedelta, now: datetime
) -> NewToken:
    """Make a token.

    Args:
        label: what its owner calls it.
        lives: for how long it works.

    Raises:
        TooManyTokensError: there are as many as there may be.
    """
    text = PREFIX + new_token()
    with writing() as session:
        # Two forms sent at once must wait for each other, or both would find the last free place.
        session.get_one(Account, account_id, with_for_update=True)
        count = session.scalar(
            sa.select(sa.func.count()).select_from(ApiToken).where(ApiToken.account_id == account_id)
        )
        if (count or 0) >= MOST:
            raise TooManyTokensError
        row = ApiToken(
            account_id=account_id,
            token_hash=token_hash(text),
            label=label.strip(),
            scopes=" ".join(scope.value for scope in ApiScope if scope in scopes),
            created_at=now,
            expires_at=now + lives,
        )
        session.add(row)
        session.flush()
        auditing.record(session, "token-made", row.public_id, account_id=account_id, now=now)
        return NewToken(text, _line(row))


def revoke_token(account_id: int, public_id: str, *, now: datetime) -> None:
    """End a token; programs that use it are refused from now on.

    Raises:
        NotFoundError: this account has no such token.
    """
    with writing() as session:
        gone = rows_changed(
            session, sa.delete(ApiToken).where(ApiToken.public_id == public_id, ApiToken.account_id == account_id)
        )
        if not gone:
            raise NotFoundError("token")
        auditing.record(session, "token-revoked", public_id, account_id=account_id, now=now)


def find_bearer(text: str, *, now: datetime) -> Bearer | None:
    """Return who brings a token; None when it is unknown, over or revoked, or its owner may not sign in."""
    found = db.session.execute(
        sa.select(ApiToken, Account.name)
        .join(Account, Account.id == ApiToken.account_id)
        .where(ApiToken.token_hash == token_hash(text), ApiToken.expires_at > now, Account.disabled_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    row, name = found
    bearer = Bearer(row.account_id, name, _line(row))
    if row.last_seen is None or row.last_seen + SEEN_EVERY <= now:
        token_id = row.id
        with writing() as session:
            session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(last_seen=now))
    return bearer


def _line(row: ApiToken) -> TokenLine:
    return TokenLine(
        public_id=row.public_id,
        label=row.label,
        scopes=frozenset(ApiScope(word) for word in row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_seen=row.last_seen,
    )
