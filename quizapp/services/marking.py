"""Answers that wait for a teacher: a queue without names, marks by the rubric, one marker or two.

The mark that counts is a score, added when a teacher gives it; with two markers, when they agree or
one of them settles it. Markers never see each other's points before they have given their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp import text
from quizapp.models import (
    Account,
    Assignment,
    Attempt,
    AttemptItem,
    ItemRevision,
    Marking,
    MarkingPlan,
    QuizRevision,
    Response,
    Score,
    ScoreReason,
    SectionTeacher,
    db,
)
from quizapp.services.catalogue import Content, Html, content_of, html_for
from quizapp.services.comments import keep_comment_for, kept_comments
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.scoring import further_score, newest_scores
from quizapp.services.writing import writing


class MarkedMeanwhileError(RuntimeError):
    """Somebody else marked this answer while this page was open; nothing was changed."""

    def __init__(self, by: str, points: int) -> None:
        super().__init__(f"{by}: {points}")
        self.by = by
        self.points = points


class NoSuchPointsError(ValueError):
    """The rubric has no such number of points."""


@dataclass(frozen=True)
class QuestionQueue:
    """One question of an assignment that a teacher marks."""

    question: str
    """Public id of the revision."""
    prompt: str
    waiting: int
    """Answers without a mark that counts."""
    yours: int
    """Of these, the ones this teacher can mark now."""
    marked: int
    differing: int
    """Answers on which two markers differ."""


@dataclass(frozen=True)
class Agreement:
    """How far two markers agree, over the answers that both marked."""

    both: int
    same: int
    within_one: int


@dataclass(frozen=True)
class MarkingPage:
    section: SectionRef
    assignment: str
    title: str
    two_markers: bool
    can_have_two: bool
    """The class has another teacher."""
    queues: tuple[QuestionQueue, ...]
    agreement: Agreement | None
    released: bool
    immediate: bool

    @property
    def waiting(self) -> int:
        return sum(queue.waiting for queue in self.queues)


@dataclass(frozen=True)
class AnswerPage:
    """One answer to mark. It carries no name."""

    section: SectionRef
    assignment: str
    title: str
    question: str
    content: Content
    html: Html
    attempt: str
    """Public id; random, so the order of answers tells nothing."""
    answer: str
    words: int
    seen: int
    """Number of the newest score, to notice a mark given meanwhile."""
    points: int | None
    """What this teacher gave before."""
    comment: str
    comments: tuple[str, ...]
    """Kept comments, the last used first."""
    number: int
    of: int
    """This is answer `number` of `of`."""
    given: tuple[tuple[str, int, str], ...]
    """With two markers who differ: name, points and comment of each."""


def marking_page(section: SectionRef, assignment: str, account_id: int) -> MarkingPage:
    """Return the questions of an assignment that a teacher marks, and how far that is.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    row, title = _assignment(section, assignment)
    two = _two_markers(db.session(), row.id)
    others = section_has_colleague(section, account_id)
    answers = _waiting_kinds(row.id)
    queues = tuple(
        QuestionQueue(
            question=revision.public_id,
            prompt=text.plain(content_of(revision).item.prompt),
            waiting=sum(one.waiting for one in found),
            yours=sum(one.waiting and account_id not in one.markers for one in found),
            marked=sum(not one.waiting for one in found),
            differing=sum(one.waiting and len(one.markers) > 1 for one in found),
        )
        for revision, found in answers
    )
    return MarkingPage(
        section=section,
        assignment=assignment,
        title=title,
        two_markers=two,
        can_have_two=others,
        queues=queues,
        agreement=_agreement(row.id) if two else None,
        released=row.released_at is not None,
        immediate=row.feedback.value == "immediate",
    )


def answer_page(
    section: SectionRef, assignment: str, question: str, account_id: int, *, attempt: str | None = None
) -> AnswerPage | None:
    """Return an answer to mark: the one asked for, else the next that this teacher can mark.

    Returns:
        None when nothing is left to mark.

    Raises:
        NotFoundError: no such question or answer in an assignment of the class.
    """
    row, title = _assignment(section, assignment)
    found = next((pair for pair in _waiting_kinds(row.id) if pair[0].public_id == question), None)
    if found is None:
        raise NotFoundError("question")
    revision, answers = found
    chosen = _chosen(answers, account_id, attempt)
    if chosen is None:
        return None
    session = db.session()
    response = session.get_one(Response, chosen.response_id)
    content = content_of(revision)
    stored = content.item.response_from_json(response.content)
    given = session.execute(
        sa.select(Account.id, Account.name, Marking.points, Marking.comment)
        .join(Account, Account.id == Marking.account_id)
        .where(Marking.attempt_item_id == chosen.attempt_item_id)
        .order_by(Marking.marked_at)
    ).all()
    own = next((line for line in given if line.id == account_id), None)
    differ = chosen.waiting and len(given) > 1
    written = str(stored.to_json().get("text", ""))
    return AnswerPage(
        section=section,
        assignment=assignment,
        title=title,
        question=question,
        content=content,
        html=html_for(session, [content]),
        attempt=chosen.attempt,
        answer=written,
        words=len(written.split()),
        seen=chosen.score_number,
        points=None if own is None else own.points,
        comment="" if own is None else own.comment or "",
        comments=kept_comments(account_id),
        number=answers.index(chosen) + 1,
        of=len(answers),
        given=tuple((line.name, line.points, line.comment or "") for line in given) if differ else (),
    )


def give_mark(
    page: AnswerPage,
    points: int,
    comment: str,
    *,
    account_id: int,
    now: datetime,
    keep_comment: bool = False,
    seen: int | None = None,
) -> None:
    """Mark one answer; with two markers, keep this one's points until both are there.

    Args:
        page: the answer, as `answer_page` gave it for this teacher.
        seen: number of the newest score when the teacher read the answer.

    Raises:
        NoSuchPointsError: the rubric has no such number.
        MarkedMeanwhileError: another teacher marked it after this page was drawn.
    """
    levels = page.content.item.rubric_points()
    if points not in levels:
        raise NoSuchPointsError(points)
    comment = comment.strip()
    try:
        with writing() as session:
            item, revision, response = _row_of(session, page)
            newest = newest_scores(session, AttemptItem.id == item.id)[item.id]
            settles = bool(page.given)
            if newest.number != (page.seen if seen is None else seen):
                raise _marked_meanwhile(session, item.id, account_id)
            marking = session.scalar(
                sa.select(Marking).where(Marking.attempt_item_id == item.id, Marking.account_id == account_id)
            ) or Marking(attempt_item_id=item.id, account_id=account_id, points=points)
            if settles:
                marking.settled = points
            else:
                marking.points = points
            marking.comment, marking.marked_at = comment or None, now
            session.add(marking)
            session.flush()
            if _counts(session, page, item.id, points, settles=settles):
                fraction = points / max(levels)
                session.add(
                    further_score(
                        newest,
                        revision,
                        response,
                        fraction=fraction,
                        reason=ScoreReason.MARKED,
                        now=now,
                        actor_id=account_id,
                    )
                )
            if keep_comment and comment:
                keep_comment_for(session, account_id, comment, now)
    except IntegrityError:
        # Two marks in the same instant: the unique number let one in.
        raise _marked_meanwhile(db.session(), _item_id(page), account_id) from None


def set_two_markers(section: SectionRef, assignment: str, *, two_markers: bool) -> None:
    """Let two teachers mark every written answer of an assignment, or one.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    row, _title = _assignment(section, assignment)
    assignment_id = row.id
    with writing() as session:
        plan = session.get(MarkingPlan, assignment_id) or MarkingPlan(assignment_id=assignment_id)
        plan.two_markers = two_markers
        session.add(plan)


def section_has_colleague(section: SectionRef, account_id: int) -> bool:
    """Tell whether another teacher teaches the class too."""
    return bool(
        db.session.scalar(
            sa.select(sa.func.count()).where(
                SectionTeacher.section_id == section.id, SectionTeacher.account_id != account_id
            )
        )
    )


@dataclass(frozen=True)
class _Answer:
    attempt_item_id: int
    attempt: str
    response_id: int
    score_number: int
    waiting: bool
    markers: frozenset[int]


def _waiting_kinds(assignment_id: int) -> list[tuple[ItemRevision, list[_Answer]]]:
    """Return the questions that a teacher marks with the answers handed in, in the random order of their attempts."""
    rows = db.session.execute(
        sa.select(AttemptItem.id, Attempt.public_id, Response.id, ItemRevision)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .join(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(
            Attempt.assignment_id == assignment_id,
            Response.content.is_not(None),
            sa.exists().where(Score.attempt_item_id == AttemptItem.id),
        )
        .order_by(ItemRevision.id, Attempt.public_id)
    ).all()
    asked = [row for row in rows if content_of(row.ItemRevision).item.rubric_points()]
    ids = [row[0] for row in asked]
    scores = newest_scores(db.session(), AttemptItem.id.in_(ids))
    markers: dict[int, set[int]] = {}
    for item, account in db.session.execute(
        sa.select(Marking.attempt_item_id, Marking.account_id).where(Marking.attempt_item_id.in_(ids))
    ):
        markers.setdefault(item, set()).add(account)
    found: dict[int, tuple[ItemRevision, list[_Answer]]] = {}
    for item, attempt, response, revision in asked:
        newest = scores[item]
        if newest.void:
            continue
        answer = _Answer(
            item, attempt, response, newest.number, newest.fraction is None, frozenset(markers.get(item, ()))
        )
        found.setdefault(revision.id, (revision, []))[1].append(answer)
    return list(found.values())


def _chosen(answers: list[_Answer], account_id: int, attempt: str | None) -> _Answer | None:
    if attempt is not None:
        for one in answers:
            if one.attempt == attempt:
                return one
        raise NotFoundError("answer")
    fresh = (one for one in answers if one.waiting and account_id not in one.markers)
    differing = (one for one in answers if one.waiting and len(one.markers) > 1)
    return next(fresh, None) or next(differing, None)


def _counts(session: Session, page: AnswerPage, attempt_item_id: int, points: int, *, settles: bool) -> bool:
    """Tell whether this mark is the one that counts: alone, settling, or in agreement with the other."""
    assignment_id = session.scalars(sa.select(Assignment.id).where(Assignment.public_id == page.assignment)).one()
    if settles or not _two_markers(session, assignment_id):
        return True
    given = session.scalars(sa.select(Marking.points).where(Marking.attempt_item_id == attempt_item_id)).all()
    return len(given) > 1 and set(given) == {points}


def _agreement(assignment_id: int) -> Agreement:
    rows = db.session.execute(
        sa.select(Marking.attempt_item_id, Marking.points)
        .join(AttemptItem, AttemptItem.id == Marking.attempt_item_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.assignment_id == assignment_id)
    )
    found: dict[int, list[int]] = {}
    for item, points in rows:
        found.setdefault(item, []).append(points)
    pairs = [points for points in found.values() if len(points) > 1]
    apart = [max(points) - min(points) for points in pairs]
    return Agreement(len(pairs), apart.count(0), sum(gap <= 1 for gap in apart))


def _row_of(session: Session, page: AnswerPage) -> tuple[AttemptItem, ItemRevision, Response]:
    row = session.execute(
        sa.select(AttemptItem, ItemRevision, Response)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .join(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.public_id == page.attempt, ItemRevision.public_id == page.question)
    ).one()
    return row[0], row[1], row[2]


def _item_id(page: AnswerPage) -> int:
    return db.session.scalars(
        sa.select(AttemptItem.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .where(Attempt.public_id == page.attempt, ItemRevision.public_id == page.question)
    ).one()


def _marked_meanwhile(session: Session, attempt_item_id: int, account_id: int) -> MarkedMeanwhileError:
    row = session.execute(
        sa.select(Account.name, Marking.points)
        .join(Account, Account.id == Marking.account_id)
        .where(Marking.attempt_item_id == attempt_item_id)
        .order_by((Marking.account_id == account_id).asc(), Marking.marked_at.desc())
        .limit(1)
    ).one_or_none()
    return MarkedMeanwhileError(*row) if row is not None else MarkedMeanwhileError("", 0)


def _two_markers(session: Session, assignment_id: int) -> bool:
    return bool(session.scalar(sa.select(MarkingPlan.two_markers).where(MarkingPlan.assignment_id == assignment_id)))


def _assignment(section: SectionRef, assignment: str) -> tuple[Assignment, str]:
    row = db.session.execute(
        sa.select(Assignment, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(Assignment.public_id == assignment, Assignment.section_id == section.id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("assignment")
    return row[0], row[1]
