"""Trust and doubt: counts that an independent query gives as well, and words that are earned."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.items.base import Item
from quizapp.measure.discernment import Counts, Label, label
from quizapp.models import Attempt, AttemptItem, ItemRevision, Response, Score, ScoreReason, db
from quizapp.services import assigning, attempts, reviewing, scoring, student_page, trust
from quizapp.services.demo import Manner, answer_as
from quizapp.services.my_work import my_work
from quizapp.services.scoring import Owner
from quizapp.services.writing import writing
from tests import factories
from tests.clock import START
from tests.factories import Pupil, SchoolClass, Teacher


def passages(sound: int, unsound: int) -> str:
    """A bank of passages to judge."""
    questions = [
        f"""\
  - id: p{number}
    type: judge
    skill: facts
    control: {"true" if number < sound else "false"}
    passage: The pool is closed, a notice on door {number} says.
    prompt: Check one thing. Does passage {number} say where it comes from?
    verdict: {"sound" if number < sound else "problem"}
    why: Look at the door.
"""
        for number in range(sound + unsound)
    ]
    return "format: 1\nbank: passages\ntitle: Passages\nlanguage: en\nquestions:\n" + "".join(questions)


EXPECTED = {
    Manner.CAREFUL: Label.careful,
    Manner.OVER_SUSPICIOUS: Label.over_suspicious,
    Manner.OVER_TRUSTING: Label.over_trusting,
    Manner.GUESSING: Label.guessing,
}


def test_the_types_of_the_demo_class_get_their_word() -> None:
    items = factories.read_bank(passages(24, 22)).items
    rng = random.Random(6)
    for manner, word in EXPECTED.items():
        found = [label(trust.count(_judging(items, manner, rng))) for _student in range(20)]
        assert found.count(word) >= 18, manner


def _judging(items: Sequence[Item[Any]], manner: Manner, rng: random.Random) -> Iterator[trust.Verdict]:
    for number, item in enumerate(items):
        content, _sure = answer_as(item, item.shuffle(rng), manner, 3, rng)
        (pick,) = item.picks(item.response_from_json(content))
        assert pick.sound is not None
        yield trust.Verdict(1, number, pick.sound, pick.right, START)


@pytest.fixture
def room() -> tuple[SchoolClass, Teacher]:
    teacher = factories.make_teacher()
    return factories.make_class(teacher, "Ada", "Ben"), teacher


def judge(
    room: tuple[SchoolClass, Teacher], pupil: Pupil, verdicts: str, *, text: str, now: datetime = START, **rules: Any
) -> str:
    """Lets a student judge passages, one letter each: s for sound, p for a problem, - for none."""
    school_class, teacher = room
    attempt = factories.start(
        factories.assign(school_class, teacher, factories.publish(text, now=now), now=now, **rules), pupil, now=now
    )
    words = {"s": "sound", "p": "problem"}
    for position, letter in enumerate(verdicts, start=1):
        if letter in words:
            content = {"verdict": words[letter], "words": []}
            attempts.save(pupil.taker, attempt, position, content, confidence=None, drawn=None, now=now)
    attempts.hand_in(pupil.taker, attempt, now=now)
    return attempt


def counts_of(room: tuple[SchoolClass, Teacher]) -> Counts:
    return trust.trust_page(room[0].ref.public_id, room[1].id).rows[0].counts


def test_only_given_and_only_first_verdicts_count(room: tuple[SchoolClass, Teacher]) -> None:
    ada = room[0].pupils[0]
    text = passages(2, 2)
    attempt = judge(room, ada, "sps-", text=text)
    assert counts_of(room) == Counts(1, 2, 0, 1)
    judge(room, ada, "pspp", text=text, now=START + timedelta(days=1))
    assert counts_of(room) == Counts(1, 2, 1, 2), "the last passage was blank before, the others judged"
    page = reviewing.result_page(ada.taker, attempt, now=START)
    assert isinstance(page, reviewing.ResultPage)
    assert page.verdicts == Counts(1, 2, 0, 1)
    section = room[0].ref.public_id
    student = student_page.student_page(section, ada.public_id, room[1].id, now=START)
    assert student.trust.counts == counts_of(room)
    assert student.trust.label is None


def test_a_correction_of_the_key_corrects_the_counts(room: tuple[SchoolClass, Teacher]) -> None:
    ada = room[0].pupils[0]
    attempt = judge(room, ada, "ps", text=passages(1, 1))
    assert counts_of(room) == Counts(0, 1, 0, 1)
    factories.publish(passages(0, 2), now=START)
    with writing() as session:
        attempt_item, response = session.execute(
            sa.select(AttemptItem, Response)
            .join(Attempt, Attempt.id == AttemptItem.attempt_id)
            .join(Response, Response.attempt_item_id == AttemptItem.id)
            .where(Attempt.public_id == attempt, AttemptItem.position == 1)
        ).one()
        first = session.scalars(sa.select(Score).where(Score.attempt_item_id == attempt_item.id)).one()
        revision = session.scalars(
            sa.select(ItemRevision).where(ItemRevision.item_id == first.item_id).order_by(ItemRevision.number.desc())
        ).first()
        assert revision is not None
        session.add(
            scoring.new_score(
                Owner(first.section_id, first.student_id),
                attempt_item.id,
                revision,
                response,
                reason=ScoreReason.RE_MARKED,
                now=START + timedelta(days=3),
                number=2,
            )
        )
    assert counts_of(room) == Counts(0, 0, 1, 2)
    (verdict, _other) = trust.verdicts_of_section(room[0].ref.id)
    assert verdict.at == START, "a re-mark does not move an answer in time"
    void: dict[str, Any] = {"fraction": None, "void": True}
    right: dict[str, Any] = {"fraction": 1.0, "accepted": [{"verdict": "problem"}]}
    for more, why in (
        (void, "a question that is left out is left out here too"),
        (right, "an answer that a correction accepts tells neither trust nor doubt"),
    ):
        with writing() as session:
            newest = session.scalars(sa.select(Score).order_by(Score.number.desc()).limit(1)).one()
            given = sa.select(Response).where(Response.attempt_item_id == newest.attempt_item_id)
            session.add(
                scoring.further_score(
                    newest,
                    session.get_one(ItemRevision, newest.item_revision_id),
                    session.scalars(given).one(),
                    **more,
                    reason=ScoreReason.RE_MARKED,
                    now=START + timedelta(days=4),
                    actor_id=room[1].id,
                )
            )
        assert counts_of(room) == Counts(0, 0, 0, 1), why


def test_held_back_verdicts_are_for_the_teacher_alone(room: tuple[SchoolClass, Teacher]) -> None:
    ada = room[0].pupils[0]
    judge(room, ada, "ss", text=passages(1, 1), feedback="deferred")
    assert counts_of(room) == Counts(1, 1, 0, 1)
    assert trust.own_counts(ada.id, now=START) == Counts(0, 0, 0, 0)
    assert my_work(ada.id, room[0].ref.id, now=START).verdicts == Counts(0, 0, 0, 0)
    (assignment,) = db.session.scalars(sa.text("SELECT public_id FROM assignment"))
    assigning.release_results(room[0].ref, assignment, now=START)
    assert trust.own_counts(ada.id, now=START) == Counts(1, 1, 0, 1)


def verdicts(day: int, start: int, sound_doubted: list[int], unsound_doubted: list[int]) -> list[trust.Verdict]:
    """Ten students on some sound and some unsound passages, so many of them doubting each."""
    doubts = [(True, doubted) for doubted in sound_doubted] + [(False, doubted) for doubted in unsound_doubted]
    return [
        trust.Verdict(student, start + passage, sound, (student < doubted) is not sound, START + timedelta(days=day))
        for passage, (sound, doubted) in enumerate(doubts)
        for student in range(10)
    ]


def test_two_periods_are_told_apart_by_the_passages_met() -> None:
    calm = verdicts(0, 0, [1, 2, 1, 2], [6, 7, 6, 5])
    assert trust.compare_periods(calm) is None
    assert trust.compare_periods([]) is None
    found = trust.compare_periods(calm + verdicts(9, 8, [6, 7, 6, 7], [9, 9, 10, 9]))
    assert found is not None
    assert found.last_day_before == START.date()
    assert (found.before, found.after) == (Counts(34, 40, 24, 40), Counts(14, 40, 37, 40))
    assert found.growing_distrust
    steady = trust.compare_periods(calm + verdicts(9, 8, [2, 1, 2, 2], [6, 6, 7, 5]))
    assert steady is not None
    assert not steady.growing_distrust
    few = trust.compare_periods(calm + verdicts(9, 8, [6, 7, 6], [9, 9, 10]))
    assert few is not None
    assert (few.drift, few.growing_distrust) == (None, False)


def test_signs_do_not_cover_each_other() -> None:
    places = trust._apart([(1.0, 1.0)] * 30)
    assert len(set(places)) == 30
    for number, (across, up) in enumerate(places):
        assert 0 <= across <= 1
        assert 0 <= up <= 1
        assert all(max(abs(across - x), abs(up - y)) > 0.059 for x, y in places[:number])
    assert trust._apart([(0.5, 0.5), (0.1, 0.9)]) == [(0.5, 0.5), (0.1, 0.9)]
