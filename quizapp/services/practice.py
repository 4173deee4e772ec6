"""Practice: a few questions that are due again, mixed, outside the marks.

What is due is worked out from the answers each time; nothing is stored but the practice itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.measure.spacing import Memory, Review, remember
from quizapp.models import Attempt, ItemRevision, Quiz, QuizItem, QuizRevision, RosterEntry, Section, db
from quizapp.services.catalogue import can_be_asked, content_of
from quizapp.services.drawing import draw_items
from quizapp.services.progress import ScoreRow, scores_shown_to
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import writing

QUESTIONS = 5
"""At most, in one practice."""
OF_ONE_SKILL = 2
"""At most, while other skills have something due."""
CANDIDATES = 60
"""The most urgent questions that are looked at; more are never needed to fill one practice."""


class NothingDueError(RuntimeError):
    """There is nothing to practise today."""


@dataclass(frozen=True)
class PracticePage:
    """What a student sees before practising."""

    due: int
    """Questions that are due today or before."""
    next_due: date | None
    """When the next one will be; None where none is due later, or one is due now."""
    under_way: bool
    """A practice was begun and not finished."""

    @property
    def questions(self) -> int:
        return min(self.due, QUESTIONS)


@dataclass(frozen=True)
class DueItem:
    """A question that is due again."""

    item_id: int
    skill: str | None
    recall: float
    """Probability of a right answer today, from 0 to 1."""


def practice_page(student_id: int, *, now: datetime) -> PracticePage:
    """Return how much is due for a student."""
    return practice_of(student_id, scores_shown_to(student_id, now=now), now=now)


def practice_of(student_id: int, scores: Iterable[ScoreRow], *, now: datetime) -> PracticePage:
    """Return the same from the marks that the student may see, where they are at hand."""
    memories = _memories(scores)
    due = _due(memories, now)
    askable = _askable(db.session(), due)
    today = now.date().toordinal()
    later = [memory.due for memory, _ in memories.values() if memory.due > today]
    return PracticePage(
        due=len(askable),
        next_due=date.fromordinal(min(later)) if later and not askable else None,
        under_way=_under_way(db.session(), student_id) is not None,
    )


def start_practice(student_id: int, section_id: int, *, now: datetime, rng: random.Random) -> str:
    """Begin a practice, or find the one under way.

    Args:
        section_id: the class through which the student came in; there the answers feed the skills.
        rng: draws the order of questions and options.

    Returns:
        The public id of the attempt.

    Raises:
        NotFoundError: the student is not in this class any more.
        NothingDueError: nothing is due today.
    """
    try:
        return _start(student_id, section_id, now, rng)
    except IntegrityError:
        # Begin was pressed twice in the same instant. Now the first one can be found.
        return _start(student_id, section_id, now, rng)


def _start(student_id: int, section_id: int, now: datetime, rng: random.Random) -> str:
    due = _due(_memories(scores_shown_to(student_id, now=now)), now)
    with writing() as session:
        earlier = _under_way(session, student_id)
        if earlier is not None:
            return earlier
        _refuse_strangers(session, student_id, section_id)
        chosen = choose(_askable(session, due))
        if not chosen:
            raise NothingDueError
        attempt = Attempt(
            student_id=student_id,
            practised_in=section_id,
            number=1 + session.scalars(_practices(student_id)).one(),
            started_at=now,
        )
        revisions = [revision for _, revision in chosen]
        rng.shuffle(revisions)
        draw_items(session, attempt, revisions, rng)
        return attempt.public_id


def choose(due: Iterable[tuple[DueItem, ItemRevision]]) -> list[tuple[DueItem, ItemRevision]]:
    """Choose up to five, the most nearly forgotten first and mixed: two of a skill unless nothing else is left."""
    chosen, spare, of_skill = [], [], dict[str | None, int]()
    for one in sorted(due, key=lambda pair: (pair[0].recall, pair[0].item_id)):
        skill = one[0].skill
        if of_skill.get(skill, 0) < OF_ONE_SKILL:
            of_skill[skill] = of_skill.get(skill, 0) + 1
            chosen.append(one)
        else:
            spare.append(one)
    return (chosen + spare)[:QUESTIONS] if len(chosen) < QUESTIONS else chosen[:QUESTIONS]


def _memories(scores: Iterable[ScoreRow]) -> dict[int, tuple[Memory, str | None]]:
    answers: dict[int, list[ScoreRow]] = {}
    for row in scores:
        answers.setdefault(row.item_id, []).append(row)
    found = {}
    for item_id, rows in answers.items():
        memory = remember(Review(row.fraction, row.at.date().toordinal(), row.confidence, row.chance) for row in rows)
        if memory is not None:
            found[item_id] = memory, rows[-1].skill
    return found


def _due(memories: dict[int, tuple[Memory, str | None]], now: datetime) -> list[DueItem]:
    """Return what is due, most nearly forgotten first."""
    today = now.date().toordinal()
    due = [
        DueItem(item_id, skill, memory.retrievability(today))
        for item_id, (memory, skill) in memories.items()
        if memory.due <= today
    ]
    return sorted(due, key=lambda one: (one.recall, one.item_id))[:CANDIDATES]


def _askable(session: Session, due: list[DueItem]) -> list[tuple[DueItem, ItemRevision]]:
    """Return what can be asked now, as it stands in its bank today.

    What was taken out of its bank, needs a whole article or needs a teacher to mark it is left out.
    """
    by_id = {one.item_id: one for one in due}
    another = sa.orm.aliased(QuizRevision)
    newest = sa.select(sa.func.max(another.number)).where(another.quiz_id == QuizRevision.quiz_id).scalar_subquery()
    revisions = session.scalars(
        sa.select(ItemRevision)
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .join(QuizRevision, QuizRevision.id == QuizItem.quiz_revision_id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .where(ItemRevision.item_id.in_(by_id), Quiz.whole_bank, QuizRevision.number == newest, can_be_asked())
        .order_by(ItemRevision.id)
    )
    return [(by_id[row.item_id], row) for row in revisions if content_of(row).item.key() is not None]


def _under_way(session: Session, student_id: int) -> str | None:
    return session.scalar(
        sa.select(Attempt.public_id).where(
            Attempt.student_id == student_id, Attempt.practised_in.is_not(None), Attempt.submitted_at.is_(None)
        )
    )


def _practices(student_id: int) -> sa.Select[int]:
    return sa.select(sa.func.count()).where(Attempt.student_id == student_id, Attempt.practised_in.is_not(None))


def _refuse_strangers(session: Session, student_id: int, section_id: int) -> None:
    here = session.scalar(
        sa.select(RosterEntry.id)
        .join(Section, Section.id == RosterEntry.section_id)
        .where(
            RosterEntry.student_id == student_id,
            RosterEntry.section_id == section_id,
            RosterEntry.removed_at.is_(None),
            Section.archived_at.is_(None),
        )
    )
    if here is None:
        raise NotFoundError("class")
