"""Who did what: one line for each thing that somebody may ask about later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Account, AuditEntry, db

PAGE_LENGTH = 50


@dataclass(frozen=True)
class AuditLine:
    """One entry as it is read."""

    at: datetime
    who: str
    """The name of the account; empty when it is gone, or when the program did it by itself."""
    action: str
    subject: str


@dataclass(frozen=True)
class AuditPage:
    lines: tuple[AuditLine, ...]
    older: int | None
    """What to ask for to see the lines before these; None at the end."""


def record(session: Session, action: str, subject: str, *, account_id: int | None, now: datetime) -> None:
    """Add a line to the audit, in the caller's transaction.

    Args:
        action: a short word with dashes, such as "guest-merged".
        subject: what it was done to, by public ids or names of classes; never a student's name, an
            answer, a password or a link.
    """
    session.add(AuditEntry(at=now, account_id=account_id, action=action, subject=subject[:200]))


def audit_page(before: int | None = None) -> AuditPage:
    """Return the newest lines, or those before an entry."""
    query = (
        sa.select(AuditEntry, Account.name)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .order_by(AuditEntry.id.desc())
        .limit(PAGE_LENGTH + 1)
    )
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = db.session.execute(query).all()
    shown = rows[:PAGE_LENGTH]
    return AuditPage(
        tuple(AuditLine(entry.at, name or "", entry.action, entry.subject) for entry, name in shown),
        shown[-1][0].id if len(rows) > PAGE_LENGTH else None,
    )
