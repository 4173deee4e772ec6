"""What a student reads of answers given: check-your-answers, feedback, result, and how each mark came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from quizapp import text
from quizapp.bank.evidence import Stretch, pointed_at
from quizapp.items.base import JSON, Feedback, Response
from quizapp.measure.discernment import Counts
from quizapp.models import Attempt, AttemptItem, ItemRevision, Skill, db
from quizapp.models import Response as ResponseRow
from quizapp.services.answer_keys import key_in_attempt
from quizapp.services.articles import ClassCopy, copy_beside
from quizapp.services.attempts import Taker
from quizapp.services.catalogue import Content, Html, content_of, html_for
from quizapp.services.mark_history import (
    MarkStep,
    ReMark,
    TeachersMark,
    TotalStep,
    changed_by_teacher,
    mark_steps,
    re_marks,
    teachers_mark,
    total_steps,
    verdict_of,
)
from quizapp.services.rosters import NotFoundError
from quizapp.services.taking import AttemptRef, asked_item, attempt_ref, skill_name
from quizapp.services.tallies import SkillTally, Tally
from quizapp.services.trust import counts_in


@dataclass(frozen=True)
class FeedbackPage:
    attempt: AttemptRef
    position: int
    content: Content
    response: Response | None
    feedback: Feedback
    fraction: float | None
    confidence: float | None
    skill_name: str | None
    html: Html
    article: ClassCopy | None
    steps: tuple[MarkStep, ...] = ()
    """How the mark came about, oldest first."""
    by_teacher: TeachersMark | None = None
    re_mark: ReMark | None = None
    """The newest correction of the question, whether or not it changed the mark."""
    kept: bool = False
    """Whether the mark is more than the corrected key gives, and was left as it was."""

    @property
    def verdict(self) -> str:
        """One of right, partly, wrong, blank, waiting, void: as the mark that counts says."""
        return verdict_of(self.steps, answered=self.response is not None)

    @property
    def changed_at(self) -> datetime | None:
        """When a teacher changed the mark they had given; None: they did not."""
        return changed_by_teacher(self.steps)

    @property
    def sure(self) -> bool:
        return self.confidence is not None and self.confidence > 0.9

    @property
    def pointed(self) -> tuple[Stretch, ...]:
        """The quoted words of the stimulus, cut where the explanation points at them."""
        stimulus, explanation = self.content.stimulus, self.content.item.explanation
        quote = None if stimulus is None else stimulus.quote
        return pointed_at(quote or "", None if explanation is None else explanation.evidence)


@dataclass(frozen=True)
class AnswerLine:
    """One question in a list of answers."""

    position: int
    prompt: str
    summary: str
    answered: bool
    checked: bool
    fraction: float | None
    confidence: float | None
    steps: tuple[MarkStep, ...] = ()
    """How the mark came about, oldest first."""
    most_points: int | None = None
    """Of the rubric by which a teacher marks it; None: by its key."""
    re_mark: ReMark | None = None
    """The newest correction of the question, whether or not it changed the mark."""

    @property
    def void(self) -> bool:
        """Whether the question was left out for this answer."""
        return bool(self.steps) and self.steps[-1].void

    @property
    def changed_at(self) -> datetime | None:
        """When a teacher changed the mark they had given; None: they did not."""
        return changed_by_teacher(self.steps)

    @property
    def verdict(self) -> str:
        """One of right, partly, wrong, blank, waiting, void."""
        return verdict_of(self.steps, answered=self.answered)


@dataclass(frozen=True)
class CheckPage:
    attempt: AttemptRef
    lines: tuple[AnswerLine, ...]
    """Unanswered first, then in order."""

    @property
    def blanks(self) -> int:
        return sum(not line.answered for line in self.lines)


@dataclass(frozen=True)
class ResultPage:
    attempt: AttemptRef
    total: Tally
    lines: tuple[AnswerLine, ...]
    skills: tuple[SkillTally, ...]
    certain: Tally
    """Of the answers given as certain."""
    guessed: Tally
    verdicts: Counts
    """On passages; empty for a visitor's trial."""
    history: tuple[TotalStep, ...]
    """What it was worth since when: at first, and after each mark that was changed."""
    next_step: str | None
    """The skill to practise next, by name: the one with the smallest share."""


def feedback_page(taker: Taker, attempt: str, position: int, *, now: datetime) -> FeedbackPage:
    """Return the feedback on one answer.

    Raises:
        NotFoundError: no such question, or its feedback may not be seen yet: the two look alike.
    """
    ref = attempt_ref(taker, attempt, now=now)
    attempt_item, revision, response = asked_item(attempt, position)
    checked = response is not None and response.frozen_at is not None
    if not (ref.results_shown or (ref.immediate and checked)):
        raise NotFoundError("feedback")
    steps = mark_steps([attempt_item.id]).get(attempt_item.id, ())
    stored = None if response is None else response.content
    content, kept = _explained(attempt, revision, stored, steps)
    given = None if stored is None else content.item.response_from_json(stored)
    return FeedbackPage(
        attempt=ref,
        position=position,
        content=content,
        response=given,
        feedback=content.item.explain(given, attempt_item.shown),
        fraction=steps[-1].fraction if steps else None,
        steps=steps,
        by_teacher=teachers_mark(attempt_item.id),
        re_mark=re_marks({attempt_item.id: steps}).get(attempt_item.id),
        kept=kept,
        confidence=None if response is None else response.confidence,
        skill_name=skill_name(revision.skill),
        html=html_for(db.session(), [content]),
        article=copy_beside(attempt, revision),
    )


def check_page(taker: Taker, attempt: str, *, now: datetime) -> CheckPage:
    """Return the list of answers before handing in, unanswered first.

    Raises:
        NotFoundError: no such attempt of this taker.
    """
    ref = attempt_ref(taker, attempt, now=now)
    lines = answer_lines(attempt)
    return CheckPage(ref, tuple(sorted(lines, key=lambda line: (line.answered, line.position))))


def result_page(taker: Taker, attempt: str, *, now: datetime) -> ResultPage | AttemptRef:
    """Return the result of a finished attempt; only its name while results are held back.

    Raises:
        NotFoundError: no such attempt of this taker.
    """
    ref = attempt_ref(taker, attempt, now=now)
    if not ref.results_shown:
        return ref
    lines = answer_lines(attempt)
    skills = _skill_tallies(attempt, lines)
    counted = [line for line in lines if not line.void]
    answered = [line for line in counted if line.answered]
    weakest = min(
        (tally for tally in skills if tally.tally.marked and tally.tally.share < 1),
        key=lambda tally: tally.tally.share,
        default=None,
    )
    return ResultPage(
        attempt=ref,
        total=Tally.of(line.fraction for line in counted),
        lines=lines,
        skills=skills,
        certain=Tally.of(line.fraction for line in answered if (line.confidence or 0) > 0.9),
        guessed=Tally.of(line.fraction for line in answered if 0 < (line.confidence or 0) < 0.6),
        verdicts=counts_in(attempt),
        history=total_steps({line.position: line.steps for line in lines}),
        next_step=None if weakest is None else weakest.name,
    )


def answer_lines(attempt: str) -> tuple[AnswerLine, ...]:
    """Return every question of an attempt with its answer and newest mark, in order."""
    rows = db.session.execute(
        sa.select(AttemptItem, ItemRevision, ResponseRow)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .outerjoin(
            ResponseRow,
            sa.and_(ResponseRow.attempt_item_id == AttemptItem.id, ResponseRow.try_number == 1),
        )
        .where(Attempt.public_id == attempt)
        .order_by(AttemptItem.position)
    ).all()
    marks = mark_steps([attempt_item.id for attempt_item, _, _ in rows])
    corrected = re_marks(marks)
    lines = []
    for attempt_item, revision, response in rows:
        item = content_of(revision).item
        stored = None if response is None else response.content
        given = None if stored is None else item.response_from_json(stored)
        lines.append(
            AnswerLine(
                position=attempt_item.position,
                prompt=text.plain(item.prompt),
                summary=item.summary(given),
                answered=given is not None,
                checked=response is not None and response.frozen_at is not None,
                fraction=marks[attempt_item.id][-1].fraction if attempt_item.id in marks else None,
                confidence=None if response is None else response.confidence,
                steps=marks.get(attempt_item.id, ()),
                most_points=max(item.rubric_points(), default=None),
                re_mark=corrected.get(attempt_item.id),
            )
        )
    return tuple(lines)


def _skill_tallies(attempt: str, lines: tuple[AnswerLine, ...]) -> tuple[SkillTally, ...]:
    counted = {line.position: line.fraction for line in lines if not line.void}
    rows = db.session.execute(
        sa.select(AttemptItem.position.label("place"), Skill.slug, Skill.name, Skill.position)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(ItemRevision, ItemRevision.id == AttemptItem.item_revision_id)
        .join(Skill, Skill.slug == ItemRevision.skill)
        .where(Attempt.public_id == attempt)
    ).all()
    found: dict[tuple[int, str, str], list[float | None]] = {}
    for row in rows:
        if row.place in counted:
            found.setdefault((row.position, row.slug, row.name), []).append(counted[row.place])
    return tuple(SkillTally(slug, name, Tally.of(fractions)) for (_, slug, name), fractions in sorted(found.items()))


def _explained(attempt: str, revision: ItemRevision, stored: JSON, steps: Sequence[MarkStep]) -> tuple[Content, bool]:
    """Return the question whose key a student should read, and whether their mark is more than that key gives.

    It is the corrected one wherever it offers what they answered: who stays wrong by a correction and who keeps a
    mark have no new mark, and neither should read of the old key.
    """
    asked = content_of(revision)
    if not steps:
        return asked, False
    key = key_in_attempt(db.session(), attempt, revision)
    given = None if stored is None else asked.item.response_from_json(stored)
    if key.mended is not None and key.explains(given, steps[-1].fraction):
        return key.mended, key.is_outdone(given, steps[-1].fraction)
    return content_of(_revision_numbered(revision, steps[-1].revision)), False


def _revision_numbered(revision: ItemRevision, number: int) -> ItemRevision:
    if revision.number == number:
        return revision
    same_item = sa.and_(ItemRevision.item_id == revision.item_id, ItemRevision.number == number)
    return db.session.scalars(sa.select(ItemRevision).where(same_item)).one()
