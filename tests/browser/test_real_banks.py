"""One question of every kind, taken from the banks that come along, answered in a real browser."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from playwright.sync_api import Page, expect

import quizapp
from quizapp.bank.model import Bank
from quizapp.commands.authoring import bank_files
from quizapp.items.registry import AnyItem, kinds
from quizapp.services import assigning, publishing
from quizapp.text import plain
from tests.browser import school
from tests.browser.actors import Student
from tests.browser.hands import Pointer

BANKS = [quizapp.load_bank(file) for file in bank_files([school.QUESTIONS])]


def one_of_each() -> Bank:
    """A quiz of the first question of each kind that can be asked without the article, with what it is about."""
    chosen: dict[str, tuple[Bank, AnyItem]] = {}
    for bank in BANKS:
        for item in bank.items:
            if item.needs == "excerpt":
                chosen.setdefault(item.kind, (bank, item))
    things = {item.about: bank.stimulus(item.about) for bank, item in chosen.values() if item.about is not None}
    items = tuple(item for _, item in chosen.values())
    return replace(BANKS[0], slug="one-of-each", title="One of each", items=items, stimuli=tuple(things.values()))


def test_a_student_completes_a_question_of_every_kind(app: Flask, page: Page, live_server: str) -> None:
    bank = one_of_each()
    assert {item.kind for item in bank.items} == set(kinds())
    lesson = school.open_school(app)
    with school.inside(app):
        publishing.publish_bank(bank, source="from the banks that come along", now=school.now(app))
        publishing.renew_clean_texts()
        quiz = next(one for one in assigning.list_quizzes() if one.title == bank.title)
    replace(lesson, quiz=quiz).assign()
    lesson.sign_in(page.context, live_server, "Ada L.")
    student = Student(page, Pointer(page))
    page.goto("/me")
    student.press("Start")
    for position, item in enumerate(bank.items, 1):
        student.is_at(position, len(bank.items))
        assert student.fill_in() == plain(item.prompt)
        answered = student.checks(student.prompt())
        assert answered.verdict
        student.follow("Next question" if position < len(bank.items) else "Check your answers")
    expect(page.get_by_text("Not answered")).to_have_count(0)
    student.hand_in()
    expect(page.locator(".review > div")).to_have_count(len(bank.items))
