"""One written answer and its mark: read without a name, marked by the rubric, by one teacher or two.

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
from quizapp.items.base import shorten
from quizapp.models import (
    Account,
    Assignment,
    Attempt,
    AttemptItem,
    ItemRevision,
    Marking,
    Response,
    Score,
    ScoreReason,
    db,
)
from quizapp.services.assigned import find_assigned
from quizapp.services.catalogue import Content, Html, content_of, html_for
from quizapp.services.comments import keep_comment_for, kept_comments
from quizapp.services.correcting import hold_rules
from quizapp.services.marking_queue import WrittenAnswer, has_two_markers, written_answers
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.scoring import further_score, newest_scores
from quizapp.services.writing import writing

BEGINNING = 90
"""Signs of an answer that a list of answers shows."""


class MarkedMeanwhileError(RuntimeError):
    """Somebody else marked this answer while this page was open; nothing was changed."""

    def __init__(self, by: str, points: int) -> None:
        super().__init__(f"{by}: {points}")
        self.by = by
        self.points = points


class DifferMeanwhileError(RuntimeError):
    """The other marker gave other points while this page was open; nothing was changed."""


class CorrectedMeanwhileError(RuntimeError):
    """The question was corrected while this page was open; nothing was changed."""

    def __init__(self, *, left_out: bool) -> None:
        super().__init__("left out" if left_out else "corrected")
        self.left_out = left_out
        """It does not count any more, so there is nothing to mark."""


class NoSuchPointsError(ValueError):
    """The rubric has no such number of points."""


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
    left_out: bool
    """The question does not count, so there is nothing to mark."""
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
    counting: int | None
    """The points that count by now; None while it waits for a mark. A save takes their place."""
    settles: bool
    """Whether what is saved counts, whatever another marker gave."""


@dataclass(frozen=True)
class MarkedLine:
    """An answer whose mark this teacher can change. It carries no name."""

    attempt: str
    """Public id."""
    number: int
    """As on the page of the answer."""
    answer: str
    """How it begins."""
    points: int | None
    """Those that count, or, while another marker's are still to come, this teacher's own."""
    waiting: bool


@dataclass(frozen=True)
class MarkedPage:
    section: SectionRef
    assignment: str
    title: str
    question: str
    prompt: str
    most: int
    lines: tuple[MarkedLine, ...]
    """In the order of the queue."""


def answer_page(
    section: SectionRef, assignment: str, question: str, account_id: int, *, attempt: str | None = None
) -> AnswerPage | None:
    """Return an answer to mark: the one asked for, else the next that this teacher can mark.

    Returns:
        None when nothing is left to mark.

    Raises:
        NotFoundError: no such question or answer in an assignment of the class.
    """
    row, title = find_assigned(section.id, assignment)
    revision, answers = _question(row.id, question)
    chosen = _chosen(answers, account_id, attempt)
    if chosen is None:
        return None
    session = db.session()
    response = session.get_one(Response, chosen.response_id)
    content = content_of(revision)
    given = session.execute(
        sa.select(Account.id, Account.name, Marking.points, Marking.comment)
        .join(Account, Account.id == Marking.account_id)
        .where(Marking.attempt_item_id == chosen.attempt_item_id)
        .order_by(Marking.marked_at)
    ).all()
    own = next((line for line in given if line.id == account_id), None)
    differ = chosen.waiting and len(given) > 1
    decided = not chosen.waiting and (len(given) > 1 or has_two_markers(session, row.id))
    written = _written(content, response)
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
        seen=chosen.newest.number,
        left_out=chosen.newest.void,
        points=None if own is None else own.points,
        comment="" if own is None else own.comment or "",
        comments=kept_comments(account_id),
        number=answers.index(chosen) + 1,
        of=len(answers),
        given=tuple((line.name, line.points, line.comment or "") for line in given) if differ else (),
        counting=_points(content, chosen),
        settles=differ or decided,
    )


def marked_page(section: SectionRef, assignment: str, question: str, account_id: int) -> MarkedPage:
    """Return the answers to a question whose marks this teacher can change.

    Those are the ones with a mark that counts, and those that wait for another marker after this one.

    Raises:
        NotFoundError: the class has no such assignment, or it no such question that a teacher marks.
    """
    row, title = find_assigned(section.id, assignment)
    revision, answers = _question(row.id, question)
    content, session = content_of(revision), db.session()
    mine = [
        (number, one)
        for number, one in enumerate(answers, 1)
        if not one.newest.void and (not one.waiting or account_id in one.markers)
    ]
    responses = {
        found.id: found
        for found in session.scalars(sa.select(Response).where(Response.id.in_([one.response_id for _, one in mine])))
    }
    own = dict(
        session.execute(
            sa.select(Marking.attempt_item_id, Marking.points).where(
                Marking.account_id == account_id, Marking.attempt_item_id.in_([one.attempt_item_id for _, one in mine])
            )
        ).all()
    )
    return MarkedPage(
        section=section,
        assignment=assignment,
        title=title,
        question=question,
        prompt=text.plain(content.item.prompt),
        most=max(content.item.rubric_points()),
        lines=tuple(
            MarkedLine(
                attempt=one.attempt,
                number=number,
                answer=shorten(_written(content, responses[one.response_id]), BEGINNING),
                points=own[one.attempt_item_id] if one.waiting else _points(content, one),
                waiting=one.waiting,
            )
            for number, one in mine
        ),
    )


def give_mark(
    page: AnswerPage,
    points: int,
    comment: str,
    *,
    seen: int,
    saw_both: bool = True,
    account_id: int,
    now: datetime,
    keep_comment: bool = False,
) -> None:
    """Mark one answer; with two markers, keep this one's points until both are there.

    Args:
        page: the answer, as `answer_page` gave it for this teacher.
        seen: number of the newest score when the teacher read the answer: `AnswerPage.seen` of that moment.
        saw_both: whether the teacher saw what both markers gave, where they differ.

    Raises:
        NoSuchPointsError: the rubric has no such number.
        MarkedMeanwhileError: another teacher marked it after this page was drawn.
        DifferMeanwhileError: so did the other of two markers, and the two differ.
        CorrectedMeanwhileError: the question was corrected since, or is left out.
    """
    levels = page.content.item.rubric_points()
    if points not in levels:
        raise NoSuchPointsError(points)
    if page.given and not saw_both:
        raise DifferMeanwhileError
    comment = comment.strip()
    try:
        with writing() as session:
            hold_rules(session, Attempt.public_id == page.attempt)
            item, revision, response = _row_of(session, page)
            newest = newest_scores(session, AttemptItem.id == item.id)[item.id]
            _refuse_if_changed(session, newest, seen, account_id, max(levels))
            _keep_points(session, item.id, account_id, points, comment, settles=page.settles, now=now)
            if _counts(session, page, item.id, points):
                given = further_score(
                    newest,
                    revision,
                    response,
                    fraction=points / max(levels),
                    reason=ScoreReason.MARKED,
                    now=now,
                    actor_id=account_id,
                )
                session.add(given)
            if keep_comment and comment:
                keep_comment_for(session, account_id, comment, now)
    except IntegrityError:
        # Two marks in the same instant: the unique number let one in.
        session = db.session()
        item_id = _item_id(page)
        newest = newest_scores(session, AttemptItem.id == item_id)[item_id]
        raise _marked_meanwhile(session, newest, account_id, max(levels)) from None


def _refuse_if_changed(session: Session, newest: Score, seen: int, account_id: int, most: int) -> None:
    """Raise an error when the newest score is not the one that this teacher saw, or the question is left out."""
    if newest.void or (newest.number != seen and newest.correction_id is not None):
        raise CorrectedMeanwhileError(left_out=newest.void)
    if newest.number != seen:
        raise _marked_meanwhile(session, newest, account_id, most)


def _keep_points(
    session: Session, attempt_item_id: int, account_id: int, points: int, comment: str, *, settles: bool, now: datetime
) -> None:
    """Note what this teacher gives: as the points that settle it, or as their own."""
    marking = session.scalar(
        sa.select(Marking).where(Marking.attempt_item_id == attempt_item_id, Marking.account_id == account_id)
    ) or Marking(attempt_item_id=attempt_item_id, account_id=account_id, points=points)
    if settles:
        marking.settled = points
    else:
        marking.points = points
    marking.comment, marking.marked_at = comment or None, now
    session.add(marking)
    session.flush()


def _question(assignment_id: int, question: str) -> tuple[ItemRevision, list[WrittenAnswer]]:
    """Return a question that a teacher marks, with its answers."""
    found = next((pair for pair in written_answers(assignment_id) if pair[0].public_id == question), None)
    if found is None:
        raise NotFoundError("question")
    return found


def _written(content: Content, response: Response) -> str:
    return str(content.item.response_from_json(response.content).to_json().get("text", ""))


def _points(content: Content, answer: WrittenAnswer) -> int | None:
    """The mark that counts, in points of the rubric."""
    fraction = answer.newest.fraction
    return None if fraction is None else round(fraction * max(content.item.rubric_points()))


def _chosen(answers: list[WrittenAnswer], account_id: int, attempt: str | None) -> WrittenAnswer | None:
    if attempt is not None:
        for one in answers:
            if one.attempt == attempt:
                return one
        raise NotFoundError("answer")
    fresh = (one for one in answers if one.waiting and account_id not in one.markers)
    differing = (one for one in answers if one.waiting and len(one.markers) > 1)
    return next(fresh, None) or next(differing, None)


def _counts(session: Session, page: AnswerPage, attempt_item_id: int, points: int) -> bool:
    """Tell whether this mark is the one that counts: alone, settling, or in agreement with the other."""
    assignment_id = session.scalars(sa.select(Assignment.id).where(Assignment.public_id == page.assignment)).one()
    if page.settles or not has_two_markers(session, assignment_id):
        return True
    given = session.scalars(sa.select(Marking.points).where(Marking.attempt_item_id == attempt_item_id)).all()
    return len(given) > 1 and set(given) == {points}


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


def _marked_meanwhile(session: Session, newest: Score, account_id: int, most: int) -> MarkedMeanwhileError:
    """Tell who gave the mark that counts, and how many points; or, while none counts, what was given last."""
    if newest.fraction is not None:
        by = None if newest.actor_id is None else session.get(Account, newest.actor_id)
        return MarkedMeanwhileError("" if by is None else by.name, round(newest.fraction * most))
    row = session.execute(
        sa.select(Account.name, Marking.points)
        .join(Account, Account.id == Marking.account_id)
        .where(Marking.attempt_item_id == newest.attempt_item_id)
        .order_by((Marking.account_id == account_id).asc(), Marking.marked_at.desc())
        .limit(1)
    ).one_or_none()
    return MarkedMeanwhileError(*row) if row is not None else MarkedMeanwhileError("", 0)
