"""Who may do what with a bank: the one place that says so."""

from __future__ import annotations

from enum import IntEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Bank, BankShare, ShareRight
from quizapp.services.rosters import NotFoundError


class BankRight(IntEnum):
    """What somebody may do with a bank; each right includes those before it."""

    NONE = 0
    VIEW = 1
    """See it, try it, assign it."""
    COPY = 2
    """Make a bank of one's own from it."""
    EDIT = 3
    """Publish new versions of it."""
    OWN = 4
    """Share it."""


_SHARED = {ShareRight.VIEW: BankRight.VIEW, ShareRight.COPY: BankRight.COPY, ShareRight.EDIT: BankRight.EDIT}


def right_over(session: Session, bank_id: int, account_id: int) -> BankRight:
    """Return what a member of staff may do with a bank, NONE when there is no such bank.

    A bank that we ship belongs to nobody: everybody may copy it and nobody change it.
    """
    row = session.execute(
        sa.select(Bank.owner_id, BankShare.right)
        .outerjoin(BankShare, sa.and_(BankShare.bank_id == Bank.id, BankShare.account_id == account_id))
        .where(Bank.id == bank_id)
    ).one_or_none()
    return BankRight.NONE if row is None else right_in(row.owner_id, row.right, account_id)


def right_in(owner_id: int | None, share: ShareRight | None, account_id: int) -> BankRight:
    """Return what somebody may do with a bank of this owner that is shared with them like this."""
    if owner_id is None:
        return BankRight.COPY
    if owner_id == account_id:
        return BankRight.OWN
    return BankRight.NONE if share is None else _SHARED[share]


def visible_to(account_id: int | None) -> sa.ColumnElement[bool]:
    """The condition that a bank may be seen and assigned; for statements that read Bank.

    Args:
        account_id: a member of staff; None: whoever comes to try, who sees what we ship.
    """
    shipped = Bank.owner_id.is_(None)
    if account_id is None:
        return shipped
    return sa.or_(shipped, Bank.owner_id == account_id, _shared_with(account_id).exists())


def _shared_with(account_id: int) -> sa.Select[int]:
    return (
        sa.select(BankShare.bank_id)
        .where(BankShare.bank_id == Bank.id, BankShare.account_id == account_id)
        .correlate(Bank)
    )


def may_change(account_id: int) -> sa.ColumnElement[bool]:
    """The condition that somebody may publish new versions of a bank; for statements that read Bank."""
    shared = _shared_with(account_id).where(BankShare.right == ShareRight.EDIT).exists()
    return sa.or_(Bank.owner_id == account_id, shared)


def bank_with_right(session: Session, public_id: str, account_id: int, right: BankRight) -> Bank:
    """Return a bank over which somebody has at least this right.

    Raises:
        NotFoundError: there is no such bank, or not for them.
    """
    bank = session.scalar(sa.select(Bank).where(Bank.public_id == public_id))
    if bank is None or right_over(session, bank.id, account_id) < right:
        raise NotFoundError("bank")
    return bank
