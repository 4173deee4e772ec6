"""What readers should know before they open a bank: kept when the bank is published, shown before it is begun."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import text
from quizapp.models import BankNote, Quiz, QuizRevision, db


def store_note(session: Session, bank_id: int, note: str | None) -> None:
    """Keep the note of a published bank, or forget it when the bank has none any more. The caller commits."""
    if note is None:
        session.execute(sa.delete(BankNote).where(BankNote.bank_id == bank_id))
    else:
        session.merge(BankNote(bank_id=bank_id, text=text.plain(note)))


def notes_by_quiz(quiz_revision_ids: Iterable[int]) -> dict[int, str]:
    """Return the notes of the banks behind quiz revisions, by revision; those without one are left out."""
    rows = db.session.execute(
        sa.select(QuizRevision.id, BankNote.text)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .join(BankNote, BankNote.bank_id == Quiz.bank_id)
        .where(QuizRevision.id.in_(set(quiz_revision_ids)))
    )
    return dict(rows.all())
