"""What is right in a question as it was asked: by its own key, or by what corrections put in its place.

The one owner of this: pages of a question, votes and the key on paper ask here. Marks themselves are given by
`correcting`, with the same rule.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.items.base import Choosing, Markable, Offer, Response, Verdict
from quizapp.items.registry import AnyItem
from quizapp.models import Assignment, Attempt, Correction, ItemRevision, Room, RoomQuestion, SectionTeacher
from quizapp.services.applied_corrections import (
    APPLIED,
    OLDEST_FIRST,
    active_corrections,
    applied_corrections,
)
from quizapp.services.catalogue import Content, content_of
from quizapp.services.mark_rules import MarkRule, belongs

Name = TypeVar("Name", bound=Hashable)
"""What tells questions apart, such as the id of a revision."""


@dataclass(frozen=True)
class AnswerKey:
    """The key in force of a question. Who left a question out or gave it to everybody said nothing of its key."""

    asked: AnyItem
    rule: MarkRule = field(default_factory=MarkRule)
    mended: Content | None = None
    """The corrected question, if one marks."""

    @property
    def item(self) -> AnyItem:
        """The question whose key and explanation hold."""
        return self.asked if self.mended is None else self.mended.item

    @cached_property
    def choosings(self) -> tuple[Choosing, ...]:
        """The places of choice as they were asked, each answer right or not by the key in force.

        An answer that the corrected question no longer offers is what it was: its mark is, too.
        """
        mended = {(at.place, at.heading, one.key): one.right for at in self.item.choosings() for one in at.offers}

        def turned(at: Choosing, offer: Offer) -> Offer:
            right = mended.get((at.place, at.heading, offer.key), offer.right) or self._is_accepted(offer)
            return offer if offer.right == right else Offer(offer.key, offer.text, right)

        return tuple(
            replace(at, offers=tuple(turned(at, offer) for offer in at.offers)) for at in self.asked.choosings()
        )

    @cached_property
    def passage_words(self) -> tuple[Markable, ...]:
        """The words that can be marked, each looked for or not by the key in force."""
        words, mended = self.asked.passage_words(), self.item.passage_words()
        return mended if [one.text for one in mended] == [one.text for one in words] else words

    @property
    def accepted(self) -> tuple[str, ...]:
        """Answers that a correction accepts whatever the key says, as plain text."""
        return tuple(self._said(one) for one in self.rule.accepted)

    @property
    def also(self) -> tuple[str, ...]:
        """Those of them that `choosings` do not show, since they are more than one option."""
        options = {offer.key for at in self.asked.choosings() for offer in at.offers}
        return tuple(self._said(one) for one in self.rule.accepted if _lone_text(one) not in options)

    def outcome(self, response: Response | None) -> Verdict:
        """Return what an answer is worth, in a word."""
        if response is None:
            return "blank"
        if response.scored() in self.rule.accepted:
            return "right"
        item = self.item if belongs(self.item, self.asked, response.to_json()) else self.asked
        return item.outcome(response)

    def explains(self, response: Response | None, fraction: float | None) -> bool:
        """Whether a corrected question can explain an answer that has this mark; also a mark that was not lowered."""
        if self.mended is None:
            return False
        stored = None if response is None else response.to_json()
        if not belongs(self.item, self.asked, stored):
            return False
        earned = self.item.score(response).fraction
        return earned is not None or fraction is None

    def is_outdone(self, response: Response | None, fraction: float | None) -> bool:
        """Whether a mark is more than the corrected question gives: it was kept, since no mark was to fall."""
        rule = self.rule
        if fraction is None or rule.everybody or rule.void or not self.explains(response, fraction):
            return False
        if response is not None and response.scored() in rule.accepted:
            return False
        earned = self.item.score(response).fraction
        return earned is not None and fraction > earned

    def _is_accepted(self, offer: Offer) -> bool:
        """Whether a correction accepts this option: an answer that is nothing but it."""
        return any(_lone_text(one) == offer.key for one in self.rule.accepted)

    def _said(self, accepted: Mapping[str, object]) -> str:
        return self.asked.summary(self.asked.response_type.model_validate(accepted))


def rules_in_force(session: Session, assignment_id: int) -> dict[int, MarkRule]:
    """Return the rules by which corrected questions of an assignment are marked, by the revision that was asked."""
    active = active_corrections(session, assignment_id)
    return {revision: MarkRule.from_json(row.rule) for revision, row in active.items()}


def rules_of_assignments(session: Session, assignment_ids: Collection[int]) -> dict[tuple[int, int], MarkRule]:
    """Return the rules of `rules_in_force` for many assignments at once, by assignment and revision."""
    rows = applied_corrections(session, assignment_ids)
    return {(row.assignment_id, row.item_revision_id): MarkRule.from_json(row.rule) for row in rows}


def keys_in_force(
    session: Session, asked: Mapping[Name, AnyItem], rules: Mapping[Name, MarkRule]
) -> dict[Name, AnswerKey]:
    """Return the keys in force of questions.

    Args:
        asked: the questions as they were asked, by whatever tells them apart.
        rules: those that corrections made, by the same.
    """
    wanted = {rule.revision_id for one, rule in rules.items() if one in asked and rule.revision_id is not None}
    rows = session.scalars(sa.select(ItemRevision).where(ItemRevision.id.in_(wanted))) if wanted else ()
    mended = {row.id: content_of(row) for row in rows}
    empty = MarkRule()
    return {
        one: AnswerKey(item, rule := rules.get(one, empty), mended.get(rule.revision_id or 0))
        for one, item in asked.items()
    }


def key_in_attempt(session: Session, attempt: str, asked: ItemRevision) -> AnswerKey:
    """Return the key in force of a question that an attempt asked.

    Args:
        attempt: public id.
    """
    stored = session.scalars(
        sa.select(Correction.rule)
        .join(Attempt, Attempt.assignment_id == Correction.assignment_id)
        .where(Attempt.public_id == attempt, Correction.item_revision_id == asked.id, APPLIED)
        .order_by(*OLDEST_FIRST)
    ).all()
    rules = {asked.id: MarkRule.from_json(stored[-1])} if stored else {}
    return keys_in_force(session, {asked.id: content_of(asked).item}, rules)[asked.id]


def rules_of_rooms(session: Session, room_ids: Sequence[int]) -> dict[int, MarkRule]:
    """Return the rules for what rooms vote on, by room; none where nobody corrected the question.

    A room asks a question, no assignment: what its teacher corrected last in some class of theirs, and did not
    take back, holds here too.
    """
    rows = session.execute(
        sa.select(RoomQuestion.room_id, Correction.assignment_id, Correction.rule)
        .join(Room, Room.id == RoomQuestion.room_id)
        .join(Correction, Correction.item_revision_id == RoomQuestion.item_revision_id)
        .join(Assignment, Assignment.id == Correction.assignment_id)
        .join(
            SectionTeacher,
            sa.and_(SectionTeacher.section_id == Assignment.section_id, SectionTeacher.account_id == Room.account_id),
        )
        .where(RoomQuestion.room_id.in_(room_ids), APPLIED)
        .order_by(*OLDEST_FIRST)
    )
    newest: dict[tuple[int, int], MarkRule] = {}
    for room, assignment, stored in rows:
        newest.pop((room, assignment), None)
        newest[room, assignment] = MarkRule.from_json(stored)
    return {room: rule for (room, _), rule in newest.items() if rule.revision_id is not None or rule.accepted}


def _lone_text(answer: Mapping[str, object]) -> str | None:
    """What an answer holds where that is one text, such as the id of an option."""
    (value, *more) = answer.values()
    return value if isinstance(value, str) and not more else None
