"""The results of an assignment: every number recounted, and the same wherever it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import db
from quizapp.services import attempts, rosters, student_page
from quizapp.services.class_page import ClassView, class_page
from quizapp.services.demo import make_demo
from quizapp.services.live import live_page
from quizapp.services.questions import question_page
from quizapp.services.results import ResultsPage, results_page
from quizapp.services.rosters import NotFoundError
from quizapp.web.files import skills_table, student_skills_table
from quizapp.web.results import grid_table, question_table, questions_table
from quizapp.web.tables import csv_text
from tests import factories
from tests.clock import START
from tests.factories import SchoolClass, Teacher, instance_key
from tests.services.test_dashboards import watching

CELLS = """
SELECT r.display_name, rev.item_id, s.fraction, s.answered
FROM score s
JOIN attempt_item ai ON ai.id = s.attempt_item_id
JOIN item_revision rev ON rev.id = ai.item_revision_id
JOIN attempt a ON a.id = ai.attempt_id
JOIN assignment g ON g.id = a.assignment_id
JOIN roster_entry r ON r.student_id = a.student_id AND r.section_id = g.section_id
WHERE g.public_id = :assignment AND a.number = 1
  AND NOT EXISTS (SELECT 1 FROM score t WHERE t.attempt_item_id = s.attempt_item_id AND t.number > s.number)
"""
OPTIONS = """
SELECT s.item_id, c.option, COUNT(*) AS chosen
FROM chosen_option c
JOIN score s ON s.id = c.score_id
JOIN attempt_item ai ON ai.id = s.attempt_item_id
JOIN attempt a ON a.id = ai.attempt_id
JOIN assignment g ON g.id = a.assignment_id
WHERE g.public_id = :assignment AND a.number = 1
GROUP BY s.item_id, c.option
"""


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def state_of(fraction: float | None, answered: bool) -> str:
    if fraction is None:
        return "waiting"
    return "blank" if not answered else "right" if fraction >= 1 else "partly" if fraction > 0 else "wrong"


def test_every_cell_says_the_same_on_grid_student_page_question_page_and_file() -> None:
    """Walks the whole demo class: one small quiz, 28 students, all pages, and an independent recount."""
    factories.publish()
    teacher = factories.make_teacher()
    made = make_demo(key=instance_key(), now=START, weeks=1)
    section = made.section.public_id
    (assignment,) = db.session.scalars(sa.text("SELECT public_id FROM assignment")).all()
    page = results_page(section, assignment, teacher.id, now=START)
    counted = {
        (row.display_name, row.item_id): (row.fraction, state_of(row.fraction, bool(row.answered)))
        for row in db.session.execute(sa.text(CELLS), {"assignment": assignment})
    }
    items = [column.question.item_id for column in page.columns]
    shown = {
        (row.person.name, item): (cell.fraction, cell.mark)
        for row in page.rows
        for item, cell in zip(items, row.cells, strict=True)
        if cell.mark not in {"none", "draft"}
    }
    assert shown == counted
    assert len(counted) > 80
    check_student_pages(page, teacher)
    check_files(page)
    check_question_pages(page, teacher, assignment)
    check_skill_files(section, teacher)


def check_student_pages(page: ResultsPage, teacher: Teacher) -> None:
    section = page.section.public_id
    for row in page.rows:
        if row.attempt is None:
            continue
        student = row.person.public_id
        attempt = student_page.student_attempt_page(section, student, row.attempt, teacher.id, now=START)
        lines = {line.prompt: line for line in attempt.lines}
        for column, cell in zip(page.columns, row.cells, strict=True):
            line = lines[column.question.prompt]
            assert line.fraction == cell.fraction
            assert line.verdict == cell.mark or not (line.checked or attempt.handed_in_at)
        assert (attempt.total.earned, attempt.total.marked) == (row.total.earned, row.total.marked)


def check_files(page: ResultsPage) -> None:
    lines = rows_of(csv_text(grid_table(page)))
    assert len(lines) == len(page.rows)
    for line, row in zip(lines, page.rows, strict=True):
        assert (line["student"], line["state"]) == (row.person.name, row.state)
        for column, cell in zip(page.columns, row.cells, strict=True):
            name = f"q{column.question.number}"
            assert (line[f"{name}_answer"], line[f"{name}_state"]) == (cell.text, cell.mark)
            assert line[f"{name}_mark"] == ("" if cell.fraction is None else f"{cell.fraction:.10g}")
    for line, column in zip(rows_of(csv_text(questions_table(page))), page.columns, strict=True):
        counts = (column.right, column.partly, column.answered, column.skipped)
        assert tuple(int(line[name]) for name in ("right", "partly", "answered", "blank")) == counts
        cells = [row.cells[column.question.number - 1] for row in page.rows]
        assert column.right == sum(cell.mark == "right" for cell in cells)
        assert column.tally.earned == pytest.approx(sum(cell.fraction or 0 for cell in cells))


def check_skill_files(section: str, teacher: Teacher) -> None:
    page = class_page(section, teacher.id, now=START, view=ClassView(by_skill=True))
    lines = rows_of(csv_text(skills_table(page)))
    for line, row in zip(lines, page.rows, strict=True):
        own = student_skills_table(student_page.student_page(section, row.student.public_id, teacher.id, now=START))
        on_own_page = {skill["skill"]: skill for skill in rows_of(csv_text(own))}
        for cell in row.cells:
            slug = cell.skill.slug
            told = (line[f"{slug}_level"], line[f"{slug}_earned"], line[f"{slug}_answers"])
            assert told == (cell.level.value, f"{cell.earned:.10g}", str(cell.answers))
            if cell.answers:
                assert told == tuple(on_own_page[slug][name] for name in ("level", "earned", "answers"))


def check_question_pages(page: ResultsPage, teacher: Teacher, assignment: str) -> None:
    chosen = {
        (row.item_id, row.option): row.chosen
        for row in db.session.execute(sa.text(OPTIONS), {"assignment": assignment})
    }
    compared = 0
    for column in page.columns:
        number = column.question.number
        question = question_page(page.section.public_id, assignment, number, teacher.id, now=START)
        assert (question.states["right"], question.states["partly"]) == (column.right, column.partly)
        assert (question.answered, question.states["blank"]) == (column.answered, column.skipped)
        assert question.statistics.right == pytest.approx(column.tally.earned)
        assert question.statistics.shown == column.tally.marked
        places = question.question.item.choosings()
        for place, table in zip(places, question.tables, strict=True):
            for offer, bar in zip(place.offers, table.bars, strict=True):
                assert bar.count == chosen.get((column.question.item_id, offer.key), 0)
                compared += 1
        lines = rows_of(csv_text(question_table(question)))
        assert [int(line["count"]) for line in lines if line["letter"]] == [
            bar.count for table in question.tables for bar in table.bars
        ]
    assert compared >= 8


def world() -> tuple[SchoolClass, Teacher, str]:
    """Ada handed in twice (better at first), Ben is working on a deferred quiz, Cy has not started."""
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "Ben", "Cy")
    assignment = factories.assign(school_class, teacher, quiz, feedback="deferred", attempts_allowed=None)
    for rights in ((True, True, False), (False, False, True)):
        answer(school_class, assignment, 0, rights, hand_in=True)
    answer(school_class, assignment, 1, (True,), hand_in=False)
    return school_class, teacher, assignment


def answer(school_class: SchoolClass, assignment: str, who: int, rights: tuple[bool, ...], *, hand_in: bool) -> str:
    pupil = school_class.pupils[who]
    attempt = factories.start(assignment, pupil)
    for position, right in enumerate(rights, 1):
        response = factories.response_to(attempt, position, right=right)
        attempts.save(pupil.taker, attempt, position, response, confidence=0.95, drawn=None, now=START)
    if hand_in:
        attempts.hand_in(pupil.taker, attempt, now=START)
    return attempt


def grid(school_class: SchoolClass, teacher: Teacher, assignment: str, **choice: Any) -> dict[str, list[str]]:
    page = results_page(school_class.ref.public_id, assignment, teacher.id, now=START, **choice)
    return {
        f"{row.person.name}{row.number or ''}": [f"{cell.mark} {cell.text}".strip() for cell in row.cells]
        for row in page.rows
    }


def test_the_grid_by_hand_and_which_attempts_it_shows() -> None:
    school_class, teacher, assignment = world()
    first = ["right A", "right AB", "wrong 3", "blank"]
    last = ["wrong C", "wrong D", "right 15.5 %", "blank"]
    others = {"Ben1": ["draft A", "none", "none", "none"], "Cy": ["none"] * 4}
    assert grid(school_class, teacher, assignment) == {"Ada1": first, **others}
    assert grid(school_class, teacher, assignment, which="last") == {"Ada2": last, **others}
    assert grid(school_class, teacher, assignment, which="best") == {"Ada1": first, **others}
    assert grid(school_class, teacher, assignment, which="all") == {"Ada1": first, "Ada2": last, **others}
    assert grid(school_class, teacher, assignment, group="Blue") == {}
    page = results_page(school_class.ref.public_id, assignment, teacher.id, now=START)
    assert (page.students, page.shown, page.not_started, page.working, page.held_back) == (3, 2, 1, 1, True)
    assert [(one.right, one.partly, one.answered, one.skipped) for one in page.columns] == [
        (1, 0, 1, 0), (1, 0, 1, 0), (0, 0, 1, 0), (0, 0, 0, 1),
    ]  # fmt: skip
    with pytest.raises(NotFoundError):
        results_page(school_class.ref.public_id, assignment, teacher.id, now=START, which="worst")


def test_who_has_left_the_class_is_in_no_count() -> None:
    school_class, teacher, assignment = world()
    rosters.remove_student(school_class.ref, school_class.pupils[0].public_id, now=START)
    assert list(grid(school_class, teacher, assignment)) == ["Ben1", "Cy"]
    question = question_page(school_class.ref.public_id, assignment, 1, teacher.id, now=START)
    assert (question.marked, question.unmarked) == (0, 1)
    page = live_page(school_class.ref.public_id, assignment, teacher.id, now=START)
    assert (page.handed_in, page.working, page.not_started) == (0, 1, 1)


def test_the_live_page_by_hand_and_its_digest() -> None:
    school_class, teacher, assignment = world()

    def look(*, with_marks: bool = False) -> Any:
        return live_page(school_class.ref.public_id, assignment, teacher.id, now=START, with_marks=with_marks)

    page = look()
    assert [(row.state, row.answered, row.questions, row.right) for row in page.rows] == [
        ("handed-in", 3, 4, None), ("working", 1, 4, None), ("not-started", 0, 0, None),
    ]  # fmt: skip
    assert page.digest == look().digest != look(with_marks=True).digest
    assert [row.right and row.right.earned for row in look(with_marks=True).rows] == [1.0, 0.0, 0.0]
    answer(school_class, assignment, 0, (True,), hand_in=False)
    again = look()
    assert again.digest != page.digest
    assert (again.rows[0].state, again.handed_in, again.working) == ("again", 1, 1)


BUDGET = {"grid": 10, "question": 12, "live": 6, "live with marks": 7}


def test_pages_keep_to_their_budget_of_queries() -> None:
    school_class, teacher, assignment = world()
    section = school_class.ref.public_id
    pages: dict[str, Callable[[], object]] = {
        "grid": lambda: results_page(section, assignment, teacher.id, now=START),
        "question": lambda: question_page(section, assignment, 1, teacher.id, now=START),
        "live": lambda: live_page(section, assignment, teacher.id, now=START),
        "live with marks": lambda: live_page(section, assignment, teacher.id, now=START, with_marks=True),
    }

    def cost() -> dict[str, int]:
        counts = {}
        for name, draw in pages.items():
            with watching() as watched:
                draw()
            counts[name] = len(watched.statements)
        return counts

    # Clean texts are kept in memory, whoever looked first: what counts is every look after that.
    cost()
    small = cost()
    assert {name: count for name, count in small.items() if count > BUDGET[name]} == {}
    factories.add_pupils(school_class.ref, teacher, *[f"Student {n}" for n in range(12)])
    for who in (1, 2):
        answer(school_class, assignment, who, (True, True), hand_in=True)
    assert cost() == small
