"""What a teacher reads before publishing: what changes, what begins anew, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.changes import Changes
from quizapp.bank.checking import Checked
from quizapp.bank.model import Bank as BankFile
from quizapp.bank.strategies import simulate
from quizapp.models import Account, Attempt, BankRevision, Item, Quiz, QuizRevision, db
from quizapp.services.bank_versions import changes_since, read_version
from quizapp.services.draft_checking import check_draft
from quizapp.services.draft_ids import fitting_id
from quizapp.services.draft_rows import bank_named, newest_revision, own_draft, pictures_of, refusal
from quizapp.services.drafts import DraftView, read_draft
from quizapp.services.freezing import other_kind
from quizapp.services.older_keys import OlderKey, older_keys

ROUNDS_IN_ALL = 500
"""How many questions are answered lazily, so that a long bank does not keep its author waiting."""
LEAST_QUESTIONS, MOST_QUESTIONS = 5, 250
FAR_FROM_GUESSING = 0.1
"""As a share of the marks; the same as the author's guide says for `simulate`."""


@dataclass(frozen=True)
class Colleague:
    """What a colleague published since the draft began."""

    number: int
    name: str | None
    published_at: datetime
    note: str
    changes: Changes | None
    """Since the revision that the draft began from; None when that cannot be told any more."""


@dataclass(frozen=True)
class Lazy:
    """What somebody earns who does not read, as shares from 0 to 1."""

    guessing: float
    longest: float

    @property
    def telling(self) -> bool:
        """Whether taking the longest answer pays: the length of the answers gives the keys away."""
        return self.longest - self.guessing > FAR_FROM_GUESSING

    @property
    def even(self) -> bool:
        """Whether taking the longest answer earns about what guessing does, so that avoiding it helps nobody either."""
        return abs(self.longest - self.guessing) <= FAR_FROM_GUESSING


@dataclass(frozen=True)
class PublishPage:
    """A draft and what becomes of the bank when it is published."""

    draft: DraftView
    checked: Checked
    changes: Changes | None
    """Since the version that students have; None: there is none, or the text has mistakes."""
    refusals: tuple[str, ...]
    """Why it cannot be published although it can be read; sentences that say what to do."""
    under: str | None
    """Public id of the bank that the text names, which its author may change and of which it is no draft."""
    colleague: Colleague | None
    """Who published since the draft began."""
    at_work: int
    """Attempts under way at an earlier version."""
    lazy: Lazy | None
    """None for few questions, or very many."""
    fitting: str | None = None
    """The id that the text needs in place of its own; None where that fits."""
    older: tuple[OlderKey, ...] = ()
    """Once it is published: what was asked before a key changed, and is not marked anew."""

    @property
    def ready(self) -> bool:
        """Whether publishing would succeed, as things are now."""
        return self.checked.publishable and not self.refusals and not self.draft.shut_out

    @property
    def published(self) -> bool:
        """Whether what the draft says is what students have."""
        return self.draft.bank is not None and not self.draft.changed and not self.draft.behind


def publish_page(public_id: str, account_id: int, *, now: datetime) -> PublishPage:
    """Return what publishing a draft changes.

    Raises:
        NotFoundError: there is no such draft of theirs.
    """
    draft = read_draft(public_id, account_id)
    checked = check_draft(draft.text, now=now, pictures=draft.pictures)
    session = db.session()
    row = own_draft(session, public_id, account_id)
    bank = checked.bank
    newest = newest_revision(session, row.bank_id) if row.bank_id is not None and draft.bank is not None else None
    sentence = None if bank is None else refusal(session, row, bank.slug)
    refusals = [] if sentence is None else [sentence]
    if bank is not None and row.bank_id is not None:
        refusals += _clashes(session, row.bank_id, bank)
    found = None
    if bank is not None and newest is not None:
        found = changes_since(session, newest.bank_id, newest.number, bank, draft.pictures)
    page = PublishPage(
        draft=draft,
        checked=checked,
        changes=found,
        refusals=tuple(refusals),
        under=bank_named(account_id, draft.text) if bank is not None and row.bank_id is None else None,
        colleague=_colleague(session, newest, row.base_number) if draft.behind else None,
        at_work=0 if newest is None else _at_work(session, newest.bank_id),
        lazy=None if bank is None else _lazy(bank),
        fitting=None if bank is None else fitting_id(session, row, bank.slug),
    )
    if page.published and newest is not None:
        page = replace(page, older=older_keys(newest.bank_id, account_id))
    return page


def _clashes(session: Session, bank_id: int, bank: BankFile) -> list[str]:
    kinds = dict(session.execute(sa.select(Item.slug, Item.kind).where(Item.bank_id == bank_id)).all())
    return [
        other_kind(item.id, kinds[item.id], item.kind)
        for item in bank.items
        if kinds.get(item.id, item.kind) != item.kind
    ]


def _colleague(session: Session, newest: BankRevision | None, base_number: int | None) -> Colleague | None:
    if newest is None:
        return None
    after, found = read_version(newest.source), None
    if after is not None and base_number is not None:
        found = changes_since(session, newest.bank_id, base_number, after, pictures_of(session, newest.id))
    account = None if newest.published_by is None else session.get(Account, newest.published_by)
    return Colleague(
        number=newest.number,
        name=None if account is None else account.name,
        published_at=newest.published_at,
        note=newest.note,
        changes=found,
    )


def _at_work(session: Session, bank_id: int) -> int:
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Attempt)
            .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
            .join(Quiz, Quiz.id == QuizRevision.quiz_id)
            .where(Quiz.bank_id == bank_id, Attempt.submitted_at.is_(None), Attempt.assignment_id.is_not(None))
        )
        or 0
    )


def _lazy(bank: BankFile) -> Lazy | None:
    if not LEAST_QUESTIONS <= len(bank.items) <= MOST_QUESTIONS:
        return None
    found = simulate(bank, rounds=max(2, min(20, ROUNDS_IN_ALL // len(bank.items))))
    if found is None:
        return None
    shares = {one.strategy: float(one.share) for one in found.earned}
    return Lazy(found.guessing, shares["longest"])
