"""Taking a quiz: starting, saving, checking, handing in.

Every save is one guarded statement: the row is written only if, at that very moment, the attempt
is this person's, not handed in, in time, and the answer not checked yet. What is acknowledged is
on the disk; what is refused says why and changes nothing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    FeedbackMode,
    ItemRevision,
    QuizItem,
    Response,
    RosterEntry,
    ScoreReason,
    Section,
    Student,
    db,
)
from quizapp.services import throttling
from quizapp.services.assigning import QuizRef
from quizapp.services.catalogue import can_be_asked, content_of
from quizapp.services.rosters import NotFoundError
from quizapp.services.scoring import score_missing
from quizapp.services.writing import rows_changed, upsert, writing

GRACE = timedelta(seconds=30)
"""How long after the end of a time limit an answer under way is still taken."""

CONFIDENCE_LEVELS = (0.5, 0.75, 0.95)
"""Guessing, fairly sure, certain."""


@dataclass(frozen=True)
class Taker:
    """Whose attempt it is: a student, or a visitor who tries a quiz and leaves no name."""

    student_id: int | None = None
    visitor_hash: str | None = None

    def owns(self) -> sa.ColumnElement[bool]:
        """The condition that an attempt is this taker's."""
        if self.student_id is not None:
            return Attempt.student_id == self.student_id
        return sa.and_(Attempt.student_id.is_(None), Attempt.visitor_hash == (self.visitor_hash or ""))


TAB_LENGTH = 8
"""Signs of the random word by which the pages of one question are told apart."""


class RefusedError(RuntimeError):
    """An answer was not taken; `reason` says which rule refused it."""

    CHECKED = "checked"
    HANDED_IN = "handed-in"
    CLOSED = "closed"
    OUT_OF_TIME = "out-of-time"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotStartError(RuntimeError):
    """An assignment cannot be started; `reason` says why."""

    NOT_OPEN = "not-open"
    CLOSED = "closed"
    NO_ATTEMPTS_LEFT = "no-attempts-left"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Drawn:
    """The page an answer comes from."""

    tab: str
    """A random word of that page, the same for all its saves."""
    sequence: int
    """The newest save it knows of; 0 before the first."""


@dataclass(frozen=True)
class Saved:
    """What came of a save."""

    sequence: int
    at: datetime
    other_tab: bool
    """The question was saved from somewhere else since this page was drawn; this one counts."""


def start_assignment(assignment: str, student_id: int, *, now: datetime, rng: random.Random) -> str:
    """Start a student's attempt, or find the one that is under way.

    Args:
        assignment: public id.
        rng: draws the order of questions and options; the order is stored.

    Returns:
        The public id of the attempt.

    Raises:
        NotFoundError: no such assignment in a class of this student.
        CannotStartError: it is not open yet, closed, or all attempts are used.
    """
    try:
        return _start_assignment(assignment, student_id, now, rng)
    except IntegrityError:
        # Two starts in the same instant: the unique number let one in. Now it can be found.
        return _start_assignment(assignment, student_id, now, rng)


def _start_assignment(assignment: str, student_id: int, now: datetime, rng: random.Random) -> str:
    with writing() as session:
        row = session.scalar(
            sa.select(Assignment)
            .join(Section, Section.id == Assignment.section_id)
            .join(RosterEntry, RosterEntry.section_id == Section.id)
            .where(
                Assignment.public_id == assignment,
                RosterEntry.student_id == student_id,
                RosterEntry.removed_at.is_(None),
                Section.archived_at.is_(None),
            )
        )
        if row is None:
            raise NotFoundError("assignment")
        earlier = session.scalars(
            sa.select(Attempt)
            .where(Attempt.assignment_id == row.id, Attempt.student_id == student_id)
            .order_by(Attempt.number.desc())
        ).all()
        if earlier and earlier[0].submitted_at is None:
            return earlier[0].public_id
        if row.opens_at > now:
            raise CannotStartError(CannotStartError.NOT_OPEN)
        if row.closes_at is not None and row.closes_at <= now:
            raise CannotStartError(CannotStartError.CLOSED)
        if row.attempts_allowed is not None and len(earlier) >= row.attempts_allowed:
            raise CannotStartError(CannotStartError.NO_ATTEMPTS_LEFT)
        student = session.get_one(Student, student_id)
        attempt = Attempt(
            assignment_id=row.id,
            quiz_revision_id=row.quiz_revision_id,
            student_id=student_id,
            number=len(earlier) + 1,
            started_at=now,
            ends_at=_ends_at(row, student, now),
        )
        _draw(session, attempt, rng, shuffle_items=row.shuffle_items)
        return attempt.public_id


def start_trial(quiz: QuizRef, visitor_hash: str, *, network: str, key: str, now: datetime, rng: random.Random) -> str:
    """Start an attempt that belongs to nobody and is deleted after a day.

    Returns:
        The public id of the attempt.

    Raises:
        TooManyFailuresError: this network has started too many trials lately.
    """
    limits = {throttling.throttle_key("trial", network, key=key, now=now): throttling.TRIALS_PER_NETWORK}
    throttling.refuse_if_exhausted(limits, now=now)
    throttling.count_failure(limits, now=now)
    with writing() as session:
        attempt = Attempt(
            quiz_revision_id=quiz.revision_id,
            visitor_hash=visitor_hash,
            number=1,
            started_at=now,
        )
        _draw(session, attempt, rng, shuffle_items=False)
        return attempt.public_id


def save(
    taker: Taker,
    attempt: str,
    position: int,
    content: dict[str, Any] | None,
    *,
    confidence: float | None,
    drawn: Drawn | None,
    now: datetime,
) -> Saved:
    """Keep an answer as a draft that can still be changed.

    Args:
        attempt: public id.
        position: the question's place, from 1.
        content: the response as JSON; None empties the answer.
        drawn: the page the answer comes from; None when it is not known.

    Raises:
        NotFoundError: no such question in an attempt of this taker.
        RefusedError: handed in, closed, out of time or already checked.
    """
    with writing() as session:
        return _save(session, taker, attempt, position, content, confidence, drawn, now)


def check(
    taker: Taker,
    attempt: str,
    position: int,
    content: dict[str, Any],
    *,
    confidence: float | None,
    drawn: Drawn | None,
    now: datetime,
) -> Saved:
    """Save an answer, freeze it and mark it: from here on nothing changes the scored try.

    Raises:
        NotFoundError: no such question in an attempt of this taker.
        RefusedError: as for `save`, or this quiz gives no feedback before the end.
    """
    with writing() as session:
        saved = _save(session, taker, attempt, position, content, confidence, drawn, now, freeze=True)
        row = session.scalars(sa.select(Attempt).where(Attempt.public_id == attempt)).one()
        score_missing(session, row, reason=ScoreReason.CHECKED, now=now, positions=[position])
        return saved


def hand_in(taker: Taker, attempt: str, *, now: datetime) -> None:
    """Hand in an attempt: freeze every draft and mark all that is not marked yet.

    Handing in twice is the same as once.

    Raises:
        NotFoundError: no such attempt of this taker.
    """
    with writing() as session:
        changed = rows_changed(
            session,
            sa.update(Attempt)
            .where(Attempt.public_id == attempt, taker.owns(), Attempt.submitted_at.is_(None))
            .values(submitted_at=now)
            .execution_options(synchronize_session=False),
        )
        row = session.scalar(sa.select(Attempt).where(Attempt.public_id == attempt, taker.owns()))
        if row is None:
            raise NotFoundError("attempt")
        if changed == 0:
            return
        session.execute(
            sa.update(Response)
            .where(
                Response.attempt_item_id.in_(sa.select(AttemptItem.id).where(AttemptItem.attempt_id == row.id)),
                Response.frozen_at.is_(None),
            )
            .values(frozen_at=now)
            .execution_options(synchronize_session=False)
        )
        score_missing(session, row, reason=ScoreReason.HANDED_IN, now=now)


def first_open_position(taker: Taker, attempt: str) -> int:
    """Return the first question without an answer, or 1 when all have one.

    Raises:
        NotFoundError: no such attempt of this taker.
    """
    row = db.session.execute(
        sa.select(sa.func.min(AttemptItem.position).filter(Response.content.is_(None)), Attempt.id)
        .select_from(Attempt)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.public_id == attempt, taker.owns())
        .group_by(Attempt.id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("attempt")
    return row[0] or 1


def next_assignment(student_id: int, section_id: int, *, now: datetime) -> str | None:
    """Return the newest assignment of a class that the student can work on now, or None."""
    rows = db.session.execute(
        sa.select(
            Assignment.public_id,
            Assignment.attempts_allowed,
            sa.func.count(Attempt.id).label("attempts"),
            sa.func.count(Attempt.submitted_at).label("handed_in"),
        )
        .outerjoin(
            Attempt,
            sa.and_(Attempt.assignment_id == Assignment.id, Attempt.student_id == student_id),
        )
        .where(
            Assignment.section_id == section_id,
            Assignment.opens_at <= now,
            sa.or_(Assignment.closes_at.is_(None), Assignment.closes_at > now),
        )
        .group_by(Assignment.id)
        .order_by(Assignment.created_at.desc(), Assignment.id.desc())
    )
    for row in rows:
        if row.handed_in == 0:
            return str(row.public_id)
    return None


def _ends_at(assignment: Assignment, student: Student, now: datetime) -> datetime | None:
    if assignment.time_limit is None or student.no_time_limit:
        return None
    return now + timedelta(seconds=assignment.time_limit * student.time_factor)


def _draw(session: Session, attempt: Attempt, rng: random.Random, *, shuffle_items: bool) -> None:
    """Store the attempt with the order this taker will see."""
    session.add(attempt)
    session.flush()
    revisions = list(
        session.scalars(
            sa.select(ItemRevision)
            .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
            .where(QuizItem.quiz_revision_id == attempt.quiz_revision_id, can_be_asked())
            .order_by(QuizItem.position)
        )
    )
    if shuffle_items:
        rng.shuffle(revisions)
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


def _save(
    session: Session,
    taker: Taker,
    attempt: str,
    position: int,
    content: dict[str, Any] | None,
    confidence: float | None,
    drawn: Drawn | None,
    now: datetime,
    *,
    freeze: bool = False,
) -> Saved:
    open_item = (
        sa.select(
            AttemptItem.id,
            sa.literal(1),
            sa.literal(content, type_=Response.content.type),
            sa.literal(confidence, type_=Response.confidence.type),
            sa.literal(now, type_=Response.saved_at.type),
            sa.literal(1),
            sa.literal(None if drawn is None else drawn.tab, type_=Response.saved_from.type),
            sa.literal(now if freeze else None, type_=Response.frozen_at.type),
        )
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Attempt.public_id == attempt,
            taker.owns(),
            AttemptItem.position == position,
            Attempt.submitted_at.is_(None),
            sa.or_(Attempt.ends_at.is_(None), Attempt.ends_at > now - GRACE),
            sa.or_(Assignment.closes_at.is_(None), Assignment.closes_at > now),
        )
        # On PostgreSQL this makes a save that overlaps the hand-in wait for it; SQLite has one
        # writer anyway and leaves the words out.
        .with_for_update(read=True, of=Attempt)
    )
    if freeze:
        open_item = open_item.where(sa.or_(Assignment.id.is_(None), Assignment.feedback == FeedbackMode.IMMEDIATE))
    insert = upsert(Response).from_select(
        [
            "attempt_item_id",
            "try_number",
            "content",
            "confidence",
            "saved_at",
            "sequence",
            "saved_from",
            "frozen_at",
        ],
        open_item,
    )
    guarded = insert.on_conflict_do_update(
        index_elements=[Response.attempt_item_id, Response.try_number],
        set_={
            "content": insert.excluded.content,
            "confidence": insert.excluded.confidence,
            "saved_at": insert.excluded.saved_at,
            "sequence": Response.sequence + 1,
            "saved_from": insert.excluded.saved_from,
            "frozen_at": insert.excluded.frozen_at,
        },
        where=Response.frozen_at.is_(None),
    ).returning(Response.sequence)
    earlier = _earlier_save(session, attempt, position)
    sequence = session.execute(guarded).scalar_one_or_none()
    if sequence is None:
        raise _refusal(session, taker, attempt, position, now)
    return Saved(
        sequence=sequence,
        at=now,
        other_tab=drawn is not None
        and earlier is not None
        and earlier.saved_from != drawn.tab
        and earlier.sequence > drawn.sequence,
    )


def _earlier_save(session: Session, attempt: str, position: int) -> sa.Row[int, str | None] | None:
    """Return number and page of the save before this one. Only a sentence depends on it."""
    return session.execute(
        sa.select(Response.sequence, Response.saved_from)
        .join(AttemptItem, AttemptItem.id == Response.attempt_item_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.public_id == attempt, AttemptItem.position == position, Response.try_number == 1)
    ).one_or_none()


def _refusal(
    session: Session, taker: Taker, attempt: str, position: int, now: datetime
) -> NotFoundError | RefusedError:
    """Find out which rule refused a save."""
    row = session.execute(
        sa.select(Attempt.submitted_at, Attempt.ends_at, Assignment.closes_at, Response.frozen_at)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.public_id == attempt, taker.owns(), AttemptItem.position == position)
    ).one_or_none()
    if row is None:
        return NotFoundError("question")
    if row.submitted_at is not None:
        return RefusedError(RefusedError.HANDED_IN)
    if row.frozen_at is not None:
        return RefusedError(RefusedError.CHECKED)
    if row.ends_at is not None and row.ends_at <= now - GRACE:
        return RefusedError(RefusedError.OUT_OF_TIME)
    return RefusedError(RefusedError.CLOSED)
