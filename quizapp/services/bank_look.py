"""A bank laid open for a teacher: every question with its answers, the right ones marked, and the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from quizapp import text
from quizapp.bank.model import Source
from quizapp.items.registry import AnyItem
from quizapp.models import BankNote, BankRevision, ItemRevision, Quiz, QuizItem, QuizRevision, Skill, db
from quizapp.services.bank_access import BankRight, bank_with_right
from quizapp.services.catalogue import Content, Html, content_of, html_for
from quizapp.services.library import BankLine, bank_line
from quizapp.services.listings import spoken
from quizapp.services.rosters import NotFoundError


@dataclass(frozen=True)
class ShownAnswer:
    """One line of the answers."""

    text: str
    """Plain words; "" where the line is a gap."""
    right: bool
    better: str | None
    """What belongs to it, where something is to be put to each line; plain words."""
    why: str | None
    """Markdown."""


@dataclass(frozen=True)
class ShownQuestion:
    """A question as its next students get it, with everything that they see only afterwards."""

    number: int
    id: str
    public_id: str
    """Of the revision; with it a vote is started."""
    kind: str
    content: Content
    skill_name: str
    difficulty: str
    needs_article: bool
    review_by: date | None
    due: bool
    reading: str
    """What is to be read beside the prompt, in plain words."""
    answers: tuple[ShownAnswer, ...]
    key: str
    """The right answer in plain words, where no line of `answers` says it."""
    reasons: tuple[str, ...]
    """Why, where no line of `answers` says it; Markdown."""
    rubric: Mapping[int, str]
    """Where a teacher marks: what each number of points looks like, Markdown."""


@dataclass(frozen=True)
class BankLook:
    bank: BankLine
    source: Source | None
    """The article it is built from."""
    note: str | None
    questions: tuple[ShownQuestion, ...]
    html: Html


def bank_look(bank: str, account_id: int, *, now: datetime) -> BankLook:
    """Return a bank with all its questions.

    Raises:
        NotFoundError: there is no such bank, or this teacher may not see it.
    """
    session = db.session()
    row = bank_with_right(session, bank, account_id, BankRight.VIEW)
    line = bank_line(bank, account_id, now=now)
    if line is None:
        raise NotFoundError("bank")
    revisions = session.execute(
        sa.select(ItemRevision, Skill.name)
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .outerjoin(Skill, Skill.slug == ItemRevision.skill)
        .where(QuizItem.quiz_revision_id == _newest_quiz(row.id))
        .order_by(QuizItem.position)
    ).all()
    article = session.scalar(
        sa.select(BankRevision.article).where(BankRevision.bank_id == row.id, BankRevision.number == line.number)
    )
    return BankLook(
        bank=line,
        source=None if article is None else Source.model_validate(article),
        note=session.scalar(sa.select(BankNote.text).where(BankNote.bank_id == row.id)),
        questions=tuple(
            _shown(number, revision, name, now.date()) for number, (revision, name) in enumerate(revisions, start=1)
        ),
        html=html_for(session, [content_of(revision) for revision, _name in revisions]),
    )


def _newest_quiz(bank_id: int) -> sa.ScalarSelect[int]:
    return (
        sa.select(QuizRevision.id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .where(Quiz.bank_id == bank_id, Quiz.whole_bank)
        .order_by(QuizRevision.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def _shown(number: int, revision: ItemRevision, skill_name: str | None, today: date) -> ShownQuestion:
    content = content_of(revision)
    item = content.item
    answers = _answers(item)
    key = item.key()
    return ShownQuestion(
        number=number,
        id=item.id,
        public_id=revision.public_id,
        kind=item.kind,
        content=content,
        skill_name=skill_name or ("" if revision.skill is None else spoken(revision.skill)),
        difficulty=revision.difficulty or "",
        needs_article=revision.needs == "article",
        review_by=item.review_by,
        due=item.review_by is not None and item.review_by <= today,
        reading=text.plain(item.reading()),
        answers=answers,
        key="" if answers or key is None else item.summary(item.from_words(key)),
        reasons=() if answers else tuple(dict.fromkeys(item.whys())),
        rubric=item.rubric_points(),
    )


def _answers(item: AnyItem) -> tuple[ShownAnswer, ...]:
    """What the feedback on a blank answer shows: all answers with their reasons, in the author's order."""
    return tuple(
        ShownAnswer(
            text.plain(row.text),
            row.state == "missed" and row.better is None,
            None if row.better is None else text.plain(row.better),
            row.why,
        )
        for row in item.explain(None).rows
    )
