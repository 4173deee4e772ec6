"""Students' reports of faulty questions: few words, no names, for whoever can mend them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from quizapp import text
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    Bank,
    Item,
    ItemRevision,
    QuestionReport,
    QuizRevision,
    SectionTeacher,
    StandIn,
    db,
)
from quizapp.models.base import new_public_id
from quizapp.services import throttling
from quizapp.services.bank_access import may_change
from quizapp.services.catalogue import content_of
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.throttling import Limit
from quizapp.services.writing import rows_changed, upsert, writing

Name = TypeVar("Name", bound=Hashable)
"""What tells items apart: their id, or their slug within one bank."""

TEXT_MAX = 300
REPORTS_PER_STUDENT = Limit(10, timedelta(hours=1))
"""A whole quiz full of faults can be reported; a game cannot be made of it."""


@dataclass(frozen=True)
class Report:
    """What somebody found wrong. Who it was is not told."""

    public_id: str
    text: str
    reported_at: datetime
    settled: bool
    revision: int
    """The question's revision they had before them."""


@dataclass(frozen=True)
class AskedIn:
    """An assignment that asked a question, so that the question can be corrected there."""

    assignment: str
    """Public id."""
    title: str
    question: str
    """Public id of the revision that it asked."""
    at: datetime
    """When it was assigned."""


@dataclass(frozen=True)
class ReportedQuestion:
    """A question with what was found wrong with it, newest first."""

    item_id: int
    prompt: str
    reports: tuple[Report, ...]
    asked_in: tuple[AskedIn, ...]
    """The class's assignments that asked it, newest first."""
    slug: str
    """Its id in its bank."""
    bank: str | None
    """Public id of its bank; None where this teacher cannot change that."""

    @property
    def waiting(self) -> int:
        """How many reports nobody has dealt with."""
        return sum(not report.settled for report in self.reports)


def report_question(student_id: int, attempt: str, position: int, words: str, *, key: str, now: datetime) -> None:
    """Keep what a student found wrong with a question; a second report replaces the first.

    Args:
        words: plain text, cut at `TEXT_MAX` signs.
        key: the instance key, under which reports are counted.

    Raises:
        NotFoundError: no such question in an assigned attempt of this student.
        TooManyFailuresError: too many reports lately.
    """
    limits = {throttling.throttle_key("report", str(student_id), key=key, now=now): REPORTS_PER_STUDENT}
    throttling.refuse_if_exhausted(limits, now=now)
    with writing() as session:
        row = session.execute(
            sa.select(AttemptItem.item_revision_id, Assignment.section_id)
            .join(Attempt, Attempt.id == AttemptItem.attempt_id)
            .join(Assignment, Assignment.id == Attempt.assignment_id)
            .where(
                Attempt.public_id == attempt,
                Attempt.student_id == student_id,
                AttemptItem.position == position,
            )
        ).one_or_none()
        if row is None:
            raise NotFoundError("question")
        statement = upsert(QuestionReport).values(
            public_id=new_public_id(),
            item_revision_id=row.item_revision_id,
            section_id=row.section_id,
            student_id=student_id,
            text=" ".join(words.split())[:TEXT_MAX],
            reported_at=now,
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[QuestionReport.item_revision_id, QuestionReport.student_id],
                set_={"text": statement.excluded.text, "reported_at": now, "settled_at": None},
            )
        )
    throttling.count_failure(limits, now=now)


def reports_of_bank(bank_id: int, account_id: int) -> dict[int, tuple[Report, ...]]:
    """Return the reports on the items of a bank that this teacher may read, newest first, by item.

    Those are the reports of their own classes, and all of a bank that they may change.
    """
    return _grouped((item, report) for item, _, report in _readable(Item.bank_id == bank_id, account_id))


def waiting_reports(bank: str, account_id: int) -> dict[str, tuple[Report, ...]]:
    """Return the reports that nobody has settled on the items of a bank, newest first, by the item's slug.

    Args:
        bank: public id.
    """
    found = _readable(sa.and_(Bank.public_id == bank, QuestionReport.settled_at.is_(None)), account_id)
    return _grouped((slug, report) for _, slug, report in found)


def _readable(condition: sa.ColumnElement[bool], account_id: int) -> list[tuple[int, str, Report]]:
    """The reports that this teacher may read, newest first, each after its item's id and slug."""
    rows = db.session.execute(
        sa.select(QuestionReport, ItemRevision.number, Item.id, Item.slug)
        .join(ItemRevision, ItemRevision.id == QuestionReport.item_revision_id)
        .join(Item, Item.id == ItemRevision.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(condition, _may_read(account_id))
        .order_by(QuestionReport.reported_at.desc(), QuestionReport.id.desc())
    )
    return [(item_id, slug, _report(row, number)) for row, number, item_id, slug in rows]


def _grouped(reports: Iterable[tuple[Name, Report]]) -> dict[Name, tuple[Report, ...]]:
    found: dict[Name, tuple[Report, ...]] = {}
    for name, report in reports:
        found[name] = (*found.get(name, ()), report)
    return found


def _may_read(account_id: int) -> sa.ColumnElement[bool]:
    """The condition that somebody may read and settle a report; for statements that read QuestionReport and Bank."""
    taught = sa.select(SectionTeacher.section_id).where(SectionTeacher.account_id == account_id)
    return sa.or_(QuestionReport.section_id.in_(taught), may_change(account_id))


def reports_of_class(section: SectionRef, account_id: int) -> tuple[ReportedQuestion, ...]:
    """Return the questions that students of a class reported, those with waiting reports first."""
    rows = db.session.execute(
        sa.select(
            QuestionReport, ItemRevision, Item.slug, sa.case((may_change(account_id), Bank.public_id)).label("bank")
        )
        .join(ItemRevision, ItemRevision.id == QuestionReport.item_revision_id)
        .join(Item, Item.id == ItemRevision.item_id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(QuestionReport.section_id == section.id)
        .order_by(QuestionReport.reported_at.desc(), QuestionReport.id.desc())
    ).all()
    by_item: dict[int, list[sa.Row[tuple[QuestionReport, ItemRevision, str, str | None]]]] = {}
    for row in rows:
        by_item.setdefault(row.ItemRevision.item_id, []).append(row)
    asked_in = _asked_in(section, by_item)
    found = [
        ReportedQuestion(
            item_id=item_id,
            prompt=text.plain(content_of(lines[0].ItemRevision).item.prompt),
            reports=tuple(_report(line.QuestionReport, line.ItemRevision.number) for line in lines),
            asked_in=asked_in.get(item_id, ()),
            slug=lines[0].slug,
            bank=lines[0].bank,
        )
        for item_id, lines in by_item.items()
    ]
    return tuple(sorted(found, key=lambda question: question.waiting == 0))


def _asked_in(section: SectionRef, items: Collection[int]) -> dict[int, tuple[AskedIn, ...]]:
    """Where a class was asked items. Not where one stood in for another question, which stays private."""
    rows = db.session.execute(
        sa.select(
            ItemRevision.item_id,
            Assignment.public_id,
            QuizRevision.title,
            ItemRevision.public_id,
            Assignment.created_at,
            Assignment.id,
        )
        .join(AttemptItem, AttemptItem.item_revision_id == ItemRevision.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(
            Assignment.section_id == section.id,
            ItemRevision.item_id.in_(items),
            ~sa.select(StandIn.attempt_item_id).where(StandIn.attempt_item_id == AttemptItem.id).exists(),
        )
        .distinct()
        .order_by(Assignment.id.desc(), ItemRevision.public_id)
    )
    found: dict[int, tuple[AskedIn, ...]] = {}
    for item_id, assignment, title, question, at, _ in rows:
        found[item_id] = (*found.get(item_id, ()), AskedIn(assignment, title, question, at))
    return found


def settle_report(section: SectionRef, report: str, *, now: datetime) -> None:
    """Note that a report has been dealt with. Twice is the same as once.

    Raises:
        NotFoundError: this class has no such report.
    """
    with writing() as session:
        found = rows_changed(
            session,
            sa.update(QuestionReport)
            .where(QuestionReport.public_id == report, QuestionReport.section_id == section.id)
            .values(settled_at=sa.func.coalesce(QuestionReport.settled_at, now)),
        )
        if not found:
            raise NotFoundError("report")


def settle_report_of_bank(bank_id: int, report: str, *, account_id: int, now: datetime) -> None:
    """Note that a report on a question of a bank has been dealt with, whosever class it came from.

    Raises:
        NotFoundError: there is no such report on this bank that this teacher may read.
    """
    readable = (
        sa.select(Item.id)
        .join(ItemRevision, ItemRevision.item_id == Item.id)
        .join(Bank, Bank.id == Item.bank_id)
        .where(Item.bank_id == bank_id, ItemRevision.id == QuestionReport.item_revision_id, _may_read(account_id))
        .correlate(QuestionReport)
        .exists()
    )
    with writing() as session:
        found = rows_changed(
            session,
            sa.update(QuestionReport)
            .where(QuestionReport.public_id == report, readable)
            .values(settled_at=sa.func.coalesce(QuestionReport.settled_at, now))
            .execution_options(synchronize_session=False),
        )
        if not found:
            raise NotFoundError("report")


def _report(row: QuestionReport, revision: int) -> Report:
    return Report(row.public_id, row.text, row.reported_at, row.settled_at is not None, revision)
