"""Assignments whose answers are still marked by a key that their bank has changed since."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp import text
from quizapp.models import (
    Assignment,
    Attempt,
    AttemptItem,
    Item,
    ItemRevision,
    QuizRevision,
    Section,
    SectionTeacher,
    StandIn,
    db,
)
from quizapp.services.answer_keys import keys_in_force, rules_of_assignments
from quizapp.services.catalogue import content_of


@dataclass(frozen=True)
class OlderKey:
    """A question of an assignment that can be marked anew by the bank's newer key."""

    section: str
    """Public id of the class."""
    class_name: str
    assignment: str
    title: str
    question: str
    """Public id of the revision that was asked."""
    prompt: str


def older_keys(bank_id: int, account_id: int) -> tuple[OlderKey, ...]:
    """Return what a teacher's classes were asked before its key or answers changed, newest assignments first.

    Not what was marked by such a key already, left out, or given to everybody. What stood in for another question
    is not told: it would tell that somebody changed questions in private.
    """
    session = db.session()
    before = _asked_before(session, bank_id, account_id)
    rules = rules_of_assignments(session, {assignment.id for assignment, *_ in before})
    questions = {(assignment.id, asked.id): content_of(asked).item for assignment, _, _, asked, _ in before}
    keys = keys_in_force(session, questions, rules)
    found = []
    for assignment, title, section, asked, newest in before:
        key = keys[assignment.id, asked.id]
        if key.rule.void or key.rule.everybody:
            continue
        if key.item.lineage_hash() != content_of(newest).item.lineage_hash():
            prompt = text.plain(key.asked.prompt)
            found.append(
                OlderKey(section.public_id, section.name, assignment.public_id, title, asked.public_id, prompt)
            )
    return tuple(found)


def _asked_before(
    session: Session, bank_id: int, account_id: int
) -> list[tuple[Assignment, str, Section, ItemRevision, ItemRevision]]:
    """Each question of an assignment that was asked in another lineage than the newest published one."""
    newest = aliased(ItemRevision)
    later = aliased(ItemRevision)
    asked = (
        sa.select(Attempt.assignment_id, AttemptItem.item_revision_id)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .join(Item, Item.id == ItemRevision.item_id)
        .where(
            Item.bank_id == bank_id,
            Attempt.assignment_id.is_not(None),
            ~sa.select(StandIn.attempt_item_id).where(StandIn.attempt_item_id == AttemptItem.id).exists(),
        )
        .distinct()
        .subquery()
    )
    rows = session.execute(
        sa.select(Assignment, QuizRevision.title, Section, ItemRevision, newest)
        .join(asked, asked.c.assignment_id == Assignment.id)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .join(Section, Section.id == Assignment.section_id)
        .join(SectionTeacher, SectionTeacher.section_id == Section.id)
        .join(ItemRevision, ItemRevision.id == asked.c.item_revision_id)
        .join(newest, newest.item_id == ItemRevision.item_id)
        .where(
            SectionTeacher.account_id == account_id,
            Section.archived_at.is_(None),
            Section.deleted_at.is_(None),
            newest.corrects.is_(False),
            newest.lineage != ItemRevision.lineage,
            ~sa.select(later.id)
            .where(later.item_id == newest.item_id, later.corrects.is_(False), later.number > newest.number)
            .exists(),
        )
        .order_by(Assignment.created_at.desc(), Assignment.id.desc(), ItemRevision.id)
    ).all()
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]
