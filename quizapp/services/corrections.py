"""What a teacher reads and decides when a question of an assignment was wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import text
from quizapp.items.base import Item, ResponseError
from quizapp.items.base import Response as GivenAnswer
from quizapp.models import (
    Account,
    Assignment,
    Attempt,
    AttemptItem,
    AuditEntry,
    Correction,
    CorrectionAction,
    CorrectionLine,
    ItemRevision,
    QuizRevision,
    Response,
    RosterEntry,
    Score,
    db,
)
from quizapp.services.catalogue import Content, Html, content_of, html_for
from quizapp.services.correcting import CorrectionError, Progress, active_corrections, progress_of
from quizapp.services.mark_rules import Mark, MarkRule
from quizapp.services.publishing import clean_correction, freeze_correction
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.writing import writing


@dataclass(frozen=True)
class Proposal:
    """What a teacher asks for."""

    action: CorrectionAction
    reason: str
    may_lower: bool = False
    answer: dict[str, Any] | None = None
    """With KEY: the response, as stored, that is right."""
    accepted: tuple[int, ...] = ()
    """With ACCEPT: places, from 0, in `FixPage.given`."""


@dataclass(frozen=True)
class GivenLine:
    """An answer that students gave, with how often, and what it earns now."""

    summary: str
    count: int
    fraction: float | None
    void: bool


@dataclass(frozen=True)
class CorrectionLineOfHistory:
    """A correction that was applied."""

    public_id: str
    action: CorrectionAction
    reason: str
    by: str | None
    at: datetime
    in_force: bool


@dataclass(frozen=True)
class FixPage:
    section: SectionRef
    assignment: str
    title: str
    question: str
    """Public id of the revision that was asked."""
    content: Content
    html: Html
    given: tuple[GivenLine, ...]
    """Different answers, the most frequent first."""
    history: tuple[CorrectionLineOfHistory, ...]
    newer: int | None
    """Number of a published revision with another key, if there is one."""
    can_rekey: bool
    rule: MarkRule

    @property
    def marked(self) -> int:
        return sum(line.count for line in self.given)


@dataclass(frozen=True)
class ChangeLine:
    """What a correction does to one student."""

    name: str
    before: Mark
    after: Mark


@dataclass(frozen=True)
class DryRun:
    """What a correction would do, or did."""

    section: SectionRef
    assignment: str
    title: str
    question: str
    public_id: str
    prompt: str
    action: CorrectionAction
    reason: str
    progress: Progress
    applied_at: datetime | None
    changes: tuple[ChangeLine, ...]
    answers: int

    @property
    def raised(self) -> int:
        return sum(
            not line.after.void and (line.after.fraction or 0) > (line.before.fraction or 0) for line in self.changes
        )

    @property
    def lowered(self) -> int:
        return sum(
            not line.after.void and not line.before.void and (line.after.fraction or 0) < (line.before.fraction or 0)
            for line in self.changes
        )

    @property
    def left_out(self) -> int:
        return sum(line.after.void and not line.before.void for line in self.changes)


def fix_page(section: SectionRef, assignment: str, question: str) -> FixPage:
    """Return a question of an assignment with the answers it got and how they are marked.

    Raises:
        NotFoundError: the class has no such assignment, or that did not ask this question.
    """
    row, title, revision = _asked(section, assignment, question)
    content = content_of(revision)
    rule, history = _rule_and_history(row.id, revision.id)
    shown = content
    if rule.revision_id is not None:
        shown = content_of(db.session.get_one(ItemRevision, rule.revision_id))
    newer = _newer(revision, rule)
    return FixPage(
        section=section,
        assignment=assignment,
        title=title,
        question=question,
        content=shown,
        html=html_for(db.session(), [shown]),
        given=tuple(_line(content.item, answer) for answer in _given(row.id, revision.id)),
        history=history,
        newer=None if newer is None else newer.number,
        can_rekey=_can_rekey(content.item),
        rule=rule,
    )


def propose(
    section: SectionRef, assignment: str, question: str, proposal: Proposal, *, account_id: int, now: datetime
) -> str:
    """Write down a correction without applying it.

    Returns:
        Its public id.

    Raises:
        NotFoundError: the class has no such assignment, or that did not ask this question.
        CorrectionError: it makes no sense as asked; the message says what to do.
    """
    row, _title, asked = _asked(section, assignment, question)
    assignment_id, asked_id = row.id, asked.id
    given = _given(assignment_id, asked_id)
    content = content_of(asked)
    mended: Content | None = None
    if proposal.action is CorrectionAction.KEY:
        mended = _rekeyed(content, proposal)
    cleaned = {} if mended is None else clean_correction(mended)
    with writing() as session:
        in_force = active_corrections(session, assignment_id).get(asked_id)
        revision = session.get_one(ItemRevision, asked_id)
        rule = MarkRule() if in_force is None else MarkRule.from_json(in_force.rule)
        if mended is not None:
            fresh = freeze_correction(session, revision, mended, cleaned, now=now)
            rule = rule.marked_with(fresh.id)
        else:
            rule = _rule_for(proposal, rule, revision, given)
        if rule.void:
            _refuse_nothing_left(session, assignment_id, asked_id)
        correction = Correction(
            assignment_id=assignment_id,
            item_revision_id=asked_id,
            account_id=account_id,
            action=proposal.action,
            reason=proposal.reason,
            may_lower=proposal.may_lower,
            rule=rule.to_json(),
            follows_id=None if in_force is None else in_force.id,
            created_at=now,
        )
        session.add(correction)
        session.flush()
        _note(session, correction, "correction-proposed", account_id, now)
        return correction.public_id


def propose_undo(section: SectionRef, correction: str, *, account_id: int, now: datetime) -> str:
    """Write down that the newest correction of a question is taken back: every mark becomes what it was.

    Returns:
        The public id of the undoing correction.

    Raises:
        NotFoundError: the class has no such correction that was applied.
        CorrectionError: it is not the one in force.
    """
    with writing() as session:
        row = _of_section(session, section, correction)
        in_force = active_corrections(session, row.assignment_id).get(row.item_revision_id)
        if in_force is None or in_force.id != row.id:
            raise CorrectionError("Another correction came after this one. Take that one back first.")
        before = None if row.follows_id is None else session.get(Correction, row.follows_id)
        undoing = Correction(
            assignment_id=row.assignment_id,
            item_revision_id=row.item_revision_id,
            account_id=account_id,
            action=CorrectionAction.UNDO,
            reason=row.reason,
            may_lower=True,
            rule=(MarkRule().to_json() if before is None else before.rule),
            follows_id=row.id,
            undoes_id=row.id,
            created_at=now,
        )
        session.add(undoing)
        session.flush()
        _note(session, undoing, "correction-proposed", account_id, now)
        return undoing.public_id


def dry_run(section: SectionRef, correction: str) -> DryRun:
    """Return what a correction does to whom, as far as it is worked out.

    Raises:
        NotFoundError: the class has no such correction.
    """
    session = db.session()
    row = _of_section(session, section, correction)
    title = session.scalars(
        sa.select(QuizRevision.title)
        .join(Assignment, Assignment.quiz_revision_id == QuizRevision.id)
        .where(Assignment.id == row.assignment_id)
    ).one()
    revision = session.get_one(ItemRevision, row.item_revision_id)
    lines = session.execute(
        sa.select(CorrectionLine, RosterEntry.display_name)
        .join(AttemptItem, AttemptItem.id == CorrectionLine.attempt_item_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .outerjoin(
            RosterEntry,
            sa.and_(RosterEntry.student_id == Attempt.student_id, RosterEntry.section_id == section.id),
        )
        .where(CorrectionLine.correction_id == row.id)
        .order_by(RosterEntry.folded_name, Attempt.number)
    ).all()
    return DryRun(
        section=section,
        assignment=session.get_one(Assignment, row.assignment_id).public_id,
        title=title,
        question=revision.public_id,
        public_id=row.public_id,
        prompt=text.plain(content_of(revision).item.prompt),
        action=row.action,
        reason=row.reason,
        progress=progress_of(session, row),
        applied_at=row.applied_at,
        changes=tuple(
            ChangeLine(name or "", Mark(line.before, line.before_void), Mark(line.after, line.after_void))
            for line, name in lines
            if (line.before, line.before_void) != (line.after, line.after_void)
        ),
        answers=len(lines),
    )


def _asked(section: SectionRef, assignment: str, question: str) -> tuple[Assignment, str, ItemRevision]:
    row = db.session.execute(
        sa.select(Assignment, QuizRevision.title, ItemRevision)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .join(ItemRevision, ItemRevision.public_id == question)
        .where(
            Assignment.public_id == assignment,
            Assignment.section_id == section.id,
            sa.exists(
                sa.select(AttemptItem.id)
                .join(Attempt, Attempt.id == AttemptItem.attempt_id)
                .where(Attempt.assignment_id == Assignment.id, AttemptItem.item_revision_id == ItemRevision.id)
            ),
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("question")
    return row[0], row[1], row[2]


@dataclass
class _Given:
    response: GivenAnswer | None
    scored: dict[str, Any] | None
    count: int
    mark: Mark


def _given(assignment_id: int, revision_id: int) -> list[_Given]:
    """Return the different answers that were marked, blanks too, the most frequent first."""
    rows = db.session.execute(
        sa.select(AttemptItem.id, ItemRevision, Response.content, Score.fraction, Score.void)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .join(Score, Score.attempt_item_id == AttemptItem.id)
        .outerjoin(Response, sa.and_(Response.attempt_item_id == AttemptItem.id, Response.try_number == 1))
        .where(Attempt.assignment_id == assignment_id, AttemptItem.item_revision_id == revision_id)
        .order_by(AttemptItem.id, Score.number)
    ).all()
    newest = {row[0]: row for row in rows}
    found: dict[str, _Given] = {}
    for _id, revision, stored, fraction, void in newest.values():
        response = None if stored is None else content_of(revision).item.response_from_json(stored)
        scored = None if response is None else response.scored()
        entry = found.setdefault(repr(scored), _Given(response, scored, 0, Mark(fraction, void)))
        entry.count += 1
    return sorted(found.values(), key=lambda one: -one.count)


def _line(item: Item[Any], given: _Given) -> GivenLine:
    return GivenLine(item.summary(given.response), given.count, given.mark.fraction, given.mark.void)


def _rule_and_history(assignment_id: int, revision_id: int) -> tuple[MarkRule, tuple[CorrectionLineOfHistory, ...]]:
    rows = db.session.execute(
        sa.select(Correction, Account.name)
        .outerjoin(Account, Account.id == Correction.account_id)
        .where(
            Correction.assignment_id == assignment_id,
            Correction.item_revision_id == revision_id,
            Correction.applied_at.is_not(None),
        )
        .order_by(Correction.applied_at, Correction.id)
    ).all()
    rule = MarkRule.from_json(rows[-1][0].rule) if rows else MarkRule()
    lines = (
        CorrectionLineOfHistory(row.public_id, row.action, row.reason, name, row.applied_at, row is rows[-1][0])
        for row, name in reversed(rows)
        if row.applied_at is not None
    )
    return rule, tuple(lines)


def _newer(revision: ItemRevision, rule: MarkRule) -> ItemRevision | None:
    """Return the newest published revision, if its key or options are not those that marks are given by."""
    newest = db.session.scalar(
        sa.select(ItemRevision)
        .where(ItemRevision.item_id == revision.item_id, ItemRevision.corrects.is_(False))
        .order_by(ItemRevision.number.desc())
        .limit(1)
    )
    if newest is None or newest.id in {revision.id, rule.revision_id} or newest.lineage == revision.lineage:
        return None
    return newest


def _can_rekey(item: Item[Any]) -> bool:
    key = item.key()
    response = None if key is None else item.from_words(key)
    return response is not None and bool(item.keyed(response, "-"))


def _rekeyed(content: Content, proposal: Proposal) -> Content:
    if proposal.answer is None:
        raise CorrectionError("Give the right answer first: answer the question as a student should.")
    item = content.item
    try:
        mended = item.corrected(item.response_from_json(proposal.answer), proposal.reason)
    except ResponseError as error:
        raise CorrectionError(str(error)) from error
    if mended is None:
        raise CorrectionError(
            "The key of this question cannot be changed here. Accept answers instead, or mend the bank."
        )
    if mended.lineage_hash() == item.lineage_hash():
        raise CorrectionError("This is the key already. Choose the answer that should be right.")
    return replace(content, item=mended)


def _rule_for(proposal: Proposal, rule: MarkRule, revision: ItemRevision, given: list[_Given]) -> MarkRule:
    if proposal.action is CorrectionAction.ACCEPT:
        chosen = [given[place].scored for place in proposal.accepted if 0 <= place < len(given)]
        answers = [answer for answer in chosen if answer is not None]
        if not answers:
            raise CorrectionError("Choose at least one answer to accept.")
        return rule.accepting(answers)
    if proposal.action is CorrectionAction.NEWER:
        newer = _newer(revision, rule)
        if newer is None:
            raise CorrectionError("The bank holds no newer key of this question. Publish the mended bank first.")
        return rule.marked_with(newer.id)
    if proposal.action is CorrectionAction.VOID:
        return replace(rule, void=True, everybody=False)
    return replace(rule, everybody=True, void=False)


def _refuse_nothing_left(session: Session, assignment_id: int, revision_id: int) -> None:
    """Refuse to leave out what is some attempt's only question that counts."""
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
    ).all()
    if alone:
        raise CorrectionError(
            "Without this question nothing would count any more. Give it to everybody instead, or mend the key."
        )


def _of_section(session: Session, section: SectionRef, correction: str) -> Correction:
    row = session.scalar(
        sa.select(Correction)
        .join(Assignment, Assignment.id == Correction.assignment_id)
        .where(Correction.public_id == correction, Assignment.section_id == section.id)
    )
    if row is None:
        raise NotFoundError("correction")
    return row


def _note(session: Session, row: Correction, action: str, account_id: int, now: datetime) -> None:
    session.add(
        AuditEntry(
            at=now, account_id=account_id, action=action, subject=f"correction {row.public_id}: {row.action.value}"
        )
    )
