"""Quizzes that can be assigned, and assignments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from quizapp.models import (
    Assignment,
    Bank,
    BankLesson,
    BankRevision,
    FeedbackMode,
    ItemRevision,
    Quiz,
    QuizItem,
    QuizRevision,
    Skill,
    db,
)
from quizapp.services.catalogue import can_be_asked
from quizapp.services.credentials import request_hash
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.writing import writing


@dataclass(frozen=True)
class QuizRef:
    """A quiz as lists show it, at its newest revision."""

    public_id: str
    revision_id: int
    title: str
    questions: int
    skills: tuple[str, ...]
    article: str | None
    has_lesson: bool


@dataclass(frozen=True)
class AssignmentRules:
    """What a teacher chooses when assigning; the defaults fit a lesson."""

    feedback: FeedbackMode = FeedbackMode.IMMEDIATE
    ask_confidence: bool = True
    shuffle_items: bool = True
    closes_at: datetime | None = None
    attempts_allowed: int | None = 1


def list_quizzes(account_id: int | None = None) -> tuple[QuizRef, ...]:
    """Return what can be taken: every shipped bank, and this teacher's own."""
    newest = (
        sa.select(QuizRevision.quiz_id, sa.func.max(QuizRevision.number).label("number"))
        .group_by(QuizRevision.quiz_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Quiz.public_id, QuizRevision.id, QuizRevision.title, Quiz.bank_id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .join(
            newest,
            sa.and_(newest.c.quiz_id == QuizRevision.quiz_id, newest.c.number == QuizRevision.number),
        )
        .join(Bank, Bank.id == Quiz.bank_id)
        .where(sa.or_(Bank.owner_id.is_(None), Bank.owner_id == account_id))
        .order_by(QuizRevision.title)
    ).all()
    counts = _counts([row.id for row in rows])
    lessons = set(db.session.scalars(sa.select(BankLesson.bank_id)))
    articles = _articles([row.bank_id for row in rows])
    found = (
        QuizRef(
            row.public_id,
            row.id,
            row.title,
            counts[row.id][0],
            counts[row.id][1],
            articles.get(row.bank_id),
            row.bank_id in lessons,
        )
        for row in rows
        if row.id in counts
    )
    # Banks built from an article come first: they are for practice, and one of them is chosen at first.
    return tuple(sorted(found, key=lambda quiz: quiz.article is None))


def get_quiz(public_id: str, account_id: int | None = None) -> QuizRef:
    """Return one quiz this person may take or assign.

    Raises:
        NotFoundError: there is none, or it is another teacher's.
    """
    for quiz in list_quizzes(account_id):
        if quiz.public_id == public_id:
            return quiz
    raise NotFoundError("quiz")


def assign(
    section: SectionRef,
    quiz: QuizRef,
    rules: AssignmentRules,
    *,
    account_id: int,
    now: datetime,
    request_key: str | None = None,
) -> str:
    """Give a quiz, as it is now, to a class.

    Args:
        request_key: the form's random word; the same word never assigns twice.

    Returns:
        The public id of the assignment.
    """
    once = request_hash(request_key, account_id, section.id)
    try:
        with writing() as session:
            row = Assignment(
                section_id=section.id,
                quiz_revision_id=quiz.revision_id,
                created_by=account_id,
                request_key=once,
                created_at=now,
                opens_at=now,
                closes_at=rules.closes_at,
                feedback=rules.feedback,
                ask_confidence=rules.ask_confidence,
                shuffle_items=rules.shuffle_items,
                attempts_allowed=rules.attempts_allowed,
            )
            session.add(row)
            session.flush()
            return row.public_id
    except IntegrityError:
        return db.session.scalars(
            sa.select(Assignment.public_id).where(Assignment.request_key == once, Assignment.section_id == section.id)
        ).one()


def release_results(section: SectionRef, assignment: str, *, now: datetime) -> None:
    """Show deferred results to the students from now on.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    with writing() as session:
        row = session.scalar(
            sa.select(Assignment).where(Assignment.public_id == assignment, Assignment.section_id == section.id)
        )
        if row is None:
            raise NotFoundError("assignment")
        if row.released_at is None:
            row.released_at = now


def _counts(revision_ids: list[int]) -> dict[int, tuple[int, tuple[str, ...]]]:
    names = {
        slug: (position, name)
        for slug, position, name in db.session.execute(sa.select(Skill.slug, Skill.position, Skill.name))
    }
    rows = db.session.execute(
        sa.select(QuizItem.quiz_revision_id, ItemRevision.skill, sa.func.count())
        .join(ItemRevision, ItemRevision.id == QuizItem.item_revision_id)
        .where(QuizItem.quiz_revision_id.in_(revision_ids), can_be_asked())
        .group_by(QuizItem.quiz_revision_id, ItemRevision.skill)
    )
    found: dict[int, tuple[int, set[tuple[int, str]]]] = {}
    for revision_id, skill, count in rows:
        total, skills = found.get(revision_id, (0, set()))
        if skill in names:
            skills.add(names[skill])
        found[revision_id] = (total + count, skills)
    return {
        revision_id: (total, tuple(name for _, name in sorted(skills)))
        for revision_id, (total, skills) in found.items()
    }


def _articles(bank_ids: list[int]) -> dict[int, str]:
    rows = db.session.execute(
        sa.select(BankRevision.bank_id, BankRevision.article)
        .where(BankRevision.bank_id.in_(bank_ids))
        .order_by(BankRevision.number)
    )
    return {bank_id: str(article.get("title", "")) for bank_id, article in rows if article}
