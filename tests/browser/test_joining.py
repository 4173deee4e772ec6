"""Coming in as classes do: a new class in a few submits, wrong codes and secrets, late, and on a second device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from playwright.sync_api import Page, expect

import quizapp
from quizapp.bank.loader import read_skills
from quizapp.services import publishing
from tests.browser import school
from tests.browser.actors import Student, Teacher
from tests.browser.hands import Pointer
from tests.clock import Clock

BANK = school.QUESTIONS / "somewhere-else.yaml"
SKILLS = school.QUESTIONS / "skills.yaml"
QUIZ = quizapp.load_bank(BANK)


def test_from_a_new_class_to_a_second_device(
    page: Page,
    another_page: Page,
    app: Flask,
    clock: Clock,
    live_server: str,
    check_page: Callable[[Page], None],
) -> None:
    made = school.open_school(app)
    with school.inside(app):
        # A quiz that says nothing beforehand, so that joining leads to its first question.
        assert not publishing.publish_file(BANK, skills=read_skills(SKILLS), now=clock.now).failed
    made.sign_in_teacher(page.context, live_server)
    teacher = Teacher(page, Pointer(page))
    page.goto(f"{live_server}/teach")
    teacher.follow("New class")
    teacher.make_class("9C")
    cards = teacher.add_students(["Ada L.", "Ben K."])
    code = teacher.assign(QUIZ.title)
    expect(page.locator(".join-code")).to_have_text(code)
    assert teacher.submits <= 4
    teacher.press("Hold the door open")
    expect(page.get_by_text("The door is open until")).to_be_visible()
    check_page(page)

    ada, total = Student(another_page, Pointer(another_page)), len(QUIZ.items)
    another_page.goto(live_server)
    ada.write("Class code", "0000 0000")
    ada.press("Continue")
    expect(another_page).to_have_title("Error: Join your class – Closer Look")
    box = another_page.get_by_label("Class code", exact=True)
    expect(box).to_have_value("0000 0000")
    box.fill(code.lower().replace("0", "o").replace("1", "l"))
    ada.press("Continue")
    ada.reads("Who are you?")
    # The door is open, so the names stand in a list; a wrong secret leaves the choice as it was.
    another_page.get_by_label("Your name").select_option("Ada L.")
    ada.write("The two words on your card", "wrong words")
    ada.press("Start")
    expect(another_page.get_by_label("Your name")).to_have_value("Ada L.")
    another_page.get_by_label("The two words on your card").fill(cards["Ada L."].secret.upper())
    ada.press("Start")
    ada.is_at(1, total)
    ada.fill_in()
    ada.checks(ada.prompt())

    # Ten minutes late: let in, with the first question; typed, as the door has fallen shut.
    clock.advance(minutes=10)
    another_page.get_by_role("button", name="Sign out").click()
    ben = Student(another_page, Pointer(another_page))
    ben.join(live_server, replace(cards["Ben K."], code=code))
    ben.is_at(1, total)
    assert ben.submits == 2

    # Ada goes on with a second device, where she stopped with the first.
    page.get_by_role("button", name="Sign out").click()
    device = Student(page, Pointer(page))
    # The QR code on the card leads past the code.
    page.goto(f"{live_server}/j/{code.replace(' ', '')}")
    device.write("Your name, as on your card", "Ada L.")
    device.write("The two words on your card", cards["Ada L."].secret)
    device.press("Start")
    device.is_at(2, total)
    assert device.submits == 1
