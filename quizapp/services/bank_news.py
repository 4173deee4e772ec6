"""What colleagues did with banks that concern a teacher: told on the home page for some days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.models import Account, AuditEntry, Bank, BankRevision, BankShare, db
from quizapp.services.sharing import TOLD_FOR


class News(StrEnum):
    """What happened."""

    PUBLISHED = "published"
    """A colleague published a version of the teacher's bank."""
    CHANGED = "changed"
    """The owner changed what the teacher may do with a bank."""
    WITHDRAWN = "withdrawn"
    GIVEN = "given"
    """A bank belongs to the teacher now."""


_ACTIONS = {"bank-shared": News.CHANGED, "bank-withdrawn": News.WITHDRAWN, "bank-handed-over": News.GIVEN}


@dataclass(frozen=True)
class BankNews:
    """One line."""

    what: News
    who: str | None
    """The colleague; None when the account is gone."""
    bank: str
    """Public id; nobody may open a bank that was withdrawn."""
    title: str
    number: int
    """Of the newest version."""


def bank_news(account_id: int, *, now: datetime) -> tuple[BankNews, ...]:
    """Return what colleagues did in the last days, the newest of each bank: rights first, then versions.

    A bank that was shared for the first time is told by `sharing.shared_lately`.
    """
    session = db.session()
    rights = tuple(_rights(session, account_id, now))
    given = {one.bank for one in rights}
    return rights + tuple(one for one in _versions(session, account_id, now) if one.bank not in given)


def _versions(session: Session, account_id: int, now: datetime) -> Iterator[BankNews]:
    later = aliased(BankRevision)
    rows = session.execute(
        sa.select(Account.name, Bank.public_id, BankRevision.title, BankRevision.number)
        .select_from(Bank)
        .join(BankRevision, BankRevision.bank_id == Bank.id)
        .join(Account, Account.id == BankRevision.published_by)
        .outerjoin(later, sa.and_(later.bank_id == Bank.id, later.number > BankRevision.number))
        .where(
            Bank.owner_id == account_id,
            later.id.is_(None),
            BankRevision.published_by != account_id,
            BankRevision.published_at > now - TOLD_FOR,
        )
        .order_by(BankRevision.published_at.desc(), Bank.id)
    )
    for who, bank, title, number in rows:
        yield BankNews(News.PUBLISHED, who, bank, title, number)


def _rights(session: Session, account_id: int, now: datetime) -> Iterator[BankNews]:
    """What the audit has of the teacher's rights, as long as it is still so."""
    own = session.scalars(sa.select(Account.public_id).where(Account.id == account_id)).one()
    entries = session.execute(
        sa.select(AuditEntry.action, AuditEntry.subject, AuditEntry.at, Account.name)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(
            AuditEntry.action.in_(_ACTIONS),
            AuditEntry.at > now - TOLD_FOR,
            AuditEntry.subject.contains(f", account {own}", autoescape=True),
        )
        .order_by(AuditEntry.id.desc())
    ).all()
    newest: dict[str, tuple[News, datetime, str | None]] = {}
    for action, subject, at, who in entries:
        newest.setdefault(subject.partition(",")[0].removeprefix("bank "), (_ACTIONS[action], at, who))
    for bank, title, number, owner_id, shared_at in _as_they_are(session, account_id, newest) if newest else ():
        what, at, by = newest[bank]
        still = {
            News.CHANGED: shared_at is not None and shared_at < at,
            News.WITHDRAWN: shared_at is None and owner_id != account_id,
            News.GIVEN: owner_id == account_id,
        }
        if still[what]:
            yield BankNews(what, by, bank, title, number)


def _as_they_are(
    session: Session, account_id: int, banks: Iterable[str]
) -> Iterator[tuple[str, str, int, int | None, datetime | None]]:
    """Public id, title, number of the newest version, owner, and since when it is shared with the teacher."""
    later = aliased(BankRevision)
    yield from (
        session.execute(
            sa.select(Bank.public_id, BankRevision.title, BankRevision.number, Bank.owner_id, BankShare.created_at)
            .join(BankRevision, BankRevision.bank_id == Bank.id)
            .outerjoin(later, sa.and_(later.bank_id == Bank.id, later.number > BankRevision.number))
            .outerjoin(BankShare, sa.and_(BankShare.bank_id == Bank.id, BankShare.account_id == account_id))
            .where(Bank.public_id.in_(list(banks)), later.id.is_(None))
            .order_by(Bank.id)
        ).all()
    )
