"""What a student reads while taking a quiz: question, feedback, check-your-answers, result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp import text
from quizapp.items.base import Response, Shown
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    FeedbackMode,
    ItemRevision,
    Skill,
    Student,
    db,
)
from quizapp.models import Response as ResponseRow
from quizapp.services import timing
from quizapp.services.alternatives import may_change
from quizapp.services.articles import ClassCopy, copy_beside
from quizapp.services.attempts import Taker, ends_by_limit
from quizapp.services.bank_notes import notes_by_quiz
from quizapp.services.catalogue import Content, Html, content_of, html_for
from quizapp.services.help_requests import asked_for_help
from quizapp.services.rosters import NotFoundError
from quizapp.services.timing import Support

LAST_HOUR = 60 * 60
"""Seconds before closing from which the time left is shown where there is no limit."""


@dataclass(frozen=True)
class AttemptRef:
    """An attempt as its pages name it."""

    public_id: str
    title: str
    """The quiz's; "" for practice, which the pages name."""
    total: int
    immediate: bool
    """Feedback comes after each answer."""
    ask_confidence: bool
    is_trial: bool
    """Belongs to a visitor, and to no measure."""
    is_practice: bool
    """A student's own, of questions that are due again; of no quiz."""
    assignment: str | None
    handed_in_at: datetime | None
    closed: bool
    results_shown: bool
    shown_at: datetime | None
    """When results that are held back are shown at the latest; None: when the teacher says so."""
    ends_at: datetime | None
    """From when on nothing more is taken from this student; None: no end."""
    ends_by_limit: bool
    """The time limit ends it, not the closing time."""
    seconds_left: int | None
    """Until then; None: no end, or no time limit and more than an hour."""
    ended: bool
    """That moment is past, and what was saved is about to be handed in."""
    late: bool
    one_way: bool
    reached: int
    """In one-way mode, the only question to be seen; one more than there are at the end."""
    pass_mark: float | None
    """Share from 0 to 1; None: nobody passes or fails."""


class PassedByError(RuntimeError):
    """A question of a one-way quiz was asked for out of turn; `attempt` says where it is."""

    def __init__(self, attempt: AttemptRef) -> None:
        super().__init__(attempt.public_id)
        self.attempt = attempt


@dataclass(frozen=True)
class QuestionPage:
    attempt: AttemptRef
    position: int
    content: Content
    shown: Shown
    response: Response | None
    confidence: float | None
    saved_at: datetime | None
    sequence: int
    checked: bool
    skill_name: str | None
    html: Html
    note: str | None
    """What the bank says beforehand, with the first question."""
    help_asked: bool | None
    """Whether the student asked for help; None where nobody could give it."""
    needs_article: bool
    article: ClassCopy | None
    """The class's copy, where the question needs it and the teacher has not taken it away."""
    may_change: bool
    """Whether the student can change to other questions in private."""


@dataclass(frozen=True)
class QuestionLine:
    """A question by its place and first words."""

    attempt: AttemptRef
    position: int
    prompt: str


def question_page(taker: Taker, attempt: str, position: int, *, now: datetime) -> QuestionPage:
    """Return one question as this attempt shows it.

    Raises:
        NotFoundError: no such question in an attempt of this taker.
        PassedByError: in one-way mode, it is not the question the attempt is at.
    """
    ref = attempt_ref(taker, attempt, now=now)
    if ref.handed_in_at is None and ref.one_way and ref.reached != position and position in range(1, ref.total + 1):
        raise PassedByError(ref)
    item_row, revision, response = asked_item(attempt, position)
    content = content_of(revision)
    stored = None if response is None else response.content
    return QuestionPage(
        attempt=ref,
        position=position,
        content=content,
        shown=item_row.shown,
        response=None if stored is None else content.item.response_from_json(stored),
        confidence=None if response is None else response.confidence,
        saved_at=None if response is None else response.saved_at,
        sequence=0 if response is None else response.sequence,
        checked=response is not None and response.frozen_at is not None,
        skill_name=skill_name(revision.skill),
        html=html_for(db.session(), [content]),
        note=_note(attempt) if position == 1 else None,
        help_asked=None if ref.assignment is None else asked_for_help(attempt),
        needs_article=revision.needs == "article",
        article=copy_beside(attempt, revision),
        may_change=taker.student_id is not None and may_change(attempt, taker.student_id),
    )


def question_line(taker: Taker, attempt: str, position: int, *, now: datetime) -> QuestionLine:
    """Return the name of one question of an attempt that was assigned.

    Raises:
        NotFoundError: no such question in an assigned attempt of this taker.
    """
    ref = attempt_ref(taker, attempt, now=now)
    if ref.assignment is None:
        raise NotFoundError("question")
    _item, revision, _response = asked_item(attempt, position)
    return QuestionLine(ref, position, text.plain(content_of(revision).item.prompt))


def attempt_ref(taker: Taker, attempt: str, *, now: datetime) -> AttemptRef:
    """Return what every page of an attempt needs to know of it.

    Raises:
        NotFoundError: no such attempt of this taker.
    """
    total = sa.select(sa.func.count()).where(AttemptItem.attempt_id == Attempt.id).scalar_subquery()
    row = db.session.execute(
        sa.select(Attempt, Assignment, Student, total.label("total"))
        .select_from(Attempt)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .outerjoin(Student, Student.id == Attempt.student_id)
        .where(Attempt.public_id == attempt, taker.owns())
    ).one_or_none()
    if row is None:
        raise NotFoundError("attempt")
    attempt_row, assignment, student, count = row
    immediate = assignment is None or assignment.feedback is FeedbackMode.IMMEDIATE
    closed = assignment is not None and assignment.closes_at is not None and assignment.closes_at <= now
    handed_in = attempt_row.submitted_at is not None
    released = assignment is not None and assignment.released_at is not None
    return AttemptRef(
        public_id=attempt_row.public_id,
        title="" if attempt_row.quiz_revision is None else attempt_row.quiz_revision.title,
        total=count,
        immediate=immediate,
        ask_confidence=assignment is None or assignment.ask_confidence,
        is_trial=attempt_row.visitor_hash is not None,
        is_practice=attempt_row.is_practice,
        assignment=None if assignment is None else assignment.public_id,
        handed_in_at=attempt_row.submitted_at,
        closed=closed,
        results_shown=handed_in and (immediate or released or closed),
        shown_at=None if assignment is None or immediate or released else assignment.closes_at,
        ends_at=attempt_row.ends_at,
        ends_by_limit=ends_by_limit(attempt_row),
        seconds_left=_seconds_left(attempt_row, now),
        ended=not handed_in and attempt_row.ends_at is not None and attempt_row.ends_at <= now,
        late=assignment is not None and timing.is_late(assignment, Support.of(student), attempt_row.submitted_at),
        one_way=assignment is not None and assignment.one_way,
        reached=attempt_row.reached,
        pass_mark=None if assignment is None else assignment.pass_mark,
    )


def _seconds_left(attempt: Attempt, now: datetime) -> int | None:
    """Return the time left where it is worth showing: with a limit, or in the last hour before closing."""
    if attempt.ends_at is None or attempt.submitted_at is not None:
        return None
    left = max(0, math.ceil((attempt.ends_at - now).total_seconds()))
    return left if attempt.time_allowed is not None or left <= LAST_HOUR else None


def asked_item(attempt: str, position: int) -> tuple[AttemptItem, ItemRevision, ResponseRow | None]:
    """Return what an attempt asks at a place, with the scored response to it.

    Raises:
        NotFoundError: it has no such question.
    """
    row = db.session.execute(
        sa.select(AttemptItem, ItemRevision, ResponseRow)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .outerjoin(
            ResponseRow,
            sa.and_(ResponseRow.attempt_item_id == AttemptItem.id, ResponseRow.try_number == 1),
        )
        .where(Attempt.public_id == attempt, AttemptItem.position == position)
    ).one_or_none()
    if row is None:
        raise NotFoundError("question")
    return row[0], row[1], row[2]


def _note(attempt: str) -> str | None:
    revision_id = db.session.scalar(sa.select(Attempt.quiz_revision_id).where(Attempt.public_id == attempt))
    return None if revision_id is None else notes_by_quiz([revision_id]).get(revision_id)


def skill_name(slug: str | None) -> str | None:
    """Return the name of a skill, or None where a question has none."""
    return None if slug is None else db.session.scalar(sa.select(Skill.name).where(Skill.slug == slug))
