"""Taking a quiz: saving, checking, going on, handing in.

Every save is one guarded statement: the row is written only if, at that very moment, the attempt
is this person's, not handed in, in time, the question is one it may be at, and the answer not
checked yet. What is acknowledged is on the disk; what is refused says why and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    FeedbackMode,
    Response,
    RosterEntry,
    ScoreReason,
    Section,
    db,
)
from quizapp.services.correcting import apply_to_new, hold_rules
from quizapp.services.finishing import finish
from quizapp.services.rosters import NotFoundError
from quizapp.services.scoring import score_missing
from quizapp.services.timing import GRACE
from quizapp.services.writing import rows_changed, upsert, writing

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
    PASSED_BY = "passed-by"
    """In one-way mode: not the question the attempt is at."""
    NOT_IN_CLASS = "not-in-class"

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


def save(
    taker: Taker,
    attempt: str,
    position: int,
    content: dict[str, Any] | None,
    *,
    confidence: float | None,
    drawn: Drawn | None,
    now: datetime,
    leaving: bool = False,
) -> Saved:
    """Keep an answer as a draft that can still be changed.

    Args:
        attempt: public id.
        position: the question's place, from 1.
        content: the response as JSON; None empties the answer.
        drawn: the page the answer comes from; None when it is not known.
        leaving: in one-way mode, go on to the next question: from here there is no way back.

    Raises:
        NotFoundError: no such question in an attempt of this taker.
        RefusedError: handed in, closed, out of time, already checked or passed by.
    """
    with writing() as session:
        if leaving:
            _lock(session, attempt)
        saved = _save(session, taker, attempt, position, _Answer(content, confidence, drawn, now))
        if leaving:
            _go_on(session, taker, attempt, position, now)
        return saved


def check(
    taker: Taker,
    attempt: str,
    position: int,
    content: dict[str, Any],
    *,
    confidence: float | None,
    drawn: Drawn | None,
    now: datetime,
    leaving: bool = False,
) -> Saved:
    """Save an answer, freeze it and mark it: from here on nothing changes the scored try.

    Raises:
        NotFoundError: no such question in an attempt of this taker.
        RefusedError: as for `save`, or this quiz gives no feedback before the end.
    """
    with writing() as session:
        hold_rules(session, Attempt.public_id == attempt)
        if leaving:
            _lock(session, attempt)
        saved = _save(session, taker, attempt, position, _Answer(content, confidence, drawn, now, freeze=True))
        row = session.scalars(sa.select(Attempt).where(Attempt.public_id == attempt)).one()
        score_missing(session, row, reason=ScoreReason.CHECKED, now=now, positions=[position])
        apply_to_new(session, row, now=now)
        if leaving:
            _go_on(session, taker, attempt, position, now)
        return saved


def pass_by(taker: Taker, attempt: str, position: int, *, now: datetime) -> None:
    """In one-way mode, go on from a question without giving anything; what was saved there stays.

    Raises:
        NotFoundError: no such question in an attempt of this taker.
        RefusedError: handed in, closed, out of time or already passed by.
    """
    with writing() as session:
        _go_on(session, taker, attempt, position, now)


def hand_in(taker: Taker, attempt: str, *, now: datetime) -> None:
    """Hand in an attempt: freeze every draft and mark all that is not marked yet.

    Handing in twice is the same as once. After its end an attempt counts as handed in at its end.

    Raises:
        NotFoundError: no such attempt of this taker.
    """
    mine = sa.and_(Attempt.public_id == attempt, taker.owns())
    with writing() as session:
        if not finish(session, mine, now=now) and session.scalar(sa.select(Attempt.id).where(mine)) is None:
            raise NotFoundError("attempt")


def first_open_position(taker: Taker, attempt: str) -> int:
    """Return the first question without an answer, or 1 when all have one; in one-way mode, where it is.

    Raises:
        NotFoundError: no such attempt of this taker.
    """
    row = db.session.execute(
        sa.select(
            sa.func.min(AttemptItem.position).filter(Response.content.is_(None)).label("blank"),
            sa.func.max(AttemptItem.position).label("last"),
            Attempt.reached,
            Assignment.one_way,
        )
        .select_from(Attempt)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.public_id == attempt, taker.owns())
        .group_by(Attempt.id, Assignment.id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("attempt")
    return min(row.reached, row.last) if row.one_way else row.blank or 1


@dataclass(frozen=True)
class _Answer:
    """What a save brings."""

    content: dict[str, Any] | None
    confidence: float | None
    drawn: Drawn | None
    at: datetime
    freeze: bool = False
    """Nothing may change it any more."""


def _save(session: Session, taker: Taker, attempt: str, position: int, answer: _Answer) -> Saved:
    earlier = _earlier_save(session, attempt, position)
    row = _row_if_open(taker, attempt, position, answer)
    sequence = session.execute(_put(row)).scalar_one_or_none()
    if sequence is None:
        raise _refusal(session, taker, attempt, position, answer.at)
    drawn = answer.drawn
    return Saved(
        sequence=sequence,
        at=answer.at,
        other_tab=drawn is not None
        and earlier is not None
        and earlier.saved_from != drawn.tab
        and earlier.sequence > drawn.sequence,
    )


_COLUMNS = ("attempt_item_id", "try_number", "content", "confidence", "saved_at", "sequence", "saved_from", "frozen_at")


def _row_if_open(taker: Taker, attempt: str, position: int, answer: _Answer) -> sa.Select[*tuple[Any, ...]]:
    """The row to write, in the order of `_COLUMNS`; none if at that moment no answer may be given here."""
    row = (
        sa.select(
            AttemptItem.id,
            sa.literal(1),
            sa.literal(answer.content, type_=Response.content.type),
            sa.literal(answer.confidence, type_=Response.confidence.type),
            sa.literal(answer.at, type_=Response.saved_at.type),
            sa.literal(1),
            sa.literal(None if answer.drawn is None else answer.drawn.tab, type_=Response.saved_from.type),
            sa.literal(answer.at if answer.freeze else None, type_=Response.frozen_at.type),
        )
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Attempt.public_id == attempt,
            taker.owns(),
            AttemptItem.position == position,
            _under_way(answer.at),
            sa.or_(Assignment.id.is_(None), ~Assignment.one_way, AttemptItem.position == Attempt.reached),
        )
        # On PostgreSQL this makes a save that overlaps the hand-in wait for it; SQLite has one
        # writer anyway and leaves the words out.
        .with_for_update(read=True, of=Attempt)
    )
    if answer.freeze:
        row = row.where(sa.or_(Assignment.id.is_(None), Assignment.feedback == FeedbackMode.IMMEDIATE))
    return row


def _put(row: sa.Select[*tuple[Any, ...]]) -> Any:
    """Write the row, over an earlier save unless that is frozen; gives the number of the save."""
    insert = upsert(Response).from_select(_COLUMNS, row)
    renewed = ("content", "confidence", "saved_at", "saved_from", "frozen_at")
    return insert.on_conflict_do_update(
        index_elements=[Response.attempt_item_id, Response.try_number],
        set_={**{name: insert.excluded[name] for name in renewed}, "sequence": Response.sequence + 1},
        where=Response.frozen_at.is_(None),
    ).returning(Response.sequence)


def _under_way(now: datetime) -> sa.ColumnElement[bool]:
    """The condition that an attempt can still be worked on. Expects Assignment to be joined or named in it."""
    in_class = (
        sa.select(RosterEntry.id)
        .join(Section, Section.id == RosterEntry.section_id)
        .where(
            RosterEntry.section_id == Assignment.section_id,
            RosterEntry.student_id == Attempt.student_id,
            RosterEntry.removed_at.is_(None),
            Section.archived_at.is_(None),
        )
        .exists()
    )
    return sa.and_(
        Attempt.submitted_at.is_(None),
        sa.or_(Attempt.ends_at.is_(None), Attempt.ends_at > now - GRACE),
        sa.or_(Attempt.assignment_id.is_(None), in_class),
    )


def _lock(session: Session, attempt: str) -> None:
    """Take the attempt before its answer, as two clicks on Continue would otherwise wait for each other."""
    session.execute(sa.select(Attempt.id).where(Attempt.public_id == attempt).with_for_update())


def _go_on(session: Session, taker: Taker, attempt: str, position: int, now: datetime) -> None:
    changed = rows_changed(
        session,
        sa.update(Attempt)
        .where(
            Attempt.public_id == attempt,
            taker.owns(),
            Attempt.reached == position,
            Attempt.assignment_id == Assignment.id,
            _under_way(now),
        )
        .values(reached=position + 1)
        .execution_options(synchronize_session=False),
    )
    if changed == 0:
        raise _refusal(session, taker, attempt, position, now)


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
        sa.select(Attempt, Assignment, Response.frozen_at)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.public_id == attempt, taker.owns(), AttemptItem.position == position)
    ).one_or_none()
    if row is None:
        return NotFoundError("question")
    found, assignment, frozen_at = row
    if found.submitted_at is not None:
        return RefusedError(RefusedError.HANDED_IN)
    if found.ends_at is not None and found.ends_at <= now - GRACE:
        return RefusedError(RefusedError.OUT_OF_TIME if ends_by_limit(found) else RefusedError.CLOSED)
    if frozen_at is not None:
        return RefusedError(RefusedError.CHECKED)
    if assignment is not None and assignment.one_way and found.reached != position:
        return RefusedError(RefusedError.PASSED_BY)
    still = session.scalar(
        sa.select(_under_way(now))
        .select_from(Attempt)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .where(Attempt.id == found.id)
    )
    return RefusedError(RefusedError.CLOSED if still else RefusedError.NOT_IN_CLASS)


def ends_by_limit(attempt: Attempt) -> bool:
    """Tell whether it is the time limit that ends an attempt, not the closing time."""
    if attempt.ends_at is None or attempt.time_allowed is None:
        return False
    return attempt.ends_at >= attempt.started_at + timedelta(seconds=attempt.time_allowed)
