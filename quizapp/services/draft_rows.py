"""The rows of drafts, for the services that write and publish them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import text as author_text
from quizapp.bank.source import refuse_too_long
from quizapp.models import Account, Bank, BankDraft, BankRevision, DraftPicture, Quiz, RevisionPicture, db
from quizapp.models.base import new_public_id
from quizapp.services.bank_access import BankRight, may_change, right_over
from quizapp.services.freezing import PublishingError
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import upsert

TITLE_MAX = 200
UNTITLED = "A new bank"
_SLUG = re.compile(r"^bank:[ \t]*[\"']?([a-z0-9-]+)", re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*(?P<quote>[\"']?)(?P<title>.*?)(?P=quote)[ \t]*$", re.MULTILINE)


class DraftExists(Exception):  # noqa: N818 - it says what is so; nothing went wrong
    """There is a draft with unpublished changes already; it is left as it is."""

    def __init__(self, public_id: str) -> None:
        self.public_id = public_id
        super().__init__(public_id)


@dataclass(frozen=True)
class DraftBank:
    """The published bank that a draft is of, as it is now."""

    public_id: str
    quiz: str
    title: str
    number: int
    """Of its newest revision."""
    published_at: datetime
    published_by: str | None


@dataclass(frozen=True)
class OtherDraft:
    """A colleague's draft of the same bank."""

    name: str
    saved_at: datetime


def plain_lines(text: str) -> str:
    """Return a text with plain line ends, since browsers send others than files have, and as databases can hold it.

    Raises:
        TextTooLongError: it is longer than a bank may be.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\N{SYMBOL FOR NULL}")
    refuse_too_long(text)
    return text


def title_in(text: str) -> str:
    r"""Return what a text calls its bank, whether or not the rest of it can be read.

    >>> title_in("format: 1\ntitle: 'A *closer* look'\n")
    'A closer look'
    >>> title_in("a text\n")
    'A new bank'
    """
    found = _TITLE.search(text)
    said = author_text.plain(found["title"][:TITLE_MAX]) if found else ""
    return said[:TITLE_MAX] or UNTITLED


def bank_named(account_id: int, text: str) -> str | None:
    """Return the public id of the bank with the id in a text that a teacher may change, their own before others."""
    named = _SLUG.search(text)
    if named is None:
        return None
    return db.session.scalar(
        sa.select(Bank.public_id)
        .where(Bank.slug == named[1], may_change(account_id))
        .order_by(Bank.owner_id != account_id, Bank.id)
        .limit(1)
    )


def own_draft(session: Session, public_id: str, account_id: int) -> BankDraft:
    """Return a draft's row. Raises NotFoundError when this teacher has no such draft."""
    draft = session.scalar(
        sa.select(BankDraft).where(BankDraft.public_id == public_id, BankDraft.account_id == account_id)
    )
    if draft is None:
        raise NotFoundError("draft")
    return draft


def newest_revision(session: Session, bank_id: int) -> BankRevision | None:
    """Return the newest revision of a bank; None for one that is being published for the first time."""
    return session.scalar(
        sa.select(BankRevision).where(BankRevision.bank_id == bank_id).order_by(BankRevision.number.desc()).limit(1)
    )


def refusal(session: Session, draft: BankDraft, slug: str) -> str | None:
    """Return why a draft may not be published under an id, as a sentence that says what to do; None: it may."""
    if draft.bank_id is None:
        taken = session.scalar(sa.select(Bank.id).where(Bank.slug == slug, Bank.owner_id == draft.account_id))
        return None if taken is None else _taken(slug)
    if right_over(session, draft.bank_id, draft.account_id) < BankRight.EDIT:
        return "You may no longer change this bank. Keep your text as a bank of your own."
    known = session.scalars(sa.select(Bank.slug).where(Bank.id == draft.bank_id)).one()
    if known == slug:
        return None
    return (
        f"The line “bank: {slug}” gives the bank another id. Write “bank: {known}”, "
        "or keep your text as a bank of its own."
    )


def bank_to_publish(session: Session, draft: BankDraft, slug: str, *, now: datetime) -> int:
    """Return the id of the bank that a draft is published as, held until the transaction ends; made if it is new.

    Raises:
        PublishingError: the bank is no longer the author's to change, or its id is not free.
    """
    if draft.bank_id is not None:
        session.execute(sa.select(Bank.id).where(Bank.id == draft.bank_id).with_for_update())
    sentence = refusal(session, draft, slug)
    if sentence is not None:
        raise PublishingError(sentence)
    if draft.bank_id is not None:
        return draft.bank_id
    made = upsert(Bank).values(public_id=new_public_id(), slug=slug, owner_id=draft.account_id, created_at=now)
    bank_id: int | None = session.scalar(made.on_conflict_do_nothing().returning(Bank.id))
    if bank_id is None:  # another draft of theirs was a moment faster
        raise PublishingError(_taken(slug))
    return bank_id


def _taken(slug: str) -> str:
    return (
        f"You have a bank with the id “{slug}” already. Edit that one, or give this one another id; "
        "it stands in the line “bank:” of the text."
    )


def pictures_of(session: Session, bank_revision_id: int) -> dict[str, str]:
    """Return the names under which the pictures of a revision are kept, by their names in its text."""
    rows = session.execute(
        sa.select(RevisionPicture.name, RevisionPicture.kept_name).where(
            RevisionPicture.bank_revision_id == bank_revision_id
        )
    )
    return dict(rows.all())


def names_of_pictures(session: Session, draft_id: int) -> dict[str, str]:
    """Return the names under which the pictures of a draft are kept, by their names in its text."""
    rows = session.execute(
        sa.select(DraftPicture.name, DraftPicture.kept_name).where(DraftPicture.draft_id == draft_id)
    )
    return dict(rows.all())


def put_draft(
    session: Session,
    account_id: int,
    text: str,
    *,
    pictures: Mapping[str, str],
    bank_id: int | None,
    base_number: int | None,
    changed: bool,
    now: datetime,
) -> BankDraft:
    """Begin a draft, or renew the one this teacher has of the bank if it says nothing of its own.

    The caller commits. Raises DraftExists when it does say something.
    """
    draft = None if bank_id is None else _draft_row(session, account_id, bank_id)
    if draft is None:
        draft = BankDraft(account_id=account_id, bank_id=bank_id, version=0, created_at=now, changed=False)
        session.add(draft)
    if draft.changed:
        raise DraftExists(draft.public_id)
    if draft.text == text and draft.base_number == base_number:
        draft.changed = changed
        return draft
    draft.version += 1
    draft.text, draft.title, draft.changed = text, title_in(text), changed
    draft.base_number, draft.updated_at = base_number, now
    session.flush()
    session.execute(sa.delete(DraftPicture).where(DraftPicture.draft_id == draft.id))
    session.add_all(
        DraftPicture(draft_id=draft.id, name=name, kept_name=kept_name) for name, kept_name in pictures.items()
    )
    return draft


def _draft_row(session: Session, account_id: int, bank_id: int) -> BankDraft | None:
    return session.scalar(
        sa.select(BankDraft).where(BankDraft.account_id == account_id, BankDraft.bank_id == bank_id).with_for_update()
    )


def draft_of(account_id: int, bank_id: int | None) -> str:
    """Return the public id of a teacher's draft of a bank."""
    return db.session.scalars(
        sa.select(BankDraft.public_id).where(BankDraft.account_id == account_id, BankDraft.bank_id == bank_id)
    ).one()


def is_other(session: Session, draft: BankDraft, text: str) -> bool:
    """Tell whether a text with the draft's pictures says something else than the revision that the draft began from."""
    base = session.execute(
        sa.select(BankRevision.id, BankRevision.source).where(
            BankRevision.bank_id == draft.bank_id, BankRevision.number == draft.base_number
        )
    ).one_or_none()
    if base is None or text != plain_lines(base.source):
        return True
    return names_of_pictures(session, draft.id) != pictures_of(session, base.id)


def bank_now(session: Session, bank_id: int) -> DraftBank:
    """Return a published bank as it is now."""
    row = session.execute(
        sa.select(
            Bank.public_id,
            Quiz.public_id,
            BankRevision.title,
            BankRevision.number,
            BankRevision.published_at,
            Account.name,
        )
        .join(BankRevision, BankRevision.bank_id == Bank.id)
        .join(Quiz, sa.and_(Quiz.bank_id == Bank.id, Quiz.whole_bank))
        .outerjoin(Account, Account.id == BankRevision.published_by)
        .where(Bank.id == bank_id)
        .order_by(BankRevision.number.desc())
        .limit(1)
    ).one()
    return DraftBank(*row)


def others_of(session: Session, draft: BankDraft) -> tuple[OtherDraft, ...]:
    """Return the colleagues with unpublished changes of the same bank, the newest first."""
    rows = session.execute(
        sa.select(Account.name, BankDraft.updated_at)
        .join(Account, Account.id == BankDraft.account_id)
        .where(BankDraft.bank_id == draft.bank_id, BankDraft.id != draft.id, BankDraft.changed)
        .order_by(BankDraft.updated_at.desc())
    )
    return tuple(OtherDraft(*row) for row in rows)
