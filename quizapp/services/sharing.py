"""Banks between colleagues: who may see, copy or change one, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from quizapp.models import Account, Bank, BankRevision, BankShare, ShareRight, db
from quizapp.services import auditing
from quizapp.services.bank_access import BankRight, right_over
from quizapp.services.bank_versions import BankHead, bank_head
from quizapp.services.credentials import fold_name
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import rows_changed, upsert, writing

TOLD_FOR = timedelta(days=14)
"""For so long the home page tells of a bank that a colleague shared."""


class SharingError(ValueError):
    """It cannot be done; `reason` says why."""

    UNKNOWN_LOGIN = "unknown-login"
    OWNER = "owner"
    SAME_ID = "same-id"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class ShareLine:
    """A colleague with whom a bank is shared."""

    public_id: str
    name: str
    login: str
    right: ShareRight
    since: datetime
    shut: bool
    """Whether the account is shut."""


@dataclass(frozen=True)
class SharingPage:
    head: BankHead
    lines: tuple[ShareLine, ...]
    """Empty for those whose bank it is not."""


@dataclass(frozen=True)
class SharedBank:
    """A bank that a colleague shared lately."""

    public_id: str
    title: str
    owner: str
    right: ShareRight


@dataclass(frozen=True)
class OwnedBank:
    """A bank of an account."""

    public_id: str
    title: str


@dataclass(frozen=True)
class AccountBanks:
    """Whose banks an administrator hands over."""

    public_id: str
    name: str
    shut: bool
    banks: tuple[OwnedBank, ...]


@dataclass(frozen=True)
class HandedOver:
    """What came of handing over all banks of an account."""

    name: str
    """Of the colleague who has them now."""
    moved: int
    left: tuple[str, ...]
    """Titles of banks that stayed, since the colleague has one of the same id."""


def sharing_page(bank: str, account_id: int) -> SharingPage:
    """Return with whom a bank is shared; for a colleague who has it by a share, only that.

    Raises:
        NotFoundError: there is no such bank, or not for this teacher, or it belongs to nobody.
    """
    head = bank_head(bank, account_id)
    if head.owner is None:
        raise NotFoundError("bank")
    if not head.own:
        return SharingPage(head, ())
    rows = db.session.execute(
        sa.select(
            Account.public_id,
            Account.name,
            Account.login,
            BankShare.right,
            BankShare.created_at,
            Account.disabled_at.is_not(None),
        )
        .join(BankShare, BankShare.account_id == Account.id)
        .where(BankShare.bank_id == head.id)
        .order_by(Account.name, Account.id)
    )
    return SharingPage(head, tuple(ShareLine(*row) for row in rows))


def share(bank: str, login: str, right: ShareRight, *, account_id: int, now: datetime) -> str:
    """Let a colleague see, copy or change a bank, and return the colleague's name.

    Sharing again changes the right; twice the same is the same as once.

    Raises:
        NotFoundError: there is no such bank of this teacher.
        SharingError: nobody who may sign in has this login, or it is the owner's own.
    """
    with writing() as session:
        row = _own_bank(session, bank, account_id)
        colleague = _colleague(session, login)
        if colleague.id == row.owner_id:
            raise SharingError(SharingError.OWNER)
        if _right(session, row.id, colleague.id) is not right:
            _give(session, row.id, colleague.id, right, now)
            _record(session, "bank-shared", row, colleague, account_id, now, right)
        return colleague.name


def change_right(bank: str, colleague: str, right: ShareRight, *, account_id: int, now: datetime) -> None:
    """Give a colleague with whom a bank is shared another right.

    Args:
        colleague: public id.

    Raises:
        NotFoundError: there is no such bank of this teacher, or it is not shared with the colleague.
    """
    with writing() as session:
        row = _own_bank(session, bank, account_id)
        account = _sharer(session, row.id, colleague)
        if _right(session, row.id, account.id) is not right:
            _give(session, row.id, account.id, right, now)
            _record(session, "bank-shared", row, account, account_id, now, right)


def withdraw(bank: str, colleague: str, *, account_id: int, now: datetime) -> None:
    """Take a bank back from a colleague. What they assigned or copied stays, and so do their drafts.

    Raises:
        NotFoundError: there is no such bank of this teacher, or it is not shared with the colleague.
    """
    with writing() as session:
        row = _own_bank(session, bank, account_id)
        account = _sharer(session, row.id, colleague)
        _take(session, row.id, account.id)
        _record(session, "bank-withdrawn", row, account, account_id, now)


def leave(bank: str, *, account_id: int, now: datetime) -> None:
    """Give up a bank that a colleague shared.

    Raises:
        NotFoundError: no such bank is shared with this teacher.
    """
    with writing() as session:
        row = session.scalar(sa.select(Bank).where(Bank.public_id == bank))
        if row is None or not _take(session, row.id, account_id):
            raise NotFoundError("bank")
        _record(session, "bank-left", row, None, account_id, now)


def hand_over(bank: str, login: str, *, account_id: int, now: datetime) -> str:
    """Give a bank to a colleague and return the colleague's name. Who gives it may still change it.

    Raises:
        NotFoundError: there is no such bank of this teacher.
        SharingError: nobody else who may sign in has this login, or the colleague has a bank of the same id.
    """
    with writing() as session:
        row = _own_bank(session, bank, account_id)
        colleague = _colleague(session, login)
        if colleague.id == row.owner_id:
            raise SharingError(SharingError.OWNER)
        if not _move(session, row, colleague.id):
            raise SharingError(SharingError.SAME_ID)
        _give(session, row.id, account_id, ShareRight.EDIT, now)
        _record(session, "bank-handed-over", row, colleague, account_id, now)
        return colleague.name


def account_banks(account: str) -> AccountBanks:
    """Return the banks of an account, for an administrator who hands them over.

    Raises:
        NotFoundError: there is no such account.
    """
    row = db.session.scalar(sa.select(Account).where(Account.public_id == account))
    if row is None:
        raise NotFoundError("account")
    later = aliased(BankRevision)
    banks = db.session.execute(
        sa.select(Bank.public_id, BankRevision.title)
        .join(BankRevision, BankRevision.bank_id == Bank.id)
        .outerjoin(later, sa.and_(later.bank_id == Bank.id, later.number > BankRevision.number))
        .where(Bank.owner_id == row.id, later.id.is_(None))
        .order_by(BankRevision.title, Bank.id)
    )
    return AccountBanks(row.public_id, row.name, row.disabled_at is not None, tuple(OwnedBank(*bank) for bank in banks))


def hand_over_all(account: str, login: str, *, account_id: int, now: datetime) -> HandedOver:
    """Give all banks of an account to a colleague, for an administrator: the owner is away, or has left.

    Args:
        account: public id of the owner.

    Raises:
        NotFoundError: there is no such account.
        SharingError: nobody else who may sign in has this login.
    """
    titles = {one.public_id: one.title for one in account_banks(account).banks}
    with writing() as session:
        owner = session.scalars(sa.select(Account).where(Account.public_id == account)).one()
        colleague = _colleague(session, login)
        if colleague.id == owner.id:
            raise SharingError(SharingError.OWNER)
        rows = session.scalars(sa.select(Bank).where(Bank.owner_id == owner.id).order_by(Bank.id).with_for_update())
        moved, left = 0, []
        for row in rows.all():
            if _move(session, row, colleague.id):
                moved += 1
                _record(session, "bank-handed-over", row, colleague, account_id, now)
            else:
                left.append(titles.get(row.public_id, row.slug))
        return HandedOver(colleague.name, moved, tuple(left))


def shared_lately(account_id: int, *, now: datetime) -> tuple[SharedBank, ...]:
    """Return the banks that colleagues shared with a teacher in the last days, the newest first."""
    later = aliased(BankRevision)
    rows = db.session.execute(
        sa.select(Bank.public_id, BankRevision.title, Account.name, BankShare.right)
        .select_from(BankShare)
        .join(Bank, Bank.id == BankShare.bank_id)
        .join(Account, Account.id == Bank.owner_id)
        .join(BankRevision, BankRevision.bank_id == Bank.id)
        .outerjoin(later, sa.and_(later.bank_id == Bank.id, later.number > BankRevision.number))
        .where(BankShare.account_id == account_id, BankShare.created_at > now - TOLD_FOR, later.id.is_(None))
        .order_by(BankShare.created_at.desc(), Bank.id)
    )
    return tuple(SharedBank(*row) for row in rows)


def _own_bank(session: Session, public_id: str, account_id: int) -> Bank:
    """The bank, held so that nobody hands it over meanwhile."""
    row = session.scalar(sa.select(Bank).where(Bank.public_id == public_id).with_for_update())
    if row is None or right_over(session, row.id, account_id) is not BankRight.OWN:
        raise NotFoundError("bank")
    return row


def _colleague(session: Session, login: str) -> Account:
    found = session.scalar(sa.select(Account).where(Account.login == fold_name(login), Account.disabled_at.is_(None)))
    if found is None:
        raise SharingError(SharingError.UNKNOWN_LOGIN)
    return found


def _sharer(session: Session, bank_id: int, public_id: str) -> Account:
    found = session.scalar(
        sa.select(Account)
        .join(BankShare, BankShare.account_id == Account.id)
        .where(BankShare.bank_id == bank_id, Account.public_id == public_id)
    )
    if found is None:
        raise NotFoundError("share")
    return found


def _right(session: Session, bank_id: int, account_id: int) -> ShareRight | None:
    return session.scalar(
        sa.select(BankShare.right).where(BankShare.bank_id == bank_id, BankShare.account_id == account_id)
    )


def _give(session: Session, bank_id: int, account_id: int, right: ShareRight, now: datetime) -> None:
    given = upsert(BankShare).values(bank_id=bank_id, account_id=account_id, right=right, created_at=now)
    session.execute(
        given.on_conflict_do_update(
            index_elements=[BankShare.bank_id, BankShare.account_id], set_={"right": given.excluded.right}
        )
    )


def _take(session: Session, bank_id: int, account_id: int) -> bool:
    taken = sa.delete(BankShare).where(BankShare.bank_id == bank_id, BankShare.account_id == account_id)
    return rows_changed(session, taken) > 0


def _move(session: Session, row: Bank, new_owner: int) -> bool:
    """Give a bank to somebody; False when they have one of the same id, and then nothing changes."""
    try:
        with session.begin_nested():
            row.owner_id = new_owner
            session.flush()
    except IntegrityError:
        return False
    _take(session, row.id, new_owner)
    return True


def _record(
    session: Session,
    action: str,
    bank: Bank,
    colleague: Account | None,
    account_id: int,
    now: datetime,
    right: ShareRight | None = None,
) -> None:
    subject = f"bank {bank.public_id}"
    if colleague is not None:
        subject += f", account {colleague.public_id}"
    if right is not None:
        subject += f", {right.value}"
    auditing.record(session, action, subject, account_id=account_id, now=now)
