"""Marks as a table and as the files of two gradebooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import timedelta

from quizapp.models import CountingAttempt
from quizapp.services import attempts, mark_lists, roster_edits
from quizapp.services.mark_lists import MarkCell
from quizapp.services.tallies import Tally
from quizapp.web.tables import csv_lines
from tests import factories
from tests.clock import START
from tests.factories import Pupil, Teacher


def sit(assignment: str, pupil: Pupil, right: int, *, hand_in: bool = True) -> None:
    attempt = factories.start(assignment, pupil)
    for position in range(1, 5):
        answer = factories.key_of if position <= right else factories.wrong_for
        attempts.save(pupil.taker, attempt, position, answer(attempt, position), confidence=None, drawn=None, now=START)
    if hand_in:
        attempts.hand_in(pupil.taker, attempt, now=START)


def rows_of(rows: Iterable[tuple[str, ...]]) -> list[list[str]]:
    """What a gradebook reads in the file."""
    return list(csv.reader(io.StringIO(csv_lines(rows), newline="")))


def test_screen_and_both_files_show_the_same_marks_by_the_attempt_that_counts() -> None:
    quiz, teacher = factories.publish(), factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "=Ben", "Cy")
    factories.add_guest(school_class, teacher, "Zed")
    ada, ben, cy = school_class.pupils
    change = roster_edits.RosterChange
    roster_edits.change_roster(
        school_class.ref, [change(ada.public_id, "Ada", "", "s-1"), change(ben.public_id, "=Ben", "", "@2")]
    )
    first, second, third = (
        factories.assign(
            school_class, teacher, quiz, attempts_allowed=None, counting=rule, now=START - timedelta(seconds=9 - number)
        )
        for number, rule in enumerate((CountingAttempt.FIRST, CountingAttempt.LAST, CountingAttempt.BEST))
    )
    for assignment in (first, second, third):
        for right in (3, 4, 2):
            sit(assignment, ada, right)
    sit(first, ben, 1)
    sit(first, cy, 4, hand_in=False)
    page = mark_lists.marks_page(school_class.ref.public_id, teacher.id, now=START)
    assert [column.title for column in page.columns] == ["Small quiz", "Small quiz (2)", "Small quiz (3)"]
    shown = {row.student.name: [cell.text for cell in row.cells] for row in page.rows}
    assert shown == {"Ada": ["3", "2", "4"], "=Ben": ["1", "", ""], "Cy": ["", "", ""]}
    assert (page.without_code, page.waiting) == (1, 0)
    titles = [column.title for column in page.columns]
    assert rows_of(mark_lists.moodle_rows(page)) == [
        ["ID number", "Student", *titles],
        ["'@2", "'=Ben", "1", "", ""],
        ["s-1", "Ada", "3", "2", "4"],
        ["", "Cy", "", "", ""],
    ]
    assert rows_of(mark_lists.canvas_rows(page)) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles],
        ["Points Possible", "", "", "", "", "4", "4", "4"],
        ["'=Ben", "", "'@2", "'@2", "9B", "1", "", ""],
        ["Ada", "", "s-1", "s-1", "9B", "3", "2", "4"],
        ["Cy", "", "", "", "9B", "", "", ""],
    ]


def test_a_mark_with_an_unmarked_part_is_left_empty() -> None:
    assert MarkCell(Tally(2.0, 3, waiting=1)).text == MarkCell().text == ""
    assert MarkCell(Tally(2 / 3, 3)).text == "0.7"
    assert MarkCell(Tally(0.0, 3)).text == "0"


def test_a_class_without_anything_has_an_empty_table() -> None:
    teacher: Teacher = factories.make_teacher()
    page = mark_lists.marks_page(factories.make_class(teacher).ref.public_id, teacher.id, now=START)
    assert (page.rows, page.columns) == ((), ())
    assert rows_of(mark_lists.moodle_rows(page)) == [["ID number", "Student"]]
