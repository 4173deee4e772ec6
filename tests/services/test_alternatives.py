"""Made-up topics in place of an article's questions: as many, as like them, and nobody else's business."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import (
    Attempt,
    AttemptItem,
    CorrectionAction,
    CountingAttempt,
    ItemRevision,
    PrivateSwitch,
    Response,
    Route,
    Score,
    ScoreReason,
    StandIn,
    db,
)
from quizapp.services import (
    alternatives,
    assigning,
    attempts,
    class_page,
    correcting,
    correction_pages,
    corrections,
    live,
    questions,
    reports,
    results,
    reviewing,
    starting,
    student_page,
    tempting,
)
from quizapp.services.alternatives import choose
from quizapp.services.rosters import NotFoundError
from quizapp.services.scoring import further_score
from tests import factories
from tests.clock import START
from tests.factories import Pupil

WARNED, ACRES = "What does warned add?", "Of 200 acres 50 burned. How many percent?"


class Lesson:
    """Ada and Ben have a quiz on an article; six questions on made-up topics stand ready."""

    def __init__(self, route: Route | None = Route.EITHER) -> None:
        self.quiz = factories.publish(factories.ARTICLE_BANK)
        self.made_up = factories.publish(factories.MADE_UP_BANK)
        self.teacher = factories.make_teacher()
        self.school_class = factories.make_class(self.teacher, "Ada", "Ben")
        self.ada, self.ben = self.school_class.pupils
        self.ref = self.school_class.ref
        self.assignment = factories.assign(self.school_class, self.teacher, self.quiz, route=route, attempts_allowed=2)

    def change(self, pupil: Pupil, seed: int = 1) -> str | None:
        return alternatives.change_questions(self.assignment, pupil.id, now=START, rng=random.Random(seed))

    def prompts(self, attempt: str) -> list[str]:
        return [line.prompt for line in reviewing.answer_lines(attempt)]

    def answer(self, pupil: Pupil, attempt: str, position: int) -> None:
        key = factories.key_of(attempt, position)
        attempts.save(pupil.taker, attempt, position, key, confidence=0.95, drawn=None, now=START)

    def finish(self, pupil: Pupil, attempt: str) -> None:
        for position in (1, 2):
            self.answer(pupil, attempt, position)
        attempts.hand_in(pupil.taker, attempt, now=START)

    def fail(self, pupil: Pupil, assignment: str) -> str:
        """Get the first question wrong, and be sure of it."""
        attempt = factories.start(assignment, pupil)
        wrong = factories.wrong_for(attempt, 1)
        attempts.save(pupil.taker, attempt, 1, wrong, confidence=0.95, drawn=None, now=START)
        attempts.hand_in(pupil.taker, attempt, now=START)
        return attempt


@pytest.fixture
def lesson() -> Lesson:
    return Lesson()


def count(table: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_changing_before_the_start(lesson: Lesson) -> None:
    assert starting.start_page(lesson.assignment, lesson.ada.id, now=START).may_change
    assert lesson.change(lesson.ada) is None
    assert lesson.change(lesson.ada) is None
    assert not starting.start_page(lesson.assignment, lesson.ada.id, now=START).may_change
    attempt = factories.start(lesson.assignment, lesson.ada)
    # One of each skill and difficulty that was replaced.
    assert lesson.prompts(attempt) == [
        "Which of these is made up, verbs and easy?",
        "Which of these is made up, facts and hard?",
    ]
    assert lesson.prompts(factories.start(lesson.assignment, lesson.ben)) == [WARNED, ACRES]
    assert alternatives.other_questions(lesson.assignment, lesson.ada.id).switched
    assert not alternatives.may_change(attempt, lesson.ada.id)
    # The next try has made-up topics too.
    attempts.hand_in(lesson.ada.taker, attempt, now=START)
    assert WARNED not in lesson.prompts(factories.start(lesson.assignment, lesson.ada))


def test_changing_in_mid_quiz_keeps_what_was_answered_and_the_attempt(lesson: Lesson) -> None:
    attempt = factories.start(lesson.assignment, lesson.ada)
    lesson.answer(lesson.ada, attempt, 1)
    frame = sa.select(Attempt.id, Attempt.number, Attempt.started_at, Attempt.ends_at)
    before = db.session.execute(frame).all()
    assert alternatives.other_questions(lesson.assignment, lesson.ada.id).answered == 1
    assert lesson.change(lesson.ada) == attempt
    assert lesson.change(lesson.ada, seed=2) == attempt
    assert lesson.prompts(attempt) == [WARNED, "Which of these is made up, facts and hard?"]
    assert (
        db.session.execute(sa.select(Attempt.id, Attempt.number, Attempt.started_at, Attempt.ends_at)).all() == before
    )
    assert (count(Response), count(StandIn), count(AttemptItem)) == (1, 1, 2)
    page = reviewing.check_page(lesson.ada.taker, attempt, now=START)
    assert (page.attempt.total, page.blanks) == (2, 1)


def test_what_was_checked_stays_and_an_emptied_answer_goes(lesson: Lesson) -> None:
    attempt = factories.start(lesson.assignment, lesson.ada)
    key = factories.key_of(attempt, 1)
    attempts.check(lesson.ada.taker, attempt, 1, key, confidence=None, drawn=None, now=START)
    lesson.answer(lesson.ada, attempt, 2)
    attempts.save(lesson.ada.taker, attempt, 2, None, confidence=None, drawn=None, now=START)
    lesson.change(lesson.ada)
    assert lesson.prompts(attempt)[0] == WARNED
    assert lesson.prompts(attempt)[1] != ACRES
    assert count(Score) == 1


def test_only_where_the_teacher_lets_students_change() -> None:
    lesson = Lesson(None)
    for route in (None, Route.ARTICLE, Route.MADE_UP):
        given = factories.assign(lesson.school_class, lesson.teacher, lesson.quiz, route=route)
        with pytest.raises(NotFoundError):
            alternatives.change_questions(given, lesson.ada.id, now=START, rng=random.Random(1))
    either = factories.assign(lesson.school_class, lesson.teacher, lesson.quiz, route=Route.EITHER)
    stranger = factories.make_class(lesson.teacher, "Cy", title="9C").pupils[0]
    with pytest.raises(NotFoundError):
        alternatives.change_questions(either, stranger.id, now=START, rng=random.Random(1))
    assert count(PrivateSwitch) == 0


def test_made_up_topics_for_the_whole_class_are_the_same_for_everybody() -> None:
    lesson = Lesson(Route.MADE_UP)
    ada, ben = (factories.start(lesson.assignment, pupil, seed=pupil.id) for pupil in (lesson.ada, lesson.ben))
    assert sorted(lesson.prompts(ada)) == sorted(lesson.prompts(ben))
    assert WARNED not in lesson.prompts(ada)
    assert count(StandIn) == 0


def test_too_few_made_up_questions_are_told_at_assigning() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    quiz = factories.publish(factories.ARTICLE_BANK)
    with pytest.raises(assigning.RulesError, match=r"^route: too-few$"):
        factories.assign(school_class, teacher, quiz, route=Route.EITHER)


def test_no_page_of_the_teacher_tells_who_changed(lesson: Lesson) -> None:
    """Two students do the same, one of them with other questions: every page has the same of both."""
    lesson.change(lesson.ada)
    for pupil in (lesson.ada, lesson.ben):
        lesson.finish(pupil, factories.start(lesson.assignment, pupil))
    account, class_id = lesson.teacher.id, lesson.ref.public_id
    grid = results.results_page(class_id, lesson.assignment, account, now=START)
    assert [column.question.prompt for column in grid.columns] == [WARNED, ACRES]
    ada, ben = grid.rows
    assert (ada.cells, ada.total, ada.state) == (ben.cells, ben.total, ben.state)
    assert {cell.text for cell in ada.cells} == {""}
    sheets = [
        student_page.student_attempt_page(class_id, row.person.public_id, row.attempt or "", account, now=START)
        for row in grid.rows
    ]
    assert sheets[0].lines == sheets[1].lines
    assert "made up" not in repr(sheets)
    rows = live.live_page(class_id, lesson.assignment, account, now=START).rows
    assert len({(row.state, row.answered, row.questions) for row in rows}) == 1
    page = class_page.class_page(class_id, account, now=START)
    assert page.rows[0].cells == page.rows[1].cells
    answers = tempting.answers_page(class_id, account, now=START)
    assert "made up" not in repr(answers)
    skills = [student_page.student_page(class_id, row.person.public_id, account, now=START).cells for row in grid.rows]
    assert skills[0] == skills[1]


def test_where_a_reported_question_stood_in_for_another_is_not_told(lesson: Lesson) -> None:
    lesson.change(lesson.ada)
    for pupil in (lesson.ada, lesson.ben):
        attempt = factories.start(lesson.assignment, pupil)
        reports.report_question(pupil.id, attempt, 1, "Odd.", key=factories.instance_key(), now=START)
    reported = reports.reports_of_class(lesson.ref, lesson.teacher.id)
    asked_in = {line.prompt: [one.assignment for one in line.asked_in] for line in reported}
    assert asked_in == {WARNED: [lesson.assignment], "Which of these is made up, verbs and easy?": []}


def test_sure_and_wrong_is_counted_and_not_named_where_students_may_change(lesson: Lesson) -> None:
    lesson.change(lesson.ada)
    for pupil in (lesson.ada, lesson.ben):
        lesson.fail(pupil, lesson.assignment)
    (line,) = tempting.answers_page(lesson.ref.public_id, lesson.teacher.id, now=START).sure_and_wrong
    assert (line.question, line.who) == (WARNED, tempting.Who((), 1))
    # Where nobody can change, the same answer has names beside it; each student is counted once.
    open_to_all = factories.assign(lesson.school_class, lesson.teacher, lesson.quiz, route=Route.ARTICLE)
    for pupil in (lesson.ada, lesson.ben):
        lesson.fail(pupil, open_to_all)
    (line,) = tempting.answers_page(lesson.ref.public_id, lesson.teacher.id, now=START).sure_and_wrong
    assert ([one.name for one in line.who.named], line.who.count) == (["Ada", "Ben"], 2)


def test_a_correction_counts_and_names_nobody_where_students_may_change(lesson: Lesson) -> None:
    lesson.change(lesson.ada)
    tries = [lesson.fail(pupil, lesson.assignment) for pupil in (lesson.ada, lesson.ben)]
    correction = corrections.propose(
        lesson.ref,
        lesson.assignment,
        factories.question_of(tries[1], 1),
        corrections.Proposal(CorrectionAction.ALL, "It can be read both ways."),
        account_id=lesson.teacher.id,
        now=START,
    )
    assert correcting.prepare(correction).complete
    before = correction_pages.dry_run(lesson.ref, correction)
    correcting.apply(correction, now=START)
    for page in (before, correction_pages.dry_run(lesson.ref, correction)):
        assert (page.named, page.raised, [line.name for line in page.changes]) == (False, 1, [""])


def test_the_page_of_a_question_counts_nobody_as_waiting_where_students_may_change(lesson: Lesson) -> None:
    attempt = factories.start(lesson.assignment, lesson.ada)
    lesson.answer(lesson.ada, attempt, 1)
    lesson.change(lesson.ada)
    lesson.finish(lesson.ben, factories.start(lesson.assignment, lesson.ben))
    pages = [
        questions.question_page(lesson.ref.public_id, lesson.assignment, number, lesson.teacher.id, now=START)
        for number in (1, 2)
    ]
    assert [(page.marked, page.unmarked) for page in pages] == [(1, 0), (1, 0)]


def test_the_page_of_a_question_holds_answers_to_it_alone(lesson: Lesson) -> None:
    lesson.change(lesson.ada)
    for pupil in (lesson.ada, lesson.ben):
        lesson.finish(pupil, factories.start(lesson.assignment, pupil))
    page = questions.question_page(lesson.ref.public_id, lesson.assignment, 1, lesson.teacher.id, now=START)
    assert page.marked == 1
    assert page.statistics.shown == 1
    assert page.assignment.counting is CountingAttempt.FIRST


def test_a_question_of_another_skill_feeds_the_skill_of_the_one_it_stands_in_for() -> None:
    lesson = Lesson()
    only_verbs = "".join(factories.MADE_UP_BANK.partition("  - id: facts-easy")[:1])
    factories.publish(only_verbs)
    lesson.change(lesson.ada)
    attempt = factories.start(lesson.assignment, lesson.ada)
    lesson.finish(lesson.ada, attempt)
    marks = db.session.execute(sa.select(Score.skill, Score.fraction).order_by(Score.id)).all()
    assert sorted(marks) == [("facts", 1.0), ("verbs", 1.0)]
    shown = reviewing.result_page(lesson.ada.taker, attempt, now=START)
    assert isinstance(shown, reviewing.ResultPage)
    assert shown.total.share == 1
    # And so does every later mark of it.
    moved = db.session.scalars(sa.select(Score).where(Score.skill == "facts")).one()
    revision = db.session.get_one(ItemRevision, moved.item_revision_id)
    again = further_score(
        moved, revision, None, fraction=0.0, reason=ScoreReason.RE_MARKED, now=START, actor_id=lesson.teacher.id
    )
    assert (revision.skill, again.skill) == ("verbs", "facts")


def test_likeness_comes_in_steps() -> None:
    pool = [(("a", "easy"), 1), (("b", "hard"), 2), (("a", "hard"), 3), (("c", "medium"), 4)]
    rng = random.Random(3)
    assert choose([("a", "hard"), ("b", "easy"), ("d", "easy")], pool, rng) == [3, 2, 1]
    assert choose([("x", "y")] * 5, pool, rng).count(None) == 1
    assert choose([], pool, rng) == []
