"""Which questions an attempt asks: the whole quiz, or a draw by skill and difficulty.

A draw has a blueprint that is made when the teacher assigns: so many questions of each skill and
difficulty, as even as the quiz allows. Every attempt draws its own questions, but all attempts keep
to the blueprint, so nobody has more hard questions, or fewer of one skill, than a neighbour.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Assignment, AssignmentDraw, Attempt, AttemptItem, ItemRevision, QuizItem
from quizapp.services.catalogue import can_be_asked, content_of

Cell = tuple[str, str]
"""A skill and a difficulty; "" where a question names none."""

Drawn = TypeVar("Drawn")


def cell_of(revision: ItemRevision) -> Cell:
    """Return the cell of the blueprint a question belongs to."""
    return (revision.skill or "", revision.difficulty or "")


def blueprint(pool: Iterable[Cell], wanted: int) -> dict[Cell, int]:
    """Spread a number of questions over skills, and within each skill over difficulties, as evenly as possible.

    Args:
        pool: the cell of every question there is to draw from.
        wanted: how many to draw; all of them when there are fewer.

    Returns:
        Questions by cell; cells that get none are left out. The same for the same pool, whatever its order.
    """
    left = Counter(pool)
    plan: Counter[Cell] = Counter()
    for _ in range(min(wanted, left.total())):
        of_skill = Counter({skill: 0 for skill, _ in left})
        for (skill, _), count in plan.items():
            of_skill[skill] += count
        cell = min((one for one in left if left[one]), key=lambda one: (of_skill[one[0]], plan[one], one))
        plan[cell] += 1
        left[cell] -= 1
    return dict(plan)


def draw(pool: Sequence[tuple[Cell, Drawn]], plan: Mapping[Cell, int], rng: random.Random) -> list[Drawn]:
    """Draw by a blueprint; what is drawn keeps the order of the pool.

    A cell that has fewer questions than it had when the blueprint was made is made up for by others,
    so that the number stays the same.
    """
    chosen: set[int] = set()
    for cell, count in sorted(plan.items()):
        places = [place for place, (one, _) in enumerate(pool) if one == cell]
        chosen.update(rng.sample(places, min(count, len(places))))
    missing = sum(plan.values()) - len(chosen)
    others = [place for place in range(len(pool)) if place not in chosen]
    chosen.update(rng.sample(others, min(missing, len(others))))
    return [drawn for place, (_, drawn) in enumerate(pool) if place in chosen]


def draw_quiz(session: Session, attempt: Attempt, rng: random.Random, *, shuffle_items: bool) -> None:
    """Store a new attempt at a quiz, or at what its assignment draws of one. The caller commits."""
    section_id = session.scalar(sa.select(Assignment.section_id).where(Assignment.id == attempt.assignment_id))
    revisions = list(
        session.scalars(
            sa.select(ItemRevision)
            .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
            .where(QuizItem.quiz_revision_id == attempt.quiz_revision_id, can_be_asked(section_id))
            .order_by(QuizItem.position)
        )
    )
    rows = session.scalars(sa.select(AssignmentDraw).where(AssignmentDraw.assignment_id == attempt.assignment_id))
    plan = {(row.skill, row.difficulty): row.count for row in rows}
    if plan:
        revisions = draw([(cell_of(revision), revision) for revision in revisions], plan, rng)
    if shuffle_items:
        rng.shuffle(revisions)
    draw_items(session, attempt, revisions, rng)


def draw_items(session: Session, attempt: Attempt, revisions: list[ItemRevision], rng: random.Random) -> None:
    """Store a new attempt with its questions in this order, and their options in an order that is drawn here.

    The caller commits.
    """
    session.add(attempt)
    session.flush()
    session.add_all(
        AttemptItem(
            attempt_id=attempt.id,
            position=position,
            item_revision_id=revision.id,
            shown=content_of(revision).item.shuffle(rng),
        )
        for position, revision in enumerate(revisions, start=1)
    )
    session.flush()
