"""What a teacher decides when a question of an assignment was wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.items.base import ResponseError
from quizapp.models import Correction, CorrectionAction, ItemRevision, db
from quizapp.services.applied_corrections import active_corrections, corrections_of, standing
from quizapp.services.asked_questions import (
    GivenAnswers,
    asked_question,
    correction_of_section,
    given_answers,
    newer_key,
)
from quizapp.services.auditing import record
from quizapp.services.catalogue import Content, content_of
from quizapp.services.correcting import (
    CorrectionError,
    refuse_nothing_left,
)
from quizapp.services.freezing import clean_correction, freeze_correction
from quizapp.services.mark_rules import MarkRule
from quizapp.services.rosters import SectionRef
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
    row, _title, asked = asked_question(section, assignment, question)
    assignment_id, asked_id = row.id, asked.id
    given = given_answers(assignment_id, asked_id)
    mended: Content | None = None
    if proposal.action is CorrectionAction.KEY:
        mended = _rekeyed(content_of(asked), _held_key(assignment_id, asked), proposal)
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
            refuse_nothing_left(session, assignment_id, asked_id)
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
        record(session, "correction-proposed", f"correction {correction.public_id}", account_id=account_id, now=now)
        return correction.public_id


def propose_undo(section: SectionRef, correction: str, *, account_id: int, now: datetime) -> str:
    """Write down that the newest correction of a question is taken back: every mark becomes what it was.

    What a teacher gave since stays. Once it is taken back, the one before it can be.

    Returns:
        The public id of the undoing correction.

    Raises:
        NotFoundError: the class has no such correction that was applied.
        CorrectionError: it is not the one in force.
    """
    with writing() as session:
        row = correction_of_section(session, section, correction)
        in_force = active_corrections(session, row.assignment_id).get(row.item_revision_id)
        _refuse_to_take_back(session, row)
        before = None if row.follows_id is None else session.get(Correction, row.follows_id)
        undoing = Correction(
            assignment_id=row.assignment_id,
            item_revision_id=row.item_revision_id,
            account_id=account_id,
            action=CorrectionAction.UNDO,
            reason=row.reason,
            may_lower=True,
            rule=(MarkRule().to_json() if before is None else before.rule),
            follows_id=None if in_force is None else in_force.id,
            undoes_id=row.id,
            created_at=now,
        )
        session.add(undoing)
        session.flush()
        record(session, "correction-proposed", f"correction {undoing.public_id}", account_id=account_id, now=now)
        return undoing.public_id


def _refuse_to_take_back(session: Session, row: Correction) -> None:
    """Refuse unless this correction is what marks are given by, apart from those taken back since."""
    applied = corrections_of(session, row.assignment_id, row.item_revision_id)
    if row.undoes_id is not None or any(one.undoes_id == row.id for one in applied):
        raise CorrectionError("This was taken back already. Correct the question again if it was right after all.")
    held = standing(applied)
    if held is None or held.id != row.id:
        raise CorrectionError("Another correction came after this one. Take that one back first.")


def _held_key(assignment_id: int, asked: ItemRevision) -> str | None:
    """Return the lineage hash of the key that marks are given by now; None where no key decides."""
    in_force = active_corrections(db.session(), assignment_id).get(asked.id)
    rule = MarkRule() if in_force is None else MarkRule.from_json(in_force.rule)
    if rule.void or rule.everybody:
        return None
    held = asked if rule.revision_id is None else db.session.get_one(ItemRevision, rule.revision_id)
    return content_of(held).item.lineage_hash()


def _rekeyed(content: Content, held_key: str | None, proposal: Proposal) -> Content:
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
    if mended.lineage_hash() == held_key:
        raise CorrectionError("This is the key already. Choose the answer that should be right.")
    return replace(content, item=mended)


def _rule_for(proposal: Proposal, rule: MarkRule, revision: ItemRevision, given: list[GivenAnswers]) -> MarkRule:
    if proposal.action is CorrectionAction.ACCEPT:
        chosen = [given[place].scored for place in proposal.accepted if 0 <= place < len(given)]
        answers = [answer for answer in chosen if answer is not None]
        if not answers:
            raise CorrectionError("Choose at least one answer to accept.")
        return rule.accepting(answers)
    if proposal.action is CorrectionAction.NEWER:
        newer = newer_key(revision, rule)
        if newer is None:
            raise CorrectionError("The bank holds no newer key of this question. Publish the mended bank first.")
        return rule.marked_with(newer.id)
    if proposal.action is CorrectionAction.VOID:
        return replace(rule, void=True, everybody=False)
    return replace(rule, everybody=True, void=False)
