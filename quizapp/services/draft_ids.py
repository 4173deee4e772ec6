"""The id under which a draft can be published, where the one in its text is taken, or is not the one of its bank."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.editing import set_head
from quizapp.bank.entries import open_text
from quizapp.models import Bank, BankDraft, db
from quizapp.services.bank_access import BankRight, right_over
from quizapp.services.draft_rows import own_draft, refusal
from quizapp.services.drafts import DraftChanged, read_draft, save_draft
from quizapp.services.new_banks import free_slug


def fitting_id(session: Session, draft: BankDraft, slug: str) -> str | None:
    """Return the id that a draft needs in place of one; None where that fits, or no id would.

    Args:
        slug: the id in its text.
    """
    if refusal(session, draft, slug) is None:
        return None
    if draft.bank_id is None:
        return free_slug(session, draft.account_id, slug)
    if right_over(session, draft.bank_id, draft.account_id) < BankRight.EDIT:
        return None
    return session.scalars(sa.select(Bank.slug).where(Bank.id == draft.bank_id)).one()


def give_fitting_id(public_id: str, account_id: int, *, version: int, now: datetime) -> str | None:
    """Write into a draft's text the id that it needs, and return it; None: what it has fits.

    Args:
        version: the version that the author had before them.

    Raises:
        DraftChanged: it was saved from elsewhere since.
        NotFoundError: there is no such draft of theirs.
        UnreadableError: the text has mistakes that must be mended first.
        TextTooLongError: the text would be longer than a bank may be.
    """
    view, session = read_draft(public_id, account_id), db.session()
    if view.version != version:
        raise DraftChanged(view.text, view.version, view.saved_at)
    slug = str(open_text(view.text).head.get("bank", ""))
    given = fitting_id(session, own_draft(session, public_id, account_id), slug)
    if given is not None:
        save_draft(public_id, account_id, set_head(view.text, {"bank": given}), version=version, now=now)
    return given
