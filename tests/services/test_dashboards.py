"""What teachers and students read, recounted independently, and what reading it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.measure.discernment import Counts
from quizapp.measure.mastery import Level
from quizapp.models import db
from quizapp.services import attempts, class_page, my_work, practice, rosters, student_page, tempting, trust
from quizapp.services.class_page import ClassView
from quizapp.services.demo import Demo, Manner, make_demo
from quizapp.services.my_work import my_work as work_of
from quizapp.services.rosters import NotFoundError
from tests import factories
from tests.clock import START
from tests.factories import SchoolClass, Teacher, instance_key

CELLS = """
SELECT r.display_name, newest.skill, SUM(newest.fraction) AS earned, COUNT(*) AS answers
FROM (
    SELECT s.* FROM score s
    WHERE s.fraction IS NOT NULL
      AND s.number = (SELECT MAX(t.number) FROM score t WHERE t.attempt_item_id = s.attempt_item_id)
) newest
JOIN attempt_item ai ON ai.id = newest.attempt_item_id
JOIN attempt a ON a.id = ai.attempt_id
JOIN assignment g ON g.id = a.assignment_id
JOIN roster_entry r ON r.student_id = a.student_id AND r.section_id = g.section_id
WHERE g.section_id = :section AND r.removed_at IS NULL
GROUP BY r.display_name, newest.skill
"""
VERDICTS = """
SELECT student_id,
       SUM(CASE WHEN sound AND is_right THEN 1 ELSE 0 END) AS trusted, SUM(CASE WHEN sound THEN 1 ELSE 0 END) AS sound,
       SUM(CASE WHEN NOT sound AND is_right THEN 1 ELSE 0 END) AS caught,
       SUM(CASE WHEN NOT sound THEN 1 ELSE 0 END) AS unsound
FROM (
    SELECT s.student_id, s.item_id, s.fraction = 1 AS is_right, r.control AS sound,
           ROW_NUMBER() OVER (PARTITION BY s.student_id, s.item_id ORDER BY s.created_at, s.attempt_item_id) AS place
    FROM score s
    JOIN item_revision r ON r.id = s.item_revision_id
    JOIN item i ON i.id = s.item_id
    WHERE s.section_id = :section AND i.kind = 'judge' AND s.answered
      AND s.number = (SELECT MAX(t.number) FROM score t WHERE t.attempt_item_id = s.attempt_item_id)
) verdicts
WHERE place = 1
GROUP BY student_id
"""
"""Read from the marks and from what the authors said, not from the table that the page reads."""
HANDED_IN = """
SELECT g.public_id, COUNT(a.submitted_at) AS done, COUNT(*) - COUNT(a.submitted_at) AS working
FROM assignment g JOIN attempt a ON a.assignment_id = g.id
WHERE g.section_id = :section GROUP BY g.public_id
"""


class Watched:
    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []


@contextmanager
def watching() -> Iterator[Watched]:
    """Writes down every query sent to the database."""
    watched = Watched()
    db.session.rollback()
    db.session.expunge_all()

    def note(
        connection: sa.Connection, cursor: object, statement: str, parameters: Any, context: object, many: object
    ) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT")):
            watched.statements.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield watched
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def hand_in_one(names: tuple[str, ...] = ("Ada", "Ben"), login: str = "rivera") -> tuple[SchoolClass, Teacher, str]:
    """A class in which the first student has handed in: one right, one wrong, two blank."""
    quiz, teacher = factories.publish(), factories.make_teacher(login)
    school_class = factories.make_class(teacher, *names)
    ada = school_class.pupils[0]
    attempt = factories.start(factories.assign(school_class, teacher, quiz), ada)
    for position, right in ((1, True), (2, False)):
        response = factories.response_to(attempt, position, right=right)
        attempts.check(ada.taker, attempt, position, response, confidence=None, drawn=None, now=START)
    attempts.hand_in(ada.taker, attempt, now=START)
    return school_class, teacher, attempt


def test_the_pages_of_a_class_equal_an_independent_recount() -> None:
    factories.publish()
    teacher = factories.make_teacher()
    made = make_demo(key=instance_key(), now=START, weeks=2)
    check_the_class_page(made, teacher)
    check_progress_of_assignments(made, teacher)
    check_that_students_pages_add_up(made, teacher)


def check_the_class_page(made: Demo, teacher: Teacher) -> None:
    page = class_page.class_page(made.section.public_id, teacher.id, now=START, view=ClassView(by_skill=True))
    counted = {
        (row.display_name, row.skill): (pytest.approx(row.earned), row.answers)
        for row in db.session.execute(sa.text(CELLS), {"section": made.section.id})
    }
    shown: dict[Any, Any] = {
        (row.student.name, cell.skill.slug): (cell.earned, cell.answers)
        for row in page.rows
        for cell in row.cells
        if cell.answers
    }
    assert shown == counted
    assert len(counted) > 40
    totals = [(sum(c[0].expected for c in column), sum(c[1] for c in column)) for column in columns(counted, page)]
    assert [(pytest.approx(cell.earned), cell.answers) for cell in page.footer] == totals
    assert page.answers == sum(answers for _, answers in counted.values())
    strands = class_page.class_page(made.section.public_id, teacher.id, now=START)
    assert [cell.earned for cell in strands.footer] == [pytest.approx(sum(earned for earned, _ in totals))]
    assert [cell.answers for cell in strands.footer] == [page.answers]
    judged = {
        row.student_id: Counts(row.trusted, row.sound, row.caught, row.unsound)
        for row in db.session.execute(sa.text(VERDICTS), {"section": made.section.id})
    }
    trusting = trust.trust_page(made.section.public_id, teacher.id)
    assert {row.student.id: row.counts for row in trusting.rows if row.counts.sound} == judged
    assert trusting.whole.sound == sum(counts.sound for counts in judged.values()) > 15
    guessers = {name for name, manner in made.manners.items() if manner is Manner.GUESSING}
    high = {row.student.name for row in page.rows for cell in row.cells if cell.level.rank >= Level.secure.rank}
    assert high.isdisjoint(guessers)


def columns(counted: dict[Any, Any], page: class_page.ClassPage) -> list[list[Any]]:
    return [[value for (_, slug), value in counted.items() if slug == skill.slug] for skill in page.columns]


def check_progress_of_assignments(made: Demo, teacher: Teacher) -> None:
    page = class_page.class_page(made.section.public_id, teacher.id, now=START)
    counted = {
        row.public_id: (row.done, row.working, made.students - row.done - row.working)
        for row in db.session.execute(sa.text(HANDED_IN), {"section": made.section.id})
    }
    shown = {line.assignment.public_id: (line.handed_in, line.working, line.not_started) for line in page.assignments}
    assert shown == counted
    assert sum(done for done, *_ in shown.values()) == made.handed_in
    assert {line.students for line in page.assignments} == {made.students}


def check_that_students_pages_add_up(made: Demo, teacher: Teacher) -> None:
    section = made.section.public_id
    page = class_page.class_page(section, teacher.id, now=START, view=ClassView(by_skill=True))
    for row in page.rows[:6]:
        student = student_page.student_page(section, row.student.public_id, teacher.id, now=START)
        shown = {cell.skill.slug: (cell.earned, cell.answers, cell.level) for cell in student.cells}
        assert {cell.skill.slug: (cell.earned, cell.answers, cell.level) for cell in row.cells} == shown
        for line in student.attempts:
            attempt = student_page.student_attempt_page(
                section, row.student.public_id, line.public_id, teacher.id, now=START
            )
            assert line.total.earned == pytest.approx(attempt.total.earned)
        own = my_work.my_work(student.student.id, made.section.id, now=START)
        assert {cell.skill.slug: (cell.earned, cell.answers, cell.level) for cell in own.cells} == {
            slug: cell for slug, cell in shown.items() if cell[1]
        }
        ranks = [cell.level.rank for cell in own.cells]
        assert ranks == sorted(ranks, reverse=True)


def test_small_numbers_by_hand() -> None:
    school_class, teacher, attempt = hand_in_one()
    page = class_page.class_page(school_class.ref.public_id, teacher.id, now=START, view=ClassView(by_skill=True))
    ada, ben = page.rows
    assert [(cell.skill.slug, cell.count, cell.level, cell.needed) for cell in ada.cells] == [
        ("verbs", "1 of 2", Level.no_evidence, 3),
        ("facts", "0 of 2", Level.no_evidence, 3),
    ]
    assert [(cell.count, cell.level) for cell in ben.cells] == [("", Level.no_evidence)] * 2
    assert (ada.open_work, ben.open_work, ben.last_active) == (0, 1, None)
    assert [(line.handed_in, line.working, line.not_started) for line in page.assignments] == [(1, 0, 1)]
    work = work_of(school_class.pupils[0].id, school_class.ref.id, now=START)
    assert (work.open_work, [one.total.shown for one in work.done]) == ((), ["1"])
    (waiting,) = work_of(school_class.pupils[1].id, school_class.ref.id, now=START).open_work
    assert (waiting.questions, waiting.answered, waiting.attempt) == (4, 0, None)
    shown = student_page.student_attempt_page(
        school_class.ref.public_id, school_class.pupils[0].public_id, attempt, teacher.id, now=START
    )
    assert [row.verdict for row in shown.lines] == ["right", "wrong", "blank", "blank"]


def test_who_has_left_is_on_no_page() -> None:
    school_class, teacher, _attempt = hand_in_one()
    rosters.remove_student(school_class.ref, school_class.pupils[0].public_id, now=START)
    page = class_page.class_page(school_class.ref.public_id, teacher.id, now=START)
    assert [row.student.name for row in page.rows] == ["Ben"]
    assert page.answers == 0
    with pytest.raises(NotFoundError):
        student_page.student_page(school_class.ref.public_id, school_class.pupils[0].public_id, teacher.id, now=START)


def test_other_classes_of_a_student_stay_apart() -> None:
    school_class, teacher, attempt = hand_in_one()
    other = factories.make_class(teacher, "Cy", title="9C")
    with pytest.raises(NotFoundError):
        student_page.student_attempt_page(
            other.ref.public_id, school_class.pupils[0].public_id, attempt, teacher.id, now=START
        )
    with pytest.raises(NotFoundError):
        student_page.student_attempt_page(
            school_class.ref.public_id, school_class.pupils[1].public_id, attempt, teacher.id, now=START
        )
    assert class_page.class_page(other.ref.public_id, teacher.id, now=START).answers == 0


def pages_of(school_class: SchoolClass, teacher: Teacher, attempt: str) -> dict[str, Callable[[], object]]:
    section, ada = school_class.ref.public_id, school_class.pupils[0]
    return {
        "class": lambda: class_page.class_page(section, teacher.id, now=START),
        "student": lambda: student_page.student_page(section, ada.public_id, teacher.id, now=START),
        "attempt": lambda: student_page.student_attempt_page(section, ada.public_id, attempt, teacher.id, now=START),
        "my work": lambda: work_of(ada.id, school_class.ref.id, now=START),
        "trust": lambda: trust.trust_page(section, teacher.id),
        "answers": lambda: tempting.answers_page(section, teacher.id, now=START),
        "practice": lambda: practice.practice_page(ada.id, now=START + timedelta(days=30)),
    }


BUDGET = {
    "class": 13,
    "student": 11,
    "attempt": 9,
    "my work": 13,
    "trust": 3,
    "answers": 9,
    "practice": 4,
}


def test_pages_keep_to_their_budget_of_queries_however_large_the_class() -> None:
    school_class, teacher, attempt = hand_in_one()

    def cost() -> dict[str, int]:
        counts = {}
        for name, draw in pages_of(school_class, teacher, attempt).items():
            with watching() as watched:
                draw()
            counts[name] = len(watched.statements)
        return counts

    small = cost()
    assert {name: count for name, count in small.items() if count > BUDGET[name]} == {}
    factories.add_pupils(school_class.ref, teacher, *[f"Student {n}" for n in range(30)])
    quiz = factories.publish()
    for pupil in school_class.pupils:
        for _ in range(3):
            again = factories.start(factories.assign(school_class, teacher, quiz), pupil)
            attempts.hand_in(pupil.taker, again, now=START)
    assert cost() == small


BIG = ("score", "attempt", "attempt_item", "response", "roster_entry", "student", "assignment")


def plans(watched: Watched) -> Iterator[str]:
    """How the database means to find the rows; tables here are tiny, so it is told not to read them whole."""
    connection = db.session.connection()
    postgresql = db.engine.dialect.name == "postgresql"
    if postgresql:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    for statement, parameters in watched.statements:
        explained = connection.exec_driver_sql(
            ("EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN ") + statement, parameters
        )
        yield from (str(row[0] if postgresql else row[3]) for row in explained)


def test_no_page_reads_a_table_whole_so_other_classes_cost_nothing() -> None:
    school_class, teacher, attempt = hand_in_one()
    lines = []
    for draw in pages_of(school_class, teacher, attempt).values():
        with watching() as watched:
            draw()
        lines += list(plans(watched))
    whole = {f"{verb} {table}" for verb in ("SCAN", "Seq Scan on") for table in BIG}
    assert [
        line for line in lines if any(f"{line.strip()} ".lstrip("-> ").startswith(f"{one} ") for one in whole)
    ] == []
    assert any("ix_score_section_page" in line for line in lines)
    if db.engine.dialect.name == "sqlite":
        assert any("COVERING INDEX ix_score_section_page" in line for line in lines)
