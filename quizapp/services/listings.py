"""What the library knows of a bank: worked out when it is published, from the questions that are frozen then."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import text
from quizapp.bank.ages import Ages
from quizapp.models import Bank, BankListing, BankTrait, ItemRevision, Quiz, QuizItem, QuizRevision, Trait, db
from quizapp.services.catalogue import Content, content_of
from quizapp.services.writing import writing

TITLE_MAX = 400
_WORD = re.compile(r"\w+")


def folded_words(written: str) -> list[str]:
    """Return the words of a text as they are compared: whatever their case, form of letters and order of accents.

    >>> folded_words("Ｆact-checking, STRASSE")
    ['fact', 'checking', 'strasse']
    """
    return _WORD.findall(unicodedata.normalize("NFKC", written).casefold())


def spoken(slug: str) -> str:
    """Return what a skill is called that only a bank knows: its id in words, as the bank's reader has it."""
    return slug.replace("-", " ").capitalize()


def store_listing(
    session: Session, bank_id: int, title: str, contents: Sequence[Content], *, ages: Ages | None
) -> None:
    """Note what the library says about a bank. The caller commits.

    Args:
        title: plain text.
        contents: the questions of its newest revision.
        ages: those that it is meant for, if it says so.
    """
    items = [content.item for content in contents]
    dates = [item.review_by for item in items if item.review_by is not None]
    listing = session.get(BankListing, bank_id) or BankListing(bank_id=bank_id)
    listing.folded_title = "".join(f" {word}" for word in folded_words(title))[:TITLE_MAX]
    listing.words = "".join(f" {word}" for word in sorted({*folded_words(title), *words_of(contents)}))
    listing.questions, listing.review_by = len(items), min(dates, default=None)
    listing.youngest, listing.oldest = (None, None) if ages is None else (ages.youngest, ages.oldest)
    session.add(listing)
    session.execute(sa.delete(BankTrait).where(BankTrait.bank_id == bank_id))
    counted: dict[Trait, Counter[str | None]] = {
        Trait.SKILL: Counter(item.skill for item in items),
        Trait.KIND: Counter(item.kind for item in items),
        Trait.DIFFICULTY: Counter(item.difficulty for item in items),
    }
    session.add_all(
        BankTrait(bank_id=bank_id, trait=trait, value=value, questions=number)
        for trait, counts in counted.items()
        for value, number in counts.items()
        if value
    )


def renew_listings() -> int:
    """List the banks that were published before there was a library, when none could say its ages.

    Returns:
        How many there were.
    """
    missing = (
        sa.select(Bank.id)
        .join(Quiz, Quiz.bank_id == Bank.id)
        .outerjoin(BankListing)
        .where(BankListing.bank_id.is_(None), Quiz.whole_bank)
    )
    if db.session.scalar(missing.limit(1)) is None:
        return 0
    with writing() as session:
        banks = list(session.scalars(missing))
        for bank_id in banks:
            title, revision_id = session.execute(
                sa.select(QuizRevision.title, QuizRevision.id)
                .join(Quiz, Quiz.id == QuizRevision.quiz_id)
                .where(Quiz.bank_id == bank_id, Quiz.whole_bank)
                .order_by(QuizRevision.number.desc())
                .limit(1)
            ).one()
            store_listing(session, bank_id, title, _contents(session, revision_id), ages=None)
        return len(banks)


def _contents(session: Session, quiz_revision_id: int) -> list[Content]:
    rows = session.scalars(
        sa.select(ItemRevision)
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .where(QuizItem.quiz_revision_id == quiz_revision_id)
        .order_by(QuizItem.position)
    )
    return [content_of(row) for row in rows]


def words_of(contents: Iterable[Content]) -> Iterable[str]:
    """Yield the words of questions and what they are about, folded; one may come more than once."""
    seen = {source for content in contents for source, _block in content.texts()}
    for content in contents:
        stimulus = content.stimulus
        if stimulus is not None:
            seen |= {said for said in (stimulus.title, stimulus.who, stimulus.quote, stimulus.alt) if said}
    for source in seen:
        yield from folded_words(text.plain(source))
