"""What wrong answers show that somebody believes: kept when the banks are published, told to teachers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from quizapp.bank.misconceptions import Misconception, read_misconceptions
from quizapp.models import Misconception as Row
from quizapp.models import db
from quizapp.services.catalogue import Html, html_of
from quizapp.services.clean_texts import clean_rows, store_clean
from quizapp.services.writing import writing


def publish_misconceptions(path: Path) -> None:
    """Store the list that lies beside the banks, if there is one; what is no longer on it goes.

    Raises:
        BankError: the list has errors; nothing is changed.
    """
    listed = read_misconceptions(path) if path.is_file() else ()
    cleaned = clean_rows(listed)
    with writing() as session:
        store_clean(session, cleaned)
        session.execute(sa.delete(Row).where(Row.slug.not_in([one.id for one in listed])))
        for one in listed:
            session.merge(Row(slug=one.id, name=one.name, correction=one.correction, card=one.card))


def kept_misconceptions() -> list[Misconception]:
    """Return all that are kept."""
    return [_read(row) for row in db.session.scalars(sa.select(Row))]


@dataclass(frozen=True)
class ReteachPage:
    """Everything on the list, by name, with the safe HTML of its texts."""

    cards: tuple[Misconception, ...]
    html: Html


def reteach_page() -> ReteachPage:
    """Return what wrong answers show that somebody believes, each with how to teach it again."""
    cards = tuple(sorted(kept_misconceptions(), key=lambda one: one.name.casefold()))
    return ReteachPage(cards, html_of(db.session(), (source for one in cards for source in one.texts())))


def misconceptions_named(slugs: Iterable[str]) -> dict[str, Misconception]:
    """Return those that are on the list, by slug; a teacher's own bank may name others."""
    return {row.slug: _read(row) for row in db.session.scalars(sa.select(Row).where(Row.slug.in_(set(slugs))))}


def _read(row: Row) -> Misconception:
    return Misconception(id=row.slug, name=row.name, correction=row.correction, card=row.card)
