"""Frozen content on its way back to people: items from revisions, safe HTML from the store.

Both are looked up by the hash of what they were made from, so what is remembered can never be
out of date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Session

from quizapp import text
from quizapp.bank.model import Stimulus
from quizapp.items.base import Item
from quizapp.items.registry import item_from_json
from quizapp.models import Assignment, BankUse, ClassArticle, CleanText, ItemRevision
from quizapp.models import Item as ItemRow


@dataclass(frozen=True)
class Content:
    """An item and the stimulus it is about."""

    item: Item[Any]
    stimulus: Stimulus | None

    def texts(self) -> Iterable[tuple[str, bool]]:
        """Yield (source, block) for every author text of both."""
        for markdown in self.item.texts():
            yield markdown.source, markdown.block
        if self.stimulus is not None:
            for markdown in self.stimulus.texts():
                yield markdown.source, markdown.block


def can_be_asked(section_id: int | sa.SQLColumnExpression[int] | None = None) -> sa.ColumnElement[bool]:
    """The condition that an item can be answered by a class; for statements that read ItemRevision.

    An item that needs the whole article is asked only where the class has its own copy of it.

    Args:
        section_id: the class, or Assignment.section_id; None: people without a class.
    """
    by_itself = ItemRevision.needs.is_distinct_from("article")
    if section_id is None:
        return by_itself
    has_copy = (
        sa.select(ClassArticle.id)
        .join(BankUse, BankUse.article_key == ClassArticle.article_key)
        .join(ItemRow, ItemRow.bank_id == BankUse.bank_id)
        .where(ItemRow.id == ItemRevision.item_id, ClassArticle.section_id == section_id)
        .correlate(ItemRevision, Assignment)
        .exists()
    )
    return sa.or_(by_itself, has_copy)


_by_hash: dict[str, Content] = {}
_CONTENTS_KEPT = 4096


def content_of(revision: ItemRevision) -> Content:
    """Return the item and stimulus frozen in a revision."""
    found = _by_hash.get(revision.content_hash)
    if found is None:
        found = read_content(revision.content)
        if len(_by_hash) >= _CONTENTS_KEPT:
            _by_hash.clear()
        _by_hash[revision.content_hash] = found
    return found


def read_content(data: dict[str, Any]) -> Content:
    """Read the normalised form that revisions store."""
    stimulus = data["stimulus"]
    return Content(
        item=item_from_json(data["item"]),
        stimulus=None if stimulus is None else Stimulus.model_validate(stimulus),
    )


class Html:
    """Safe HTML of author texts, looked up by their source; what templates call `html`."""

    def __init__(self, by_digest: dict[str, str]) -> None:
        self._by_digest = by_digest

    def __call__(self, source: str | None, *, block: bool = False) -> Markup:
        """Return the safe HTML of a text that was published.

        Raises:
            LookupError: the text was never published; `quizapp publish` makes it again.
        """
        if not source:
            return text.trusted("")
        return text.trusted(self._by_digest[_digest(source, block=block)])


@lru_cache(maxsize=20_000)
def _digest(source: str, *, block: bool) -> str:
    return text.digest(source, block=block)


_clean: dict[str, str] = {}
_CLEAN_KEPT = 20_000


def html_for(session: Session, contents: Iterable[Content]) -> Html:
    """Fetch the safe HTML of everything the given items and stimuli say."""
    return html_of(session, (pair for content in contents for pair in content.texts()))


def html_of(session: Session, texts: Iterable[tuple[str, bool]]) -> Html:
    """Fetch the safe HTML of published texts, given as (source, block)."""
    wanted = {_digest(source, block=block) for source, block in texts}
    missing = [digest for digest in wanted if digest not in _clean]
    if missing:
        if len(_clean) >= _CLEAN_KEPT:
            _clean.clear()
            missing = list(wanted)
        rows = session.execute(
            sa.select(CleanText.digest, CleanText.html).where(
                CleanText.rules_version == text.RULES_VERSION, CleanText.digest.in_(missing)
            )
        )
        _clean.update((digest, html) for digest, html in rows)
    return Html({digest: _clean[digest] for digest in wanted if digest in _clean})
