"""A bank's own page: what it is, its versions, where it is used, and what students reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from quizapp import text
from quizapp.bank.ages import Ages
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    BankDraft,
    BankListing,
    BankNote,
    BankRevision,
    BankShare,
    Item,
    ItemRevision,
    Quiz,
    QuizItem,
    QuizRevision,
    Section,
    SectionTeacher,
    db,
)
from quizapp.services.bank_versions import BankHead, VersionLine, bank_head, versions_of
from quizapp.services.catalogue import content_of
from quizapp.services.reports import Report, reports_of_bank


@dataclass(frozen=True)
class QuestionLine:
    """A question of the newest version."""

    number: int
    id: str
    prompt: str
    """Plain words."""
    kind: str
    skill: str | None
    reports: tuple[Report, ...]
    """What students found wrong with it, as far as this teacher may read it, newest first."""

    @property
    def waiting(self) -> int:
        """How many reports nobody has settled."""
        return sum(not report.settled for report in self.reports)


@dataclass(frozen=True)
class UseLine:
    """An assignment of the bank in one of the teacher's own classes."""

    section: str
    """Public id of the class."""
    section_name: str
    assignment: str
    """Public id."""
    title: str
    at: datetime
    version: int | None
    """The number of the version whose questions it asks; None when that cannot be told."""
    current: bool
    """Whether it asks what the newest version does."""


@dataclass(frozen=True)
class Uses:
    """Where a bank is used. Of colleagues' classes there are counts only."""

    own: tuple[UseLine, ...]
    """The newest first."""
    others: int
    """Assignments in colleagues' classes."""
    other_classes: int
    practices: int
    """Practices in which students of the own classes met its questions."""
    other_practices: int

    def __bool__(self) -> bool:
        """Whether it is used at all."""
        return bool(self.own or self.others or self.practices or self.other_practices)


@dataclass(frozen=True)
class OwnDraft:
    """The teacher's unpublished changes of the bank."""

    public_id: str
    saved_at: datetime


@dataclass(frozen=True)
class BankPage:
    head: BankHead
    note: str | None
    """What readers should know before they begin, plain text."""
    ages: Ages | None
    licence: str | None
    article: str | None
    """Title of the article it is built from."""
    review_by: date | None
    """The first day by which facts are to be checked."""
    overdue: int
    """How many questions have facts that were to be checked before today."""
    questions: tuple[QuestionLine, ...]
    versions: tuple[VersionLine, ...]
    uses: Uses
    draft: OwnDraft | None
    shared_with: int

    @property
    def reports(self) -> int:
        """How many reports nobody has settled."""
        return sum(question.waiting for question in self.questions)


def bank_page(public_id: str, account_id: int, *, now: datetime) -> BankPage:
    """Return a bank as its own page shows it.

    Raises:
        NotFoundError: there is no such bank, or not for this teacher.
    """
    head = bank_head(public_id, account_id)
    session = db.session()
    revisions = _newest_questions(head.id)
    reviews = [day for row in revisions if (day := content_of(row).item.review_by) is not None]
    newest = session.execute(
        sa.select(BankRevision.licence, BankRevision.article, BankListing.youngest, BankListing.oldest)
        .outerjoin(BankListing, BankListing.bank_id == BankRevision.bank_id)
        .where(BankRevision.bank_id == head.id, BankRevision.number == head.newest)
    ).one()
    draft = session.execute(
        sa.select(BankDraft.public_id, BankDraft.updated_at).where(
            BankDraft.bank_id == head.id, BankDraft.account_id == account_id, BankDraft.changed
        )
    ).one_or_none()
    return BankPage(
        head=head,
        note=session.scalar(sa.select(BankNote.text).where(BankNote.bank_id == head.id)),
        ages=Ages.between(newest.youngest, newest.oldest),
        licence=newest.licence,
        article=None if newest.article is None else newest.article["title"],
        review_by=min(reviews, default=None),
        overdue=sum(day <= now.date() for day in reviews),
        questions=_question_lines(head, revisions, account_id),
        versions=versions_of(head.id),
        uses=_uses(head, account_id),
        draft=None if draft is None else OwnDraft(*draft),
        shared_with=session.scalar(
            sa.select(sa.func.count()).select_from(BankShare).where(BankShare.bank_id == head.id)
        )
        or 0,
    )


def _newest_questions(bank_id: int) -> list[ItemRevision]:
    return list(
        db.session.scalars(
            sa.select(ItemRevision)
            .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
            .where(QuizItem.quiz_revision_id == _newest_whole(bank_id))
            .order_by(QuizItem.position)
        )
    )


def _question_lines(head: BankHead, revisions: list[ItemRevision], account_id: int) -> tuple[QuestionLine, ...]:
    reports = reports_of_bank(head.id, account_id)
    lines = []
    for number, row in enumerate(revisions, 1):
        item = content_of(row).item
        lines.append(
            QuestionLine(number, item.id, text.plain(item.prompt), item.kind, row.skill, reports.get(row.item_id, ()))
        )
    return tuple(lines)


def _uses(head: BankHead, account_id: int) -> Uses:
    own = sa.select(SectionTeacher.section_id).where(SectionTeacher.account_id == account_id)
    rows = db.session.execute(
        sa.select(
            Assignment.public_id,
            Assignment.section_id,
            Assignment.section_id.in_(own).label("own"),
            Section.public_id.label("section"),
            Section.name,
            QuizRevision.id.label("revision"),
            QuizRevision.title,
            QuizRevision.created_at.label("frozen_at"),
            Assignment.created_at,
        )
        .join(Section, Section.id == Assignment.section_id)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .where(Quiz.bank_id == head.id, Section.deleted_at.is_(None))
        .order_by(Assignment.created_at.desc(), Assignment.id.desc())
    ).all()
    published = db.session.execute(
        sa.select(BankRevision.number, BankRevision.published_at).where(BankRevision.bank_id == head.id)
    ).all()
    newest = _newest_whole(head.id)
    lines = []
    for row in (one for one in rows if one.own):
        # The version that was the newest when these questions were put together.
        version = max((number for number, at in published if at <= row.frozen_at), default=None)
        current = row.revision == newest or version == head.newest
        version = head.newest if current else version
        lines.append(UseLine(row.section, row.name, row.public_id, row.title, row.created_at, version, current))
    others = [row for row in rows if not row.own]
    practices = _practices(head.id, own)
    return Uses(
        own=tuple(lines),
        others=len(others),
        other_classes=len({row.section_id for row in others}),
        practices=practices.get(True, 0),
        other_practices=practices.get(False, 0),
    )


def _newest_whole(bank_id: int) -> int | None:
    return db.session.scalar(
        sa.select(QuizRevision.id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .where(Quiz.bank_id == bank_id, Quiz.whole_bank)
        .order_by(QuizRevision.number.desc())
        .limit(1)
    )


def _practices(bank_id: int, own: sa.Select[int]) -> dict[bool, int]:
    """How many practices asked questions of the bank, in the own classes (True) and elsewhere (False)."""
    mine = Attempt.practised_in.in_(own)
    rows = db.session.execute(
        sa.select(mine, sa.func.count(sa.distinct(Attempt.id)))
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .join(Item, Item.id == ItemRevision.item_id)
        .where(Item.bank_id == bank_id, Attempt.practised_in.is_not(None))
        .group_by(mine)
    )
    return {bool(row[0]): row[1] for row in rows}
