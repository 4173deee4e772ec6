"""A lesson from the first set-up to the teacher's figures, worked in every manner people work in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

import quizapp
from quizapp import text
from quizapp.services import one_time_links
from tests import wheel
from tests.browser import school
from tests.browser.actors import PHONE, Student, Teacher
from tests.browser.hands import Hands, Keys, Pointer
from tests.browser.watching import watched

QUIZ = quizapp.load_bank(school.BANK)
TOTAL = len(QUIZ.items)
SURE = ("Guessing", "Fairly sure", "Certain")


@dataclass(frozen=True)
class Manner:
    """How everybody in a story works: the kind of hands, and what `Browser.new_context` takes."""

    name: str
    hands: Any
    options: dict[str, Any] = field(default_factory=dict)


MANNERS = (
    Manner("finger on a phone", partial(Pointer, touch=True), PHONE),
    Manner("mouse without scripts", Pointer, {"java_script_enabled": False}),
    Manner("keys alone", Keys),
)


def right_answers() -> dict[str, tuple[str, ...]]:
    """By prompt, what to tick for a full mark, of every other question whose answers are options."""
    keys = {plain(item.prompt): item.key() for item in QUIZ.items if item.kind in {"choice", "multiple"}}
    return {
        prompt: tuple(plain(option) for option in ([key] if isinstance(key, str) else key))
        for prompt, key in list(keys.items())[::2]
    }


def plain(source: str) -> str:
    return " ".join(text.plain(source).split())


@contextmanager
def person(browser: Browser, address: str, manner: Manner) -> Iterator[tuple[Page, Hands]]:
    """A browser of somebody's own, and their hands."""
    with watched(browser, address, **manner.options) as (context, _):
        page = context.new_page()
        yield page, manner.hands(page)


def play(browser: Browser, address: str, set_up: str, manner: Manner) -> None:
    """A teacher sets up, makes a class and assigns; a student takes the quiz; the teacher reads the figures."""
    with person(browser, address, manner) as (teachers_page, hands):
        teacher = Teacher(teachers_page, hands)
        teacher.set_up(set_up)
        teacher.make_class("9B")
        cards = teacher.add_students(["Ada L.", "Ben K."])
        before = teacher.submits
        code = teacher.assign(QUIZ.title)
        assert teacher.submits == before + 1
        assert code == cards["Ada L."].code == cards["Ben K."].code
        with person(browser, address, manner) as (students_page, students_hands):
            earned = take(Student(students_page, students_hands), cards["Ada L."], address)
        teacher.open_class("9B")
        expect(teachers_page.get_by_text("1 of 2 handed in")).to_be_visible()
        counts = teacher.counts_of("Ada L.")
        assert sum(answers for _, answers in counts) == TOTAL
        assert sum(marks for marks, _ in counts) == pytest.approx(earned, abs=0.06 * len(counts))
        assert teacher.counts_of("Ben K.") == []
        teacher.follow("Ada L.")
        teacher.reads("Ada L.")
        line = teachers_page.get_by_role("row").filter(has_text="handed in")
        expect(line).to_contain_text(f"{shown(earned)} of {TOTAL}")
        teacher.follow(QUIZ.title)
        teacher.reads(QUIZ.title)
        expect(teachers_page.locator(".review > div")).to_have_count(TOTAL)


def take(student: Student, card: Any, address: str) -> float:
    """Join, answer everything with feedback, hand in, look at the result; return the marks earned."""
    page = student.page
    student.join(address, card)
    student.is_at(1, TOTAL)
    assert student.submits == 2
    # What the quiz is about stands above its first question.
    expect(page.get_by_role("main")).to_contain_text("About the war in Ukraine")
    answers, known = [], right_answers()
    for position in range(1, TOTAL + 1):
        student.is_at(position, TOTAL)
        prompt = student.fill_in(known)
        student.says_how_sure(SURE[position % 3])
        answers.append(student.checks(prompt))
        student.follow("Next question" if position < TOTAL else "Check your answers")
    assert {answer.mark for answer in answers if answer.prompt in known} == {1.0}
    assert {answer.prompt for answer in answers} == {plain(item.prompt) for item in QUIZ.items}
    student.reads("Check your answers before you hand in")
    expect(page.locator(".review > div")).to_have_count(TOTAL)
    expect(page.get_by_text("Not answered")).to_have_count(0)
    expect(student.button(f"Hand in {TOTAL} answers")).to_be_visible()
    student.hand_in()
    earned = sum(answer.mark for answer in answers)
    expect(page.locator(".score")).to_have_text(f"{shown(earned)} of {TOTAL}")
    student.follow("My work")
    student.reads("My work")
    expect(page.get_by_text("Nothing to do right now.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=QUIZ.title)).to_contain_text(f"{shown(earned)} of {TOTAL}")
    return earned


def shown(marks: float) -> str:
    return f"{round(marks, 1):g}"


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.name)
def test_lesson(browser: Browser, live_server: str, app: Flask, manner: Manner) -> None:
    with school.inside(app):
        school.publish_quiz(app)
        token = one_time_links.new_setup_token(now=school.now(app))
    play(browser, live_server, f"/setup/{token}", manner)


def test_lesson_with_the_installed_program(browser: Browser, wheel_python: Path, tmp_path: Path) -> None:
    with wheel.serve(wheel_python, tmp_path) as server:
        play(browser, server.url, server.set_up_url, MANNERS[0])
