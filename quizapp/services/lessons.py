"""The lesson that comes with a bank: kept when the bank is published, shown to teachers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from quizapp import text
from quizapp.bank.lessons import Lesson, LessonFields, read_lesson
from quizapp.bank.misconceptions import Misconception
from quizapp.bank.model import Source
from quizapp.items.registry import AnyItem
from quizapp.models import Bank, BankLesson, BankRevision, ItemRevision, Quiz, QuizItem, QuizRevision, db
from quizapp.services.assigning import get_quiz
from quizapp.services.catalogue import Html, content_of, html_of
from quizapp.services.clean_texts import clean_rows, store_clean
from quizapp.services.misconceptions import misconceptions_named
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import writing

FOLDER = "lessons"


@dataclass(frozen=True)
class LessonPage:
    """A lesson as it is shown and printed."""

    quiz: str
    title: str
    fields: LessonFields
    plan: str
    cut: tuple[str, ...]
    """The questions to ask when time is short, in plain words."""
    html: Html
    source: Source | None
    """The article the quiz is built from, to be found by the teacher."""
    needing: int
    """How many questions are asked only where a class has its own copy of it."""
    note: str | None = None
    """What students should know before they begin, plain text."""
    mistakes: tuple[Misconception, ...] = ()
    """What wrong answers of the bank show that somebody believes, the commonest first."""


def lesson_beside(bank_file: Path, slug: str) -> Lesson | None:
    """Return the lesson that lies beside a bank file, or None when there is none.

    Raises:
        BankError: it has errors.
    """
    path = bank_file.parent / FOLDER / f"{slug}.md"
    return read_lesson(path) if path.is_file() else None


def keep_lesson(slug: str, owner_id: int | None, lesson: Lesson | None) -> None:
    """Keep the lesson of a published bank, or forget it when the bank has none any more."""
    cleaned = {} if lesson is None else clean_rows([lesson])
    with writing() as session:
        bank_id = session.scalars(
            sa.select(Bank.id).where(Bank.slug == slug, Bank.owner_id.is_not_distinct_from(owner_id))
        ).one()
        store_clean(session, cleaned)
        row = session.get(BankLesson, bank_id)
        if lesson is None:
            if row is not None:
                session.delete(row)
            return
        row = row or BankLesson(bank_id=bank_id)
        row.fields, row.plan = lesson.fields.model_dump(mode="json"), lesson.plan
        session.add(row)


def kept_lessons() -> list[Lesson]:
    """Return every lesson that is kept."""
    return [_lesson(row) for row in db.session.scalars(sa.select(BankLesson))]


def lesson_page(quiz: str, account_id: int) -> LessonPage:
    """Return the lesson of a quiz this teacher may assign.

    Raises:
        NotFoundError: there is no such quiz, or it has no lesson.
    """
    chosen = get_quiz(quiz, account_id)
    row = db.session.scalar(
        sa.select(BankLesson).join(Quiz, Quiz.bank_id == BankLesson.bank_id).where(Quiz.public_id == quiz)
    )
    if row is None:
        raise NotFoundError("lesson")
    lesson = _lesson(row)
    revisions = db.session.scalars(
        sa.select(ItemRevision)
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .join(QuizRevision, QuizRevision.id == QuizItem.quiz_revision_id)
        .where(QuizRevision.id == chosen.revision_id)
    ).all()
    article = db.session.scalar(
        sa.select(BankRevision.article)
        .where(BankRevision.bank_id == row.bank_id)
        .order_by(BankRevision.number.desc())
        .limit(1)
    )
    items = [content_of(revision).item for revision in revisions]
    prompts = {item.id: text.plain(item.prompt) for item in items}
    return LessonPage(
        quiz=quiz,
        title=chosen.title,
        fields=lesson.fields,
        plan=lesson.plan,
        cut=tuple(prompts[one] for one in lesson.fields.cut if one in prompts),
        html=html_of(db.session(), lesson.texts()),
        source=None if article is None else Source.model_validate(article),
        needing=sum(revision.needs == "article" for revision in revisions),
        note=chosen.note,
        mistakes=_mistakes(items),
    )


def _mistakes(items: Iterable[AnyItem]) -> tuple[Misconception, ...]:
    found = Counter(
        one.misconception
        for item in items
        for choices in item.alternatives()
        for one in choices
        if one.misconception is not None
    )
    listed = misconceptions_named(found)
    return tuple(listed[slug] for slug, _ in found.most_common() if slug in listed)


def _lesson(row: BankLesson) -> Lesson:
    return Lesson(LessonFields.model_validate(row.fields), row.plan)
