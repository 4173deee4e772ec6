"""Starting a quiz, and what is said before it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import (
    Assignment,
    AssignmentDraw,
    Attempt,
    AttemptItem,
    ExtraAttempt,
    FeedbackMode,
    ItemRevision,
    QuizItem,
    QuizRevision,
    Response,
    Student,
    db,
)
from quizapp.services import throttling, timing
from quizapp.services.alternatives import offers_change, replace_questions, wants_made_up
from quizapp.services.assigning import QuizRef
from quizapp.services.bank_notes import notes_by_quiz
from quizapp.services.catalogue import can_be_asked
from quizapp.services.check_ins import form_for
from quizapp.services.drawing import draw_quiz
from quizapp.services.finishing import finish
from quizapp.services.recipients import is_for
from quizapp.services.rosters import NotFoundError
from quizapp.services.timing import GRACE, Support
from quizapp.services.writing import writing


class CannotStartError(RuntimeError):
    """An assignment cannot be started; `reason` says why."""

    NOT_OPEN = "not-open"
    CLOSED = "closed"
    NO_ATTEMPTS_LEFT = "no-attempts-left"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class StartPage:
    """What a student reads before the start, or why there is none."""

    assignment: str
    title: str
    questions: int
    minutes: float | None
    """This student's own time; None: no limit."""
    one_way: bool
    immediate: bool
    attempts_allowed: int | None
    attempts_used: int
    counting: str
    """Which attempt counts: first, last or best."""
    opens_at: datetime
    due_at: datetime | None
    """For this student."""
    closes_at: datetime | None
    """For this student."""
    under_way: str | None
    """Public id of the attempt to go on with."""
    last: str | None
    """Public id of the newest attempt that was handed in."""
    refusal: str | None
    """A reason of CannotStartError, or None: it can be started."""
    note: str | None
    """What the bank says beforehand, plain text."""
    may_change: bool
    """Whether the student can choose made-up topics in private."""
    worth_reading: bool
    """Whether something that a start decides is to be known before: limited time, no way back, several attempts.

    A note is none: it stands above the first question as well, and a class has ten minutes.
    """


def start_page(assignment: str, student_id: int, *, now: datetime) -> StartPage:
    """Return what a student has to know before starting.

    Raises:
        NotFoundError: no such assignment for this student.
    """
    row = db.session.execute(
        sa.select(Assignment, QuizRevision.title, Student, sa.func.coalesce(ExtraAttempt.count, 0))
        .select_from(Assignment)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .join(Student, Student.id == student_id)
        .outerjoin(
            ExtraAttempt,
            sa.and_(ExtraAttempt.assignment_id == Assignment.id, ExtraAttempt.student_id == student_id),
        )
        .where(Assignment.public_id == assignment, is_for(student_id))
    ).one_or_none()
    if row is None:
        raise NotFoundError("assignment")
    given, title, student, extra = row
    support = Support.of(student)
    attempts = db.session.scalars(
        sa.select(Attempt)
        .where(Attempt.assignment_id == given.id, Attempt.student_id == student_id)
        .order_by(Attempt.number)
    ).all()
    under_way = next((one for one in attempts if one.submitted_at is None and not _is_over(one, now)), None)
    allowed = None if given.attempts_allowed is None else given.attempts_allowed + extra
    seconds = timing.time_allowed(given, support)
    note = notes_by_quiz([given.quiz_revision_id]).get(given.quiz_revision_id)
    return StartPage(
        assignment=given.public_id,
        title=title,
        questions=question_counts([given.id])[given.id],
        minutes=None if seconds is None else seconds / 60,
        one_way=given.one_way,
        immediate=given.feedback is FeedbackMode.IMMEDIATE,
        attempts_allowed=allowed,
        attempts_used=len(attempts),
        counting=given.counting.value,
        opens_at=given.opens_at,
        due_at=timing.own_due(given, support),
        closes_at=timing.own_closing(given, support),
        under_way=None if under_way is None else under_way.public_id,
        last=attempts[-1].public_id if attempts and under_way is None else None,
        refusal=None if under_way else _refusal(given, support, len(attempts), allowed, now),
        note=note,
        may_change=offers_change(given.id, student_id),
        worth_reading=given.time_limit is not None
        or given.one_way
        or given.attempts_allowed not in {None, 1}
        or bool(attempts),
    )


def start_assignment(assignment: str, student_id: int, *, now: datetime, rng: random.Random) -> str:
    """Start a student's attempt, or find the one that is under way.

    Args:
        assignment: public id.
        rng: draws the questions and the order of questions and options; all of it is stored.

    Returns:
        The public id of the attempt.

    Raises:
        NotFoundError: no such assignment for this student.
        CannotStartError: it is not open yet, closed, or all attempts are used.
    """
    try:
        return _start_assignment(assignment, student_id, now, rng)
    except IntegrityError:
        # Two starts in the same instant: the unique number let one in. Now it can be found.
        return _start_assignment(assignment, student_id, now, rng)


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
        draw_quiz(session, attempt, rng, shuffle_items=False)
        return attempt.public_id


def next_assignment(student_id: int, section_id: int, *, now: datetime) -> str | None:
    """Return the assignment of a class that a student who comes in goes on with, or None: theirs to choose.

    That is the one under way that was worked on last; where none is, the one that is open, if there is no other.
    """
    under_way = _last_worked_on(student_id, section_id, now)
    if under_way is not None:
        return under_way
    rows = db.session.execute(
        sa.select(Assignment, Student, sa.func.count(Attempt.submitted_at).label("handed_in"))
        .select_from(Assignment)
        .join(Student, Student.id == student_id)
        .outerjoin(
            Attempt,
            sa.and_(Attempt.assignment_id == Assignment.id, Attempt.student_id == student_id),
        )
        .where(Assignment.section_id == section_id, Assignment.opens_at <= now, is_for(student_id))
        .group_by(Assignment.id, Student.id)
    )
    to_do = [
        given.public_id
        for given, student, handed_in in rows
        if handed_in == 0 and not _has_closed(given, Support.of(student), now)
    ]
    return to_do[0] if len(to_do) == 1 else None


def _last_worked_on(student_id: int, section_id: int, now: datetime) -> str | None:
    rows = db.session.execute(
        sa.select(Assignment, Student, Attempt)
        .join(Attempt, Attempt.assignment_id == Assignment.id)
        .join(Student, Student.id == Attempt.student_id)
        .outerjoin(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .outerjoin(Response, Response.attempt_item_id == AttemptItem.id)
        .where(
            Assignment.section_id == section_id,
            Attempt.student_id == student_id,
            Attempt.submitted_at.is_(None),
            is_for(student_id),
        )
        .group_by(Assignment.id, Student.id, Attempt.id)
        .order_by(sa.func.coalesce(sa.func.max(Response.saved_at), Attempt.started_at).desc(), Attempt.id.desc())
    )
    for given, student, attempt in rows:
        if not _is_over(attempt, now) and not _has_closed(given, Support.of(student), now):
            return given.public_id
    return None


def question_counts(assignment_ids: list[int]) -> dict[int, int]:
    """Return how many questions an attempt at each assignment has: all of the quiz, or those drawn."""
    drawn = (
        sa.select(sa.func.sum(AssignmentDraw.count))
        .where(AssignmentDraw.assignment_id == Assignment.id)
        .scalar_subquery()
    )
    asked = (
        sa.select(sa.func.count())
        .select_from(QuizItem)
        .join(ItemRevision, ItemRevision.id == QuizItem.item_revision_id)
        .where(QuizItem.quiz_revision_id == Assignment.quiz_revision_id, can_be_asked(Assignment.section_id))
        .scalar_subquery()
    )
    return dict(
        db.session.execute(
            sa.select(Assignment.id, sa.func.coalesce(drawn, asked)).where(Assignment.id.in_(assignment_ids))
        ).all()
    )


def _start_assignment(assignment: str, student_id: int, now: datetime, rng: random.Random) -> str:
    with writing() as session:
        # On PostgreSQL the two locks make a change of the rules, or of the student's time, that overlaps
        # the start either seen here or made for this attempt too.
        row = session.scalar(
            sa.select(Assignment)
            .where(Assignment.public_id == assignment, is_for(student_id))
            .with_for_update(read=True, of=Assignment)
        )
        if row is None:
            raise NotFoundError("assignment")
        student = session.scalars(sa.select(Student).where(Student.id == student_id).with_for_update(read=True)).one()
        earlier = session.scalars(
            sa.select(Attempt)
            .where(Attempt.assignment_id == row.id, Attempt.student_id == student_id)
            .order_by(Attempt.number.desc())
        ).all()
        if earlier and earlier[0].submitted_at is None:
            if not _is_over(earlier[0], now):
                return earlier[0].public_id
            finish(session, Attempt.id == earlier[0].id, now=now)
        support = Support.of(student)
        refusal = _refusal(row, support, len(earlier), _allowed(session, row, student_id), now)
        if refusal is not None:
            raise CannotStartError(refusal)
        return _add_attempt(session, row, student_id, support, len(earlier) + 1, now, rng)


def _allowed(session: Session, given: Assignment, student_id: int) -> int | None:
    """How many attempts a student has, those given to them alone included; None: as many as they like."""
    if given.attempts_allowed is None:
        return None
    extra = session.scalar(
        sa.select(ExtraAttempt.count).where(
            ExtraAttempt.assignment_id == given.id, ExtraAttempt.student_id == student_id
        )
    )
    return given.attempts_allowed + (extra or 0)


def _add_attempt(
    session: Session,
    given: Assignment,
    student_id: int,
    support: Support,
    number: int,
    now: datetime,
    rng: random.Random,
) -> str:
    seconds = timing.time_allowed(given, support)
    attempt = Attempt(
        assignment_id=given.id,
        quiz_revision_id=form_for(session, given.id, student_id) or given.quiz_revision_id,
        student_id=student_id,
        number=number,
        started_at=now,
        time_allowed=seconds,
        ends_at=timing.end_of(given, support, now, seconds),
    )
    draw_quiz(session, attempt, rng, shuffle_items=given.shuffle_items)
    route = wants_made_up(session, given.id, student_id)
    if route is not None:
        replace_questions(session, attempt, route, rng)
    return attempt.public_id


def _refusal(given: Assignment, support: Support, used: int, allowed: int | None, now: datetime) -> str | None:
    """Return why an assignment cannot be started now, or None."""
    if _has_closed(given, support, now):
        return CannotStartError.CLOSED
    if allowed is not None and used >= allowed:
        return CannotStartError.NO_ATTEMPTS_LEFT
    return CannotStartError.NOT_OPEN if given.opens_at > now else None


def _has_closed(given: Assignment, support: Support, now: datetime) -> bool:
    closing = timing.own_closing(given, support)
    return closing is not None and closing <= now


def _is_over(attempt: Attempt, now: datetime) -> bool:
    return attempt.ends_at is not None and attempt.ends_at <= now - GRACE
