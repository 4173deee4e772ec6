"""The ways to begin a bank: with an example, or as a copy of one that may be copied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.mending import slugged
from quizapp.bank.starter import copied_text, example_text
from quizapp.models import Account, Bank, BankDraft, db
from quizapp.services.bank_access import BankRight, bank_with_right
from quizapp.services.draft_rows import newest_revision, pictures_of, plain_lines
from quizapp.services.drafts import create_draft
from quizapp.services.rosters import NotFoundError

SLUG_MAX = 80
TITLE_MAX = 150
PRODUCT = "Closer Look"


def begin_bank(account_id: int, title: str, *, now: datetime) -> str:
    """Begin a bank with two questions to change, and return the draft's public id."""
    slug = free_slug(db.session(), account_id, slugged(title) or "my-bank")
    return _begin(account_id, example_text(slug, title), {}, now)


def copy_bank(bank: str, account_id: int, *, now: datetime) -> str:
    """Begin a bank as a copy of another one, with its pictures, its source and its licence.

    A note on top of the text says whose it is. Doing it twice gives the same draft while nothing was changed in it.

    Returns:
        The draft's public id.

    Raises:
        NotFoundError: there is no such bank, or this teacher may not copy it.
    """
    session = db.session()
    row = bank_with_right(session, bank, account_id, BankRight.COPY)
    newest = newest_revision(session, row.id)
    if newest is None:
        raise NotFoundError("bank")
    owner = session.scalar(sa.select(Account.name).where(Account.id == row.owner_id)) or PRODUCT
    licence = f"licence {newest.licence}" if newest.licence else "without a licence: ask before you pass it on"
    text = copied_text(
        plain_lines(newest.source),
        slug=free_slug(session, account_id, row.slug if row.owner_id != account_id else f"{row.slug}-copy"),
        title=f"{newest.title[:TITLE_MAX]} (copy)",
        said=f"Copied from “{newest.title}”, version {newest.number}, by {owner}; {licence}.",
    )
    return _begin(account_id, text, pictures_of(session, newest.id), now)


def free_slug(session: Session, account_id: int, wanted: str) -> str:
    """Return an id for a bank that no bank of this teacher has: the wanted one, or with a number behind it."""
    wanted = wanted[: SLUG_MAX - 5].strip("-")
    taken = set(session.scalars(sa.select(Bank.slug).where(Bank.owner_id == account_id)))
    candidates = (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in candidates if one not in taken)


def _begin(account_id: int, text: str, pictures: Mapping[str, str], now: datetime) -> str:
    """A new draft, or the one of the same words that was begun before and never changed."""
    same = db.session.scalar(
        sa.select(BankDraft.public_id).where(
            BankDraft.account_id == account_id, BankDraft.bank_id.is_(None), BankDraft.text == text
        )
    )
    return same or create_draft(account_id, text, pictures=pictures, now=now)
