"""Which questions of a bank hold the words that were searched for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from quizapp import text
from quizapp.models import ItemRevision, Quiz, QuizItem, QuizRevision, db
from quizapp.services.catalogue import content_of
from quizapp.services.listings import words_of

SHOWN = 3
"""Questions of a bank; who wants them all opens the bank."""


@dataclass(frozen=True)
class Match:
    """A question that was found."""

    number: int
    """Its place in the bank, from 1."""
    prompt: str
    """Plain words."""


def matches(bank_ids: Sequence[int], words: Sequence[str]) -> dict[int, tuple[Match, ...]]:
    """Return the first questions of banks that hold most of the words; a bank found by its title alone has none.

    Args:
        bank_ids: the banks on a page.
        words: as `folded_words` gives them; each may be the beginning of a longer one.
    """
    if not bank_ids or not words:
        return {}
    newest = (
        sa.select(Quiz.bank_id, sa.func.max(QuizRevision.id).label("revision"))
        .join(QuizRevision, QuizRevision.quiz_id == Quiz.id)
        .where(Quiz.bank_id.in_(bank_ids), Quiz.whole_bank)
        .group_by(Quiz.bank_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(newest.c.bank_id, ItemRevision)
        .join(QuizItem, QuizItem.quiz_revision_id == newest.c.revision)
        .join(ItemRevision, ItemRevision.id == QuizItem.item_revision_id)
        .order_by(newest.c.bank_id, QuizItem.position)
    )
    return {
        bank_id: _best([revision for _id, revision in group], words)
        for bank_id, group in groupby(rows, key=lambda row: row.bank_id)
    }


def _best(revisions: list[ItemRevision], words: Sequence[str]) -> tuple[Match, ...]:
    found: dict[int, list[Match]] = {}
    for number, revision in enumerate(revisions, start=1):
        hits = _hits(revision, words)
        if hits and len(found.setdefault(hits, [])) < SHOWN:
            found[hits].append(Match(number, text.plain(content_of(revision).item.prompt)))
        if len(found.get(len(words), ())) == SHOWN:
            break
    return tuple(found[max(found)]) if found else ()


def _hits(revision: ItemRevision, words: Sequence[str]) -> int:
    """How many of the words a question holds. Most hold none: those are told by their stored texts, unread."""
    stored = unicodedata.normalize("NFKC", "\n".join(_strings(revision.content))).casefold()
    if not any(word in stored for word in words):
        return 0
    held = set(words_of([content_of(revision)]))
    return sum(any(one.startswith(word) for one in held) for word in words)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
