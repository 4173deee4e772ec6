"""A teacher's drafts of banks: begun, saved, checked. Nothing typed is lost, and a broken text may be saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.bank.problems import Problem
from quizapp.bank.source import TextTooLongError
from quizapp.models import Bank, BankDraft, db
from quizapp.services.bank_access import BankRight, bank_with_right, right_over
from quizapp.services.draft_checking import check_draft
from quizapp.services.draft_rows import (
    DraftBank,
    DraftExists,
    OtherDraft,
    bank_now,
    bank_to_publish,
    draft_of,
    is_other,
    names_of_pictures,
    newest_revision,
    others_of,
    own_draft,
    pictures_of,
    plain_lines,
    put_draft,
    title_in,
)
from quizapp.services.freezing import PublishingError, ReadyBank, freeze_bank, prepare
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import rows_changed, writing

__all__ = [
    "DraftBank", "DraftBrokenError", "DraftChanged", "DraftExists", "DraftLine", "DraftView", "OtherDraft", "Published",
    "PublishedMeanwhile", "TextTooLongError",
    "check_draft", "create_draft", "detach_draft", "discard_draft", "has_draft", "my_drafts", "open_draft",
    "publish_draft", "read_draft", "save_draft",
]  # fmt: skip


class DraftChanged(Exception):  # noqa: N818 - it says what is so; nothing went wrong
    """The draft was saved from elsewhere meanwhile; nothing was written."""

    def __init__(self, text: str, version: int, saved_at: datetime) -> None:
        self.text = text
        self.version = version
        self.saved_at = saved_at
        super().__init__(version)


class DraftBrokenError(ValueError):
    """The text has mistakes, so nothing was published."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(len(problems))


class PublishedMeanwhile(Exception):  # noqa: N818 - it says what is so; nothing went wrong
    """Somebody published since the draft began, and the author has not seen what; nothing was published."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


@dataclass(frozen=True)
class Published:
    """What came of publishing a draft."""

    bank: str
    """Public id of the bank."""
    quiz: str
    """Public id of the quiz that asks all its questions."""
    title: str
    number: int
    """Of the bank's newest revision."""
    changed: int
    """How many questions are new or other than before."""


@dataclass(frozen=True)
class DraftView:
    """A draft as its author works on it."""

    id: int
    public_id: str
    title: str
    text: str
    version: int
    changed: bool
    """Whether it says something else than the revision it began from."""
    saved_at: datetime
    base_number: int | None
    """The number of the bank's revision it began from."""
    right: BankRight
    """What the author may do with the bank now; OWN while it was never published."""
    bank: DraftBank | None
    """None: never published, or no longer the author's to change."""
    pictures: Mapping[str, str]
    """The name under which each picture is kept, by its name in the text."""
    others: tuple[OtherDraft, ...]
    """Colleagues who have unpublished changes, the newest first."""

    @property
    def shut_out(self) -> bool:
        """Whether somebody took back the right to change the bank while this was being written."""
        return self.right < BankRight.EDIT

    @property
    def behind(self) -> bool:
        """Whether somebody published since the draft began."""
        return self.bank is not None and self.bank.number != self.base_number


@dataclass(frozen=True)
class DraftLine:
    """A draft in a list."""

    public_id: str
    title: str
    bank: str | None
    """Public id of the published bank it is of."""
    changed: bool
    saved_at: datetime


def create_draft(
    account_id: int,
    text: str,
    *,
    pictures: Mapping[str, str] = MappingProxyType({}),
    bank_id: int | None = None,
    base_number: int | None = None,
    now: datetime,
) -> str:
    """Begin a draft with a text and return its public id.

    A draft of the same bank without unpublished changes gives way, since what it says is published.

    Args:
        pictures: the name under which each picture is kept, by its name in the text.
        bank_id: the bank it is of; None for a new one.
        base_number: the number of the bank's revision it begins from.

    Raises:
        DraftExists: this teacher has unpublished changes of the bank.
        NotFoundError: the bank is not theirs to change.
        TextTooLongError: the text is longer than a bank may be.
    """
    text = plain_lines(text)
    try:
        with writing() as session:
            if bank_id is not None and right_over(session, bank_id, account_id) < BankRight.EDIT:
                raise NotFoundError("bank")
            draft = put_draft(
                session,
                account_id,
                text,
                pictures=pictures,
                bank_id=bank_id,
                base_number=base_number,
                changed=True,
                now=now,
            )
            return draft.public_id
    except IntegrityError:  # the same button twice at once
        raise DraftExists(draft_of(account_id, bank_id)) from None


def open_draft(bank_public_id: str, account_id: int, *, now: datetime) -> str:
    """Return the teacher's draft of a bank, begun from its newest revision unless there are unpublished changes.

    Raises:
        NotFoundError: the bank is not theirs to change.
    """
    bank_id = bank_with_right(db.session(), bank_public_id, account_id, BankRight.EDIT).id
    try:
        with writing() as session:
            return _draft_from_newest(session, account_id, bank_id, now).public_id
    except DraftExists as found:
        return found.public_id
    except IntegrityError:  # the same button twice at once
        return draft_of(account_id, bank_id)


def read_draft(public_id: str, account_id: int) -> DraftView:
    """Return a draft with all that its author should know.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    session = db.session()
    draft = own_draft(session, public_id, account_id)
    right = BankRight.OWN if draft.bank_id is None else right_over(session, draft.bank_id, account_id)
    may_edit = draft.bank_id is not None and right >= BankRight.EDIT
    return DraftView(
        id=draft.id,
        public_id=draft.public_id,
        title=draft.title,
        text=draft.text,
        version=draft.version,
        changed=draft.changed,
        saved_at=draft.updated_at,
        base_number=draft.base_number,
        right=right,
        bank=bank_now(session, draft.bank_id) if may_edit and draft.bank_id is not None else None,
        pictures=names_of_pictures(session, draft.id),
        others=others_of(session, draft) if may_edit else (),
    )


def has_draft(public_id: str, account_id: int) -> bool:
    """Tell whether there is such a draft of this teacher's."""
    found = sa.select(BankDraft.id).where(BankDraft.public_id == public_id, BankDraft.account_id == account_id)
    return db.session.scalar(found) is not None


def save_draft(public_id: str, account_id: int, text: str, *, version: int, now: datetime) -> int:
    """Keep what was typed and return the draft's version after it. Saving the same text again changes nothing.

    Args:
        version: the version that the author had before them.

    Raises:
        DraftChanged: it was saved from elsewhere since; holds the text stored now.
        NotFoundError: there is no such draft of theirs.
        TextTooLongError: the text is longer than a bank may be.
    """
    text = plain_lines(text)
    with writing() as session:
        draft = own_draft(session, public_id, account_id)
        if draft.text == text:
            return draft.version
        written = rows_changed(
            session,
            sa.update(BankDraft)
            .where(BankDraft.id == draft.id, BankDraft.version == version)
            .values(
                text=text,
                title=title_in(text),
                version=BankDraft.version + 1,
                changed=is_other(session, draft, text),
                updated_at=now,
            ),
        )
        session.refresh(draft)
        if not written:
            raise DraftChanged(draft.text, draft.version, draft.updated_at)
        return draft.version


def detach_draft(public_id: str, account_id: int) -> None:
    """Make a draft one of a bank that was never published: the text goes its own way.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    with writing() as session:
        own = sa.update(BankDraft).where(BankDraft.public_id == public_id, BankDraft.account_id == account_id)
        if not rows_changed(session, own.values(bank_id=None, base_number=None, changed=True)):
            raise NotFoundError("draft")


def discard_draft(public_id: str, account_id: int) -> None:
    """Delete a draft. What was published of it stays.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    with writing() as session:
        gone = sa.delete(BankDraft).where(BankDraft.public_id == public_id, BankDraft.account_id == account_id)
        if not rows_changed(session, gone):
            raise NotFoundError("draft")


def publish_draft(
    public_id: str, account_id: int, *, version: int, note: str, over: int | None = None, now: datetime
) -> Published:
    """Freeze what a draft says as the bank's next revision; the draft goes on from there.

    Publishing what is published already makes no other revision. Attempts under way keep theirs.

    Args:
        version: the version that the author had before them.
        note: what the author says about this revision, plain text.
        over: the number of a colleague's newer revision that the author has seen and replaces.

    Raises:
        DraftBrokenError: the text has mistakes.
        DraftChanged: it was saved from elsewhere since.
        PublishedMeanwhile: a colleague published since the draft began.
        PublishingError: the bank may not become this; the message says why.
        NotFoundError: there is no such draft of theirs.
    """
    view = read_draft(public_id, account_id)
    if view.version != version:
        raise DraftChanged(view.text, view.version, view.saved_at)
    checked = check_draft(view.text, now=now, pictures=view.pictures)
    if checked.bank is None or not checked.publishable:
        raise DraftBrokenError(checked.problems)
    shown = {one.image for one in checked.bank.stimuli}
    pictures = {name: kept for name, kept in view.pictures.items() if name in shown}
    ready = prepare(checked.bank, source=view.text, pictures=pictures)
    try:
        with writing() as session:
            return _publish(session, view, ready, note=note, over=over, now=now)
    except IntegrityError:
        # Only a correction of one of these questions, frozen in the same instant, can be in the way.
        raise PublishingError(
            "Something of this bank was changed at the same moment. Press the button again."
        ) from None


def _publish(
    session: Session, view: DraftView, ready: ReadyBank, *, note: str, over: int | None, now: datetime
) -> Published:
    draft = _held(session, view)
    bank_id = bank_to_publish(session, draft, ready.bank.slug, now=now)
    newest = newest_revision(session, bank_id)
    other = newest is not None and newest.source_hash != ready.source_hash
    if newest is not None and other and newest.number not in {draft.base_number, over}:
        raise PublishedMeanwhile(newest.number)
    number, changed = freeze_bank(session, bank_id, ready, now=now, published_by=draft.account_id, note=note)
    draft.bank_id, draft.base_number, draft.changed = bank_id, number, False
    session.flush()
    found = bank_now(session, bank_id)
    return Published(found.public_id, found.quiz, found.title, number, changed)


def _held(session: Session, view: DraftView) -> BankDraft:
    """Hold a draft until the transaction ends, if text and pictures still are as they were read."""
    held = sa.update(BankDraft).where(BankDraft.id == view.id, BankDraft.version == view.version)
    if not rows_changed(session, held.values(version=view.version)):
        found = session.get(BankDraft, view.id)
        if found is None:
            raise NotFoundError("draft")
        raise DraftChanged(found.text, found.version, found.updated_at)
    draft = session.get_one(BankDraft, view.id)
    if names_of_pictures(session, view.id) != view.pictures:
        raise DraftChanged(draft.text, draft.version, draft.updated_at)
    return draft


def my_drafts(account_id: int) -> tuple[DraftLine, ...]:
    """Return a teacher's drafts, the one saved last first."""
    rows = db.session.execute(
        sa.select(BankDraft.public_id, BankDraft.title, Bank.public_id, BankDraft.changed, BankDraft.updated_at)
        .outerjoin(Bank, Bank.id == BankDraft.bank_id)
        .where(BankDraft.account_id == account_id)
        .order_by(BankDraft.updated_at.desc(), BankDraft.id.desc())
    )
    return tuple(DraftLine(*row) for row in rows)


def _draft_from_newest(session: Session, account_id: int, bank_id: int, now: datetime) -> BankDraft:
    newest = newest_revision(session, bank_id)
    if newest is None:
        raise NotFoundError("bank")
    return put_draft(
        session,
        account_id,
        plain_lines(newest.source),
        pictures=pictures_of(session, newest.id),
        bank_id=bank_id,
        base_number=newest.number,
        changed=False,
        now=now,
    )
