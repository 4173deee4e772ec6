"""How the questions of a bank behave over all of a teacher's classes: pooled, so that more can be said sooner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from quizapp import text
from quizapp.items.base import Item
from quizapp.measure.item_analysis import ItemStatistics, QuizStatistics, analyse
from quizapp.measure.options import Choices
from quizapp.models import (
    Attempt,
    AttemptItem,
    ChosenOption,
    ItemRevision,
    QuestionReport,
    QuizItem,
    Score,
    Section,
    SectionTeacher,
    db,
)
from quizapp.services.assigning import QuizRef, get_quiz
from quizapp.services.catalogue import can_be_asked, content_of
from quizapp.services.questions import ANSWERS_TO_SHOW_SEPARATION


@dataclass(frozen=True)
class ItemHealth:
    """One question in its newest version; answers to versions with other answers are left out."""

    number: int
    id: str
    prompt: str
    skill: str | None
    revision: int
    statistics: ItemStatistics
    reports: int
    """Reports by students of these classes that nobody has settled."""
    review_due: date | None
    """The day by which its facts were to be checked, when it is past."""

    @property
    def separation_shown(self) -> bool:
        """Whether enough answers stand behind the correlation to print it."""
        return self.statistics.r is not None and self.statistics.shown >= ANSWERS_TO_SHOW_SEPARATION


@dataclass(frozen=True)
class BankPage:
    quiz: QuizRef
    classes: int
    students: int
    """Students with at least one counted answer."""
    items: tuple[ItemHealth, ...]
    statistics: QuizStatistics

    @property
    def flagged(self) -> tuple[ItemHealth, ...]:
        """Questions to look at again."""
        return tuple(one for one in self.items if one.statistics.flags or one.reports or one.review_due)


def bank_page(quiz: str, account_id: int, *, now: datetime) -> BankPage:
    """Return the questions of a quiz with how they went in all classes of a teacher.

    Each student's first marked answer to each question counts, from attempts that were handed in;
    practice does not, and re-marks replace what they correct.

    Raises:
        NotFoundError: no such quiz for this teacher.
    """
    ref = get_quiz(quiz, account_id)
    sections = list(
        db.session.scalars(
            sa.select(SectionTeacher.section_id)
            .join(Section, Section.id == SectionTeacher.section_id)
            .where(SectionTeacher.account_id == account_id, Section.deleted_at.is_(None))
        )
    )
    revisions = db.session.scalars(
        sa.select(ItemRevision)
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .where(QuizItem.quiz_revision_id == ref.revision_id, can_be_asked())
        .order_by(QuizItem.position)
    ).all()
    firsts = _first_answers(sections, revisions)
    students = sorted({student for student, _ in firsts})
    statistics = _analysed(revisions, firsts, students)
    reports = _reports(sections, revisions)
    return BankPage(
        quiz=ref,
        classes=len({row.section_id for row in firsts.values()}),
        students=len(students),
        items=tuple(
            ItemHealth(
                number=number,
                id=content_of(row).item.id,
                prompt=text.plain(content_of(row).item.prompt),
                skill=row.skill,
                revision=row.number,
                statistics=found,
                reports=reports.get(row.item_id, 0),
                review_due=_overdue(content_of(row).item, now),
            )
            for number, (row, found) in enumerate(zip(revisions, statistics.items, strict=True), 1)
        ),
        statistics=statistics,
    )


def _first_answers(sections: list[int], revisions: Any) -> dict[tuple[int, int], Any]:
    """The newest mark of each student's first answer to each item, by student and item."""
    rows = db.session.execute(
        sa.select(
            Score.id,
            Score.attempt_item_id,
            Score.student_id,
            Score.item_id,
            Score.section_id,
            Score.fraction,
            Score.void,
            Score.answered,
        )
        .join(AttemptItem, AttemptItem.id == Score.attempt_item_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(
            sa.tuple_(Score.item_id, Score.lineage).in_([(row.item_id, row.lineage) for row in revisions]),
            Score.section_id.in_(sections),
            Score.review.is_(False),
            Attempt.submitted_at.is_not(None),
        )
        .order_by(Attempt.submitted_at, Score.attempt_item_id, Score.number)
    )
    found: dict[tuple[int, int], Any] = {}
    for row in rows:
        earlier = found.get((row.student_id, row.item_id))
        if earlier is None or earlier.attempt_item_id == row.attempt_item_id:
            found[row.student_id, row.item_id] = row
    return {key: row for key, row in found.items() if row.fraction is not None and not row.void}


def _analysed(revisions: Any, firsts: dict[tuple[int, int], Any], students: list[int]) -> QuizStatistics:
    chosen = _chosen([row.id for row in firsts.values()])
    columns = [row.item_id for row in revisions]
    cells = [[firsts.get((student, item)) for item in columns] for student in students]
    return analyse(
        [[None if cell is None else cell.fraction for cell in row] for row in cells],
        [1.0] * len(columns),
        blanks=[[cell is not None and not cell.answered for cell in row] for row in cells],
        choices=[
            _choices(content_of(revision).item, [row[place] for row in cells], chosen)
            for place, revision in enumerate(revisions)
        ],
        chances=[content_of(revision).item.chance() for revision in revisions],
    )


def _choices(item: Item[Any], cells: list[Any], chosen: dict[int, frozenset[str]]) -> Choices | None:
    """What was chosen, for questions with one list of answers whose choices are noted beside the marks."""
    places = item.choosings()
    if len(places) != 1:
        return None
    offers = places[0].offers
    return Choices(
        options=tuple(offer.key for offer in offers),
        key=frozenset(offer.key for offer in offers if offer.right),
        chosen=tuple(None if cell is None else chosen.get(cell.id, frozenset()) for cell in cells),
    )


def _chosen(score_ids: list[int]) -> dict[int, frozenset[str]]:
    rows = db.session.execute(
        sa.select(ChosenOption.score_id, ChosenOption.option).where(ChosenOption.score_id.in_(score_ids))
    )
    found: dict[int, frozenset[str]] = {}
    for score_id, option in rows:
        found[score_id] = found.get(score_id, frozenset()) | {option}
    return found


def _reports(sections: list[int], revisions: Any) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(ItemRevision.item_id, sa.func.count())
        .join(QuestionReport, QuestionReport.item_revision_id == ItemRevision.id)
        .where(
            QuestionReport.section_id.in_(sections),
            QuestionReport.settled_at.is_(None),
            ItemRevision.item_id.in_([row.item_id for row in revisions]),
        )
        .group_by(ItemRevision.item_id)
    )
    return {row[0]: row[1] for row in rows}


def _overdue(item: Item[Any], now: datetime) -> date | None:
    return item.review_by if item.review_by is not None and item.review_by <= now.date() else None
