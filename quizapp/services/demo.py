"""A class of simulated students, so that every screen has something real to show.

They come in, answer and hand in through the same services as real students, in the past.
"""

from __future__ import annotations

import math
import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict
from wtforms import Form

from quizapp.items.base import Item
from quizapp.items.controls import PickOne, PickSeveral
from quizapp.models import Account, Role, Section, SectionTeacher, Student, db
from quizapp.services import assigning, attempts, rosters, starting
from quizapp.services.assigning import AssignmentRules, QuizRef
from quizapp.services.attempts import Taker
from quizapp.services.credentials import hash_password
from quizapp.services.rosters import SectionRef
from quizapp.services.taking import question_page
from quizapp.services.writing import writing

SECTION_NAME = "Demo class"
LOGIN = "demo"
WEEKS = 6
GUESSES = 8

NAMES = (
    "Ada L.", "Amara D.", "Ben K.", "Chiara R.", "Daniel M.", "Elif Y.", "Farah H.",
    "Grace L.", "Hugo F.", "Ines C.", "Jonas W.", "Kavya M.", "Liam O.", "Mei T.",
    "Noor R.", "Olek N.", "Priya S.", "Quentin M.", "Rosa D.", "Samir A.", "Tomás S.",
    "Uma P.", "Viktor H.", "Wanjiru K.", "Xenia B.", "Yusuf G.", "Zoë J.", "Lena V.",
)  # fmt: skip


class Manner(StrEnum):
    """How a simulated student reads."""

    CAREFUL = "careful"
    OVER_SUSPICIOUS = "over-suspicious"
    OVER_TRUSTING = "over-trusting"
    GUESSING = "guessing"
    ABSENT = "absent"


@dataclass(frozen=True)
class Ability:
    """The probability of a right answer by what a question holds, and the wrong answers that tempt."""

    usual: float
    problem: float
    """To a passage that has a problem."""
    sound: float
    """To a passage with nothing wrong."""
    lure: str | None = None
    """The kind of wrong answer that is chosen first."""


ABILITY: dict[Manner, Ability] = {
    Manner.CAREFUL: Ability(0.84, 0.88, 0.88),
    Manner.OVER_SUSPICIOUS: Ability(0.62, 0.86, 0.18, "cynical"),
    Manner.OVER_TRUSTING: Ability(0.55, 0.18, 0.86, "credulous"),
    Manner.GUESSING: Ability(0.0, 0.0, 0.0),
    Manner.ABSENT: Ability(0.5, 0.5, 0.5),
}
SHARES = (
    (Manner.CAREFUL, 10),
    (Manner.OVER_SUSPICIOUS, 6),
    (Manner.OVER_TRUSTING, 6),
    (Manner.GUESSING, 4),
    (Manner.ABSENT, 2),
)


@dataclass(frozen=True)
class Demo:
    """What was made."""

    section: SectionRef
    login: str | None
    """A teacher made for the demo, when nobody is set up yet."""
    password: str | None
    students: int
    handed_in: int
    manners: dict[str, Manner]
    """Display name to manner, for checking what the dashboards say of whom."""


class DemoError(RuntimeError):
    """The demo class cannot be made; the message says what to do."""


def make_demo(
    *,
    key: str,
    now: datetime,
    weeks: int = WEEKS,
    seed: int = 20,
    progress: Callable[[str], None] = lambda _line: None,
) -> Demo:
    """Make the class, its weekly assignments and everybody's answers.

    Args:
        key: the instance key, for the students' cards.
        now: the end of the last week.
        weeks: for how long the class has been at work; one quiz a week.
        seed: the same seed gives the same answers to the same banks.
        progress: told what is being done, a line at a time.

    Raises:
        DemoError: there is a demo class already, or no quiz to assign.
    """
    if db.session.scalar(sa.select(Section.id).where(Section.simulated)):
        raise DemoError("There is a demo class already. Remove it with: quizapp demo --remove")
    quizzes = assigning.list_quizzes()
    if not quizzes:
        raise DemoError("No quiz is published yet. Publish the banks with: quizapp publish")
    rng = random.Random(seed)  # noqa: S311 - chance for a simulation, not for a secret
    began = now - timedelta(weeks=weeks)
    teachers, password = _teachers(began)
    section = rosters.create_section(SECTION_NAME, account_id=teachers[0], now=began, simulated=True)
    _share_with(section, teachers[1:])
    rosters.add_students(section, list(NAMES), key=key, now=began, simulated=True)
    manners = _deal_manners(rng)
    students = {line.name: line.student_id for line in rosters.roster_page(section.public_id, teachers[0]).students}
    handed_in = 0
    for week, quiz, day in _timetable(quizzes, began, weeks):
        progress(f"Week {week}: {quiz.title}")
        assignment = assigning.assign(section, quiz, AssignmentRules(), account_id=teachers[0], now=day)
        for name, student_id in students.items():
            handed_in += _take(assignment, student_id, manners[name], week, day, rng, last=week == weeks)
    return Demo(section, LOGIN if password else None, password, len(students), handed_in, manners)


def remove_demo() -> int:
    """Delete the demo class with its students, answers and teacher.

    Returns:
        How many students were deleted.
    """
    with writing() as session:
        session.execute(sa.delete(Section).where(Section.simulated))
        students = session.execute(sa.delete(Student).where(Student.simulated))
        session.execute(sa.delete(Account).where(Account.simulated))
        return int(getattr(students, "rowcount", 0))


def _teachers(now: datetime) -> tuple[list[int], str | None]:
    found = list(db.session.scalars(sa.select(Account.id).where(Account.disabled_at.is_(None)).order_by(Account.id)))
    if found:
        return found, None
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    password_hash = hash_password(password)
    with writing() as session:
        account = Account(
            login=LOGIN,
            name="Demo teacher",
            password_hash=password_hash,
            role=Role.TEACHER,
            simulated=True,
            created_at=now,
        )
        session.add(account)
        session.flush()
        return [account.id], password


def _share_with(section: SectionRef, teachers: list[int]) -> None:
    if not teachers:
        return
    with writing() as session:
        session.add_all(SectionTeacher(section_id=section.id, account_id=account_id) for account_id in teachers)


def _deal_manners(rng: random.Random) -> dict[str, Manner]:
    dealt = [manner for manner, count in SHARES for _ in range(count)]
    rng.shuffle(dealt)
    return dict(zip(NAMES, dealt, strict=True))


def _timetable(quizzes: tuple[QuizRef, ...], began: datetime, weeks: int) -> Iterator[tuple[int, QuizRef, datetime]]:
    """Spread every quiz evenly over the weeks, at least one a week."""
    lessons = max(weeks, len(quizzes))
    for lesson in range(lessons):
        day = began + timedelta(days=1 + lesson * 7 * weeks // lessons, hours=1)
        yield (day - began).days // 7 + 1, quizzes[lesson % len(quizzes)], day


def _take(
    assignment: str,
    student_id: int,
    manner: Manner,
    week: int,
    day: datetime,
    rng: random.Random,
    *,
    last: bool,
) -> bool:
    """Let one student take one quiz. Returns whether it was handed in."""
    if (manner is Manner.ABSENT and week > 1) or rng.random() < 0.06:
        return False
    moment = day + timedelta(minutes=rng.randrange(1, 40))
    taker = Taker(student_id=student_id)
    attempt = starting.start_assignment(assignment, student_id, now=moment, rng=rng)
    position = 1
    while True:
        moment += timedelta(seconds=rng.randrange(15, 90))
        page = question_page(taker, attempt, position, now=moment)
        response, sure = answer_as(page.content.item, page.shown, manner, week, rng)
        if response is not None:
            attempts.check(taker, attempt, position, response, confidence=sure, drawn=None, now=moment)
        if position == page.attempt.total:
            break
        position += 1
    if last and rng.random() < 0.15:
        return False
    attempts.hand_in(taker, attempt, now=moment)
    return True


def answer_as(
    item: Item[Any], shown: dict[str, Any], manner: Manner, week: int, rng: random.Random
) -> tuple[dict[str, Any] | None, float | None]:
    """Return a response as JSON and how sure the student says to be."""
    ability = ABILITY[manner]
    flags = item.flags()
    chance = ability.sound if item.control else ability.problem if flags.flagged > flags.sound else ability.usual
    if manner is not Manner.GUESSING:
        chance = _learned(chance, week, harder={"hard": 0.6, "easy": -0.5}.get(item.difficulty or "", 0))
    key = item.key()
    if rng.random() < chance and key is not None:
        response = item.from_words(key)
        return (None if response is None else response.to_json()), rng.choice((0.75, 0.95, 0.95))
    guess = _lured(item, ability.lure, rng) or _guess(item, shown, rng, any_will_do=manner is Manner.GUESSING)
    sure = 0.5 if manner is Manner.GUESSING else rng.choice((0.5, 0.5, 0.75, 0.75, 0.75, 0.95))
    return guess, sure


def _lured(item: Item[Any], lure: str | None, rng: random.Random) -> dict[str, Any] | None:
    """Return a wrong answer of the kind that tempts this student, where there is one."""
    tempting = [
        one.words for place in item.alternatives()[:1] for one in place if lure is not None and one.lure == lure
    ]
    if not tempting:
        return None
    response = item.from_words(rng.choice(tempting))
    return None if response is None else response.to_json()


def _learned(chance: float, week: int, harder: float) -> float:
    logit = math.log(chance / (1 - chance)) - harder + 0.08 * (week - 1)
    return 1 / (1 + math.exp(-logit))


def _guess(item: Item[Any], shown: dict[str, Any], rng: random.Random, *, any_will_do: bool) -> dict[str, Any] | None:
    """Fill in the item's own form at random, for any kind; not right unless any answer will do."""
    last: dict[str, Any] | None = None
    for _ in range(GUESSES):
        form = item.form(shown, formdata=_random_post(item.form(shown), rng))
        response = item.read(form, shown) if form.validate() else None
        if response is None:
            continue
        last = response.to_json()
        if any_will_do or (item.score(response).fraction or 0) < 1:
            return last
    return last


def _random_post(form: Form, rng: random.Random) -> MultiDict[str, str]:
    posted: list[tuple[str, str]] = []
    for field in form:
        if not isinstance(field, PickOne | PickSeveral) or not field.positions:
            continue
        positions = sorted(field.positions, key=int)
        most = max(1, len(positions) // 3) if isinstance(field, PickSeveral) else 1
        chosen = rng.sample(positions, rng.randint(1, most))
        posted += [(str(field.name), position) for position in chosen]
    return MultiDict(posted)
