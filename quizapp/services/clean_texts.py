"""The store of safe HTML: made when something is published, looked up when it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import text
from quizapp.models import CleanText
from quizapp.services.writing import upsert


class HasTexts(Protocol):
    """Anything that says author texts."""

    def texts(self) -> Iterable[tuple[str, bool]]:
        """Yield (Markdown source, block) for every text."""


def clean_rows(written: Iterable[HasTexts], skip: set[str] | None = None) -> dict[str, str]:
    """Render and clean the texts of what was written.

    Args:
        skip: digests that are held already.

    Returns:
        Safe HTML by digest.
    """
    rows: dict[str, str] = {}
    for one in written:
        for source, block in one.texts():
            digest = text.digest(source, block=block)
            if digest not in rows and not (skip and digest in skip):
                rows[digest] = text.render(source, block=block)
    return rows


def safe_blocks(pieces: Iterable[str]) -> list[str]:
    """Render and clean texts that are kept elsewhere than in this store, one after the other."""
    return [text.render(piece, block=True) for piece in pieces]


def held_digests(session: Session) -> set[str]:
    """Return the digests of all texts that are clean by today's rules."""
    return set(session.scalars(sa.select(CleanText.digest).where(CleanText.rules_version == text.RULES_VERSION)))


def store_clean(session: Session, rows: dict[str, str]) -> None:
    """Add safe HTML to the store. The caller commits."""
    for digest, html in rows.items():
        session.execute(
            upsert(CleanText)
            .values(digest=digest, rules_version=text.RULES_VERSION, html=html)
            .on_conflict_do_nothing()
        )
