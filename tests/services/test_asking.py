"""Asking for help and reporting a question: who is heard, who sees it, and what ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from quizapp.models import Bank, Item, QuestionReport, db
from quizapp.services import attempts, help_requests, reports, rosters
from quizapp.services.attempts import Taker
from quizapp.services.rosters import NotFoundError
from quizapp.services.throttling import TooManyFailuresError
from tests import factories
from tests.clock import START
from tests.factories import instance_key

MINUTE = timedelta(minutes=1)


class Lesson:
    """Ada and Ben of 9B, both in mid-quiz; Cy of 9C."""

    def __init__(self) -> None:
        self.teacher = factories.make_teacher()
        self.school_class = factories.make_class(self.teacher, "Ada", "Ben")
        self.ada, self.ben = self.school_class.pupils
        self.elsewhere = factories.make_class(self.teacher, "Cy", title="9C")
        quiz = factories.publish()
        self.assignment = factories.assign(self.school_class, self.teacher, quiz)
        self.attempt = factories.start(self.assignment, self.ada)
        self.bens = factories.start(self.assignment, self.ben)

    def waiting(self) -> list[tuple[str, int]]:
        return [(line.name, line.position) for line in help_requests.help_requests(self.school_class.ref)]

    def report(self, words: str, pupil: str = "ada", *, position: int = 1, minutes: int = 0) -> None:
        who, attempt = (self.ada, self.attempt) if pupil == "ada" else (self.ben, self.bens)
        reports.report_question(who.id, attempt, position, words, key=instance_key(), now=START + minutes * MINUTE)


@pytest.fixture
def lesson() -> Lesson:
    return Lesson()


def test_the_mark_is_one_per_student_and_keeps_its_time(lesson: Lesson) -> None:
    help_requests.ask_for_help(lesson.ada.taker, lesson.attempt, 2, now=START + MINUTE)
    help_requests.ask_for_help(lesson.ben.taker, lesson.bens, 1, now=START)
    help_requests.ask_for_help(lesson.ada.taker, lesson.attempt, 3, now=START + 5 * MINUTE)
    assert lesson.waiting() == [("Ben", 1), ("Ada", 3)]
    (_, ada) = help_requests.help_requests(lesson.school_class.ref, lesson.assignment)
    assert (ada.asked_at, ada.attempt, ada.title) == (START + MINUTE, lesson.attempt, "Small quiz")
    assert help_requests.help_requests(lesson.elsewhere.ref) == ()
    assert help_requests.help_requests(lesson.school_class.ref, "0" * 16) == ()


def test_it_goes_out_by_student_teacher_handing_in_and_leaving(lesson: Lesson) -> None:
    def ask() -> None:
        for pupil, attempt in ((lesson.ada, lesson.attempt), (lesson.ben, lesson.bens)):
            help_requests.ask_for_help(pupil.taker, attempt, 1, now=START)

    ask()
    help_requests.withdraw_help(lesson.ada.taker, lesson.attempt)
    help_requests.withdraw_help(lesson.ada.taker, lesson.attempt)
    assert lesson.waiting() == [("Ben", 1)]
    help_requests.clear_help(lesson.school_class.ref, lesson.bens)
    help_requests.clear_help(lesson.school_class.ref, lesson.bens)
    assert lesson.waiting() == []
    ask()
    attempts.hand_in(lesson.ada.taker, lesson.attempt, now=START)
    rosters.remove_student(lesson.school_class.ref, lesson.ben.public_id, now=START)
    assert lesson.waiting() == []


def test_nobody_asks_or_clears_for_another(lesson: Lesson) -> None:
    help_requests.ask_for_help(lesson.ada.taker, lesson.attempt, 1, now=START)
    cy = lesson.elsewhere.pupils[0].taker
    for taker, position in ((cy, 1), (lesson.ada.taker, 9), (Taker(visitor_hash="x"), 1)):
        with pytest.raises(NotFoundError):
            help_requests.ask_for_help(taker, lesson.attempt, position, now=START)
    with pytest.raises(NotFoundError):
        help_requests.withdraw_help(lesson.ben.taker, lesson.attempt)
    with pytest.raises(NotFoundError):
        help_requests.clear_help(lesson.elsewhere.ref, lesson.attempt)
    assert lesson.waiting() == [("Ada", 1)]
    attempts.hand_in(lesson.ada.taker, lesson.attempt, now=START)
    with pytest.raises(NotFoundError):
        help_requests.ask_for_help(lesson.ada.taker, lesson.attempt, 1, now=START)


def test_a_report_is_read_without_a_name_and_settled_by_the_class(lesson: Lesson) -> None:
    lesson.report("  Two answers\nare right. ")
    lesson.report("I do not know the word.", "ben", minutes=1)
    lesson.report("Three answers are right.", minutes=2)
    (question,) = reports.reports_of_class(lesson.school_class.ref, lesson.teacher.id)
    assert [report.text for report in question.reports] == ["Three answers are right.", "I do not know the word."]
    assert question.prompt == "What does claimed do?"
    assert "Ada" not in repr(question)
    assert [(one.assignment, one.title) for one in question.asked_in] == [(lesson.assignment, "Small quiz")]
    assert question.bank is None, "what we ship is nobody's to change"
    reports.settle_report(lesson.school_class.ref, question.reports[0].public_id, now=START)
    item, bank = db.session.execute(sa.select(Item.id, Item.bank_id).where(Item.slug == "claimed")).one()
    assert [report.settled for report in reports.reports_of_bank(bank, lesson.teacher.id)[item]] == [True, False]
    assert reports.reports_of_bank(bank, factories.make_teacher("okoye").id) == {}
    for section, report in ((lesson.elsewhere.ref, question.reports[0].public_id), (lesson.school_class.ref, "0")):
        with pytest.raises(NotFoundError):
            reports.settle_report(section, report, now=START)
    # A new word on it opens the report again.
    lesson.report("Still wrong.", minutes=3)


def test_the_owner_of_a_bank_reads_what_other_classes_report() -> None:
    owner, other = factories.make_teacher("okoye"), factories.make_teacher()
    quiz = factories.publish(owner_id=owner.id)
    school_class = factories.make_class(other, "Ada")
    ada = school_class.pupils[0]
    attempt = factories.start(factories.assign(school_class, other, quiz), ada)
    reports.report_question(ada.id, attempt, 3, "The sum is wrong.", key=instance_key(), now=START)
    item, bank = db.session.execute(sa.select(Item.id, Item.bank_id).where(Item.slug == "share")).one()
    assert [report.text for report in reports.reports_of_bank(bank, owner.id)[item]] == ["The sum is wrong."]
    beside = reports.waiting_reports(db.session.scalars(sa.select(Bank.public_id)).one(), owner.id)
    assert [(slug, report.text) for slug, (report,) in beside.items()] == [("share", "The sum is wrong.")]


def test_reports_are_bounded(lesson: Lesson) -> None:
    lesson.report("x" * 5000)
    assert db.session.scalars(sa.select(sa.func.length(QuestionReport.text))).one() == reports.TEXT_MAX
    for _ in range(reports.REPORTS_PER_STUDENT.failures - 1):
        lesson.report("again")
    with pytest.raises(TooManyFailuresError):
        lesson.report("once more")
    lesson.report("Ben may.", "ben")
    lesson.report("An hour later.", minutes=61)
    with pytest.raises(NotFoundError):
        reports.report_question(lesson.ada.id, lesson.bens, 1, "x", key=instance_key(), now=START + 62 * MINUTE)
