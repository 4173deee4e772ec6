"""The corrections that were applied: which of them a question is marked by, and which was taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Correction

APPLIED = Correction.applied_at.is_not(None)
OLDEST_FIRST = (Correction.applied_at, Correction.id)
"""The order in which they were applied: the last one of a question holds."""


def applied_corrections(session: Session, assignment_ids: Collection[int]) -> Sequence[Correction]:
    """Return the corrections that were applied to assignments, oldest first."""
    return session.scalars(
        sa.select(Correction).where(Correction.assignment_id.in_(assignment_ids), APPLIED).order_by(*OLDEST_FIRST)
    ).all()


def active_corrections(session: Session, assignment_id: int) -> dict[int, Correction]:
    """Return the correction in force for each question of an assignment, by the revision that was asked."""
    return {row.item_revision_id: row for row in applied_corrections(session, [assignment_id])}


def corrections_of(session: Session, assignment_id: int, item_revision_id: int) -> Sequence[Correction]:
    """Return the corrections that were applied to a question of an assignment, oldest first."""
    found = applied_corrections(session, [assignment_id])
    return [row for row in found if row.item_revision_id == item_revision_id]


def standing(corrections: Sequence[Correction]) -> Correction | None:
    """Return the correction that marks are given by, past what was taken back; None: the question's own key.

    Args:
        corrections: those of one question, as `corrections_of` gives them.
    """
    by_id = {row.id: row for row in corrections}
    newest = corrections[-1] if corrections else None
    while newest is not None and newest.undoes_id is not None:
        newest = by_id.get(by_id[newest.undoes_id].follows_id or 0)
    return newest
