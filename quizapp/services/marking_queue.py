"""The written answers of an assignment that wait for a teacher: how many, whose turn, one marker or two."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp import text
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    ItemRevision,
    Marking,
    MarkingPlan,
    QuizRevision,
    Response,
    RosterEntry,
    Score,
    ScoreReason,
    SectionTeacher,
    db,
)
from quizapp.services.assigned import find_assigned
from quizapp.services.catalogue import content_of
from quizapp.services.rosters import SectionRef
from quizapp.services.scoring import further_score, newest_scores
from quizapp.services.writing import writing


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
    changeable: int
    """Answers whose mark this teacher can change: `marking.marked_page` lists them."""


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
class MarkingLine:
    """An assignment with answers that wait for a teacher."""

    assignment: str
    """Public id."""
    title: str
    answers: int


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer that a teacher marks, by its keys."""

    attempt_item_id: int
    attempt: str
    """Public id of the attempt."""
    response_id: int
    newest: Score
    """The score that counts."""
    markers: frozenset[int]
    """Accounts that gave it points."""

    @property
    def waiting(self) -> bool:
        return self.newest.fraction is None and not self.newest.void


def marking_page(section: SectionRef, assignment: str, account_id: int) -> MarkingPage:
    """Return the questions of an assignment that a teacher marks, and how far that is.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    row, title = find_assigned(section.id, assignment)
    two = has_two_markers(db.session(), row.id)
    others = section_has_colleague(section, account_id)
    answers = [(revision, [one for one in found if not one.newest.void]) for revision, found in written_answers(row.id)]
    queues = tuple(
        QuestionQueue(
            question=revision.public_id,
            prompt=text.plain(content_of(revision).item.prompt),
            waiting=sum(one.waiting for one in found),
            yours=sum(one.waiting and account_id not in one.markers for one in found),
            marked=sum(not one.waiting for one in found),
            differing=sum(one.waiting and len(one.markers) > 1 for one in found),
            changeable=sum(not one.waiting or account_id in one.markers for one in found),
        )
        for revision, found in answers
        if found
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


def waiting_answers(section_ids: Collection[int], account_id: int) -> dict[int, tuple[MarkingLine, ...]]:
    """Return how many answers a teacher can mark now in each assignment of some classes, by class.

    The same ones that the queues of `marking_page` call theirs, and those on which two markers differ.
    """
    newer = aliased(Score)
    marks = sa.select(sa.func.count()).select_from(Marking).where(Marking.attempt_item_id == Score.attempt_item_id)
    rows = db.session.execute(
        sa.select(Assignment.section_id, Assignment.public_id, QuizRevision.title, sa.func.count())
        .select_from(Score)
        .join(AttemptItem, AttemptItem.id == Score.attempt_item_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .where(
            Score.section_id.in_(section_ids),
            Score.fraction.is_(None),
            Score.void.is_(False),
            _in_class(Score.student_id, Score.section_id),
            ~sa.select(newer.id)
            .where(newer.attempt_item_id == Score.attempt_item_id, newer.number > Score.number)
            .exists(),
            sa.or_(marks.where(Marking.account_id == account_id).scalar_subquery() == 0, marks.scalar_subquery() > 1),
        )
        .group_by(Assignment.section_id, Assignment.public_id, QuizRevision.title, Assignment.created_at)
        .order_by(Assignment.created_at)
    )
    found: dict[int, tuple[MarkingLine, ...]] = {}
    for section_id, assignment, title, answers in rows:
        found[section_id] = (*found.get(section_id, ()), MarkingLine(assignment, title, answers))
    return found


def _in_class(student: Any, section: Any) -> sa.ColumnElement[bool]:
    """The condition that a student is in a class now; nobody waits for the marks of who has left."""
    return (
        sa.select(RosterEntry.id)
        .where(RosterEntry.student_id == student, RosterEntry.section_id == section, RosterEntry.removed_at.is_(None))
        .exists()
    )


def set_two_markers(section: SectionRef, assignment: str, *, two_markers: bool, now: datetime) -> None:
    """Let two teachers mark every written answer of an assignment, or one.

    Where one marker is enough from now on, what one of two gave counts; where the two differ they still settle it.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    assignment_id = find_assigned(section.id, assignment).row.id
    with writing() as session:
        plan = session.get(MarkingPlan, assignment_id) or MarkingPlan(assignment_id=assignment_id)
        # Whoever marks meanwhile is done before this, or waits: see `correcting.hold_rules`.
        session.execute(sa.select(Assignment.id).where(Assignment.id == assignment_id).with_for_update(key_share=True))
        plan.two_markers = two_markers
        session.add(plan)
        if not two_markers:
            _count_what_one_gave(session, assignment_id, now)


def _count_what_one_gave(session: Session, assignment_id: int, now: datetime) -> None:
    for revision, answers in written_answers(assignment_id):
        most = max(content_of(revision).item.rubric_points())
        for one in answers:
            if one.waiting and len(one.markers) == 1:
                given = session.scalars(sa.select(Marking).where(Marking.attempt_item_id == one.attempt_item_id)).one()
                session.add(
                    further_score(
                        one.newest,
                        revision,
                        session.get_one(Response, one.response_id),
                        fraction=given.points / most,
                        reason=ScoreReason.MARKED,
                        now=now,
                        actor_id=given.account_id,
                    )
                )


def section_has_colleague(section: SectionRef, account_id: int) -> bool:
    """Tell whether another teacher teaches the class too."""
    return bool(
        db.session.scalar(
            sa.select(sa.func.count()).where(
                SectionTeacher.section_id == section.id, SectionTeacher.account_id != account_id
            )
        )
    )


def written_answers(assignment_id: int) -> list[tuple[ItemRevision, list[WrittenAnswer]]]:
    """Return the questions that a teacher marks with the answers handed in, in the random order of their attempts.

    Those of a question that was left out are among them; they wait for nobody. Those of who left the class are not.
    """
    rows = db.session.execute(
        sa.select(AttemptItem.id, Attempt.public_id, Response.id, ItemRevision)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .join(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Attempt.assignment_id == assignment_id,
            _in_class(Attempt.student_id, Assignment.section_id),
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
    found: dict[int, tuple[ItemRevision, list[WrittenAnswer]]] = {}
    for item, attempt, response, revision in asked:
        answer = WrittenAnswer(item, attempt, response, scores[item], frozenset(markers.get(item, ())))
        found.setdefault(revision.id, (revision, []))[1].append(answer)
    return list(found.values())


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


def has_two_markers(session: Session, assignment_id: int) -> bool:
    """Tell whether two teachers mark each written answer of an assignment."""
    return bool(session.scalar(sa.select(MarkingPlan.two_markers).where(MarkingPlan.assignment_id == assignment_id)))
