"""A school with a real quiz in it, made through the services: quicker than through the pages, and the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from playwright.sync_api import BrowserContext

from quizapp.bank.loader import read_skills
from quizapp.models import db
from quizapp.services import assigning, one_time_links, publishing, rosters, sign_in
from quizapp.services.assigning import AssignmentRules, QuizRef
from quizapp.services.rosters import SectionRef
from quizapp.services.sign_in import Door
from quizapp.web.auth import TOKEN
from tests.browser.actors import Card

QUESTIONS = Path(__file__).parents[2] / "questions"
BANK = QUESTIONS / "words-that-lean.yaml"
LOGIN, PASSWORD = "okoro", "seven maps in a drawer"
NAMES = ("Ada L.", "Ben K.")


@dataclass(frozen=True)
class School:
    """A running school: one teacher, one class with cards, one quiz."""

    app: Flask
    account_id: int
    section: SectionRef
    cards: Mapping[str, Card]
    student_ids: Mapping[str, int]
    quiz: QuizRef

    def assign(self, rules: AssignmentRules | None = None) -> str:
        """Assign the quiz, in the order of its file unless the rules say otherwise; return the assignment's id."""
        with inside(self.app):
            rules = rules or AssignmentRules(shuffle_items=False)
            return assigning.assign(self.section, self.quiz, rules, account_id=self.account_id, now=now(self.app))

    def sign_in(self, context: BrowserContext, address: str, name: str) -> str:
        """Give a browser the cookie of a student who has signed in; return the token in it."""
        card = self.cards[name]
        with inside(self.app):
            door = Door(self.section.id, self.section.join_code, self.section.name)
            token = sign_in.sign_in_student(
                door, name, card.secret, network="here", key=key(self.app), now=now(self.app)
            )
        give_cookie(self.app, context, address, {TOKEN: token})
        return token

    def sign_in_teacher(self, context: BrowserContext, address: str, login: str = LOGIN) -> None:
        """Give a browser the cookie of the teacher, or of another with the same password."""
        with inside(self.app):
            token = sign_in.sign_in_staff(login, PASSWORD, network="here", key=key(self.app), now=now(self.app))
        give_cookie(self.app, context, address, {TOKEN: token})

    def end_sign_in(self, token: str) -> None:
        """Forget a sign-in on the server, as time does; the browser keeps its cookie."""
        with inside(self.app):
            sign_in.sign_out(token)


def open_school(app: Flask, names: tuple[str, ...] = NAMES) -> School:
    """Set up a teacher, publish the quiz and make a class with cards."""
    with inside(app):
        publish_quiz(app)
        token = one_time_links.set_up(
            one_time_links.new_setup_token(now=now(app)), login=LOGIN, name="Ms Okoro", password=PASSWORD, now=now(app)
        )
        account_id = sign_in.identify(token, now=now(app)).account_id
        assert account_id is not None
        section = rosters.create_section("9B", account_id=account_id, now=now(app))
        made = rosters.add_students(section, list(names), key=key(app), now=now(app))
        lines = rosters.roster_page(section.public_id, account_id).students
        return School(
            app,
            account_id,
            section,
            {card.name: Card(card.name, section.shown_code, card.secret) for card in made.cards},
            {line.name: line.student_id for line in lines},
            assigning.list_quizzes()[0],
        )


def publish_quiz(app: Flask) -> None:
    """Publish the quiz these tests take. Needs an app context."""
    skills = read_skills(QUESTIONS / "skills.yaml")
    publishing.publish_skills(skills)
    assert not publishing.publish_file(BANK, skills=skills, now=now(app)).failed


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    """Push an app context whose database session is gone afterwards."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()


def now(app: Flask) -> datetime:
    moment: datetime = app.extensions["clock"]()
    return moment


def key(app: Flask) -> str:
    found: str = app.extensions["settings"].secret_key
    return found


def give_cookie(app: Flask, context: BrowserContext, address: str, content: dict[str, str]) -> None:
    """Put the app's signed cookie into a browser."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # the cookie-based interface has it
    value = serializer.dumps(content)
    context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": str(value), "url": address}])
