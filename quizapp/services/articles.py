"""A class's own copy of an article: kept for that class, shown beside the questions that need it.

The text is the teacher's to give. It is made into safe HTML when it is saved, paragraph by
paragraph, and it is part of no bank, no export and no answer of the programming interface.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError

from quizapp import text
from quizapp.bank.model import Source
from quizapp.models import (
    ArticleParagraph,
    Assignment,
    Attempt,
    Bank,
    BankRevision,
    BankUse,
    ClassArticle,
    Item,
    ItemRevision,
    Quiz,
    QuizItem,
    QuizRevision,
    db,
)
from quizapp.services.bank_access import visible_to
from quizapp.services.clean_texts import safe_blocks
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.writing import writing

TEXT_MAX = 60_000
"""Signs: about twenty pages."""
PARAGRAPHS_MAX = 400
SUFFIXES = frozenset({".txt", ".md", ".markdown"})


class ArticleError(ValueError):
    """A text cannot be kept as an article; `reason` says why."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    TOO_MANY_PARAGRAPHS = "too-many-paragraphs"
    WRONG_KIND = "wrong-kind"
    NOT_TEXT = "not-text"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class ArticleRef:
    """An article that banks are built from, and whether a class has its copy."""

    quiz: str
    """Public id of the first quiz that is built from it."""
    source: Source
    quizzes: tuple[str, ...]
    """Titles."""
    waiting: int
    """How many questions of all these quizzes need the whole article."""
    paragraphs: int
    """Of the class's copy; 0: there is none."""
    saved_at: datetime | None


@dataclass(frozen=True)
class ClassCopy:
    """The text of a class, paragraph by paragraph, as safe HTML."""

    source: Source
    paragraphs: tuple[Markup, ...]


def read_upload(data: bytes, name: str) -> str:
    """Return the text of an uploaded file.

    Raises:
        ArticleError: it is no text file, or not in Unicode.
    """
    if PurePath(name.lower()).suffix not in SUFFIXES:
        raise ArticleError(ArticleError.WRONG_KIND)
    try:
        found = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ArticleError(ArticleError.NOT_TEXT) from None
    if "\x00" in found:
        raise ArticleError(ArticleError.NOT_TEXT)
    return found


def paragraphs_of(written: str) -> tuple[str, ...]:
    r"""Cut a text where lines are empty; a text without an empty line has a paragraph in each line.

    Signs that nobody sees and spaces at the ends of lines are left out.

    >>> paragraphs_of("One\nstill one\n\n  Two  ")
    ('One\nstill one', 'Two')
    >>> paragraphs_of("One\nTwo")
    ('One', 'Two')
    """
    whole = written.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(one for one in whole if one in "\n\t" or unicodedata.category(one) != "Cc")
    lines = [line.strip() for line in seen.strip().split("\n")]
    pieces: list[list[str]] = [[]]
    apart = "" not in lines
    for line in lines:
        if not line or (apart and pieces[-1]):
            pieces.append([])
        if line:
            pieces[-1].append(line)
    joined = ("\n".join(piece) for piece in pieces if piece)
    return tuple(piece for piece in joined if text.plain(piece))


def save_article(section: SectionRef, quiz: str, written: str, *, account_id: int, now: datetime) -> int:
    """Keep a text as the class's copy of the article a quiz is built from; it replaces an earlier one.

    Returns:
        How many paragraphs it has.

    Raises:
        NotFoundError: no such quiz for this teacher, or it is built from no article.
        ArticleError: there is no text, or too much.
    """
    key, _source = _article_of(quiz, account_id)
    if len(written) > TEXT_MAX:
        raise ArticleError(ArticleError.TOO_LONG)
    pieces = paragraphs_of(written)
    if not pieces:
        raise ArticleError(ArticleError.EMPTY)
    if len(pieces) > PARAGRAPHS_MAX:
        raise ArticleError(ArticleError.TOO_MANY_PARAGRAPHS)
    safe = safe_blocks(pieces)
    try:
        _store(section.id, key, written, safe, account_id, now)
    except IntegrityError:
        # Saved twice in the same instant: the first is there now, and the second replaces it.
        _store(section.id, key, written, safe, account_id, now)
    return len(pieces)


def delete_article(section: SectionRef, quiz: str, *, account_id: int) -> None:
    """Throw the class's copy away. Twice is the same as once.

    Raises:
        NotFoundError: no such quiz for this teacher, or it is built from no article.
    """
    key, _source = _article_of(quiz, account_id)
    with writing() as session:
        session.execute(_copies(section.id, key))


def class_articles(section: SectionRef, account_id: int) -> tuple[ArticleRef, ...]:
    """Return the articles of all quizzes this teacher may assign, with what the class has of them."""
    found: dict[str, list[tuple[str, str, Source]]] = {}
    for quiz, title, key, source in _quizzes_with_article(account_id):
        found.setdefault(key, []).append((quiz, title, source))
    waiting = _waiting(account_id)
    copies = {row.article_key: (row.paragraphs, row.saved_at) for row in _copies_of(section.id)}
    return tuple(
        ArticleRef(
            quiz=quizzes[0][0],
            source=quizzes[0][2],
            quizzes=tuple(title for _, title, _ in quizzes),
            waiting=waiting.get(key, 0),
            paragraphs=copies.get(key, (0, None))[0],
            saved_at=copies.get(key, (0, None))[1],
        )
        for key, quizzes in found.items()
    )


def class_article(section: SectionRef, quiz: str, account_id: int) -> ArticleRef:
    """Return the article that a quiz is built from.

    Raises:
        NotFoundError: no such quiz for this teacher, or it is built from no article.
    """
    _key, source = _article_of(quiz, account_id)
    for ref in class_articles(section, account_id):
        if ref.source.key == source.key:
            return ref
    raise NotFoundError("article")


def written_text(section: SectionRef, article: ArticleRef) -> str:
    """Return the class's copy as it was typed; "" when there is none."""
    return (
        db.session.scalar(
            sa.select(ClassArticle.text).where(
                ClassArticle.section_id == section.id, ClassArticle.article_key == article.source.key
            )
        )
        or ""
    )


def class_copy(section_id: int, source: Source) -> ClassCopy | None:
    """Return the class's copy of an article; None when it has none."""
    rows = db.session.scalars(
        sa.select(ArticleParagraph.html)
        .join(ClassArticle, ClassArticle.id == ArticleParagraph.article_id)
        .where(ClassArticle.section_id == section_id, ClassArticle.article_key == source.key)
        .order_by(ArticleParagraph.number)
    ).all()
    return ClassCopy(source, tuple(map(text.trusted, rows))) if rows else None


def copy_beside(attempt: str, revision: ItemRevision) -> ClassCopy | None:
    """Return the copy to show beside a question of an attempt; None where the question needs none or there is none."""
    if revision.needs != "article":
        return None
    row = db.session.execute(
        sa.select(Assignment.section_id, BankRevision.article)
        .select_from(Attempt)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(Item, Item.id == revision.item_id)
        .join(BankRevision, BankRevision.bank_id == Item.bank_id)
        .where(Attempt.public_id == attempt)
        .order_by(BankRevision.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.article is None:
        return None
    return class_copy(row.section_id, Source.model_validate(row.article))


def renew_articles() -> int:
    """Make the paragraphs of every copy anew that were made under earlier rules of `text`.

    Returns:
        How many copies were renewed.
    """
    with writing() as session:
        old = session.scalars(sa.select(ClassArticle).where(ClassArticle.rules_version != text.RULES_VERSION)).all()
        for row in old:
            session.execute(sa.delete(ArticleParagraph).where(ArticleParagraph.article_id == row.id))
            safe = safe_blocks(paragraphs_of(row.text))
            session.add_all(_paragraphs(row.id, safe))
            row.rules_version = text.RULES_VERSION
        return len(old)


def _store(section_id: int, key: str, written: str, safe: list[str], account_id: int, now: datetime) -> None:
    with writing() as session:
        session.execute(_copies(section_id, key))
        row = ClassArticle(
            section_id=section_id,
            article_key=key,
            text=written,
            rules_version=text.RULES_VERSION,
            saved_by=account_id,
            saved_at=now,
        )
        session.add(row)
        session.flush()
        session.add_all(_paragraphs(row.id, safe))


def _paragraphs(article_id: int, safe: Iterable[str]) -> list[ArticleParagraph]:
    return [
        ArticleParagraph(article_id=article_id, number=number, html=html) for number, html in enumerate(safe, start=1)
    ]


def _copies(section_id: int, key: str) -> sa.Delete:
    return sa.delete(ClassArticle).where(ClassArticle.section_id == section_id, ClassArticle.article_key == key)


def _copies_of(section_id: int) -> Iterable[sa.Row[str, datetime, int]]:
    return db.session.execute(
        sa.select(
            ClassArticle.article_key, ClassArticle.saved_at, sa.func.count(ArticleParagraph.number).label("paragraphs")
        )
        .join(ArticleParagraph, ArticleParagraph.article_id == ClassArticle.id)
        .where(ClassArticle.section_id == section_id)
        .group_by(ClassArticle.id)
    )


def _quizzes_with_article(account_id: int) -> list[tuple[str, str, str, Source]]:
    """Public id, title, key and article of every quiz this teacher may assign that is built from an article."""
    newest = (
        sa.select(BankRevision.bank_id, sa.func.max(BankRevision.number).label("number"))
        .group_by(BankRevision.bank_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Quiz.public_id, BankRevision.title, BankUse.article_key, BankRevision.article)
        .join(Bank, Bank.id == Quiz.bank_id)
        .join(BankUse, BankUse.bank_id == Bank.id)
        .join(newest, newest.c.bank_id == Bank.id)
        .join(BankRevision, sa.and_(BankRevision.bank_id == Bank.id, BankRevision.number == newest.c.number))
        .where(Quiz.whole_bank, BankUse.article_key.is_not(None), visible_to(account_id))
        .order_by(BankRevision.title)
    )
    return [(quiz, title, key, Source.model_validate(article)) for quiz, title, key, article in rows]


def _article_of(quiz: str, account_id: int) -> tuple[str, Source]:
    for found, _title, key, source in _quizzes_with_article(account_id):
        if found == quiz:
            return key, source
    raise NotFoundError("article")


def _waiting(account_id: int) -> dict[str | None, int]:
    """How many questions of the newest quizzes need an article, by its key."""
    newest = (
        sa.select(QuizRevision.quiz_id, sa.func.max(QuizRevision.id).label("id"))
        .group_by(QuizRevision.quiz_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(BankUse.article_key, sa.func.count())
        .join(Bank, Bank.id == BankUse.bank_id)
        .join(Quiz, sa.and_(Quiz.bank_id == Bank.id, Quiz.whole_bank))
        .join(newest, newest.c.quiz_id == Quiz.id)
        .join(QuizItem, QuizItem.quiz_revision_id == newest.c.id)
        .join(ItemRevision, ItemRevision.id == QuizItem.item_revision_id)
        .where(ItemRevision.needs == "article", BankUse.article_key.is_not(None), visible_to(account_id))
        .group_by(BankUse.article_key)
    )
    return dict(rows.all())
