"""A quiz or an assignment on paper: the worksheet for students, and the key for their teacher."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from quizapp.bank.model import Source
from quizapp.bank.strategies import is_verdict
from quizapp.bank.worksheet import VERSIONS, Block, ByHand, Printed, blocks, by_hand, print_items, rightly, sheet_code
from quizapp.items.base import Feedback
from quizapp.items.controls import AnswerForm
from quizapp.items.registry import AnyItem
from quizapp.models import (
    Assignment,
    AssignmentDraw,
    AssignmentRoute,
    BankRevision,
    ItemRevision,
    Quiz,
    QuizItem,
    QuizRevision,
    Route,
    db,
)
from quizapp.services.alternatives import made_up_for_class
from quizapp.services.answer_keys import AnswerKey, keys_in_force, rules_in_force
from quizapp.services.assigning import get_quiz
from quizapp.services.bank_notes import notes_by_quiz
from quizapp.services.catalogue import Html, can_be_asked, content_of, html_for
from quizapp.services.drawing import cell_of, draw
from quizapp.services.lessons import LessonPage, lesson_page
from quizapp.services.mark_rules import MarkRule
from quizapp.services.pictures import picture_path
from quizapp.services.rosters import NotFoundError, SectionRef, find_section


@dataclass(frozen=True)
class PaperOptions:
    """What a teacher can choose about a worksheet; the defaults fit a lesson."""

    version: str = VERSIONS[0]
    sure: bool = True
    """Whether "How sure are you?" stands under each question."""
    large: bool = False
    """Large print."""
    note: bool = True
    """With the note on content, where the bank has one."""
    article: bool = False
    """With the questions that need the whole article; an assignment knows this by itself."""
    other: bool = False
    """Made-up topics in place of the article's, where the assignment lets students choose."""
    lesson: bool = False
    """The key comes with the lesson plan, where the bank has one."""


@dataclass(frozen=True)
class Solved:
    """A question with what marks it."""

    question: Printed
    item: AnyItem
    """The question by whose key it is marked: a corrected one, or the printed one."""
    right: AnswerForm
    """The form filled in rightly; empty where a teacher decides."""
    feedback: Feedback
    """What there is to say to the right answer."""
    marks: ByHand
    rule: MarkRule
    also: tuple[str, ...] = ()
    """More answers that a correction accepts, plain text."""
    moved: bool = False
    """The corrected question has other answers than the printed one, so its key has no letters here."""

    @property
    def counts(self) -> bool:
        return not self.rule.void


@dataclass(frozen=True)
class PaperPage:
    """A worksheet, and what its key adds."""

    quiz: str
    """Public id."""
    section: SectionRef | None
    assignment: str | None
    title: str
    language: str
    options: PaperOptions
    code: str
    blocks: tuple[Block, ...]
    note: str | None
    source: Source | None
    """The article, where printed questions are about one."""
    needing: int
    """How many questions of the quiz need the whole article, printed or not."""
    may_change: bool
    """Whether students may choose made-up topics, so that there is a second worksheet."""
    html: Html
    missing: frozenset[str]
    """Names of pictures that are not there; their descriptions are printed."""
    solved: tuple[Solved, ...] = ()
    """For each question, in order; nothing on a worksheet."""
    lesson: LessonPage | None = None

    @property
    def questions(self) -> tuple[Printed, ...]:
        return tuple(one for block in self.blocks for one in block.questions)

    @property
    def total(self) -> int:
        """Marks to be had: one for each question that counts."""
        return sum(one.counts for one in self.solved)

    @property
    def reads_article(self) -> bool:
        """Whether a printed question needs the whole article."""
        return any(one.needs_article for one in self.questions)

    @property
    def judges(self) -> bool:
        """Whether a question asks for a verdict, sound or not."""
        return any(is_verdict(one.item) for one in self.questions)


def quiz_paper(quiz: str, account_id: int, options: PaperOptions, *, key: bool = False) -> PaperPage:
    """Return a whole quiz on paper.

    Args:
        key: with what the key needs.

    Raises:
        NotFoundError: no such quiz for this teacher, or no such version.
    """
    ref = get_quiz(quiz, account_id)
    every = _asked(ref.revision_id, sa.true())
    asked = [one for one in every if options.article or one.needs != "article"]
    page = _page(quiz, ref.revision_id, ref.title, asked, options)
    page = replace(page, needing=sum(one.needs == "article" for one in every), note=ref.note if options.note else None)
    if not key:
        return page
    lesson = lesson_page(quiz, account_id) if options.lesson and ref.has_lesson else None
    return replace(_with_key(page, asked, {}), lesson=lesson)


def assignment_paper(
    section: str, assignment: str, account_id: int, options: PaperOptions, *, key: bool = False
) -> PaperPage:
    """Return what an assignment asks on paper: its choice of questions, its draw, its topics, its corrections.

    A draw is made anew for each version, by the blueprint of the assignment.

    Raises:
        NotFoundError: no such assignment in a class of this teacher, or no such version.
    """
    found = find_section(section, account_id)
    row = db.session.execute(
        sa.select(Assignment, QuizRevision.title, Quiz.public_id, AssignmentRoute.route)
        .join(QuizRevision, QuizRevision.id == Assignment.quiz_revision_id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .outerjoin(AssignmentRoute, AssignmentRoute.assignment_id == Assignment.id)
        .where(Assignment.public_id == assignment, Assignment.section_id == found.id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("assignment")
    given, title, quiz, route = row
    asked = _drawn(given, _asked(given.quiz_revision_id, can_be_asked(found.id)), options.version)
    other = route is Route.MADE_UP or (route is Route.EITHER and options.other)
    if other:
        asked = made_up_for_class(given.id, asked)
    options = replace(options, sure=given.ask_confidence and options.sure, other=other and route is Route.EITHER)
    page = _page(quiz, given.quiz_revision_id, title, asked, options)
    note = notes_by_quiz([given.quiz_revision_id]).get(given.quiz_revision_id)
    page = replace(
        page,
        section=found,
        assignment=assignment,
        note=note if options.note and not other else None,
        may_change=route is Route.EITHER,
    )
    return _with_key(page, asked, rules_in_force(db.session(), given.id)) if key else page


def _asked(quiz_revision_id: int, which: sa.ColumnElement[bool]) -> list[ItemRevision]:
    return list(
        db.session.scalars(
            sa.select(ItemRevision)
            .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
            .where(QuizItem.quiz_revision_id == quiz_revision_id, which)
            .order_by(QuizItem.position)
        )
    )


def _drawn(given: Assignment, asked: list[ItemRevision], version: str) -> list[ItemRevision]:
    rows = db.session.scalars(sa.select(AssignmentDraw).where(AssignmentDraw.assignment_id == given.id))
    plan = {(row.skill, row.difficulty): row.count for row in rows}
    if not plan:
        return asked
    rng = random.Random(f"{given.public_id}:{version}")  # noqa: S311 - a draw that must come again for the key
    return draw([(cell_of(one), one) for one in asked], plan, rng)


def _page(
    quiz: str, quiz_revision_id: int, title: str, asked: Sequence[ItemRevision], options: PaperOptions
) -> PaperPage:
    if options.version not in VERSIONS:
        raise NotFoundError("version")
    contents = [content_of(one) for one in asked]
    questions = print_items([(one.item, one.stimulus) for one in contents], options.version)
    language, article = _about(quiz_revision_id)
    return PaperPage(
        quiz=quiz,
        section=None,
        assignment=None,
        title=title,
        language=language,
        options=options,
        code=sheet_code(questions),
        blocks=blocks(questions),
        note=None,
        source=None if article is None or options.other else Source.model_validate(article),
        needing=0,
        may_change=False,
        html=html_for(db.session(), contents),
        missing=frozenset(
            one.stimulus.image
            for one in contents
            if one.stimulus is not None and one.stimulus.image is not None and picture_path(one.stimulus.image) is None
        ),
    )


def _about(quiz_revision_id: int) -> tuple[str, dict[str, str] | None]:
    """The language of the bank behind a quiz, and its article."""
    row = db.session.execute(
        sa.select(BankRevision.language, BankRevision.article)
        .join(Quiz, Quiz.bank_id == BankRevision.bank_id)
        .join(QuizRevision, QuizRevision.quiz_id == Quiz.id)
        .where(QuizRevision.id == quiz_revision_id)
        .order_by(BankRevision.number.desc())
        .limit(1)
    ).one()
    return row.language, row.article


def _with_key(page: PaperPage, asked: Sequence[ItemRevision], rules: dict[int, MarkRule]) -> PaperPage:
    contents = {one.id: content_of(one) for one in asked}
    keys = keys_in_force(db.session(), {one: content.item for one, content in contents.items()}, rules)
    mended = [key.mended for key in keys.values() if key.mended is not None]
    return replace(
        page,
        solved=tuple(_solved(one, keys[revision.id]) for one, revision in zip(page.questions, asked, strict=True)),
        html=html_for(db.session(), [*contents.values(), *mended]),
    )


def _solved(question: Printed, key: AnswerKey) -> Solved:
    item, moved = question.item, False
    if key.mended is not None:
        try:
            key.item.form(question.shown, response=rightly(key.item))
            item = key.item
        except ValueError:
            moved = True
    right = rightly(item)
    return Solved(
        question=question,
        item=item,
        right=item.form(question.shown, response=right, place=str(question.number)),
        feedback=item.explain(right, question.shown),
        marks=by_hand(item, question.shown),
        rule=key.rule,
        also=key.accepted,
        moved=moved,
    )
