"""An earlier version of a bank as a draft again. Unpublished changes are never overwritten for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.bank.changes import Changes, changes
from quizapp.models import BankDraft, BankRevision, db
from quizapp.services.bank_access import BankRight, bank_with_right
from quizapp.services.bank_versions import BankHead, bank_head, read_version
from quizapp.services.draft_rows import (
    DraftExists,
    bank_named,
    draft_of,
    own_draft,
    pictures_of,
    plain_lines,
    put_draft,
)
from quizapp.services.drafts import open_draft
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import rows_changed, writing


@dataclass(frozen=True)
class ChoicePage:
    """Unpublished changes that stand in the way of a version: both, for the teacher to choose."""

    head: BankHead
    number: int
    """Of the version."""
    draft: str
    """Public id of the draft."""
    draft_version: int
    saved_at: datetime
    draft_text: str
    changes: Changes | None
    """What the version changes against the draft; None when one of them cannot be read."""


def restore(bank: str, number: int, account_id: int, *, seen: int, now: datetime) -> str:
    """Make a version of a bank the teacher's draft, and return the draft's public id.

    Restoring the same version twice is the same as once.

    Args:
        bank: public id.
        number: of the version.
        seen: the number of the newest version that the teacher had before them, from which the draft
            begins; so publishing it tells of anything that a colleague publishes meanwhile.

    Raises:
        DraftExists: there are unpublished changes; they are left as they are.
        NotFoundError: there is no such version, or the bank is not theirs to change.
    """
    bank_id = bank_with_right(db.session(), bank, account_id, BankRight.EDIT).id
    try:
        with writing() as session:
            return _restored(session, bank, number, account_id, seen, now)
    except IntegrityError:  # the same button twice at once
        mine = draft_of(account_id, bank_id)
    except DraftExists as found:
        mine = found.public_id
    if _says(mine, account_id, bank_id, number):
        return mine
    raise DraftExists(mine)


def restore_beside(bank: str, number: int, account_id: int, *, seen: int, draft_version: int, now: datetime) -> str:
    """Put the teacher's unpublished changes aside, make a version the draft, and return its public id.

    What is put aside becomes a draft of its own with every word, as if it were of a new bank; whoever has it
    open goes on writing there.

    Args:
        draft_version: the version of the draft that the teacher had before them.

    Raises:
        DraftExists: the draft was saved since; it is left as it is.
        NotFoundError: as `restore` does.
    """
    bank_id = bank_with_right(db.session(), bank, account_id, BankRight.EDIT).id
    try:
        with writing() as session:
            _put_aside(session, account_id, bank_id, draft_version)
            return _restored(session, bank, number, account_id, seen, now)
    except IntegrityError:  # the same button twice at once
        return draft_of(account_id, bank_id)


def draft_in_the_way(draft: str, account_id: int, *, now: datetime) -> str:
    """Return the teacher's draft of the bank that a text put aside names, begun if there is none.

    The text comes back under its bank when it takes the place of that draft.

    Args:
        draft: public id of the draft that is of no bank.

    Raises:
        NotFoundError: it is not theirs, it is of a bank, or it names none that they may change.
    """
    row = own_draft(db.session(), draft, account_id)
    bank = bank_named(account_id, row.text) if row.bank_id is None else None
    if bank is None:
        raise NotFoundError("bank")
    return open_draft(bank, account_id, now=now)


def choice_page(bank: str, number: int, draft: str, account_id: int) -> ChoicePage:
    """Return a version and the unpublished changes that stand in its way.

    Raises:
        NotFoundError: there is no such version or draft, or the bank is not theirs to change.
    """
    head = bank_head(bank, account_id, BankRight.EDIT)
    session = db.session()
    row = own_draft(session, draft, account_id)
    version = _revision(session, head.id, number)
    mine, theirs = read_version(row.text), read_version(version.source)
    return ChoicePage(
        head=head,
        number=number,
        draft=row.public_id,
        draft_version=row.version,
        saved_at=row.updated_at,
        draft_text=row.text,
        changes=None if mine is None or theirs is None else changes(mine, theirs),
    )


def _put_aside(session: Session, account_id: int, bank_id: int, draft_version: int) -> None:
    """Make the teacher's draft of a bank one of no bank, if there is one; it must be of the version they saw."""
    draft = session.scalar(sa.select(BankDraft).where(BankDraft.account_id == account_id, BankDraft.bank_id == bank_id))
    if draft is None:
        return
    aside = rows_changed(
        session,
        sa.update(BankDraft)
        .where(BankDraft.id == draft.id, BankDraft.version == draft_version, BankDraft.bank_id == bank_id)
        .values(bank_id=None, base_number=None, changed=True)
        .execution_options(synchronize_session=False),
    )
    if not aside:
        raise DraftExists(draft.public_id)
    session.expire_all()


def _restored(session: Session, bank: str, number: int, account_id: int, seen: int, now: datetime) -> str:
    bank_id = bank_with_right(session, bank, account_id, BankRight.EDIT).id
    version = _revision(session, bank_id, number)
    newest = session.scalar(sa.select(sa.func.max(BankRevision.number)).where(BankRevision.bank_id == bank_id))
    return put_draft(
        session,
        account_id,
        plain_lines(version.source),
        pictures=pictures_of(session, version.id),
        bank_id=bank_id,
        base_number=min(max(seen, number), newest or number),
        changed=number != newest,
        now=now,
    ).public_id


def _revision(session: Session, bank_id: int, number: int) -> BankRevision:
    found = session.scalar(
        sa.select(BankRevision).where(BankRevision.bank_id == bank_id, BankRevision.number == number)
    )
    if found is None:
        raise NotFoundError("version")
    return found


def _says(draft: str, account_id: int, bank_id: int, number: int) -> bool:
    """Whether a draft says what a version does already."""
    session = db.session()
    return own_draft(session, draft, account_id).text == plain_lines(_revision(session, bank_id, number).source)
