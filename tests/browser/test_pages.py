"""Every page: accessible in light and dark, and nothing sticks out on the narrowest phone."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.datastructures import MultiDict

import quizapp
from quizapp.app import create_app
from quizapp.models import Account, FeedbackMode, Role, db
from quizapp.services import attempts, one_time_links, rosters, starting
from quizapp.services.assigning import AssignmentRules
from quizapp.services.attempts import Taker
from quizapp.services.coursework import list_assignments
from quizapp.services.credentials import hash_password
from quizapp.services.rosters import SectionRef
from quizapp.services.taking import question_page
from tests import databases
from tests.browser import school
from tests.browser.actors import Student
from tests.browser.hands import Pointer
from tests.browser.school import PASSWORD, School
from tests.browser.watching import problems_of, serving, watched
from tests.clock import Clock

QUIZ = quizapp.load_bank(school.BANK)
TOTAL = len(QUIZ.items)
KINDS = {item.kind: place for place, item in reversed(list(enumerate(QUIZ.items, start=1)))}
NAMES = (
    *("Ada L.", "Ben K.", "Chiara R.", "Daniel M.", "Elif Y.", "Farah H.", "Grace L.", "Hugo F."),
    *("Wilhelmina-Alexandrina von Hohenstaufen", "ليلى حداد", "Dvořák, Žofie"),
)
IN_ORDER = AssignmentRules(shuffle_items=False)
Who = Literal["nobody", "Ada L.", "Ben K.", "Chiara R.", "teacher", "newcomer"]


@dataclass(frozen=True)
class World:
    """A school in the middle of a term, and the address it is served at."""

    school: School
    address: str
    attempts: dict[str, str] = field(default_factory=dict)
    """By student, the attempt at the quiz with feedback after each answer."""
    held_back: str = ""
    """An attempt that is handed in and whose result is not shown yet."""
    empty: SectionRef | None = None
    students: dict[str, str] = field(default_factory=dict)
    """Public ids by name."""
    set_up: str = ""
    reset: str = ""

    @property
    def section(self) -> str:
        return f"/teach/c/{self.school.section.public_id}"

    @property
    def no_students(self) -> str:
        assert self.empty is not None
        return f"/teach/c/{self.empty.public_id}"

    def of(self, name: str) -> str:
        """Where a student's attempt begins."""
        return f"/t/{self.attempts[name]}"


@dataclass(frozen=True)
class Place:
    """One page: who opens it, how, and how its title begins."""

    who: Who
    title: str
    open: Callable[[Page, World], object]


def at(address: str) -> Callable[[Page, World], object]:
    return lambda page, world: page.goto(address)


def at_class(address: str) -> Callable[[Page, World], object]:
    return lambda page, world: page.goto(world.section + address)


def at_attempt(name: str, address: str) -> Callable[[Page, World], object]:
    return lambda page, world: page.goto(world.of(name) + address)


def sent(address: Callable[[Page, World], object], button: str) -> Callable[[Page, World], object]:
    """Opens a page and uses one of its buttons with nothing filled in."""

    def act(page: Page, world: World) -> None:
        address(page, world)
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()

    return act


def sent_after_signing_out(page: Page, world: World) -> None:
    page.goto(f"{world.of('Ben K.')}/{TOTAL}")
    Student(page, Pointer(page)).fill_in()
    page.context.clear_cookies()
    page.get_by_role("button", name="Check my answer").click()


def result_of_a_trial(page: Page, world: World) -> None:
    page.goto("/try")
    page.get_by_role("button", name="Start").first.click()
    page.get_by_role("link", name="All questions").click()
    page.get_by_role("button", name=re.compile("^Hand in")).click()


def assigned_too_late(page: Page, world: World) -> None:
    page.goto(f"{world.section}/assign")
    page.get_by_text("When: opens, due, closes").click()
    page.get_by_label("Closes (optional)").fill("2020-01-01T09:00")
    page.get_by_role("button", name="Assign").click()


def change_of(world: World) -> str:
    with school.inside(world.school.app):
        return f"{world.section}/a/{list_assignments(world.school.section.id)[0].public_id}/change"


def question(kind: str) -> Place:
    return Place("Chiara R.", f"Question {KINDS[kind]} of", at_attempt("Chiara R.", f"/{KINDS[kind]}"))


def empty_answer(kind: str) -> Place:
    opened = at_attempt("Chiara R.", f"/{KINDS[kind]}")
    return Place("Chiara R.", f"Error: Question {KINDS[kind]} of", sent(opened, "Check my answer"))


FEEDBACK: tuple[tuple[str, Who, str], ...] = (("right", "Ada L.", "Right"), ("wrong", "Ben K.", "(Not|Partly)"))
PLACES: dict[str, Place] = {
    "join": Place("nobody", "Join your class", at("/")),
    "join, no code": Place("nobody", "Error: Join your class", sent(at("/"), "Continue")),
    "card": Place("nobody", "Who are you", lambda page, world: page.goto(f"/j/{world.school.section.join_code}")),
    "card, nothing typed": Place(
        "nobody",
        "Error: Who are you",
        sent(lambda page, world: page.goto(f"/j/{world.school.section.join_code}"), "Start"),
    ),
    "code of nobody": Place("nobody", "Join your class", at("/j/ZZZZ9999")),
    "try": Place("nobody", "Try a quiz", at("/try")),
    "result of a trial": Place("nobody", "Your result", result_of_a_trial),
    "privacy": Place("nobody", "What we keep about you", at("/privacy")),
    "sign-in": Place("nobody", "Teachers sign in", at("/sign-in")),
    "sign-in, nothing typed": Place("nobody", "Error: Teachers sign in", sent(at("/sign-in"), "Sign in")),
    "set-up": Place("nobody", "Set up Closer Look", lambda page, world: page.goto(f"/setup/{world.set_up}")),
    "set-up, nothing typed": Place(
        "nobody",
        "Error: Set up Closer Look",
        sent(lambda page, world: page.goto(f"/setup/{world.set_up}"), "Make my account"),
    ),
    "reset": Place("nobody", "Choose a new password", lambda page, world: page.goto(f"/reset/{world.reset}")),
    "set-up link over": Place("nobody", "This link no longer works", at("/setup/x")),
    "reset link over": Place("nobody", "This link no longer works", at("/reset/x")),
    "not found": Place("nobody", "We cannot find that page", at("/nowhere")),
    **{f"question, {kind}": question(kind) for kind in KINDS},
    **{f"question, {kind}, empty": empty_answer(kind) for kind in KINDS},
    **{
        f"feedback, {kind}, {word}": Place(name, f"{title}.*: question", at_attempt(name, f"/{place}/feedback"))
        for kind, place in KINDS.items()
        for word, name, title in FEEDBACK
    },
    "question with a draft": Place("Ben K.", f"Question {TOTAL - 1} of", at_attempt("Ben K.", f"/{TOTAL - 1}")),
    "check your answers": Place("Ben K.", "Check your answers", at_attempt("Ben K.", "/check")),
    "result": Place("Ada L.", "Your result", at_attempt("Ada L.", "/result")),
    "held back": Place("Ada L.", "Handed in", lambda page, world: page.goto(f"/t/{world.held_back}/result")),
    "signed out": Place("Ben K.", "Sign in again to keep your answer", sent_after_signing_out),
    "my work": Place("Ada L.", "My work", at("/me")),
    "my work, open": Place("Chiara R.", "My work", at("/me")),
    "not this student's": Place("Ada L.", "We cannot find that page", at_attempt("Ben K.", "/1")),
    "classes": Place("teacher", "Your classes", at("/teach")),
    "no class yet": Place("newcomer", "Your classes", at("/teach")),
    "new class": Place("teacher", "New class", at("/teach/new")),
    "new class, no name": Place("teacher", "Error: New class", sent(at("/teach/new"), "Make the class")),
    "class": Place("teacher", "9B", at_class("")),
    "class, every skill": Place("teacher", "9B", at_class("?show=skills&sort=weakest")),
    "trust and doubt": Place("teacher", "Trust and doubt", at_class("/trust")),
    "tempting answers": Place("teacher", "Tempting answers", at_class("/answers")),
    "practice": Place("Ada L.", "Practice", at("/me/practice")),
    "class without students": Place("teacher", "10A", lambda page, world: page.goto(world.no_students)),
    "students": Place("teacher", "Students of 9B", at_class("/students")),
    "students, no names": Place("teacher", "Error: Students of 9B", sent(at_class("/students"), "Add and make cards")),
    "no students": Place("teacher", "Students of 10A", lambda page, world: page.goto(f"{world.no_students}/students")),
    "join board": Place("teacher", "Join 9B", at_class("/join")),
    "assign": Place("teacher", "Assign a quiz", at_class("/assign")),
    "assign, closing in the past": Place("teacher", "Error: Assign a quiz", assigned_too_late),
    "assign, choosing questions": Place(
        "teacher",
        "Assign a quiz",
        lambda page, world: page.goto(f"{world.section}/assign?quiz={world.school.quiz.public_id}"),
    ),
    "change an assignment": Place("teacher", QUIZ.title, lambda page, world: page.goto(change_of(world))),
    "student": Place("teacher", "Ada L.", lambda page, world: page.goto(student_of(world, "Ada L."))),
    "student without answers": Place(
        "teacher", "Grace L.", lambda page, world: page.goto(student_of(world, "Grace L."))
    ),
    "attempt": Place("teacher", QUIZ.title, lambda page, world: page.goto(attempt_of(world, "Ada L."))),
    "attempt under way": Place("teacher", QUIZ.title, lambda page, world: page.goto(attempt_of(world, "Ben K."))),
    "school": Place("teacher", "School settings", at("/admin")),
    "not found for a teacher": Place("teacher", "We cannot find that page", at("/teach/c/nothing")),
    "cards": Place("teacher", "Cards for 9B", sent(at_class("/students"), "New card for Hugo F.")),
}


def student_of(world: World, name: str) -> str:
    return f"{world.section}/students/{world.students[name]}"


def attempt_of(world: World, name: str) -> str:
    return f"{student_of(world, name)}/{world.attempts[name]}"


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One school for all pages; nothing a page test does changes what another sees."""
    app = create_app(databases.copy_sqlite(sqlite_template, tmp_path_factory.mktemp("pages")))
    clock = Clock()
    app.extensions["clock"] = clock
    made = school.open_school(app, NAMES)
    held = made.assign(AssignmentRules(feedback=FeedbackMode.DEFERRED, shuffle_items=False))
    clock.advance(days=1)
    shown = made.assign(IN_ORDER)
    with school.inside(app), serving(app) as address:
        held_back = take(made, held, "Ada L.", clock, checks=0)
        # Chiara has not answered anything; Ben, of the wrong answers, is two short of the end.
        begun = {name: take(made, shown, name, clock, checks=checks) for name, checks in answers_given().items()}
        roster = rosters.roster_page(made.section.public_id, made.account_id).students
        yield World(
            made,
            address,
            begun,
            held_back,
            rosters.create_section("10A", account_id=made.account_id, now=clock.now),
            {line.name: line.public_id for line in roster},
            one_time_links.new_setup_token(now=clock.now),
            one_time_links.new_reset_token(school.LOGIN, now=clock.now),
        )
        db.session.remove()
        db.engine.dispose()


def answers_given() -> dict[str, int]:
    """How many answers each student has checked."""
    given = dict.fromkeys(NAMES, TOTAL) | {"Ben K.": TOTAL - 2, "Chiara R.": 0, "Daniel M.": 3, "Elif Y.": 6}
    del given["Grace L."]
    return given


def take(made: School, assignment: str, name: str, clock: Clock, *, checks: int) -> str:
    """Lets a student answer so many questions and hand in when that is all, or none; returns the attempt."""
    taker = Taker(student_id=made.student_ids[name])
    chance = random.Random(name)
    attempt = starting.start_assignment(assignment, made.student_ids[name], now=clock.now, rng=chance)
    for position in range(1, checks + 1):
        right = name == "Ada L." or (name != "Ben K." and chance.random() < 0.6)
        content = response_to(taker, attempt, position, right=right, now=clock.now)
        sure = chance.choice(attempts.CONFIDENCE_LEVELS)
        attempts.check(taker, attempt, position, content, confidence=sure, drawn=None, now=clock.now)
    if checks == TOTAL or (checks == 0 and name == "Ada L."):
        attempts.hand_in(taker, attempt, now=clock.now)
    elif name == "Ben K.":
        draft = response_to(taker, attempt, checks + 1, right=True, now=clock.now)
        attempts.save(taker, attempt, checks + 1, draft, confidence=0.75, drawn=None, now=clock.now)
    return attempt


def response_to(taker: Taker, attempt: str, position: int, *, right: bool, now: datetime) -> dict[str, Any]:
    """An answer to whatever is asked, as JSON: the key, or the first of the simplest answers that is not all right."""
    page = question_page(taker, attempt, position, now=now)
    item = page.content.item
    names = [str(control.name) for control in item.form(page.shown)]
    posts = [MultiDict([(name, value) for name in names]) for value in ("0", "1", "2", "12")]
    forms = [item.form(page.shown, formdata=post) for post in posts]
    given = [item.read(form, page.shown) for form in forms if form.validate()]
    poor = [one for one in given if one is not None and (item.score(one).fraction or 0) < 1]
    response = item.from_words(item.key()) if right else poor[0]
    assert response is not None
    found: dict[str, Any] = response.to_json()
    return found


@pytest.fixture(scope="module")
def newcomer(world: World) -> str:
    """The sign-in name of a teacher without a class."""
    with school.inside(world.school.app):
        db.session.add(
            Account(
                login="new",
                name="Mr New",
                password_hash=hash_password(PASSWORD),
                role=Role.TEACHER,
                created_at=school.now(world.school.app),
            )
        )
        db.session.commit()
    return "new"


@pytest.mark.parametrize("name", PLACES)
def test_page(browser: Browser, world: World, newcomer: str, name: str) -> None:
    place = PLACES[name]
    with watched(browser, world.address) as (context, watch):
        if place.who == "teacher":
            world.school.sign_in_teacher(context, world.address)
        elif place.who == "newcomer":
            world.school.sign_in_teacher(context, world.address, newcomer)
        elif place.who != "nobody":
            world.school.sign_in(context, world.address, place.who)
        page = context.new_page()
        place.open(page, world)
        expect(page).to_have_title(re.compile(f"^{place.title}"))
        assert problems_of(page, watch) == []
