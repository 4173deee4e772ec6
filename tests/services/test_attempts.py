"""Taking a quiz: what is taken, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import Assignment, Attempt, AttemptItem, FeedbackMode, Response, Score, Section, Student, db
from quizapp.services import assigning, attempts, my_work, reviewing, rosters, starting, taking
from quizapp.services.assigning import QuizRef
from quizapp.services.attempts import Drawn, RefusedError, Saved, Taker
from quizapp.services.rosters import NotFoundError
from quizapp.services.starting import CannotStartError
from quizapp.services.timing import GRACE
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import Pupil, SchoolClass, Teacher

KEY = {"option": "x"}


class Lesson:
    """A teacher, a class of two, a quiz."""

    def __init__(self) -> None:
        self.quiz: QuizRef = factories.publish()
        self.teacher: Teacher = factories.make_teacher()
        self.school_class: SchoolClass = factories.make_class(self.teacher, "Ada", "Ben")
        self.ada, self.ben = self.school_class.pupils

    def assign(self, **rules: Any) -> str:
        return factories.assign(self.school_class, self.teacher, self.quiz, **rules)

    def start(self, pupil: Pupil | None = None, **rules: Any) -> str:
        return factories.start(self.assign(**rules), pupil or self.ada)


@pytest.fixture
def lesson() -> Lesson:
    return Lesson()


def save(taker: Taker, attempt: str, position: int = 1, *, now: datetime = START, drawn: Drawn | None = None) -> Saved:
    content = factories.key_of(attempt, position) if position in range(1, 5) else KEY
    return attempts.save(taker, attempt, position, content, confidence=0.75, drawn=drawn, now=now)


def check(taker: Taker, attempt: str, position: int = 1, *, right: bool = True, now: datetime = START) -> Saved:
    content = factories.response_to(attempt, position, right=right)
    return attempts.check(taker, attempt, position, content, confidence=None, drawn=None, now=now)


def stored() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that taking a quiz writes."""
    db.session.rollback()
    return {
        table.__tablename__: [tuple(row) for row in db.session.execute(sa.select(table.__table__).order_by(table.id))]
        for table in (Attempt, AttemptItem, Response, Score)
    }


def refused(reason: str) -> Any:
    return pytest.raises(RefusedError, match=f"^{reason}$")


# ---------------------------------------------------------------- starting


def test_start_is_the_same_attempt_until_it_is_handed_in(lesson: Lesson) -> None:
    assignment = lesson.assign(attempts_allowed=2)
    first = factories.start(assignment, lesson.ada, seed=1)
    before = stored()
    assert factories.start(assignment, lesson.ada, seed=2) == first
    assert stored() == before
    assert factories.start(assignment, lesson.ben) != first
    attempts.hand_in(lesson.ada.taker, first, now=START)
    second = factories.start(assignment, lesson.ada)
    assert second != first
    attempts.hand_in(lesson.ada.taker, second, now=START)
    with pytest.raises(CannotStartError, match=r"^no-attempts-left$"):
        factories.start(assignment, lesson.ada)
    numbers = db.session.execute(
        sa.select(Attempt.number).where(Attempt.student_id == lesson.ada.id).order_by(Attempt.number)
    )
    assert [row.number for row in numbers] == [1, 2]


def test_an_assignment_starts_between_opening_and_closing(lesson: Lesson) -> None:
    closes = START + timedelta(hours=1)
    assignment = lesson.assign(closes_at=closes)
    with pytest.raises(CannotStartError, match=r"^not-open$"):
        factories.start(assignment, lesson.ada, now=START - timedelta(seconds=1))
    with pytest.raises(CannotStartError, match=r"^closed$"):
        factories.start(assignment, lesson.ada, now=closes)
    assert stored()["attempt"] == []
    begun = factories.start(assignment, lesson.ada, now=closes - timedelta(seconds=1))
    assert factories.start(assignment, lesson.ada, now=closes + GRACE - timedelta(seconds=1)) == begun
    with pytest.raises(CannotStartError, match=r"^closed$"):
        factories.start(assignment, lesson.ada, now=closes + GRACE)


def test_only_students_of_the_class_start(lesson: Lesson) -> None:
    assignment = lesson.assign()
    stranger = factories.make_class(lesson.teacher, "Cy", title="9C").pupils[0]
    with pytest.raises(NotFoundError):
        factories.start(assignment, stranger)
    with pytest.raises(NotFoundError):
        factories.start("0" * 16, lesson.ada)
    rosters.remove_student(lesson.school_class.ref, lesson.ada.public_id, now=START)
    with pytest.raises(NotFoundError):
        factories.start(assignment, lesson.ada)
    with writing() as session:
        session.get_one(Section, lesson.school_class.ref.id).archived_at = START
    with pytest.raises(NotFoundError):
        factories.start(assignment, lesson.ben)


def test_the_order_drawn_is_the_order_kept(lesson: Lesson) -> None:
    assignment = lesson.assign(shuffle_items=True)

    def order(pupil: Pupil, seed: int) -> list[tuple[str, dict[str, Any]]]:
        attempt = factories.start(assignment, pupil, seed=seed)
        pages = [taking.question_page(pupil.taker, attempt, place, now=START) for place in range(1, 5)]
        return [(page.content.item.id, page.shown) for page in pages]

    drawn = order(lesson.ada, seed=3)
    assert order(lesson.ada, seed=99) == drawn
    assert order(lesson.ben, seed=4) != drawn
    assert sorted(name for name, _ in drawn) == ["caption", "claimed", "notice", "share"]


def test_without_mixing_the_bank_gives_the_order(lesson: Lesson) -> None:
    attempt = lesson.start(shuffle_items=False)
    names = [taking.question_page(lesson.ada.taker, attempt, place, now=START).content.item.id for place in range(1, 5)]
    assert names == ["claimed", "caption", "share", "notice"]


def test_coming_back_leads_to_the_first_open_question(lesson: Lesson) -> None:
    attempt = lesson.start()
    where = attempts.first_open_position
    assert where(lesson.ada.taker, attempt) == 1
    check(lesson.ada.taker, attempt, 1)
    save(lesson.ada.taker, attempt, 3)
    assert where(lesson.ada.taker, attempt) == 2
    save(lesson.ada.taker, attempt, 2)
    attempts.save(lesson.ada.taker, attempt, 3, None, confidence=None, drawn=None, now=START)
    assert where(lesson.ada.taker, attempt) == 3
    save(lesson.ada.taker, attempt, 3)
    save(lesson.ada.taker, attempt, 4)
    assert where(lesson.ada.taker, attempt) == 1
    with pytest.raises(NotFoundError):
        where(lesson.ben.taker, attempt)


def test_who_comes_in_goes_on_with_what_was_answered_last_and_starts_nothing_nobody_chose(lesson: Lesson) -> None:
    def following(now: datetime = START) -> str | None:
        return starting.next_assignment(lesson.ada.id, lesson.school_class.ref.id, now=now)

    hour = START + timedelta(hours=1)
    assert following() is None
    first = lesson.assign(closes_at=hour)
    assert following() == first, "the only one"
    second, third = lesson.assign(), lesson.assign()
    assert following() is None, "three are open, and none was chosen"
    older = factories.start(first, lesson.ada)
    newer = factories.start(second, lesson.ada, now=START + timedelta(minutes=1))
    assert following() == second
    save(lesson.ada.taker, older, now=START + timedelta(minutes=2))
    assert following() == first, "answered last, though begun first"
    assert following(hour) == second, "the first is closed"
    attempts.hand_in(lesson.ada.taker, older, now=START + timedelta(minutes=3))
    attempts.hand_in(lesson.ada.taker, newer, now=START + timedelta(minutes=3))
    assert following() == third, "the only one left"


# ---------------------------------------------------------------- saving


def test_a_save_is_kept_word_for_word_and_numbered(lesson: Lesson) -> None:
    attempt = lesson.start()
    assert save(lesson.ada.taker, attempt).sequence == 1
    again = save(lesson.ada.taker, attempt, now=START + timedelta(minutes=1))
    assert (again.sequence, again.at, again.other_tab) == (2, START + timedelta(minutes=1), False)
    row = db.session.scalars(sa.select(Response)).one()
    assert (row.content, row.confidence, row.try_number, row.frozen_at) == (
        factories.key_of(attempt, 1),
        0.75,
        1,
        None,
    )
    assert stored()["score"] == []
    page = taking.question_page(lesson.ada.taker, attempt, 1, now=START)
    assert page.response is not None
    assert page.response.to_json() == row.content


def test_an_emptied_answer_is_a_blank_not_a_text(lesson: Lesson) -> None:
    attempt = lesson.start()
    save(lesson.ada.taker, attempt)
    attempts.save(lesson.ada.taker, attempt, 1, None, confidence=None, drawn=None, now=START)
    assert db.session.scalar(sa.select(sa.func.count()).where(Response.content.is_(None))) == 1


def test_saves_are_numbered_whatever_the_clock_does(lesson: Lesson) -> None:
    attempt = lesson.start()
    moments = [START, START - timedelta(hours=3), START + timedelta(hours=2)]
    assert [save(lesson.ada.taker, attempt, now=moment).sequence for moment in moments] == [1, 2, 3]


def test_a_second_tab_is_told_and_its_answer_counts(lesson: Lesson) -> None:
    attempt = lesson.start()
    one, two = Drawn("tab-one", 0), Drawn("tab-two", 0)
    assert not save(lesson.ada.taker, attempt, drawn=one).other_tab
    assert not save(lesson.ada.taker, attempt, drawn=one).other_tab
    assert save(lesson.ada.taker, attempt, drawn=two).other_tab
    assert not save(lesson.ada.taker, attempt, drawn=two).other_tab
    assert not save(lesson.ada.taker, attempt, drawn=Drawn("tab-new", 4)).other_tab


@pytest.mark.parametrize("taker", ["ben", "visitor", "nobody"])
def test_an_attempt_is_its_takers_only(lesson: Lesson, taker: str) -> None:
    attempt = lesson.start()
    save(lesson.ada.taker, attempt)
    stranger = {"ben": lesson.ben.taker, "visitor": Taker(visitor_hash="0" * 64), "nobody": Taker()}[taker]
    before = stored()
    for act in (
        lambda: save(stranger, attempt),
        lambda: check(stranger, attempt),
        lambda: attempts.hand_in(stranger, attempt, now=START),
        lambda: taking.question_page(stranger, attempt, 1, now=START),
        lambda: reviewing.check_page(stranger, attempt, now=START),
        lambda: reviewing.result_page(stranger, attempt, now=START),
        lambda: reviewing.feedback_page(stranger, attempt, 1, now=START),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert stored() == before


def test_a_visitors_trial_is_nobody_elses() -> None:
    quiz = factories.publish()

    def begin(visitor: str) -> str:
        return starting.start_trial(quiz, visitor, network="192.0.2.7", key="k", now=START, rng=random.Random(1))

    attempt = begin("a" * 64)
    assert save(Taker(visitor_hash="a" * 64), attempt).sequence == 1
    for stranger in (Taker(visitor_hash="b" * 64), Taker(), Taker(visitor_hash="")):
        with pytest.raises(NotFoundError):
            save(stranger, attempt)
    assert begin("a" * 64) != attempt


def test_there_is_no_question_outside_the_quiz(lesson: Lesson) -> None:
    attempt = lesson.start()
    for position in (0, 5, -1):
        with pytest.raises(NotFoundError):
            save(lesson.ada.taker, attempt, position)
    with pytest.raises(NotFoundError):
        attempts.save(lesson.ada.taker, "0" * 16, 1, KEY, confidence=None, drawn=None, now=START)
    assert stored()["response"] == []


# ---------------------------------------------------------------- refusals


def test_nothing_is_taken_after_hand_in(lesson: Lesson) -> None:
    attempt = lesson.start()
    save(lesson.ada.taker, attempt)
    check(lesson.ada.taker, attempt, 2)
    attempts.hand_in(lesson.ada.taker, attempt, now=START)
    before = stored()
    for position in range(1, 5):
        with refused("handed-in"):
            save(lesson.ada.taker, attempt, position)
        with refused("handed-in"):
            check(lesson.ada.taker, attempt, position)
    attempts.hand_in(lesson.ada.taker, attempt, now=START + timedelta(hours=1))
    assert stored() == before


def test_nothing_changes_a_checked_answer(lesson: Lesson) -> None:
    attempt = lesson.start()
    check(lesson.ada.taker, attempt, right=False)
    before = stored()
    with refused("checked"):
        save(lesson.ada.taker, attempt)
    with refused("checked"):
        check(lesson.ada.taker, attempt)
    with refused("checked"):
        attempts.save(lesson.ada.taker, attempt, 1, None, confidence=None, drawn=None, now=START)
    assert stored() == before
    (score,) = db.session.scalars(sa.select(Score)).all()
    assert (score.fraction, score.answered) == (0.0, True)
    attempts.hand_in(lesson.ada.taker, attempt, now=START)
    assert [row.fraction for row in db.session.scalars(sa.select(Score))] == [0.0] * 4


def test_nothing_is_taken_after_closing_and_what_was_saved_can_be_handed_in(lesson: Lesson) -> None:
    closes = START + timedelta(hours=1)
    attempt = lesson.start(closes_at=closes)
    assert save(lesson.ada.taker, attempt, now=closes + GRACE - timedelta(seconds=1)).sequence == 1
    before = stored()
    for act in (save, check):
        with refused("closed"):
            act(lesson.ada.taker, attempt, now=closes + GRACE)
    assert stored() == before
    attempts.hand_in(lesson.ada.taker, attempt, now=closes + timedelta(hours=1))
    assert [row.fraction for row in db.session.scalars(sa.select(Score).order_by(Score.attempt_item_id))] == [
        1.0,
        0.0,
        0.0,
        0.0,
    ]


@pytest.mark.parametrize(("factor", "unlimited", "seconds"), [(1.0, False, 600), (1.5, False, 900), (1.0, True, None)])
def test_the_time_limit_is_the_servers(lesson: Lesson, factor: float, unlimited: bool, seconds: int | None) -> None:
    assignment = lesson.assign()
    with writing() as session:
        session.scalars(sa.select(Assignment)).one().time_limit = 600
        student = session.get_one(Student, lesson.ada.id)
        student.time_factor, student.no_time_limit = factor, unlimited
    attempt = factories.start(assignment, lesson.ada)
    if seconds is None:
        assert save(lesson.ada.taker, attempt, now=START + timedelta(days=3)).sequence == 1
        return
    end = START + timedelta(seconds=seconds)
    assert save(lesson.ada.taker, attempt, now=end - timedelta(seconds=1)).sequence == 1
    assert save(lesson.ada.taker, attempt, now=end + GRACE - timedelta(seconds=1)).sequence == 2
    before = stored()
    for act in (save, check):
        with refused("out-of-time"):
            act(lesson.ada.taker, attempt, now=end + GRACE)
    assert stored() == before


def test_checking_is_for_immediate_feedback_only(lesson: Lesson) -> None:
    attempt = lesson.start(feedback=FeedbackMode.DEFERRED)
    save(lesson.ada.taker, attempt)
    before = stored()
    with pytest.raises(RefusedError):
        check(lesson.ada.taker, attempt)
    assert stored() == before
    assert save(lesson.ada.taker, attempt).sequence == 2


# ---------------------------------------------------------------- handing in and what may be seen


def test_a_blank_counts_nought_and_is_told_from_a_wrong_answer(lesson: Lesson) -> None:
    attempt = lesson.start()
    check(lesson.ada.taker, attempt, 1)
    check(lesson.ada.taker, attempt, 2, right=False)
    attempts.hand_in(lesson.ada.taker, attempt, now=START)
    rows = db.session.scalars(sa.select(Score).order_by(Score.attempt_item_id)).all()
    assert [(row.fraction, row.answered, row.reason.value) for row in rows] == [
        (1.0, True, "checked"),
        (0.0, True, "checked"),
        (0.0, False, "handed-in"),
        (0.0, False, "handed-in"),
    ]
    page = reviewing.result_page(lesson.ada.taker, attempt, now=START)
    assert isinstance(page, reviewing.ResultPage)
    assert (page.total.earned, page.total.marked) == (1.0, 4)
    assert [line.verdict for line in page.lines] == ["right", "wrong", "blank", "blank"]


def test_deferred_results_wait_for_release_or_closing(lesson: Lesson) -> None:
    closes = START + timedelta(hours=1)
    assignment = lesson.assign(feedback=FeedbackMode.DEFERRED, closes_at=closes)
    attempt = factories.start(assignment, lesson.ada)
    for position in range(1, 5):
        save(lesson.ada.taker, attempt, position)

    def seen(now: datetime = START) -> bool:
        page = reviewing.result_page(lesson.ada.taker, attempt, now=now)
        try:
            reviewing.feedback_page(lesson.ada.taker, attempt, 1, now=now)
        except NotFoundError:
            assert isinstance(page, taking.AttemptRef)
            return False
        assert isinstance(page, reviewing.ResultPage)
        return True

    def own_cells(now: datetime) -> int:
        return len(my_work.my_work(lesson.ada.id, lesson.school_class.ref.id, now=now).cells)

    assert not seen()
    assert not seen(closes)
    attempts.hand_in(lesson.ada.taker, attempt, now=START)
    assert not seen(closes - timedelta(seconds=1))
    assert [own_cells(now) for now in (START, closes - timedelta(seconds=1), closes)] == [0, 0, 2]
    assert seen(closes)
    assigning.release_results(lesson.school_class.ref, assignment, now=START)
    assert seen()
    assert own_cells(START) == 2


def test_the_check_page_lists_what_is_open_first_and_nothing_of_the_key(lesson: Lesson) -> None:
    attempt = lesson.start(feedback=FeedbackMode.DEFERRED)
    save(lesson.ada.taker, attempt, 1)
    page = reviewing.check_page(lesson.ada.taker, attempt, now=START)
    assert [(line.position, line.answered) for line in page.lines] == [(2, False), (3, False), (4, False), (1, True)]
    assert page.blanks == 3
    assert {line.fraction for line in page.lines} == {None}
