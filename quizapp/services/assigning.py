"""Quizzes that can be assigned, and assignments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.models import (
    Assignment,
    AssignmentDraw,
    AssignmentRecipient,
    AssignmentRoute,
    Bank,
    BankLesson,
    BankRevision,
    CountingAttempt,
    FeedbackMode,
    ItemRevision,
    Quiz,
    QuizItem,
    QuizRevision,
    RosterEntry,
    Route,
    Skill,
    Student,
    db,
)
from quizapp.services.alternatives import made_up_questions
from quizapp.services.bank_access import visible_to
from quizapp.services.bank_notes import notes_by_quiz
from quizapp.services.catalogue import can_be_asked
from quizapp.services.credentials import request_hash
from quizapp.services.drawing import blueprint, cell_of
from quizapp.services.rosters import NotFoundError, SectionRef
from quizapp.services.writing import writing


@dataclass(frozen=True)
class QuizRef:
    """A quiz as lists show it, at its newest revision."""

    public_id: str
    revision_id: int
    title: str
    questions: int
    skills: tuple[str, ...]
    article: str | None
    has_lesson: bool
    note: str | None = None
    """What readers should know before they begin, plain text."""


@dataclass(frozen=True)
class AssignmentRules:
    """What a teacher chooses when assigning; the defaults fit a lesson."""

    feedback: FeedbackMode = FeedbackMode.IMMEDIATE
    ask_confidence: bool = True
    shuffle_items: bool = True
    one_way: bool = False
    """No way back to an earlier question."""
    opens_at: datetime | None = None
    """None: at once."""
    due_at: datetime | None = None
    closes_at: datetime | None = None
    accept_late: bool = True
    attempts_allowed: int | None = 1
    """None: as many as wanted."""
    counting: CountingAttempt = CountingAttempt.FIRST
    time_limit: int | None = None
    """Seconds for a student without extra time; None: untimed."""
    pass_mark: float | None = None
    """Share from 0 to 1; None: nobody passes or fails."""


@dataclass(frozen=True)
class Recipients:
    """For whom: groups by name and students by public id; nobody named means the whole class."""

    groups: tuple[str, ...] = ()
    students: tuple[str, ...] = ()

    @property
    def whole_class(self) -> bool:
        return not self.groups and not self.students


@dataclass(frozen=True)
class Questions:
    """Which questions of a quiz: all, the chosen ones, or a draw of a number for every attempt."""

    chosen: tuple[str, ...] | None = None
    """Public ids of item revisions; None: all."""
    number: int | None = None
    """How many each attempt draws, of the skills and difficulties below; None: no draw."""
    skills: frozenset[str] | None = None
    difficulties: frozenset[str] | None = None


EVERYBODY = Recipients()
ALL = Questions()


class RulesError(ValueError):
    """The rules contradict each other or what has already happened; `field` and `reason` say where and why."""

    OVER = "over"
    BEFORE_OPENING = "before-opening"
    BEFORE_DUE = "before-due"
    NOBODY = "nobody"
    NO_QUESTION = "no-question"
    STARTED = "started"
    CHANGED = "changed"
    TOO_FEW = "too-few"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def list_quizzes(account_id: int | None = None) -> tuple[QuizRef, ...]:
    """Return what can be taken: every shipped bank, this teacher's own, and what colleagues share with them."""
    return _quizzes(visible_to(account_id))


def _quizzes(*conditions: sa.ColumnElement[bool]) -> tuple[QuizRef, ...]:
    newest = (
        sa.select(QuizRevision.quiz_id, sa.func.max(QuizRevision.number).label("number"))
        .group_by(QuizRevision.quiz_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Quiz.public_id, QuizRevision.id, QuizRevision.title, Quiz.bank_id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .join(
            newest,
            sa.and_(newest.c.quiz_id == QuizRevision.quiz_id, newest.c.number == QuizRevision.number),
        )
        .join(Bank, Bank.id == Quiz.bank_id)
        .where(Quiz.whole_bank, *conditions)
        .order_by(QuizRevision.title)
    ).all()
    counts = _counts([row.id for row in rows])
    lessons = set(db.session.scalars(sa.select(BankLesson.bank_id)))
    articles = _articles([row.bank_id for row in rows])
    notes = notes_by_quiz(row.id for row in rows)
    found = (
        QuizRef(
            row.public_id,
            row.id,
            row.title,
            counts[row.id][0],
            counts[row.id][1],
            articles.get(row.bank_id),
            row.bank_id in lessons,
            notes.get(row.id),
        )
        for row in rows
        if row.id in counts
    )
    # Banks built from an article come first: they are for practice, and one of them is chosen at first.
    return tuple(sorted(found, key=lambda quiz: quiz.article is None))


def get_quiz(public_id: str, account_id: int | None = None) -> QuizRef:
    """Return one quiz this person may take or assign.

    Raises:
        NotFoundError: there is none, or it is another teacher's and not shared.
    """
    found = _quizzes(visible_to(account_id), Quiz.public_id == public_id)
    if not found:
        raise NotFoundError("quiz")
    return found[0]


def assign(
    section: SectionRef,
    quiz: QuizRef,
    rules: AssignmentRules,
    *,
    account_id: int,
    now: datetime,
    request_key: str | None = None,
    to: Recipients = EVERYBODY,
    questions: Questions = ALL,
    route: Route | None = None,
) -> str:
    """Give a quiz, as it is now, to a class or some of it.

    Args:
        request_key: the form's random word; the same word never assigns twice.
        route: whether students get or may choose made-up topics; only where there are as many questions
            on them as the quiz has. None: the questions of the quiz.

    Returns:
        The public id of the assignment.

    Raises:
        RulesError: the times contradict each other, nobody is named, no question is left, or there are too few
            questions on made-up topics.
    """
    check_times(rules, now=now)
    if route is not None and made_up_questions(account_id) < quiz.questions:
        raise RulesError("route", RulesError.TOO_FEW)
    once = request_hash(request_key, account_id, section.id)
    try:
        with writing() as session:
            row = Assignment(
                section_id=section.id,
                quiz_revision_id=_chosen_revision(session, section, quiz, questions, now),
                created_by=account_id,
                request_key=once,
                created_at=now,
                opens_at=rules.opens_at or now,
                feedback=rules.feedback,
                ask_confidence=rules.ask_confidence,
                shuffle_items=rules.shuffle_items,
                one_way=rules.one_way,
                for_whole_class=to.whole_class,
            )
            apply_changeable(row, rules)
            session.add(row)
            session.flush()
            name_recipients(session, row, to)
            _store_draw(session, row, questions)
            if route is not None:
                session.add(AssignmentRoute(assignment_id=row.id, route=route))
            return row.public_id
    except IntegrityError:
        return db.session.scalars(
            sa.select(Assignment.public_id).where(Assignment.request_key == once, Assignment.section_id == section.id)
        ).one()


def check_times(rules: AssignmentRules, *, now: datetime) -> None:
    """Refuse times that contradict each other.

    Raises:
        RulesError: closing is over or before the rest, or due is before opening.
    """
    opens_at = rules.opens_at or now
    if rules.due_at is not None and rules.due_at <= opens_at:
        raise RulesError("due_at", RulesError.BEFORE_OPENING)
    if rules.closes_at is None:
        return
    if rules.closes_at <= now:
        raise RulesError("closes_at", RulesError.OVER)
    if rules.closes_at <= opens_at:
        raise RulesError("closes_at", RulesError.BEFORE_OPENING)
    if rules.due_at is not None and rules.closes_at < rules.due_at:
        raise RulesError("closes_at", RulesError.BEFORE_DUE)


def apply_changeable(row: Assignment, rules: AssignmentRules) -> None:
    """Write into an assignment what may change while students work."""
    row.due_at = rules.due_at
    # Without late work, due is the same as closing: one moment for everything that asks whether it is over.
    row.closes_at = rules.closes_at if rules.accept_late or rules.due_at is None else rules.due_at
    row.accept_late = rules.accept_late
    row.attempts_allowed = rules.attempts_allowed
    row.counting = rules.counting
    row.time_limit = rules.time_limit
    row.pass_mark = rules.pass_mark


def name_recipients(session: Session, row: Assignment, to: Recipients) -> None:
    """Store for whom an assignment is. The caller commits.

    Raises:
        RulesError: none of those named is in the class.
    """
    row.for_whole_class = to.whole_class
    session.execute(sa.delete(AssignmentRecipient).where(AssignmentRecipient.assignment_id == row.id))
    if to.whole_class:
        return
    here = sa.and_(RosterEntry.section_id == row.section_id, RosterEntry.removed_at.is_(None))
    groups = session.scalars(sa.select(RosterEntry.group).where(here, RosterEntry.group.in_(to.groups)).distinct())
    students = session.scalars(
        sa.select(Student.id)
        .join(RosterEntry, RosterEntry.student_id == Student.id)
        .where(here, Student.public_id.in_(to.students))
    )
    named = [AssignmentRecipient(assignment_id=row.id, group=group) for group in groups]
    named += [AssignmentRecipient(assignment_id=row.id, student_id=student_id) for student_id in students]
    if not named:
        raise RulesError("recipients", RulesError.NOBODY)
    session.add_all(named)


def release_results(section: SectionRef, assignment: str, *, now: datetime) -> None:
    """Show deferred results to the students from now on.

    Raises:
        NotFoundError: the class has no such assignment.
    """
    with writing() as session:
        row = session.scalar(
            sa.select(Assignment).where(Assignment.public_id == assignment, Assignment.section_id == section.id)
        )
        if row is None:
            raise NotFoundError("assignment")
        if row.released_at is None:
            row.released_at = now


def _chosen_revision(session: Session, section: SectionRef, quiz: QuizRef, questions: Questions, now: datetime) -> int:
    """Return the quiz revision to assign: the bank's own, or a new one that holds only what was chosen."""
    if questions.chosen is None:
        return quiz.revision_id
    rows = session.scalars(
        sa.select(ItemRevision)
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .where(QuizItem.quiz_revision_id == quiz.revision_id, can_be_asked(section.id))
        .order_by(QuizItem.position)
    ).all()
    chosen = [row for row in rows if row.public_id in questions.chosen]
    if not chosen:
        raise RulesError("questions", RulesError.NO_QUESTION)
    if len(chosen) == len(rows):
        return quiz.revision_id
    bank_id = session.scalars(sa.select(Quiz.bank_id).where(Quiz.public_id == quiz.public_id)).one()
    part = Quiz(bank_id=bank_id, whole_bank=False)
    session.add(part)
    session.flush()
    revision = QuizRevision(quiz_id=part.id, number=1, title=quiz.title, created_at=now)
    session.add(revision)
    session.flush()
    session.add_all(
        QuizItem(quiz_revision_id=revision.id, position=position, item_revision_id=row.id)
        for position, row in enumerate(chosen, start=1)
    )
    return revision.id


def _store_draw(session: Session, row: Assignment, questions: Questions) -> None:
    if questions.number is None:
        return
    pool = session.scalars(
        sa.select(ItemRevision)
        .join(QuizItem, QuizItem.item_revision_id == ItemRevision.id)
        .where(QuizItem.quiz_revision_id == row.quiz_revision_id, can_be_asked(row.section_id))
    )
    cells = [
        cell
        for cell in map(cell_of, pool)
        if (questions.skills is None or cell[0] in questions.skills)
        and (questions.difficulties is None or cell[1] in questions.difficulties)
    ]
    plan = blueprint(cells, questions.number)
    if not plan:
        raise RulesError("questions", RulesError.NO_QUESTION)
    session.add_all(
        AssignmentDraw(assignment_id=row.id, skill=skill, difficulty=difficulty, count=count)
        for (skill, difficulty), count in plan.items()
    )


def _counts(revision_ids: list[int]) -> dict[int, tuple[int, tuple[str, ...]]]:
    names = {
        slug: (position, name)
        for slug, position, name in db.session.execute(sa.select(Skill.slug, Skill.position, Skill.name))
    }
    rows = db.session.execute(
        sa.select(QuizItem.quiz_revision_id, ItemRevision.skill, sa.func.count())
        .join(ItemRevision, ItemRevision.id == QuizItem.item_revision_id)
        .where(QuizItem.quiz_revision_id.in_(revision_ids), can_be_asked())
        .group_by(QuizItem.quiz_revision_id, ItemRevision.skill)
    )
    found: dict[int, tuple[int, set[tuple[int, str]]]] = {}
    for revision_id, skill, count in rows:
        total, skills = found.get(revision_id, (0, set()))
        if skill in names:
            skills.add(names[skill])
        found[revision_id] = (total + count, skills)
    return {
        revision_id: (total, tuple(name for _, name in sorted(skills)))
        for revision_id, (total, skills) in found.items()
    }


def _articles(bank_ids: list[int]) -> dict[int, str]:
    rows = db.session.execute(
        sa.select(BankRevision.bank_id, BankRevision.article)
        .where(BankRevision.bank_id.in_(bank_ids))
        .order_by(BankRevision.number)
    )
    return {bank_id: str(article.get("title", "")) for bank_id, article in rows if article}
