"""Small worlds for tests, made through the services: a bank, teachers, classes, attempts.

Everything here wants an application context.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import current_app

from quizapp.bank.loader import load_text
from quizapp.bank.model import Bank as BankFile
from quizapp.bank.model import Skill as SkillEntry
from quizapp.config import Settings
from quizapp.models import Account, Attempt, AttemptItem, ItemRevision, Role, Route, db
from quizapp.services import (
    articles,
    assigning,
    drafts,
    guests,
    publishing,
    room_asked,
    room_members,
    rooms,
    rosters,
    sections,
    sign_in,
    starting,
)
from quizapp.services.assigning import AssignmentRules, QuizRef
from quizapp.services.attempts import Taker
from quizapp.services.catalogue import content_of
from quizapp.services.credentials import token_hash
from quizapp.services.rooms import RoomRef
from quizapp.services.rosters import RosterLine, SectionRef
from quizapp.services.sections import SectionSettings
from quizapp.services.writing import writing
from tests.clock import START

NETWORK = "192.0.2.7"
PASSWORD = "three quiet words"
# Hashing and comparing take a moment by design; in tests a much weaker hash of one password does for everybody.
_PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

SKILLS = (
    SkillEntry(id="verbs", name="Reporting verbs", definition="Tell what a verb adds.", strand="words"),
    SkillEntry(id="facts", name="Facts and figures", definition="Work out what a figure says.", strand="words"),
)

BANK = """\
format: 1
bank: small
title: Small quiz
language: en
questions:
  - id: claimed
    type: choice
    skill: verbs
    prompt: What does *claimed* do?
    options:
      - right: It keeps a distance
        why: The word leaves open whether it is true.
      - wrong: It proves the statement false
        why: A doubted statement can be true.
      - wrong: It proves the statement true
        why: The word says who spoke.
  - id: caption
    type: multiple
    skill: verbs
    prompt: What does the caption state?
    options:
      - right: People were leaving
        why: It says so.
      - right: The water was rising
        why: It says that too.
      - wrong: Somebody had ordered it
        why: Nobody is named.
      - wrong: It was a Tuesday
        why: The day is missing.
  - id: share
    type: numeric
    skill: facts
    prompt: Of 8,000 people 1,240 voted. What share is that?
    answer: 15.5
    tolerance: 0.5
    unit: "%"
    why: Divide one by the other.
  - id: notice
    type: judge
    skill: facts
    control: true
    passage: The pool is closed, a notice on its door says.
    prompt: Check one thing. Does it say where the news comes from?
    verdict: sound
    where: a notice on its door says
    why: It does.
"""
"""Two skills, four kinds, four questions."""

ARTICLE_BANK = """\
format: 1
bank: fires
title: Fires
language: en
source: {title: Smoke over the hills, outlet: Evening Post, author: A. Reporter, date: 2 March 2026}
questions:
  - id: voices
    type: choice
    skill: verbs
    difficulty: easy
    needs: article
    prompt: Who is heard in the whole article?
    options:
      - right: Two neighbours
        why: Both are named.
      - wrong: A minister
  - id: warned
    type: choice
    skill: verbs
    difficulty: easy
    prompt: What does *warned* add?
    options:
      - right: That a danger is near
        why: Nobody warns of what is harmless.
      - wrong: Nothing
  - id: acres
    type: numeric
    skill: facts
    difficulty: hard
    prompt: Of 200 acres 50 burned. How many percent?
    answer: 25
    why: A quarter of the hills.
"""
"""Three questions on an article; one of them needs the whole of it."""

MADE_UP_BANK = """\
format: 1
bank: made-up
title: Made up
language: en
stands_in: true
questions:
""" + "".join(
    f"""\
  - id: {skill}-{level}
    type: choice
    skill: {skill}
    difficulty: {level}
    prompt: Which of these is made up, {skill} and {level}?
    options:
      - right: All of it
        why: It says so.
      - wrong: None of it
"""
    for skill in ("verbs", "facts")
    for level in ("easy", "medium", "hard")
)
"""Six questions that may stand in for others: one of each skill and difficulty."""


@dataclass(frozen=True)
class Teacher:
    id: int
    login: str


@dataclass(frozen=True)
class Pupil:
    """A student with what is on the card."""

    id: int
    public_id: str
    name: str
    secret: str

    @property
    def taker(self) -> Taker:
        return Taker(student_id=self.id)


@dataclass(frozen=True)
class SchoolClass:
    ref: SectionRef
    pupils: tuple[Pupil, ...]


def instance_key() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.secret_key


def read_bank(text: str = BANK) -> BankFile:
    """Reads a bank, which must have no error."""
    loaded = load_text(text.encode(), "bank.yaml", skills=SKILLS)
    assert loaded.bank is not None, loaded.problems
    return loaded.bank


def publish(text: str = BANK, *, now: datetime = START, owner_id: int | None = None) -> QuizRef:
    """Publishes a bank and returns its quiz, as it is now."""
    publishing.publish_skills(SKILLS)
    bank = read_bank(text)
    publishing.publish_bank(bank, source=text, now=now, owner_id=owner_id)
    (quiz,) = [one for one in assigning.list_quizzes(owner_id) if one.title == bank.title]
    return quiz


def publish_twins() -> tuple[QuizRef, QuizRef]:
    """Publishes two forms of a check-in: two sound passages and two unsound ones each."""
    first, second = (
        publish(
            f"format: 1\nbank: form-{own}\ntitle: Form {own.upper()}\nlanguage: en\ntwin: form-{other}\nquestions:\n"
            + "".join(_judging(f"{verdict}-{n}", verdict, own) for verdict in ("sound", "problem") for n in (1, 2))
        )
        for own, other in (("a", "b"), ("b", "a"))
    )
    return first, second


def _judging(slug: str, verdict: str, form: str) -> str:
    return f"""\
  - id: {slug}
    type: judge
    skill: facts
    control: {"true" if verdict == "sound" else "false"}
    passage: The bus was late on day {slug} of form {form}, the driver said.
    prompt: Check one thing. Does it say where the news comes from?
    verdict: {verdict}
    why: Read the last words.
"""


def make_teacher(login: str = "rivera", *, role: Role = Role.TEACHER) -> Teacher:
    """Adds a member of staff whose password is PASSWORD; only the first has a service that makes it."""
    with writing() as session:
        account = Account(login=login, name=login.title(), password_hash=_PASSWORD_HASH, role=role, created_at=START)
        session.add(account)
        session.flush()
        return Teacher(account.id, login)


def make_class(teacher: Teacher, *names: str, title: str = "9B") -> SchoolClass:
    """Makes a class with students."""
    ref = rosters.create_section(title, account_id=teacher.id, now=START)
    return SchoolClass(ref, add_pupils(ref, teacher, *names))


def add_pupils(ref: SectionRef, teacher: Teacher, *names: str) -> tuple[Pupil, ...]:
    """Adds students to a class and returns them in the order of their names here."""
    cards = rosters.add_students(ref, list(names), key=instance_key(), now=START).cards
    secrets = {card.name: card.secret for card in cards}
    lines = {line.name: line for line in rosters.roster_page(ref.public_id, teacher.id).students}
    return tuple(Pupil(lines[name].student_id, lines[name].public_id, name, secrets[name]) for name in names)


def add_guest(school_class: SchoolClass, teacher: Teacher, nickname: str, *, now: datetime = START) -> RosterLine:
    """Opens the door to guests, lets one in from a browser of their own, and closes it again."""
    ref = school_class.ref
    wanted = SectionSettings(ref.name, ref.secret_kind, guests_welcome=True)
    sections.change_settings(ref, wanted, account_id=teacher.id, now=now)
    sections.hold_door(ref, 10, now=now)
    door = sign_in.open_door(ref.join_code, network=NETWORK, key=instance_key(), now=now)
    guests.join_as_guest(
        door, nickname, visitor_hash=token_hash(nickname), network=NETWORK, key=instance_key(), now=now
    )
    sections.close_door(ref)
    return next(line for line in rosters.roster_lines(ref.id) if line.name == nickname)


def assign(
    school_class: SchoolClass,
    teacher: Teacher,
    quiz: QuizRef,
    *,
    now: datetime = START,
    route: Route | None = None,
    **rules: Any,
) -> str:
    """Assigns a quiz, in the order of the bank unless told to mix, and returns the public id."""
    chosen = AssignmentRules(**{"shuffle_items": False, **rules})
    return assigning.assign(school_class.ref, quiz, chosen, account_id=teacher.id, now=now, route=route)


def start(assignment: str, pupil: Pupil, *, now: datetime = START, seed: int = 7) -> str:
    """Starts an attempt and returns its public id."""
    return starting.start_assignment(assignment, pupil.id, now=now, rng=random.Random(seed))


def give_article(school_class: SchoolClass, teacher: Teacher, quiz: QuizRef, text: str = "One.\n\nTwo.") -> int:
    """Gives a class its own copy of the article a quiz is built from; returns how many paragraphs it has."""
    return articles.save_article(school_class.ref, quiz.public_id, text, account_id=teacher.id, now=START)


def question_of(attempt: str, position: int) -> str:
    """The public id of the revision that an attempt asks at a place."""
    return _revision_at(attempt, position).public_id


def key_of(attempt: str, position: int) -> dict[str, Any]:
    """The right response to a question of an attempt, as JSON."""
    return response_to(attempt, position, right=True)


def wrong_for(attempt: str, position: int) -> dict[str, Any]:
    """A response that earns nothing; for choices and numbers."""
    return response_to(attempt, position, right=False)


_WRONG = {
    "claimed": "It proves the statement true",
    "caption": ["It was a Tuesday"],
    "share": "3",
    "notice": "problem",
    "warned": "Nothing",
    "verbs-easy": "None of it",
}


def in_words(attempt: str, position: int, words: Any) -> dict[str, Any]:
    """A response to a question of an attempt, written as an author does, as JSON."""
    response = content_of(_revision_at(attempt, position)).item.from_words(words)
    assert response is not None
    found: dict[str, Any] = response.to_json()
    return found


def response_to(attempt: str, position: int, *, right: bool) -> dict[str, Any]:
    item = content_of(_revision_at(attempt, position)).item
    response = item.from_words(item.key() if right else _WRONG[item.id])
    assert response is not None
    assert item.score(response).fraction == float(right)
    found: dict[str, Any] = response.to_json()
    return found


def _revision_at(attempt: str, position: int) -> ItemRevision:
    return db.session.scalars(
        sa.select(ItemRevision)
        .join(AttemptItem, AttemptItem.item_revision_id == ItemRevision.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.public_id == attempt, AttemptItem.position == position)
    ).one()


PASSAGE = "The council will right-size opening hours. Doors stay shut on Sundays."
"""Eleven words; the fourth and fifth soften."""


def open_room(teacher: Teacher, text: str = PASSAGE, *, now: datetime = START) -> RoomRef:
    """Opens a room that asks for words of a passage."""
    asked = room_asked.passage("Mark what softens.", text)
    return rooms.find_room(rooms.open_passage(asked, account_id=teacher.id, now=now), teacher.id, now=now)


def join_room(room: RoomRef, *nicknames: str, now: datetime = START) -> RoomRef:
    """Lets people in, each from a browser whose id is the hash of the nickname; returns the room."""
    for name in nicknames:
        visitor = token_hash(name)
        room_members.join(room, name, visitor_hash=visitor, network=NETWORK, key=instance_key(), now=now)
    return room


def answer_in_room(room: RoomRef, nickname: str, content: dict[str, Any], *, number: int = 1) -> None:
    """Saves an answer of somebody who was let in by `join_room`."""
    room_members.save(room.code, token_hash(nickname), number, content, now=START)


def sign_in_pupil(school_class: SchoolClass, pupil: Pupil, *, now: datetime = START, network: str = NETWORK) -> str:
    """Signs a student in by the card and returns the cookie's token."""
    door = sign_in.open_door(school_class.ref.join_code, network=network, key=instance_key(), now=now)
    return sign_in.sign_in_student(door, pupil.name, pupil.secret, network=network, key=instance_key(), now=now)


OWN_BANK = """\
format: 1
bank: own
title: My own bank
language: en
questions:
  - id: headline
    type: choice
    skill: verbs
    prompt: What does the headline claim?
    options:
      - right: That the pool is closed
        why: It says so.
      - wrong: That the pool is old
        why: It says nothing of that.
      - wrong: That nobody swims
        why: It says nothing of people.
"""
"""One question, for a bank that a teacher writes."""


def publish_own(teacher: Teacher, text: str = OWN_BANK, *, now: datetime = START) -> tuple[drafts.Published, str]:
    """Publishes a bank the way teachers do; returns it and the public id of the draft."""
    draft = drafts.create_draft(teacher.id, text, now=now)
    return drafts.publish_draft(draft, teacher.id, version=1, note="", now=now), draft


def quiz_of(published: drafts.Published, teacher: Teacher) -> QuizRef:
    """The quiz of a bank that a teacher published, as it is now."""
    return assigning.get_quiz(published.quiz, teacher.id)
