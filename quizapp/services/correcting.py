"""Fix a question and mark its answers anew: worked out first, shown, then applied whole.

A correction is prepared in short steps, each a transaction of its own, so it can be interrupted and
goes on where it stopped; nobody's mark has changed by then. Applying adds all new scores in one
transaction. Answers handed in later are marked by the newest correction at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.items.base import JSON
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    Correction,
    CorrectionLine,
    ItemRevision,
    Response,
    Score,
    ScoreReason,
)
from quizapp.services.applied_corrections import active_corrections
from quizapp.services.auditing import record
from quizapp.services.catalogue import content_of
from quizapp.services.mark_rules import Mark, MarkRule, belongs, lowers, mark_by
from quizapp.services.rosters import NotFoundError
from quizapp.services.scoring import further_score
from quizapp.services.writing import writing

STEP = 200
"""Answers worked out in one transaction."""


class CorrectionError(ValueError):
    """A correction cannot be made; the message says why and what to do."""


@dataclass(frozen=True)
class Progress:
    """How far a correction is worked out, in answers."""

    done: int
    total: int

    @property
    def complete(self) -> bool:
        return self.done >= self.total


@dataclass(frozen=True)
class _Answer:
    """One answer with all that marking it anew needs."""

    attempt_item_id: int
    attempt_id: int
    response: Response | None
    scores: tuple[Score, ...]
    """Oldest first."""

    @property
    def newest(self) -> Score:
        return self.scores[-1]

    @property
    def first(self) -> Mark:
        """The mark without any correction."""
        own = [score for score in self.scores if score.correction_id is None]
        return Mark(own[-1].fraction) if own else Mark(self.scores[0].fraction)

    @property
    def stored(self) -> JSON:
        return None if self.response is None else self.response.content


def prepare(correction: str) -> Progress:
    """Work out the next answers of a correction that is not applied yet.

    Args:
        correction: public id; the caller has made sure whose it is.

    Raises:
        NotFoundError: there is none.
    """
    with writing() as session:
        row = _correction(session, correction)
        if row.applied_at is None:
            done = sa.select(CorrectionLine.attempt_item_id).where(CorrectionLine.correction_id == row.id)
            _work_out(session, row, _answers(session, row, AttemptItem.id.not_in(done), limit=STEP))
            session.flush()
        return progress_of(session, row)


def apply(correction: str, *, now: datetime) -> None:
    """Add the new marks of a correction, all in one transaction. Twice is the same as once.

    Answers that were handed in, or marked, since it was worked out are worked out again on the way.

    Raises:
        NotFoundError: there is no such correction.
        CorrectionError: it would leave a quiz without anything that counts, a newer one was applied meanwhile,
            or more answers than `STEP` are not worked out.
    """
    with writing() as session:
        row = _correction(session, correction)
        # On PostgreSQL whatever marks an answer of the assignment meanwhile is done before this, or waits
        # and is marked by what is applied here; so does another correction.
        session.execute(
            sa.select(Assignment.id).where(Assignment.id == row.assignment_id).with_for_update(key_share=True)
        )
        session.refresh(row)
        if row.applied_at is not None:
            return
        in_force = active_corrections(session, row.assignment_id).get(row.item_revision_id)
        if (None if in_force is None else in_force.id) != row.follows_id:
            raise CorrectionError(
                "Somebody corrected this question in the meantime. Look at it again, then correct it."
            )
        if MarkRule.from_json(row.rule).void:
            refuse_nothing_left(session, row.assignment_id, row.item_revision_id)
        answers = _answers(session, row)
        lines = _lines(session, row)
        stale = [one for one in answers if not _is_fresh(lines.get(one.attempt_item_id), one)]
        if sum(one.attempt_item_id not in lines for one in stale) > STEP:
            raise CorrectionError("Many answers are not worked out yet. Choose “Go on” first, then apply.")
        if stale:
            session.execute(
                sa.delete(CorrectionLine).where(
                    CorrectionLine.correction_id == row.id,
                    CorrectionLine.attempt_item_id.in_([one.attempt_item_id for one in stale]),
                )
            )
            session.expire_all()
            _work_out(session, row, stale)
            session.flush()
            lines = _lines(session, row)
        revisions = _revisions(session, {line.item_revision_id for line in lines.values()})
        for one in answers:
            line = lines[one.attempt_item_id]
            if (line.before, line.before_void) != (line.after, line.after_void):
                session.add(_score(one, line, revisions[line.item_revision_id], row, now))
        row.applied_at = now
        subject = f"correction {row.public_id}: {row.action.value}, {len(answers)} answers"
        record(session, "correction-applied", subject, account_id=row.account_id, now=now)


def apply_to_new(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Mark what was just handed in by the corrections of its assignment. The caller commits."""
    if attempt.assignment_id is None:
        return
    for row in active_corrections(session, attempt.assignment_id).values():
        marker = _Marker(session, row)
        for one in _answers(session, row, AttemptItem.attempt_id == attempt.id):
            if one.newest.correction_id is not None:
                continue
            mark, revision = marker.mark(one)
            if mark != Mark(one.newest.fraction, one.newest.void):
                session.add(
                    further_score(
                        one.newest,
                        revision,
                        one.response,
                        fraction=mark.fraction,
                        void=mark.void,
                        reason=ScoreReason.RE_MARKED,
                        now=now,
                        actor_id=row.account_id,
                        correction_id=row.id,
                        accepted=marker.rule.accepted,
                    )
                )


def hold_rules(session: Session, attempts: sa.ColumnElement[bool]) -> None:
    """Keep corrections of an assignment from being applied until the end of this transaction.

    Whatever marks answers asks for this before it locks an attempt, so that no mark slips through
    between a correction and its rule for later answers. One writer at a time does it on SQLite.
    """
    session.execute(
        sa.select(Assignment.id)
        .join(Attempt, Attempt.assignment_id == Assignment.id)
        .where(attempts)
        .with_for_update(read=True, of=Assignment)
    )


def refuse_nothing_left(session: Session, assignment_id: int, revision_id: int) -> None:
    """Refuse to leave out what is some attempt's only question that counts.

    Raises:
        CorrectionError: it is.
    """
    voided = {
        revision
        for revision, row in active_corrections(session, assignment_id).items()
        if MarkRule.from_json(row.rule).void
    } | {revision_id}
    counting = sa.func.count().filter(AttemptItem.item_revision_id.not_in(voided))
    alone = session.scalars(
        sa.select(AttemptItem.attempt_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.assignment_id == assignment_id)
        .group_by(AttemptItem.attempt_id)
        .having(counting == 0)
        .limit(1)
    ).all()
    if alone:
        raise CorrectionError(
            "Without this question nothing would count any more. Give it to everybody instead, or mend the key."
        )


def progress_of(session: Session, row: Correction) -> Progress:
    """Return how far a correction is worked out."""
    done = session.scalar(sa.select(sa.func.count()).where(CorrectionLine.correction_id == row.id)) or 0
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(AttemptItem)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(
            Attempt.assignment_id == row.assignment_id,
            AttemptItem.item_revision_id == row.item_revision_id,
            sa.exists().where(Score.attempt_item_id == AttemptItem.id),
        )
    )
    return Progress(done, done if row.applied_at is not None else total or 0)


def _work_out(session: Session, row: Correction, answers: Iterable[_Answer]) -> None:
    marker = _Marker(session, row)
    answers = tuple(answers)
    rest = _rest(session, [one.attempt_id for one in answers], row.item_revision_id)
    for one in answers:
        before = Mark(one.newest.fraction, one.newest.void)
        after, revision = marker.mark(one)
        if not row.may_lower and lowers(before, after, rest.get(one.attempt_id, 0.0)):
            after = before
        session.add(
            CorrectionLine(
                correction_id=row.id,
                attempt_item_id=one.attempt_item_id,
                seen=one.newest.number,
                before=before.fraction,
                before_void=before.void,
                after=after.fraction,
                after_void=after.void,
                item_revision_id=revision.id,
            )
        )


class _Marker:
    """Marks answers by a correction, and says with which revision."""

    def __init__(self, session: Session, row: Correction) -> None:
        self._session = session
        self.rule = MarkRule.from_json(row.rule)
        self.asked = session.get_one(ItemRevision, row.item_revision_id)
        self.mended = session.get_one(ItemRevision, self.rule.revision_id or row.item_revision_id)
        undone = sa.select(CorrectionLine).where(CorrectionLine.correction_id == row.undoes_id)
        self.undone = {} if row.undoes_id is None else {line.attempt_item_id: line for line in session.scalars(undone)}

    def mark(self, one: _Answer) -> tuple[Mark, ItemRevision]:
        """Return the mark of one answer, and the revision it is given with."""
        undone = self.undone.get(one.attempt_item_id)
        if undone is not None:
            return self._given_back(one, undone)
        mended, asked = content_of(self.mended).item, content_of(self.asked).item
        if belongs(mended, asked, one.stored):
            return mark_by(self.rule, one.first, mended, one.stored), self.mended
        # The mended question no longer offers what was answered: the first mark stands.
        return mark_by(replace(self.rule, revision_id=None), one.first, asked, one.stored), self.asked

    def _given_back(self, one: _Answer, undone: CorrectionLine) -> tuple[Mark, ItemRevision]:
        """What counted before the correction that is taken back, or what a teacher gave since."""
        since = next((s for s in reversed(one.scores) if s.number > undone.seen and s.correction_id is None), None)
        if since is not None:
            return Mark(since.fraction), self._revision_of(since)
        seen = next(score for score in one.scores if score.number == undone.seen)
        return Mark(undone.before, undone.before_void), self._revision_of(seen)

    def _revision_of(self, score: Score) -> ItemRevision:
        return self._session.get_one(ItemRevision, score.item_revision_id)


def _rest(session: Session, attempt_ids: list[int], item_revision_id: int) -> dict[int, float]:
    """Return the share that each attempt earned in its other questions, by attempt."""
    rows = session.execute(
        sa.select(AttemptItem.attempt_id, Score.attempt_item_id, Score.fraction, Score.void)
        .join(AttemptItem, AttemptItem.id == Score.attempt_item_id)
        .where(AttemptItem.attempt_id.in_(attempt_ids), AttemptItem.item_revision_id != item_revision_id)
        .order_by(Score.number)
    )
    newest = {(attempt, item): (fraction, void) for attempt, item, fraction, void in rows}
    earned: dict[int, list[float]] = {}
    for (attempt, _item), (fraction, void) in newest.items():
        if fraction is not None and not void:
            earned.setdefault(attempt, []).append(fraction)
    return {attempt: sum(shares) / len(shares) for attempt, shares in earned.items()}


def _answers(
    session: Session, row: Correction, *conditions: sa.ColumnElement[bool], limit: int | None = None
) -> list[_Answer]:
    """Return the marked answers to the question of a correction, in a fixed order."""
    query = (
        sa.select(AttemptItem.id, AttemptItem.attempt_id, Response)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(
            Attempt.assignment_id == row.assignment_id,
            AttemptItem.item_revision_id == row.item_revision_id,
            sa.exists().where(Score.attempt_item_id == AttemptItem.id),
            *conditions,
        )
        .order_by(AttemptItem.id)
        .limit(limit)
    )
    found = session.execute(query).all()
    scores: dict[int, list[Score]] = {}
    for score in session.scalars(
        sa.select(Score).where(Score.attempt_item_id.in_([one.id for one in found])).order_by(Score.number)
    ):
        scores.setdefault(score.attempt_item_id, []).append(score)
    return [_Answer(item, attempt, response, tuple(scores[item])) for item, attempt, response in found]


def _score(one: _Answer, line: CorrectionLine, revision: ItemRevision, row: Correction, now: datetime) -> Score:
    return further_score(
        one.newest,
        revision,
        one.response,
        fraction=line.after,
        void=line.after_void,
        reason=ScoreReason.RE_MARKED,
        now=now,
        actor_id=row.account_id,
        correction_id=row.id,
        accepted=MarkRule.from_json(row.rule).accepted,
    )


def _is_fresh(line: CorrectionLine | None, one: _Answer) -> bool:
    return line is not None and line.seen == one.newest.number


def _lines(session: Session, row: Correction) -> dict[int, CorrectionLine]:
    lines = session.scalars(sa.select(CorrectionLine).where(CorrectionLine.correction_id == row.id))
    return {line.attempt_item_id: line for line in lines}


def _revisions(session: Session, ids: set[int]) -> dict[int, ItemRevision]:
    return {row.id: row for row in session.scalars(sa.select(ItemRevision).where(ItemRevision.id.in_(ids)))}


def _correction(session: Session, public_id: str) -> Correction:
    row = session.scalar(sa.select(Correction).where(Correction.public_id == public_id).with_for_update())
    if row is None:
        raise NotFoundError("correction")
    return row
