"""Bank files to frozen revisions, and the safe HTML of all that is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import BankError
from quizapp.bank.loader import load_file, read_skills, read_strands
from quizapp.bank.misconceptions import FILE_NAME
from quizapp.bank.model import Bank as BankFile
from quizapp.bank.model import Skill as SkillEntry
from quizapp.bank.pictures import PictureError
from quizapp.bank.problems import Problem
from quizapp.models import (
    Bank,
    ItemRevision,
    Skill,
    db,
)
from quizapp.services.articles import renew_articles
from quizapp.services.catalogue import read_content
from quizapp.services.clean_texts import HasTexts, clean_rows, held_digests, store_clean
from quizapp.services.freezing import PublishingError, freeze_bank, prepare
from quizapp.services.lessons import keep_lesson, kept_lessons, lesson_beside
from quizapp.services.listings import renew_listings
from quizapp.services.misconceptions import kept_misconceptions, publish_misconceptions
from quizapp.services.pictures import keep_pictures
from quizapp.services.writing import writing


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
    renew_listings()
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
    """Freeze a checked bank as a new revision of the owner's bank of its id, unless nothing changed.

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
    ready = prepare(bank, source=source, pictures=pictures)
    with writing() as session:
        row = _bank_row(session, bank.slug, owner_id, now)
        return freeze_bank(session, row.id, ready, now=now, published_by=owner_id)


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


def _bank_row(session: Session, slug: str, owner_id: int | None, now: datetime) -> Bank:
    row = session.scalar(sa.select(Bank).where(Bank.slug == slug, Bank.owner_id.is_not_distinct_from(owner_id)))
    if row is None:
        row = Bank(slug=slug, owner_id=owner_id, created_at=now)
        session.add(row)
        session.flush()
    return row
