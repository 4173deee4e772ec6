"""Check-ins: halves that stay even, forms that swap, and a change told for the class alone."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from quizapp.models import Assignment, Attempt, CheckInPlace, FeedbackMode, db
from quizapp.services import attempts, check_in_pages, check_ins, rosters
from quizapp.services.check_ins import CheckInError
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START
from tests.factories import Pupil

NAMES = tuple(f"Student {number:02}" for number in range(1, 13))
LATER = START + timedelta(days=20)


class Lesson:
    """A class of twelve with a check-in."""

    def __init__(self) -> None:
        factories.publish()
        self.forms = factories.publish_twins()
        self.teacher = factories.make_teacher()
        self.school_class = factories.make_class(self.teacher, *NAMES)
        self.ref = self.school_class.ref
        self.check_in = check_ins.begin_check_in(self.ref, account_id=self.teacher.id, now=START)

    def sitting(self, number: int = 1) -> str:
        return check_in_pages.check_in_page(self.ref, self.check_in).line.sittings[number - 1].assignment

    def again(self) -> int:
        return check_ins.give_again(self.ref, self.check_in, account_id=self.teacher.id, now=LATER)

    def form_of(self, attempt: str) -> int | None:
        return db.session.scalar(sa.select(Attempt.quiz_revision_id).where(Attempt.public_id == attempt))

    def sit(self, pupil: Pupil, number: int, *, right: int) -> str:
        """Answers so many of the four questions as they should be, and hands in."""
        attempt = factories.start(self.sitting(number), pupil, now=LATER)
        for position in range(1, right + 1):
            key = factories.key_of(attempt, position)
            attempts.save(pupil.taker, attempt, position, key, confidence=0.75, drawn=None, now=LATER)
        attempts.hand_in(pupil.taker, attempt, now=LATER)
        return attempt


@pytest.fixture
def lesson() -> Lesson:
    return Lesson()


def test_one_submit_gives_each_half_its_form_and_the_next_swaps_them(lesson: Lesson) -> None:
    first, second = (form.revision_id for form in lesson.forms)
    given = db.session.scalars(sa.select(Assignment)).one()
    assert (given.feedback, given.ask_confidence, given.attempts_allowed) == (FeedbackMode.DEFERRED, True, 1)
    before = {pupil.id: lesson.form_of(lesson.sit(pupil, 1, right=2)) for pupil in lesson.school_class.pupils}
    assert Counter(before.values()) == {first: 6, second: 6}
    assert lesson.again() == 2
    after = {pupil.id: lesson.form_of(lesson.sit(pupil, 2, right=3)) for pupil in lesson.school_class.pupils}
    assert all({before[one], after[one]} == {first, second} for one in before)
    page = check_in_pages.check_in_page(lesson.ref, lesson.check_in)
    assert page.marks is not None
    assert (page.marks.pairs, page.marks.before, page.marks.after, page.marks.gain) == (12, 50, 75, 25)
    assert page.marks.caveats == ()
    assert page.orders == (6, 6)
    assert (page.tried, page.unpiloted) == ((12, 12), True)
    assert page.verdicts is not None
    assert page.verdicts.trust.pairs == 12
    # Names are nowhere on it.
    assert "Student" not in repr(page)


def test_few_pairs_have_a_gain_and_no_interval_and_the_missing_are_counted(lesson: Lesson) -> None:
    for pupil in lesson.school_class.pupils[:4]:
        lesson.sit(pupil, 1, right=1)
    assert check_in_pages.check_in_page(lesson.ref, lesson.check_in).marks is None
    lesson.again()
    for pupil in lesson.school_class.pupils[2:5]:
        lesson.sit(pupil, 2, right=4)
    marks = check_in_pages.check_in_page(lesson.ref, lesson.check_in).marks
    assert marks is not None
    assert (marks.pairs, len(marks.missing), marks.gain, marks.interval) == (2, 10, 75, None)


def test_who_comes_later_evens_the_halves(lesson: Lesson) -> None:
    leaving = db.session.scalars(
        sa.select(CheckInPlace.student_id).where(CheckInPlace.begins_with_second.is_(True))
    ).all()[:3]
    for pupil in lesson.school_class.pupils:
        if pupil.id in leaving:
            rosters.remove_student(lesson.ref, pupil.public_id, now=START)
    late = factories.add_pupils(lesson.ref, lesson.teacher, "Late 1", "Late 2", "Late 3")
    for pupil in late:
        factories.start(lesson.sitting(), pupil)
    halves = Counter(db.session.scalars(sa.select(CheckInPlace.begins_with_second)))
    assert abs(halves[True] - halves[False]) <= 1
    # A place is kept, whatever comes after.
    assert factories.start(lesson.sitting(), late[0]) == factories.start(lesson.sitting(), late[0])


def test_it_is_given_again_only_after_somebody_sat_it_and_once_a_form(lesson: Lesson) -> None:
    with pytest.raises(CheckInError, match=r"^nobody-yet$"):
        lesson.again()
    lesson.sit(lesson.school_class.pupils[0], 1, right=1)
    for _ in range(2):
        number = check_ins.give_again(
            lesson.ref, lesson.check_in, account_id=lesson.teacher.id, now=LATER, request_key="one-form"
        )
        assert number == 2
    twice = [
        check_ins.begin_check_in(lesson.ref, account_id=lesson.teacher.id, now=LATER, request_key="another")
        for _ in range(2)
    ]
    assert twice[0] == twice[1] != lesson.check_in
    elsewhere = factories.make_class(lesson.teacher, "Cy", title="9C").ref
    with pytest.raises(NotFoundError):
        check_in_pages.check_in_page(elsewhere, lesson.check_in)


def test_two_forms_must_name_each_other() -> None:
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada")
    factories.publish(factories.BANK.replace("language: en", "language: en\ntwin: nobody"))
    assert check_ins.forms_for(teacher.id) is None
    with pytest.raises(CheckInError, match=r"^no-forms$"):
        check_ins.begin_check_in(school_class.ref, account_id=teacher.id, now=START)
