"""The versions of a published bank: which there are, what each says, and what changed between two.

What a version says is read from the author's text as it was published, which is the author looking at
their own file; questions that students answered are never read this way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.changes import Changes, changes
from quizapp.bank.loader import load_text
from quizapp.bank.model import Bank as BankFile
from quizapp.models import Account, Bank, BankRevision, Item, ItemRevision, Quiz, db
from quizapp.services.bank_access import BankRight, bank_with_right, right_over
from quizapp.services.draft_checking import shared_skills
from quizapp.services.draft_rows import pictures_of
from quizapp.services.rosters import NotFoundError


@dataclass(frozen=True)
class BankHead:
    """What every page about a bank says first."""

    id: int
    public_id: str
    quiz: str
    """Public id of the quiz that asks all its questions."""
    title: str
    owner: str | None
    """None: it comes with the program."""
    right: BankRight
    """What the one who looks may do with it."""
    newest: int
    """Number of its newest version."""

    @property
    def own(self) -> bool:
        """Whether it is theirs to share."""
        return self.right == BankRight.OWN

    @property
    def may_edit(self) -> bool:
        """Whether they may publish new versions."""
        return self.right >= BankRight.EDIT

    @property
    def may_copy(self) -> bool:
        """Whether they may take its text."""
        return self.right >= BankRight.COPY


@dataclass(frozen=True)
class VersionLine:
    """One version in a list."""

    number: int
    title: str
    published_at: datetime
    by: str | None
    """Who published it; None: the program, or somebody whose account is gone."""
    note: str
    """What was said about it, plain text."""
    changed: int
    """How many questions were new in it or other than before."""


@dataclass(frozen=True)
class VersionPage:
    """One version to be read."""

    head: BankHead
    version: VersionLine
    content: Changes | None
    """All that it says, as additions to an empty bank; None when the program cannot read it any more."""
    source: str | None
    """The author's text; None for those who may not copy it."""


@dataclass(frozen=True)
class DifferencePage:
    """What changed between two versions."""

    head: BankHead
    before: VersionLine
    after: VersionLine
    changes: Changes | None
    """None when the program cannot read one of them any more."""


def bank_head(public_id: str, account_id: int, least: BankRight = BankRight.VIEW) -> BankHead:
    """Return what every page about a bank says first.

    Raises:
        NotFoundError: there is no such bank, or this teacher has less than the right `least` over it.
    """
    session = db.session()
    bank = bank_with_right(session, public_id, account_id, least)
    row = session.execute(
        sa.select(Quiz.public_id, BankRevision.title, BankRevision.number, Account.name)
        .select_from(Bank)
        .join(BankRevision, BankRevision.bank_id == Bank.id)
        .join(Quiz, sa.and_(Quiz.bank_id == Bank.id, Quiz.whole_bank))
        .outerjoin(Account, Account.id == Bank.owner_id)
        .where(Bank.id == bank.id)
        .order_by(BankRevision.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFoundError("bank")
    return BankHead(
        id=bank.id,
        public_id=bank.public_id,
        quiz=row[0],
        title=row[1],
        owner=row[3],
        right=right_over(session, bank.id, account_id),
        newest=row[2],
    )


def versions_of(bank_id: int) -> tuple[VersionLine, ...]:
    """Return the versions of a bank, the newest first."""
    # What a version changed was frozen in its transaction, so it bears the same moment.
    changed = (
        sa.select(sa.func.count())
        .select_from(ItemRevision)
        .join(Item, Item.id == ItemRevision.item_id)
        .where(
            Item.bank_id == BankRevision.bank_id,
            ItemRevision.created_at == BankRevision.published_at,
            ItemRevision.corrects.is_(False),
        )
        .correlate(BankRevision)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            BankRevision.number, BankRevision.title, BankRevision.published_at, Account.name, BankRevision.note, changed
        )
        .outerjoin(Account, Account.id == BankRevision.published_by)
        .where(BankRevision.bank_id == bank_id)
        .order_by(BankRevision.number.desc())
    )
    return tuple(VersionLine(*row) for row in rows)


def version_page(public_id: str, number: int, account_id: int) -> VersionPage:
    """Return one version of a bank to be read.

    Raises:
        NotFoundError: there is no such version, or not for this teacher.
    """
    head = bank_head(public_id, account_id)
    row, line = _version(head.id, number)
    bank = read_version(row.source)
    content = None if bank is None else changes(_emptied(bank), bank)
    return VersionPage(head, line, content, row.source if head.may_copy else None)


def difference_page(public_id: str, before: int, after: int, account_id: int) -> DifferencePage:
    """Return what changed from one version of a bank to another; `before` may be the later one.

    Raises:
        NotFoundError: there is no such version, or not for this teacher.
    """
    head = bank_head(public_id, account_id)
    row, line = _version(head.id, after)
    bank = read_version(row.source)
    session = db.session()
    found = None if bank is None else changes_since(session, head.id, before, bank, pictures_of(session, row.id))
    return DifferencePage(head, _version(head.id, before)[1], line, found)


def changes_since(
    session: Session, bank_id: int, number: int, bank: BankFile, pictures: Mapping[str, str]
) -> Changes | None:
    """Return what a bank's text changes against one of its versions; None when that cannot be read any more.

    Args:
        number: of the version.
        bank: the text, read.
        pictures: the name under which each of its pictures is kept, by its name in the text.
    """
    row = session.scalar(sa.select(BankRevision).where(BankRevision.bank_id == bank_id, BankRevision.number == number))
    earlier = None if row is None else read_version(row.source)
    if row is None or earlier is None:
        return None
    before = pictures_of(session, row.id)
    redrawn = frozenset(name for name, kept in pictures.items() if before.get(name, kept) != kept)
    return changes(earlier, bank, redrawn=redrawn)


def read_version(source: str) -> BankFile | None:
    """Return what a text says as today's program reads it; None when it has a mistake, or names what is no more."""
    return load_text(source.encode(), "bank.yaml", skills=shared_skills()).bank


def _version(bank_id: int, number: int) -> tuple[BankRevision, VersionLine]:
    row = db.session.scalar(
        sa.select(BankRevision).where(BankRevision.bank_id == bank_id, BankRevision.number == number)
    )
    line = next((one for one in versions_of(bank_id) if one.number == number), None)
    if row is None or line is None:
        raise NotFoundError("version")
    return row, line


def _emptied(bank: BankFile) -> BankFile:
    """The same bank without anything in it, so that all of it is an addition."""
    return BankFile(bank.slug, bank.title, bank.language, bank.licence, bank.source, (), (), ())
