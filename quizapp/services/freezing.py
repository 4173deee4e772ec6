"""A checked bank becomes frozen rows, inside the transaction of whoever publishes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import text
from quizapp.bank.model import Bank as BankFile
from quizapp.bank.model import Stimulus
from quizapp.items.registry import item_to_json
from quizapp.models import (
    BankRevision,
    BankUse,
    Item,
    ItemRevision,
    Quiz,
    QuizItem,
    QuizRevision,
    RevisionPicture,
)
from quizapp.services.bank_notes import store_note
from quizapp.services.catalogue import Content
from quizapp.services.clean_texts import clean_rows, store_clean
from quizapp.services.listings import store_listing


class PublishingError(ValueError):
    """A bank cannot be published; the message says why and what to do."""


@dataclass(frozen=True)
class ReadyBank:
    """A bank with its texts rendered and cleaned, so that the transaction has only rows to write."""

    bank: BankFile
    source: str
    pictures: Mapping[str, str]
    contents: tuple[Content, ...]
    cleaned: Mapping[str, str]

    @property
    def source_hash(self) -> str:
        """What tells it from other states; another picture under the same name is another state."""
        return _hash("\n".join([self.source, *sorted(self.pictures.values())]))


def prepare(bank: BankFile, *, source: str, pictures: Mapping[str, str] = MappingProxyType({})) -> ReadyBank:
    """Render and clean the texts of a bank, outside any transaction.

    Args:
        bank: a bank without problems.
        source: the text it was read from.
        pictures: the name under which each picture is kept, by its name in the bank.
    """
    contents = tuple(
        Content(item, _with_kept_picture(bank.stimulus(item.about), pictures) if item.about else None)
        for item in bank.items
    )
    return ReadyBank(bank, source, pictures, contents, clean_rows(contents))


def freeze_bank(
    session: Session, bank_id: int, ready: ReadyBank, *, now: datetime, published_by: int | None, note: str = ""
) -> tuple[int, int]:
    """Add a revision to a bank, unless its newest one is the same. The caller commits.

    Args:
        published_by: the member of staff; None for a bank that we ship.
        note: what the author says about this revision, plain text.

    Returns:
        The number of the bank's newest revision, and how many items are new or changed.

    Raises:
        PublishingError: an item id was used for another kind of question before.
    """
    store_clean(session, dict(ready.cleaned))
    _store_use(session, bank_id, ready.bank)
    store_note(session, bank_id, ready.bank.note)
    store_listing(session, bank_id, text.plain(ready.bank.title), ready.contents, ages=ready.bank.ages)
    newest = session.scalar(
        sa.select(BankRevision).where(BankRevision.bank_id == bank_id).order_by(BankRevision.number.desc()).limit(1)
    )
    if newest is not None and newest.source_hash == ready.source_hash:
        _store_pictures(session, newest.id, ready.pictures)
        return newest.number, 0
    title = text.plain(ready.bank.title)
    revision = _bank_revision(bank_id, 1 if newest is None else newest.number + 1, ready)
    revision.title, revision.note = title, note
    revision.published_at, revision.published_by = now, published_by
    session.add(revision)
    session.flush()
    _store_pictures(session, revision.id, ready.pictures)
    frozen = [_freeze_item(session, bank_id, content, now) for content in ready.contents]
    _freeze_quiz(session, bank_id, title, [row for row, _is_new in frozen], now)
    return revision.number, sum(is_new for _row, is_new in frozen)


def _bank_revision(bank_id: int, number: int, ready: ReadyBank) -> BankRevision:
    bank = ready.bank
    return BankRevision(
        bank_id=bank_id,
        number=number,
        language=bank.language,
        licence=bank.licence,
        article=None if bank.source is None else bank.source.model_dump(mode="json"),
        source=ready.source,
        source_hash=ready.source_hash,
    )


def _store_pictures(session: Session, revision_id: int, pictures: Mapping[str, str]) -> None:
    for name, kept_name in pictures.items():
        session.merge(RevisionPicture(bank_revision_id=revision_id, name=name, kept_name=kept_name))


def _with_kept_picture(stimulus: Stimulus, pictures: Mapping[str, str]) -> Stimulus:
    if stimulus.image is None or stimulus.image not in pictures:
        return stimulus
    return stimulus.model_copy(update={"image": pictures[stimulus.image]})


def _store_use(session: Session, bank_id: int, bank: BankFile) -> None:
    use = session.get(BankUse, bank_id) or BankUse(bank_id=bank_id)
    use.stands_in, use.twin = bank.stands_in, bank.twin
    use.article_key = None if bank.source is None else bank.source.key
    session.add(use)


def _freeze_item(session: Session, bank_id: int, content: Content, now: datetime) -> tuple[ItemRevision, bool]:
    item = content.item
    row = session.scalar(sa.select(Item).where(Item.bank_id == bank_id, Item.slug == item.id))
    if row is None:
        row = Item(bank_id=bank_id, slug=item.id, kind=item.kind)
        session.add(row)
        session.flush()
    elif row.kind != item.kind:
        raise PublishingError(other_kind(item.id, row.kind, item.kind))
    data = _normalised(content)
    content_hash = _content_hash(data)
    newest = session.scalar(
        sa.select(ItemRevision)
        .where(ItemRevision.item_id == row.id, ItemRevision.corrects.is_(False))
        .order_by(ItemRevision.number.desc())
        .limit(1)
    )
    if newest is not None and newest.content_hash == content_hash:
        return newest, False
    revision = _new_revision(session, row.id, content, data, newest, now)
    return revision, True


def other_kind(item_id: str, before: str, now: str) -> str:
    """Return the sentence on a question whose id was published as another kind."""
    return (
        f"The question {item_id!r} was published as {before!r} and cannot become {now!r}: "
        "students have answered it. Give the new question an id of its own."
    )


def clean_correction(content: Content) -> dict[str, str]:
    """Return the safe HTML of a corrected question by digest, for `freeze_correction`."""
    return clean_rows([content])


def freeze_correction(
    session: Session, revision: ItemRevision, content: Content, cleaned: dict[str, str], *, now: datetime
) -> ItemRevision:
    """Freeze a corrected question, to mark by and not to ask. The caller commits.

    Args:
        revision: the one that was answered.
        content: its item with another key, beside the same stimulus.
        cleaned: what `clean_correction` made of it.
    """
    store_clean(session, cleaned)
    return _new_revision(session, revision.item_id, content, _normalised(content), revision, now, corrects=True)


def _normalised(content: Content) -> dict[str, Any]:
    return {
        "item": item_to_json(content.item),
        "stimulus": None if content.stimulus is None else content.stimulus.model_dump(mode="json"),
    }


def _new_revision(
    session: Session,
    item_id: int,
    content: Content,
    data: dict[str, Any],
    before: ItemRevision | None,
    now: datetime,
    *,
    corrects: bool = False,
) -> ItemRevision:
    """Add the next revision of an item; its lineage goes on from `before` unless key or options changed."""
    item = content.item
    lineage_hash = item.lineage_hash()
    last = session.execute(
        sa.select(sa.func.max(ItemRevision.number), sa.func.max(ItemRevision.lineage)).where(
            ItemRevision.item_id == item_id
        )
    ).one()
    same_line = before is not None and before.lineage_hash == lineage_hash
    revision = ItemRevision(
        item_id=item_id,
        number=(last[0] or 0) + 1,
        lineage=before.lineage if before is not None and same_line else (last[1] or 0) + 1,
        content=data,
        content_hash=_content_hash(data),
        lineage_hash=lineage_hash,
        skill=item.skill,
        difficulty=item.difficulty,
        needs=item.needs,
        control=item.control,
        corrects=corrects,
        created_at=now,
    )
    session.add(revision)
    session.flush()
    return revision


def _content_hash(data: dict[str, Any]) -> str:
    return _hash(json.dumps(data, sort_keys=True, ensure_ascii=False))


def _freeze_quiz(session: Session, bank_id: int, title: str, revisions: list[ItemRevision], now: datetime) -> None:
    quiz = session.scalar(sa.select(Quiz).where(Quiz.bank_id == bank_id, Quiz.whole_bank))
    if quiz is None:
        quiz = Quiz(bank_id=bank_id)
        session.add(quiz)
        session.flush()
    newest = session.scalar(
        sa.select(QuizRevision).where(QuizRevision.quiz_id == quiz.id).order_by(QuizRevision.number.desc()).limit(1)
    )
    ids = [revision.id for revision in revisions]
    if newest is not None and newest.title == title and _item_ids(session, newest.id) == ids:
        return
    fresh = QuizRevision(
        quiz_id=quiz.id,
        number=1 if newest is None else newest.number + 1,
        title=title,
        created_at=now,
    )
    session.add(fresh)
    session.flush()
    session.add_all(
        QuizItem(quiz_revision_id=fresh.id, position=position, item_revision_id=revision_id)
        for position, revision_id in enumerate(ids, start=1)
    )


def _item_ids(session: Session, quiz_revision_id: int) -> list[int]:
    return list(
        session.scalars(
            sa.select(QuizItem.item_revision_id)
            .where(QuizItem.quiz_revision_id == quiz_revision_id)
            .order_by(QuizItem.position)
        )
    )


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
