"""Written answers and their marks: no names, nothing lost, two markers told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from quizapp.models import CorrectionAction, FeedbackMode, Score, SectionTeacher, db
from quizapp.services import (
    assigning,
    attempts,
    comments,
    correcting,
    corrections,
    home,
    marking,
    marking_queue,
    reviewing,
    rosters,
    taking,
)
from quizapp.services.corrections import Proposal
from quizapp.services.marking import AnswerPage, DifferMeanwhileError, MarkedMeanwhileError, NoSuchPointsError
from quizapp.services.results import results_page
from quizapp.services.rosters import NotFoundError
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.databases import ONE_DATABASE
from tests.factories import SchoolClass, Teacher

LATER = START + timedelta(hours=1)

BANK = """\
format: 1
bank: written
title: In your own words
language: en
questions:
  - id: headline
    type: open
    skill: verbs
    prompt: Write a fair headline.
    rubric:
      0: Not about the vote
      1: Takes a side
      2: Plain
      4: Plain and exact
    explain: A headline frames.
"""
ANSWERS = {"Ada": "Council votes", "Ben": "Shock vote!", "Cy": "Streets to close on Sundays, council decides"}


@dataclass(frozen=True)
class World:
    school_class: SchoolClass
    teacher: Teacher
    colleague: Teacher
    assignment: str
    tries: dict[str, str]

    def queue(self, teacher: Teacher | None = None) -> marking_queue.QuestionQueue:
        page = marking_queue.marking_page(self.school_class.ref, self.assignment, (teacher or self.teacher).id)
        (queue,) = page.queues
        return queue

    def answer(self, teacher: Teacher | None = None, *, of: str | None = None) -> AnswerPage | None:
        return marking.answer_page(
            self.school_class.ref,
            self.assignment,
            self.queue().question,
            (teacher or self.teacher).id,
            attempt=None if of is None else self.tries[of],
        )

    def give(self, points: int, *, by: Teacher | None = None, of: str | None = None, comment: str = "") -> str:
        """Marks the next answer, or somebody's, and returns the text of the answer."""
        page = self.answer(by, of=of)
        assert page is not None
        marking.give_mark(page, points, comment, seen=page.seen, account_id=(by or self.teacher).id, now=LATER)
        return page.answer

    def fraction(self, name: str) -> float | None:
        return reviewing.answer_lines(self.tries[name])[0].fraction

    def propose(self, action: CorrectionAction) -> str:
        """Writes a correction of the question down, and works it out."""
        section, question = self.school_class.ref, self.queue().question
        proposal = Proposal(action, "Nobody could know.", may_lower=True)
        account = self.teacher.id
        correction = corrections.propose(section, self.assignment, question, proposal, account_id=account, now=LATER)
        correcting.prepare(correction)
        return correction


@pytest.fixture
def world() -> World:
    return make_world()


def make_world() -> World:
    """A class with a colleague, three answers to a question that is marked by hand, and one blank."""
    teacher, colleague = factories.make_teacher(), factories.make_teacher("okoye")
    quiz = factories.publish(BANK)
    school_class = factories.make_class(teacher, *ANSWERS, "Dee")
    with writing() as session:
        session.add(SectionTeacher(section_id=school_class.ref.id, account_id=colleague.id))
    assignment = factories.assign(school_class, teacher, quiz)
    made = World(school_class, teacher, colleague, assignment, {})
    for pupil in school_class.pupils:
        attempt = factories.start(assignment, pupil)
        if pupil.name in ANSWERS:
            content = {"text": ANSWERS[pupil.name]}
            attempts.save(pupil.taker, attempt, 1, content, confidence=None, drawn=None, now=START)
        attempts.hand_in(pupil.taker, attempt, now=START)
        made.tries[pupil.name] = attempt
    return made


def test_every_answer_comes_once_and_without_a_name(world: World) -> None:
    assert (world.queue().waiting, world.queue().marked) == (3, 0)
    seen = []
    while (page := world.answer()) is not None:
        assert not any(name in repr((page.answer, page.attempt, page.title)) for name in ANSWERS)
        seen.append(world.give(2))
    assert sorted(seen) == sorted(ANSWERS.values())
    assert (world.queue().waiting, world.queue().marked) == (0, 3)
    assert {world.fraction(name) for name in ANSWERS} == {0.5}
    assert world.fraction("Dee") == 0.0, "a blank needs no teacher"


def test_a_mark_can_be_changed_and_the_first_one_is_kept(world: World) -> None:
    world.give(4, of="Ada", comment="Exact.")
    assert reviewing.answer_lines(world.tries["Ada"])[0].changed_at is None, "marked once"
    world.give(1, of="Ada")
    assert world.fraction("Ada") == 0.25
    line = reviewing.answer_lines(world.tries["Ada"])[0]
    assert [step.fraction for step in line.steps] == [None, 1.0, 0.25]
    assert line.changed_at == LATER


@ONE_DATABASE
def test_the_answers_whose_marks_can_be_changed_are_listed_without_names(world: World) -> None:
    def listed(teacher: Teacher) -> dict[str, tuple[int | None, bool]]:
        page = marking.marked_page(world.school_class.ref, world.assignment, world.queue().question, teacher.id)
        assert not any(name in repr(page.lines) for name in ANSWERS)
        assert world.queue(teacher).changeable == len(page.lines)
        assert [line.attempt for line in page.lines] == sorted(line.attempt for line in page.lines)
        return {line.answer: (line.points, line.waiting) for line in page.lines}

    assert listed(world.teacher) == {}
    world.give(4, of="Ada")
    assert listed(world.teacher) == listed(world.colleague) == {ANSWERS["Ada"]: (4, False)}
    marking_queue.set_two_markers(world.school_class.ref, world.assignment, two_markers=True, now=LATER)
    world.give(1, of="Ben")
    assert listed(world.teacher) == {ANSWERS["Ada"]: (4, False), ANSWERS["Ben"]: (1, True)}
    assert listed(world.colleague) == {ANSWERS["Ada"]: (4, False)}, "not before one's own points"
    # One's own points can be changed while the other's are to come, and then count by agreement.
    world.give(2, of="Ben")
    assert world.fraction("Ben") is None
    world.give(2, by=world.colleague, of="Ben")
    assert listed(world.colleague)[ANSWERS["Ben"]] == (2, False)
    # What both agreed on can be changed by either; it counts, and the student reads it.
    world.give(4, by=world.colleague, of="Ben", comment="After a talk.")
    assert world.fraction("Ben") == 1.0
    told = reviewing.feedback_page(world.school_class.pupils[1].taker, world.tries["Ben"], 1, now=LATER).by_teacher
    assert told is not None
    assert (told.points, told.comment) == (4, "After a talk.")
    assert world.queue().differing == 0


@ONE_DATABASE
def test_a_student_reads_points_and_comment(world: World) -> None:
    world.give(4, of="Ada", comment="  Exact.  ")
    ada = world.school_class.pupils[0]
    page = reviewing.feedback_page(ada.taker, world.tries["Ada"], 1, now=LATER)
    assert page.by_teacher is not None
    assert (page.by_teacher.points, page.by_teacher.comment, page.verdict) == (4, "Exact.", "right")


def test_two_teachers_at_one_answer_are_told_of_each_other(world: World) -> None:
    page = world.answer(of="Ben")
    world.give(2, by=world.colleague, of="Ben")
    assert page is not None
    with pytest.raises(MarkedMeanwhileError) as told:
        marking.give_mark(page, 4, "", seen=page.seen, account_id=world.teacher.id, now=LATER)
    assert (told.value.by, told.value.points) == ("Okoye", 2)
    assert world.fraction("Ben") == 0.5


@ONE_DATABASE
@pytest.mark.parametrize("points", [-1, 3, 5])
def test_points_outside_the_rubric_are_refused(world: World, points: int) -> None:
    with pytest.raises(NoSuchPointsError):
        world.give(points, of="Ada")
    assert world.fraction("Ada") is None


def test_two_markers_count_once_they_agree(world: World) -> None:
    marking_queue.set_two_markers(world.school_class.ref, world.assignment, two_markers=True, now=LATER)
    world.give(2, of="Ada")
    assert world.fraction("Ada") is None
    other = world.answer(world.colleague, of="Ada")
    assert other is not None
    assert (other.given, other.points) == ((), None), "the second marker does not see the first one's points"
    world.give(2, by=world.colleague, of="Ada")
    assert world.fraction("Ada") == 0.5


def test_two_markers_who_differ_settle_it_and_the_difference_stays_known(world: World) -> None:
    marking_queue.set_two_markers(world.school_class.ref, world.assignment, two_markers=True, now=LATER)
    world.give(1, of="Ada")
    world.give(4, by=world.colleague, of="Ada")
    assert world.queue().differing == 1
    page = world.answer(of="Ada")
    assert page is not None
    # A page from before the other's points shows no difference, so what comes from it settles none.
    with pytest.raises(DifferMeanwhileError):
        marking.give_mark(page, 2, "", seen=page.seen, saw_both=False, account_id=world.teacher.id, now=LATER)
    assert world.fraction("Ada") is None
    assert sorted(line[:2] for line in page.given) == [("Okoye", 4), ("Rivera", 1)]
    world.give(2, of="Ada")
    assert (world.fraction("Ada"), world.queue().differing) == (0.5, 0)
    with pytest.raises(MarkedMeanwhileError) as told:
        marking.give_mark(page, 4, "", seen=page.seen, account_id=world.colleague.id, now=LATER)
    assert (told.value.by, told.value.points) == ("Rivera", 2), "what counts, not what was given first"
    agreement = marking_queue.marking_page(world.school_class.ref, world.assignment, world.teacher.id).agreement
    assert agreement == marking_queue.Agreement(both=1, same=0, within_one=0)


def test_who_was_one_of_two_markers_is_the_only_one_once_one_is_enough(world: World) -> None:
    ref, assignment = world.school_class.ref, world.assignment
    marking_queue.set_two_markers(ref, assignment, two_markers=True, now=LATER)
    world.give(2, of="Ada")
    world.give(1, of="Ben")
    world.give(4, by=world.colleague, of="Ben")
    marking_queue.set_two_markers(ref, assignment, two_markers=False, now=LATER)
    assert [world.fraction(name) for name in ANSWERS] == [0.5, None, None]
    queue = world.queue()
    assert (queue.waiting, queue.yours, queue.differing) == (2, 1, 1), "nobody waits for a second marker any more"
    marking_queue.set_two_markers(ref, assignment, two_markers=False, now=LATER)
    assert len(reviewing.answer_lines(world.tries["Ada"])) == 1
    assert world.fraction("Ada") == 0.5


def test_what_waits_is_the_same_number_everywhere(world: World) -> None:
    def told(teacher: Teacher) -> tuple[int, int, int]:
        (line,) = home.teacher_home(teacher.id, now=LATER, day_ends=LATER)
        at_home = sum(one.answers for one in line.to_mark)
        ref = world.school_class.ref
        results = results_page(ref.public_id, world.assignment, teacher.id, now=LATER)
        queues = marking_queue.marking_page(ref, world.assignment, teacher.id).queues
        return at_home, results.to_mark, sum(queue.yours + queue.differing for queue in queues)

    rivera, okoye = world.teacher, world.colleague
    assert told(rivera) == told(okoye) == (3, 3, 3)
    marking_queue.set_two_markers(world.school_class.ref, world.assignment, two_markers=True, now=LATER)
    world.give(2, of="Ada")
    assert (told(rivera), told(okoye)) == ((2, 2, 2), (3, 3, 3)), "one's own turn is over"
    world.give(4, by=okoye, of="Ada")
    assert told(rivera) == told(okoye) == (3, 3, 3), "they differ: it is for either of them again"
    world.give(2, of="Ada")
    ben = world.school_class.pupils[1]
    rosters.remove_student(world.school_class.ref, ben.public_id, now=LATER)
    assert told(rivera) == (1, 1, 1), "nobody waits for the mark of who has left"


@ONE_DATABASE
def test_results_held_back_stay_so_until_released_and_unmarked_answers_say_so(world: World) -> None:
    ada = world.school_class.pupils[0]
    closes = LATER + timedelta(days=1)
    held = factories.assign(
        world.school_class, world.teacher, factories.publish(BANK), feedback=FeedbackMode.DEFERRED, closes_at=closes
    )
    attempt = factories.start(held, ada)
    attempts.save(ada.taker, attempt, 1, {"text": "Vote"}, confidence=None, drawn=None, now=START)
    attempts.hand_in(ada.taker, attempt, now=START)
    waiting = reviewing.result_page(ada.taker, attempt, now=LATER)
    assert isinstance(waiting, taking.AttemptRef)
    assert waiting.shown_at == closes
    with pytest.raises(NotFoundError):
        reviewing.feedback_page(ada.taker, attempt, 1, now=LATER)
    section = world.school_class.ref.public_id
    before = results_page(section, held, world.teacher.id, now=LATER)
    assert (before.held_back, before.to_mark) == (True, 1)
    assigning.release_results(world.school_class.ref, held, now=LATER)
    shown = reviewing.result_page(ada.taker, attempt, now=LATER)
    assert isinstance(shown, reviewing.ResultPage)
    assert (shown.total.marked, shown.total.waiting, shown.lines[0].verdict) == (0, 1, "waiting")
    assert reviewing.feedback_page(ada.taker, attempt, 1, now=LATER).verdict == "waiting"
    assert not results_page(section, held, world.teacher.id, now=LATER).held_back


@ONE_DATABASE
def test_kept_comments_come_back_the_last_used_first(world: World) -> None:
    for name, comment in (("Ada", "Say who decided."), ("Ben", "No exclamation marks."), ("Cy", "Say who decided.")):
        page = world.answer(of=name)
        assert page is not None
        now = LATER + timedelta(minutes=ord(name[0]))
        marking.give_mark(page, 2, comment, seen=page.seen, account_id=world.teacher.id, now=now, keep_comment=True)
    assert comments.kept_comments(world.teacher.id) == ("Say who decided.", "No exclamation marks.")
    comments.forget_comment(world.teacher.id, "Say who decided.")
    assert comments.kept_comments(world.teacher.id) == ("No exclamation marks.",)
    assert comments.kept_comments(world.colleague.id) == ()


@ONE_DATABASE
def test_another_class_has_no_such_queue(world: World) -> None:
    other = factories.make_class(world.teacher, "Eve", title="9C")
    with pytest.raises(NotFoundError):
        marking_queue.marking_page(other.ref, world.assignment, world.teacher.id)
    with pytest.raises(NotFoundError):
        marking.answer_page(world.school_class.ref, world.assignment, "nothing", world.teacher.id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Score).where(Score.number > 1)) == 0
