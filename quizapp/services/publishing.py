"""Bank to frozen revisions. The only time an author's text is read, rendered and cleaned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import BankError, text
from quizapp.bank.loader import load_file, read_skills, read_strands
from quizapp.bank.misconceptions import FILE_NAME
from quizapp.bank.model import Bank as BankFile
from quizapp.bank.model import Skill as SkillEntry
from quizapp.bank.model import Stimulus
from quizapp.bank.pictures import PictureError
from quizapp.bank.problems import Problem
from quizapp.items.registry import item_to_json
from quizapp.models import (
    Bank,
    BankRevision,
    BankUse,
    Item,
    ItemRevision,
    Quiz,
    QuizItem,
    QuizRevision,
    Skill,
    db,
)
from quizapp.services.articles import renew_articles
from quizapp.services.bank_notes import keep_note
from quizapp.services.catalogue import Content, read_content
from quizapp.services.clean_texts import HasTexts, clean_rows, held_digests, store_clean
from quizapp.services.lessons import keep_lesson, kept_lessons, lesson_beside
from quizapp.services.misconceptions import kept_misconceptions, publish_misconceptions
from quizapp.services.pictures import keep_pictures
from quizapp.services.writing import writing


class PublishingError(ValueError):
    """A bank cannot be published; the message says why and what to do."""


@dataclass(frozen=True)
class Published:
    """What came of publishing one file."""

    name: str
    title: str | None
    revision: int | None
    items: int
    changed: int
    problems: tuple[Problem, ...]

    @property
    def failed(self) -> bool:
        return self.revision is None


def publish_folder(folder: Path, *, now: datetime) -> list[Published]:
    """Publish the skills and every bank of a folder as banks that we ship.

    A bank with an error is left as it was before: students keep the last good revision.
    """
    skills = read_skills(folder / "skills.yaml")
    publish_skills(skills, read_strands(folder / "skills.yaml"))
    publish_misconceptions(folder / FILE_NAME)
    results = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name in {"skills.yaml", FILE_NAME}:
            continue
        try:
            results.append(publish_file(path, skills=skills, now=now))
        except PublishingError as error:
            results.append(Published(path.name, None, None, 0, 0, (_refusal(path, error),)))
    renew_clean_texts()
    return results


def publish_file(
    path: Path, *, skills: tuple[SkillEntry, ...], now: datetime, owner_id: int | None = None
) -> Published:
    """Read, check and publish one bank file. Nothing is published from a file with an error."""
    loaded = load_file(path, skills=skills)
    if loaded.bank is None:
        return Published(path.name, None, None, 0, 0, loaded.problems)
    bank = loaded.bank
    try:
        lesson = lesson_beside(path, bank.slug)
    except BankError as error:
        return Published(path.name, None, None, 0, 0, error.problems)
    try:
        pictures = keep_pictures(bank, path.parent)
    except PictureError as error:
        raise PublishingError(str(error)) from error
    source = path.read_text(encoding="utf-8")
    revision, changed = publish_bank(bank, source=source, pictures=pictures, now=now, owner_id=owner_id)
    keep_lesson(bank.slug, owner_id, lesson)
    keep_note(bank.slug, owner_id, bank.note)
    return Published(path.name, bank.title, revision, len(bank.items), changed, loaded.problems)


def publish_skills(skills: Iterable[SkillEntry], strands: Mapping[str, str] = MappingProxyType({})) -> None:
    """Store names and definitions of the skills, in their order; `strands` are the names of the strands by id."""
    with writing() as session:
        for position, entry in enumerate(skills, start=1):
            row = session.get(Skill, entry.id) or Skill(slug=entry.id)
            row.name, row.definition = entry.name, entry.definition
            row.strand, row.position = entry.strand or "", position
            row.strand_name = strands.get(row.strand, row.strand.capitalize())
            session.add(row)


def publish_bank(
    bank: BankFile,
    *,
    source: str,
    now: datetime,
    owner_id: int | None = None,
    pictures: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, int]:
    """Freeze a checked bank as a new revision, unless nothing changed.

    Args:
        bank: a bank without problems.
        source: the text it was read from, kept with the revision.
        now: the moment of publication.
        owner_id: the teacher who owns it; None for a bank that we ship.
        pictures: the name under which each picture is kept, by its name in the bank.

    Returns:
        The number of the bank's newest revision, and how many items are new or changed.

    Raises:
        PublishingError: an item id was used for another kind of question before.
    """
    contents = [
        Content(item, _with_kept_picture(bank.stimulus(item.about), pictures) if item.about else None)
        for item in bank.items
    ]
    cleaned = clean_rows(contents)
    # Another picture under the same name is another bank, though no word of it changed.
    source_hash = _hash("\n".join([source, *sorted(pictures.values())]))
    with writing() as session:
        store_clean(session, cleaned)
        row = _bank_row(session, bank.slug, owner_id, now)
        _store_use(session, row.id, bank)
        newest = session.scalar(
            sa.select(BankRevision).where(BankRevision.bank_id == row.id).order_by(BankRevision.number.desc()).limit(1)
        )
        if newest is not None and newest.source_hash == source_hash:
            return newest.number, 0
        number = 1 if newest is None else newest.number + 1
        session.add(
            BankRevision(
                bank_id=row.id,
                number=number,
                title=text.plain(bank.title),
                language=bank.language,
                licence=bank.licence,
                article=None if bank.source is None else bank.source.model_dump(mode="json"),
                source=source,
                source_hash=source_hash,
                published_at=now,
                published_by=owner_id,
            )
        )
        revisions, changed = [], 0
        for content in contents:
            revision, is_new = _freeze_item(session, row.id, content, now)
            revisions.append(revision)
            changed += is_new
        _freeze_quiz(session, row.id, text.plain(bank.title), revisions, now)
        return number, changed


def renew_clean_texts() -> int:
    """Make the safe HTML that is missing under today's rules, for all revisions, lessons and articles.

    Returns:
        How many texts were made.
    """
    held = held_digests(db.session())
    written: list[HasTexts] = [read_content(data) for data in db.session.scalars(sa.select(ItemRevision.content))]
    written += kept_lessons()
    written += kept_misconceptions()
    missing = clean_rows(written, skip=held)
    if missing:
        with writing() as session:
            store_clean(session, missing)
    return len(missing) + renew_articles()


def _refusal(path: Path, error: PublishingError) -> Problem:
    return Problem(file=str(path), line=1, column=1, level="error", code="not-published", message=str(error))


def _with_kept_picture(stimulus: Stimulus, pictures: Mapping[str, str]) -> Stimulus:
    if stimulus.image is None or stimulus.image not in pictures:
        return stimulus
    return stimulus.model_copy(update={"image": pictures[stimulus.image]})


def _bank_row(session: Session, slug: str, owner_id: int | None, now: datetime) -> Bank:
    row = session.scalar(sa.select(Bank).where(Bank.slug == slug, Bank.owner_id.is_not_distinct_from(owner_id)))
    if row is None:
        row = Bank(slug=slug, owner_id=owner_id, created_at=now)
        session.add(row)
        session.flush()
    return row


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
        raise PublishingError(
            f"The question {item.id!r} was published as {row.kind!r} and cannot become "
            f"{item.kind!r}: students have answered it. Give the new question an id of its own."
        )
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
