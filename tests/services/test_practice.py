"""Practice: what is due, asked again outside the marks."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.measure.mastery import Level
from quizapp.models import Attempt, ItemRevision, Score, db
from quizapp.services import assigning, attempts, class_page, practice, progress, retention, rosters, student_page
from quizapp.services.class_page import ClassView
from quizapp.services.my_work import my_work
from quizapp.services.practice import DueItem, NothingDueError
from quizapp.services.rosters import NotFoundError
from quizapp.services.taking import question_page
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import BANK, Pupil, SchoolClass, Teacher

TOMORROW = START + timedelta(days=1)


@pytest.fixture
def room() -> tuple[SchoolClass, Teacher, Pupil]:
    """Ada has answered one question rightly, one wrongly, and left two blank."""
    teacher = factories.make_teacher()
    school_class = factories.make_class(teacher, "Ada", "Ben")
    ada = school_class.pupils[0]
    attempt = factories.start(factories.assign(school_class, teacher, factories.publish()), ada)
    for position, right in ((1, True), (2, False)):
        response = factories.response_to(attempt, position, right=right)
        attempts.check(ada.taker, attempt, position, response, confidence=0.75, drawn=None, now=START)
    attempts.hand_in(ada.taker, attempt, now=START)
    return school_class, teacher, ada


def begin(room: tuple[SchoolClass, Teacher, Pupil], *, now: datetime, pupil: Pupil | None = None) -> str:
    school_class, _teacher, ada = room
    return practice.start_practice((pupil or ada).id, school_class.ref.id, now=now, rng=random.Random(1))


def asked(room: tuple[SchoolClass, Teacher, Pupil], attempt: str, *, now: datetime) -> list[str]:
    taker = room[2].taker
    total = question_page(taker, attempt, 1, now=now).attempt.total
    return [question_page(taker, attempt, place, now=now).content.item.id for place in range(1, total + 1)]


def answer_all(room: tuple[SchoolClass, Teacher, Pupil], *, now: datetime) -> str:
    """Begins a practice, answers all of it rightly and hands in."""
    taker, attempt = room[2].taker, begin(room, now=now)
    for place in range(1, len(asked(room, attempt, now=now)) + 1):
        key = factories.key_of(attempt, place)
        attempts.check(taker, attempt, place, key, confidence=0.75, drawn=None, now=now)
    attempts.hand_in(taker, attempt, now=now)
    return attempt


def test_what_was_not_known_is_due_the_next_day_and_what_was_a_day_later(
    room: tuple[SchoolClass, Teacher, Pupil],
) -> None:
    ada = room[2]
    today = practice.practice_page(ada.id, now=START)
    assert (today.due, today.next_due, today.under_way) == (0, TOMORROW.date(), False)
    with pytest.raises(NothingDueError):
        begin(room, now=START)
    assert practice.practice_page(ada.id, now=TOMORROW).due == 3
    attempt = begin(room, now=TOMORROW)
    assert sorted(asked(room, attempt, now=TOMORROW)) == ["caption", "notice", "share"]
    assert begin(room, now=TOMORROW + timedelta(days=9)) == attempt, "what is begun is gone on with"
    assert practice.practice_page(ada.id, now=TOMORROW).under_way
    assert practice.practice_page(ada.id, now=TOMORROW + timedelta(days=1)).due == 4
    with pytest.raises(NothingDueError):
        begin(room, now=TOMORROW, pupil=room[0].pupils[1])


def test_practice_feeds_the_skills_and_nothing_else(room: tuple[SchoolClass, Teacher, Pupil]) -> None:
    school_class, teacher, ada = room
    section = school_class.ref.public_id
    before = student_page.student_page(section, ada.public_id, teacher.id, now=TOMORROW)
    attempt = answer_all(room, now=TOMORROW)
    after = student_page.student_page(section, ada.public_id, teacher.id, now=TOMORROW)
    assert after.attempts == before.attempts, "no mark, no attempt in any list"
    assert [cell.answers for cell in before.cells] == [2, 2]
    assert [cell.answers for cell in after.cells] == [3, 4]
    scores = db.session.scalars(sa.select(Score).where(Score.review)).all()
    assert {(row.section_id, row.student_id) for row in scores} == {(school_class.ref.id, ada.id)}
    view = ClassView(by_skill=True)
    row = class_page.class_page(section, teacher.id, now=TOMORROW, view=view).rows[0]
    assert [cell.count for cell in row.cells] == [cell.count for cell in after.cells]
    assert class_page.class_page(section, teacher.id, now=TOMORROW).assignments[0].handed_in == 1
    with pytest.raises(NotFoundError):
        student_page.student_attempt_page(section, ada.public_id, attempt, teacher.id, now=TOMORROW)
    retention.forget_the_old(now=TOMORROW + timedelta(days=400))
    assert db.session.scalar(sa.select(sa.func.count()).where(Attempt.practised_in.is_not(None))) == 1
    work = my_work(ada.id, school_class.ref.id, now=TOMORROW)
    assert (len(work.done), work.practice.due, work.practice.under_way) == (1, 0, False)


def test_strong_is_earned_in_reviews_weeks_apart(room: tuple[SchoolClass, Teacher, Pupil]) -> None:
    _school_class, teacher, _ada = room
    eve_class = factories.make_class(teacher, "Eve", title="9E")
    room = (eve_class, teacher, eve_class.pupils[0])
    for day in range(2):
        moment = START + timedelta(days=day)
        many = BANK.replace("- id: claimed", f"- id: claimed{day}").replace("bank: small", f"bank: small-{day}")
        many = many.replace("title: Small quiz", f"title: Small quiz {day}")
        many = many.replace("- id: caption", f"- id: caption{day}").replace("- id: notice", f"- id: notice{day}")
        attempt = factories.start(
            factories.assign(eve_class, teacher, factories.publish(many, now=moment), now=moment), room[2], now=moment
        )
        for place in (1, 2, 3, 4):
            given = factories.key_of(attempt, place)
            attempts.check(room[2].taker, attempt, place, given, confidence=0.75, drawn=None, now=moment)
        attempts.hand_in(room[2].taker, attempt, now=moment)
    for day in (3, 20, 40, 80):
        answer_all(room, now=START + timedelta(days=day))
    levels = {cell.skill.slug: cell.level for cell in progress.skill_cells(progress.list_skills(), _scores(room))}
    assert levels["verbs"] is Level.strong


def _scores(room: tuple[SchoolClass, Teacher, Pupil]) -> tuple[progress.ScoreRow, ...]:
    return progress.scores_of_student(room[2].id)


def test_what_is_held_back_taken_out_or_left_is_not_practised(room: tuple[SchoolClass, Teacher, Pupil]) -> None:
    school_class, teacher, ada = room
    ben = school_class.pupils[1]
    quiz = factories.publish()
    assignment = factories.assign(school_class, teacher, quiz, feedback="deferred")
    held = factories.start(assignment, ben)
    attempts.hand_in(ben.taker, held, now=START)
    assert practice.practice_page(ben.id, now=TOMORROW).due == 0
    assigning.release_results(school_class.ref, assignment, now=START)
    assert practice.practice_page(ben.id, now=TOMORROW).due == 4
    start = BANK.index("  - id: share")
    factories.publish(BANK[:start] + BANK[BANK.index("  - id: notice") :], now=START)
    assert practice.practice_page(ada.id, now=TOMORROW).due == 2
    rosters.remove_student(school_class.ref, ben.public_id, now=START)
    with pytest.raises(NotFoundError):
        begin(room, now=TOMORROW, pupil=ben)


def test_a_corrected_question_is_practised_as_it_is_now(room: tuple[SchoolClass, Teacher, Pupil]) -> None:
    factories.publish(BANK.replace("What does the caption state?", "What does the new caption state?"), now=START)
    attempt = begin(room, now=TOMORROW)
    places = asked(room, attempt, now=TOMORROW)
    page = question_page(room[2].taker, attempt, places.index("caption") + 1, now=TOMORROW)
    assert page.content.item.prompt == "What does the new caption state?"
    assert (page.attempt.is_practice, page.attempt.is_trial, page.attempt.immediate) == (True, False, True)


def test_one_practice_at_a_time_is_a_rule_of_the_database(room: tuple[SchoolClass, Teacher, Pupil]) -> None:
    begin(room, now=TOMORROW)
    values = {"practised_in": room[0].ref.id, "student_id": room[2].id, "number": 2, "started_at": TOMORROW}
    with pytest.raises(sa.exc.IntegrityError), writing() as session:
        session.add(Attempt(**values))


def test_five_are_chosen_mixed_and_the_most_nearly_forgotten_first() -> None:
    def due(*skills: str) -> list[tuple[DueItem, ItemRevision]]:
        return [
            (DueItem(number, skill, number / 100), ItemRevision(item_id=number))
            for number, skill in enumerate(skills, start=1)
        ]

    def chosen(*skills: str) -> list[int]:
        return [one.item_id for one, _ in practice.choose(due(*skills))]

    assert chosen("a", "a", "a", "a", "b", "c", "b") == [1, 2, 5, 6, 7]
    assert chosen("a", "a", "a", "a", "a", "a") == [1, 2, 3, 4, 5]
    assert chosen("a", "a", "a", "b") == [1, 2, 4, 3]
    assert chosen() == []
