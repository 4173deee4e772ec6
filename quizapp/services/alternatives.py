"""Made-up topics in place of an article's questions: for a whole class, or for one student in private.

A private change swaps the questions that have no answer yet and leaves all else of the attempt
alone: its number, its places, its time, the answers given. So no count on a teacher's page moves.
For whom it was made is known to this module and to the student's own pages, to nobody else.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Assignment,
    AssignmentRoute,
    Attempt,
    AttemptItem,
    Bank,
    BankUse,
    ItemRevision,
    PrivateSwitch,
    Quiz,
    QuizItem,
    QuizRevision,
    Response,
    Route,
    Score,
    StandIn,
    db,
)
from quizapp.services.bank_access import visible_to
from quizapp.services.catalogue import can_be_asked, content_of
from quizapp.services.drawing import Cell, cell_of
from quizapp.services.recipients import is_for
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import upsert, writing

Chosen = TypeVar("Chosen")


@dataclass(frozen=True)
class OtherQuestions:
    """What a student reads before changing."""

    assignment: str
    title: str
    switched: bool
    attempt: str | None
    """Public id of the attempt under way; None before the start."""
    answered: int
    """Answers already given in it; they stay."""


def choose(wanted: Sequence[Cell], pool: Sequence[tuple[Cell, Chosen]], rng: random.Random) -> list[Chosen | None]:
    """Choose as many questions as wanted, as like them as the pool allows.

    First those of the same skill and difficulty, then of the same skill, then of the same
    difficulty, then any. Earlier ones in the pool are taken first; among equals chance decides.

    Args:
        wanted: the cell of each question to be replaced.
        pool: cell and question, best first.

    Returns:
        One for each wanted, in their order; None where the pool has no more.
    """
    found: list[Chosen | None] = [None] * len(wanted)
    left = list(range(len(pool)))
    order = list(range(len(wanted)))
    rng.shuffle(order)
    alike: tuple[Callable[[Cell, Cell], bool], ...] = (
        lambda one, other: one == other,
        lambda one, other: one[0] == other[0],
        lambda one, other: one[1] == other[1],
        lambda _one, _other: True,
    )
    for like in alike:
        for place in order:
            if found[place] is not None:
                continue
            at = next((number for number in left if like(wanted[place], pool[number][0])), None)
            if at is not None:
                left.remove(at)
                found[place] = pool[at][1]
    return found


def made_up_questions(account_id: int | None) -> int:
    """Return how many questions on made-up topics there are for the classes of a teacher."""
    return len(_pool(db.session(), account_id))


def wants_made_up(session: Session, assignment_id: int, student_id: int) -> Route | None:
    """Return in which way a student gets made-up topics in an assignment; None: the article's questions."""
    route = session.scalar(sa.select(AssignmentRoute.route).where(AssignmentRoute.assignment_id == assignment_id))
    if route is Route.MADE_UP:
        return route
    if route is Route.EITHER and session.get(PrivateSwitch, (assignment_id, student_id)) is not None:
        return route
    return None


def offers_change(assignment_id: int, student_id: int) -> bool:
    """Tell whether a student can still choose made-up topics in an assignment in private."""
    route = db.session.get(AssignmentRoute, assignment_id)
    changed = db.session.get(PrivateSwitch, (assignment_id, student_id))
    return route is not None and route.route is Route.EITHER and changed is None


def replace_questions(session: Session, attempt: Attempt, route: Route, rng: random.Random) -> None:
    """Put questions on made-up topics where an attempt has no answer yet. The caller commits.

    For a whole class they are the same for everybody, and questions like any other. In a private
    change each is noted as standing in for the one before.
    """
    assignment_id = attempt.assignment_id
    found = session.execute(
        sa.select(AttemptItem, ItemRevision)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .where(
            AttemptItem.attempt_id == attempt.id,
            ~sa.exists().where(Response.attempt_item_id == AttemptItem.id, Response.content.is_not(None)),
            ~sa.exists().where(Score.attempt_item_id == AttemptItem.id),
            ~sa.exists().where(StandIn.attempt_item_id == AttemptItem.id),
        )
    )
    # By question, so that a class whose questions are mixed still gets the same ones.
    rows = sorted(found, key=lambda row: row[1].item_id)
    owner = session.scalar(sa.select(Assignment.created_by).where(Assignment.id == assignment_id))
    drawing = _drawing_for_class(assignment_id) if route is Route.MADE_UP else rng
    kept = set(
        session.scalars(
            sa.select(ItemRevision.item_id)
            .join(AttemptItem, AttemptItem.item_revision_id == ItemRevision.id)
            .where(AttemptItem.attempt_id == attempt.id)
        )
    )
    met = _met(session, attempt.student_id) if route is Route.EITHER else frozenset()
    chosen = _stand_ins(session, owner, [revision for _, revision in rows], kept, drawing, met)
    for (old, replaced), new in zip(rows, chosen, strict=True):
        if new is None:
            continue
        position = old.position
        session.execute(sa.delete(AttemptItem).where(AttemptItem.id == old.id))
        session.expunge(old)
        row = AttemptItem(
            attempt_id=attempt.id,
            position=position,
            item_revision_id=new.id,
            shown=content_of(new).item.shuffle(rng),
        )
        session.add(row)
        session.flush()
        if route is Route.EITHER:
            session.add(StandIn(attempt_item_id=row.id, item_revision_id=replaced.id))
    session.flush()


def made_up_for_class(assignment_id: int, asked: Sequence[ItemRevision]) -> list[ItemRevision]:
    """Return questions on made-up topics for a class in place of the asked ones, as `replace_questions` draws them.

    Where there is none left, the asked one stays.
    """
    session = db.session()
    owner = session.scalar(sa.select(Assignment.created_by).where(Assignment.id == assignment_id))
    replaced = sorted(asked, key=lambda one: one.item_id)
    kept = {one.item_id for one in asked}
    chosen = _stand_ins(session, owner, replaced, kept, _drawing_for_class(assignment_id))
    instead = {old.item_id: new or old for old, new in zip(replaced, chosen, strict=True)}
    return [instead[one.item_id] for one in asked]


def _drawing_for_class(assignment_id: int | None) -> random.Random:
    return random.Random(assignment_id)  # noqa: S311 - the same for a class


def _stand_ins(
    session: Session,
    owner: int | None,
    replaced: Sequence[ItemRevision],
    kept: Collection[int],
    drawing: random.Random,
    met: Collection[int] = (),
) -> list[ItemRevision | None]:
    """One for each replaced question, of items that are neither kept nor, if it can be, met already."""
    pool = [one for one in _pool(session, owner) if one.item_id not in kept]
    drawing.shuffle(pool)
    pool.sort(key=lambda one: one.item_id in met)
    return choose([cell_of(one) for one in replaced], [(cell_of(one), one) for one in pool], drawing)


def other_questions(assignment: str, student_id: int) -> OtherQuestions:
    """Return what a student can change in an assignment.

    Raises:
        NotFoundError: no such assignment for this student, or its teacher lets nobody change.
    """
    row = _changeable(db.session(), assignment, student_id)
    under_way = _under_way(db.session(), row.id, student_id)
    answered = 0
    if under_way is not None:
        answered = (
            db.session.scalar(
                sa.select(sa.func.count())
                .select_from(Response)
                .join(AttemptItem, AttemptItem.id == Response.attempt_item_id)
                .where(AttemptItem.attempt_id == under_way.id, Response.content.is_not(None), Response.try_number == 1)
            )
            or 0
        )
    title = db.session.scalars(sa.select(QuizRevision.title).where(QuizRevision.id == row.quiz_revision_id)).one()
    return OtherQuestions(
        assignment=assignment,
        title=title,
        switched=db.session.get(PrivateSwitch, (row.id, student_id)) is not None,
        attempt=None if under_way is None else under_way.public_id,
        answered=answered,
    )


def change_questions(assignment: str, student_id: int, *, now: datetime, rng: random.Random) -> str | None:
    """Give a student made-up topics from here on. Twice is the same as once.

    Returns:
        The public id of the attempt under way; None before the start.

    Raises:
        NotFoundError: no such assignment for this student, or its teacher lets nobody change.
    """
    with writing() as session:
        row = _changeable(session, assignment, student_id)
        session.execute(
            upsert(PrivateSwitch)
            .values(assignment_id=row.id, student_id=student_id, switched_at=now)
            .on_conflict_do_nothing()
        )
        # On PostgreSQL this waits for a save under way, so that its answer is seen and stays.
        attempt = _under_way(session, row.id, student_id, locked=True)
        if attempt is None:
            return None
        replace_questions(session, attempt, Route.EITHER, rng)
        return attempt.public_id


def may_change(attempt: str, student_id: int) -> bool:
    """Tell whether the questions of a student's attempt can still be changed in private."""
    return (
        db.session.scalar(
            sa.select(Attempt.id)
            .join(AssignmentRoute, AssignmentRoute.assignment_id == Attempt.assignment_id)
            .where(
                Attempt.public_id == attempt,
                Attempt.student_id == student_id,
                Attempt.submitted_at.is_(None),
                AssignmentRoute.route == Route.EITHER,
                ~sa.exists().where(
                    PrivateSwitch.assignment_id == Attempt.assignment_id, PrivateSwitch.student_id == student_id
                ),
            )
        )
        is not None
    )


def is_private(assignment: str | None) -> bool:
    """Tell whether students may change in private, so that no page may tell one attempt from another."""
    return (
        db.session.scalar(
            sa.select(AssignmentRoute.assignment_id)
            .join(Assignment, Assignment.id == AssignmentRoute.assignment_id)
            .where(Assignment.public_id == assignment, AssignmentRoute.route == Route.EITHER)
        )
        is not None
    )


def asked_in_private(section_id: int) -> dict[int, bool]:
    """Return the answers of a class where students may change in private, and which of them stand in for others.

    The latter are left out where a page would tell the question beside the student. Beside what the
    others say stands no name: whose is missing there could be told to have changed.

    Returns:
        Whether it stands in for another, by attempt item.
    """
    rows = db.session.execute(
        sa.select(AttemptItem.id, StandIn.attempt_item_id.is_not(None))
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(AssignmentRoute, AssignmentRoute.assignment_id == Assignment.id)
        .outerjoin(StandIn, StandIn.attempt_item_id == AttemptItem.id)
        .where(Assignment.section_id == section_id, AssignmentRoute.route == Route.EITHER)
    )
    return dict(rows.all())


def _changeable(session: Session, assignment: str, student_id: int) -> Assignment:
    row = session.scalar(
        sa.select(Assignment)
        .join(AssignmentRoute, AssignmentRoute.assignment_id == Assignment.id)
        .where(Assignment.public_id == assignment, AssignmentRoute.route == Route.EITHER, is_for(student_id))
    )
    if row is None:
        raise NotFoundError("assignment")
    return row


def _under_way(session: Session, assignment_id: int, student_id: int, *, locked: bool = False) -> Attempt | None:
    query = sa.select(Attempt).where(
        Attempt.assignment_id == assignment_id, Attempt.student_id == student_id, Attempt.submitted_at.is_(None)
    )
    return session.scalar(query.with_for_update() if locked else query)


def _pool(session: Session, owner_id: int | None) -> list[ItemRevision]:
    newest = (
        sa.select(QuizRevision.quiz_id, sa.func.max(QuizRevision.id).label("id"))
        .group_by(QuizRevision.quiz_id)
        .subquery()
    )
    return list(
        session.scalars(
            sa.select(ItemRevision)
            .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
            .join(newest, newest.c.id == QuizItem.quiz_revision_id)
            .join(Quiz, sa.and_(Quiz.id == newest.c.quiz_id, Quiz.whole_bank))
            .join(Bank, Bank.id == Quiz.bank_id)
            .join(BankUse, BankUse.bank_id == Bank.id)
            .where(BankUse.stands_in, visible_to(owner_id), can_be_asked())
            .order_by(Bank.id, QuizItem.position)
        )
    )


def _met(session: Session, student_id: int | None) -> set[int]:
    return set(
        session.scalars(
            sa.select(ItemRevision.item_id)
            .join(AttemptItem, AttemptItem.item_revision_id == ItemRevision.id)
            .join(Attempt, Attempt.id == AttemptItem.attempt_id)
            .where(Attempt.student_id == student_id)
        )
    )
