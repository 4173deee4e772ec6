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

from quizapp.models import (
    Account,
    Assignment,
    Attempt,
    AttemptItem,
    ItemRevision,
    Marking,
    Response,
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


class MarkedMeanwhileError(RuntimeError):
    """Somebody else marked this answer while this page was open; nothing was changed."""

    def __init__(self, by: str, points: int) -> None:
        super().__init__(f"{by}: {points}")
        self.by = by
        self.points = points


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
    found = next((pair for pair in written_answers(row.id) if pair[0].public_id == question), None)
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
        seen=chosen.newest.number,
        left_out=chosen.newest.void,
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
    seen: int,
    account_id: int,
    now: datetime,
    keep_comment: bool = False,
) -> None:
    """Mark one answer; with two markers, keep this one's points until both are there.

    Args:
        page: the answer, as `answer_page` gave it for this teacher.
        seen: number of the newest score when the teacher read the answer: `AnswerPage.seen` of that moment.

    Raises:
        NoSuchPointsError: the rubric has no such number.
        MarkedMeanwhileError: another teacher marked it after this page was drawn.
        CorrectedMeanwhileError: the question was corrected since, or is left out.
    """
    levels = page.content.item.rubric_points()
    if points not in levels:
        raise NoSuchPointsError(points)
    comment = comment.strip()
    try:
        with writing() as session:
            hold_rules(session, Attempt.public_id == page.attempt)
            item, revision, response = _row_of(session, page)
            newest = newest_scores(session, AttemptItem.id == item.id)[item.id]
            settles = bool(page.given)
            if newest.void or (newest.number != seen and newest.correction_id is not None):
                raise CorrectedMeanwhileError(left_out=newest.void)
            if newest.number != seen:
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


def _chosen(answers: list[WrittenAnswer], account_id: int, attempt: str | None) -> WrittenAnswer | None:
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
    if settles or not has_two_markers(session, assignment_id):
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


def _marked_meanwhile(session: Session, attempt_item_id: int, account_id: int) -> MarkedMeanwhileError:
    row = session.execute(
        sa.select(Account.name, Marking.points)
        .join(Account, Account.id == Marking.account_id)
        .where(Marking.attempt_item_id == attempt_item_id)
        .order_by((Marking.account_id == account_id).asc(), Marking.marked_at.desc())
        .limit(1)
    ).one_or_none()
    return MarkedMeanwhileError(*row) if row is not None else MarkedMeanwhileError("", 0)
