"""What a teacher reads of a question that was wrong: its answers, and what a correction changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp import text
from quizapp.items.base import Item
from quizapp.models import (
    Account,
    Assignment,
    Attempt,
    AttemptItem,
    CorrectionAction,
    CorrectionLine,
    ItemRevision,
    QuizRevision,
    RosterEntry,
    db,
)
from quizapp.services.alternatives import is_private
from quizapp.services.applied_corrections import corrections_of, standing
from quizapp.services.asked_questions import (
    GivenAnswers,
    asked_question,
    correction_of_section,
    given_answers,
    newer_key,
)
from quizapp.services.catalogue import Content, Html, content_of, html_for
from quizapp.services.correcting import Progress, progress_of
from quizapp.services.mark_rules import Mark, MarkRule
from quizapp.services.rosters import SectionRef


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
    taken_back: bool


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
    key: str
    """The answer that is right by now, in short; empty where no single answer is."""

    @property
    def marked(self) -> int:
        return sum(line.count for line in self.given)


@dataclass(frozen=True)
class ChangeLine:
    """What a correction does to one student."""

    name: str
    """Empty for who left the class, and where no name may stand."""
    before: Mark
    after: Mark

    @property
    def counts(self) -> bool:
        """Whether the question counts before and after."""
        return not self.before.void and not self.after.void


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
    kept: int
    """Answers that go on counting although the question is left out, as the student would stand lower without it."""
    may_lower: bool
    named: bool
    """Whether a page may say whose marks change; not where students may change questions in private."""

    @property
    def raised(self) -> int:
        return sum(line.counts and (line.after.fraction or 0) > (line.before.fraction or 0) for line in self.changes)

    @property
    def lowered(self) -> int:
        return sum(line.counts and (line.after.fraction or 0) < (line.before.fraction or 0) for line in self.changes)

    @property
    def left_out(self) -> int:
        return sum(line.after.void and not line.before.void for line in self.changes)

    @property
    def counted_again(self) -> int:
        """How many had the question left out, and have not any more; their share of the whole can fall."""
        return sum(line.before.void and not line.after.void for line in self.changes)

    @property
    def none_lower(self) -> bool:
        """Whether nobody stands lower: always, unless the teacher lets marks fall or takes something back."""
        return not self.lowered and not (self.may_lower and (self.left_out or self.counted_again))


def fix_page(section: SectionRef, assignment: str, question: str) -> FixPage:
    """Return a question of an assignment with the answers it got and how they are marked.

    Raises:
        NotFoundError: the class has no such assignment, or that did not ask this question.
    """
    row, title, revision = asked_question(section, assignment, question)
    content = content_of(revision)
    rule, history = _rule_and_history(row.id, revision.id)
    shown = content
    if rule.revision_id is not None:
        shown = content_of(db.session.get_one(ItemRevision, rule.revision_id))
    newer = newer_key(revision, rule)
    return FixPage(
        section=section,
        assignment=assignment,
        title=title,
        question=question,
        content=shown,
        html=html_for(db.session(), [shown]),
        given=tuple(_line(content.item, answer) for answer in given_answers(row.id, revision.id)),
        history=history,
        newer=None if newer is None else newer.number,
        can_rekey=_can_rekey(content.item),
        rule=rule,
        key=shown.item.summary(_key(shown.item)),
    )


def dry_run(section: SectionRef, correction: str) -> DryRun:
    """Return what a correction does to whom, as far as it is worked out.

    Raises:
        NotFoundError: the class has no such correction.
    """
    session = db.session()
    row = correction_of_section(session, section, correction)
    title = session.scalars(
        sa.select(QuizRevision.title)
        .join(Assignment, Assignment.quiz_revision_id == QuizRevision.id)
        .where(Assignment.id == row.assignment_id)
    ).one()
    revision = session.get_one(ItemRevision, row.item_revision_id)
    assignment = session.get_one(Assignment, row.assignment_id).public_id
    named = not is_private(assignment)
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
        assignment=assignment,
        title=title,
        question=revision.public_id,
        public_id=row.public_id,
        prompt=text.plain(content_of(revision).item.prompt),
        action=row.action,
        reason=row.reason,
        progress=progress_of(session, row),
        applied_at=row.applied_at,
        changes=tuple(
            ChangeLine(
                name if name and named else "", Mark(line.before, line.before_void), Mark(line.after, line.after_void)
            )
            for line, name in lines
            if (line.before, line.before_void) != (line.after, line.after_void)
        ),
        answers=len(lines),
        kept=sum(not line.after_void for line, _ in lines) if row.action is CorrectionAction.VOID else 0,
        may_lower=row.may_lower,
        named=named,
    )


def _line(item: Item[Any], given: GivenAnswers) -> GivenLine:
    return GivenLine(item.summary(given.response), given.count, given.mark.fraction, given.mark.void)


def _rule_and_history(assignment_id: int, revision_id: int) -> tuple[MarkRule, tuple[CorrectionLineOfHistory, ...]]:
    rows = corrections_of(db.session(), assignment_id, revision_id)
    accounts = sa.select(Account.id, Account.name).where(Account.id.in_([row.account_id for row in rows]))
    names = dict(db.session.execute(accounts).all()) if rows else {}
    rule = MarkRule.from_json(rows[-1].rule) if rows else MarkRule()
    held = standing(rows)
    gone = {row.undoes_id for row in rows}
    lines = (
        CorrectionLineOfHistory(
            row.public_id,
            row.action,
            row.reason,
            None if row.account_id is None else names.get(row.account_id),
            row.applied_at,
            in_force=row is held,
            taken_back=row.id in gone,
        )
        for row in reversed(rows)
        if row.applied_at is not None
    )
    return rule, tuple(lines)


def _key(item: Item[Any]) -> Any:
    """The right answer as if somebody had given it; None where there is none."""
    key = item.key()
    return None if key is None else item.from_words(key)


def _can_rekey(item: Item[Any]) -> bool:
    response = _key(item)
    return response is not None and bool(item.keyed(response, "-"))
