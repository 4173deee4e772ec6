"""A teacher's first page, the bank page and the school page, by hand and recounted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import db
from quizapp.services import attempts, help_requests, rosters
from quizapp.services.bank_health import bank_page
from quizapp.services.home import SectionLine, teacher_home
from quizapp.services.overview import school_page
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START
from tests.factories import SchoolClass, Teacher
from tests.services.test_dashboards import watching

TONIGHT = START + timedelta(hours=12)
OPEN_QUESTION = """\
format: 1
bank: written
title: In your words
language: en
questions:
  - id: say
    type: open
    prompt: What does the writer want?
    rubric: {0: Nothing., 1: Something., 2: All of it.}
    words: 30
    explain: A good answer names an aim.
"""


def home(teacher: Teacher) -> SectionLine:
    (line,) = teacher_home(teacher.id, now=START, day_ends=TONIGHT)
    return line


def test_home_says_what_each_class_waits_for() -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "Ben", "Cy")
    ada, ben, _cy = school_class.pupils
    assert home(teacher) == SectionLine(school_class.ref, 3, 0, 0, 0, (), (), 0)
    assignment = factories.assign(school_class, teacher, quiz, closes_at=START + timedelta(hours=2))
    factories.assign(school_class, teacher, quiz, now=START - timedelta(days=3), closes_at=START - timedelta(days=1))
    attempt = factories.start(assignment, ada)
    help_requests.ask_for_help(ada.taker, attempt, 2, now=START)
    line = home(teacher)
    assert (line.open_assignments, line.working, line.help_asked, line.not_started) == (1, 1, 1, 2)
    assert [(one.assignment, one.title) for one in line.closing] == [(assignment, "Small quiz")]
    assert not teacher_home(teacher.id, now=START, day_ends=START + timedelta(hours=1))[0].closing
    attempts.hand_in(ada.taker, attempt, now=START)
    written = factories.start(factories.assign(school_class, teacher, factories.publish(OPEN_QUESTION)), ben)
    attempts.save(ben.taker, written, 1, {"text": "To be read."}, confidence=None, drawn=None, now=START)
    attempts.hand_in(ben.taker, written, now=START)
    line = home(teacher)
    assert (line.working, line.help_asked, line.not_started) == (0, 0, 3)
    assert [(work.title, work.answers) for work in line.to_mark] == [("In your words", 1)]
    rosters.remove_student(school_class.ref, ben.public_id, now=START)
    assert (home(teacher).to_mark, home(teacher).students) == ((), 2)


def answered_by_many(school_class: SchoolClass, teacher: Teacher, rights: list[tuple[bool, ...]]) -> None:
    quiz = factories.publish()
    assignment = factories.assign(school_class, teacher, quiz)
    for pupil, row in zip(school_class.pupils, rights, strict=True):
        attempt = factories.start(assignment, pupil)
        for position, right in enumerate(row, 1):
            response = factories.response_to(attempt, position, right=right)
            attempts.save(pupil.taker, attempt, position, response, confidence=None, drawn=None, now=START)
        attempts.hand_in(pupil.taker, attempt, now=START)


FIRST_ANSWERS = """
SELECT i.slug, COUNT(*) AS shown, SUM(s.fraction) AS earned
FROM score s JOIN item i ON i.id = s.item_id
JOIN attempt_item ai ON ai.id = s.attempt_item_id JOIN attempt a ON a.id = ai.attempt_id
WHERE a.number = 1 AND s.section_id IN (SELECT section_id FROM section_teacher WHERE account_id = :teacher)
GROUP BY i.slug
"""


def test_the_bank_page_pools_the_classes_of_one_teacher_only() -> None:
    quiz, teacher, other = factories.publish(), factories.make_teacher(), factories.make_teacher("okoye")
    answered_by_many(
        factories.make_class(teacher, "Ada", "Ben", "Cy"), teacher, [(True,) * 4, (True, False), (False, True)]
    )
    answered_by_many(
        factories.make_class(teacher, "Dee", "Eli", title="9C"), teacher, [(False, False), (True, True, True)]
    )
    answered_by_many(factories.make_class(other, "Fay", title="9D"), other, [(True,) * 4])
    page = bank_page(quiz.public_id, teacher.id, now=START)
    assert (page.classes, page.students) == (2, 5)
    counted = {
        row.slug: (row.shown, pytest.approx(row.earned))
        for row in db.session.execute(sa.text(FIRST_ANSWERS), {"teacher": teacher.id})
    }
    shown: dict[Any, Any] = {item.id: (item.statistics.shown, item.statistics.right) for item in page.items}
    assert shown == counted
    assert [item.statistics.blank for item in page.items] == [0, 0, 3, 4]
    assert [option.count for option in page.items[0].statistics.options or ()] == [3, 0, 2, 0]
    assert not any(item.separation_shown for item in page.items)
    elsewhere = bank_page(quiz.public_id, other.id, now=START)
    assert (elsewhere.classes, elsewhere.students) == (1, 1)


def test_a_bank_that_nobody_has_answered_is_a_page_without_numbers() -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    page = bank_page(quiz.public_id, teacher.id, now=START)
    assert (page.students, page.flagged) == (0, ())
    assert {item.statistics.facility for item in page.items} == {None}
    with pytest.raises(NotFoundError):
        bank_page("0" * 16, teacher.id, now=START)


def test_the_school_page_counts_and_keeps_small_classes_apart() -> None:
    teacher = factories.make_teacher()
    answered_by_many(factories.make_class(teacher, "Ada", title="Small"), teacher, [(True,)])
    names = [f"Student {n}" for n in range(10)]
    answered_by_many(factories.make_class(teacher, *names, title="Large"), teacher, [(True,)] * 10)
    page = school_page(now=START + timedelta(days=31))
    assert (page.staff, page.classes, page.students, page.assignments) == (1, 2, 11, 2)
    assert (page.handed_in, page.lately) == (11, 0)
    large, small = page.rows
    assert (large.name, large.students, large.handed_in, large.lately) == ("Large", 10, 10, 0)
    assert (small.name, small.students, small.assignments, small.handed_in) == ("Small", None, None, None)
    assert [row.shown for row in page.rows] == [True, False]
    assert school_page(now=START).lately == 11


def test_these_pages_keep_to_their_budget_of_queries() -> None:
    teacher, quiz = factories.make_teacher(), factories.publish()
    costs = []
    for title in ("9B", "9C"):
        answered_by_many(factories.make_class(teacher, f"Ada {title}", title=title), teacher, [(True,)])
        counts = []
        for draw in (
            lambda: teacher_home(teacher.id, now=START, day_ends=TONIGHT),
            lambda: bank_page(quiz.public_id, teacher.id, now=START),
            lambda: school_page(now=START),
        ):
            with watching() as watched:
                draw()
            counts.append(len(watched.statements))
        costs.append(counts)
    assert costs[0] == costs[1]
    assert all(cost <= most for cost, most in zip(costs[0], (7, 11, 6), strict=True)), costs
