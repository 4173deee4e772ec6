"""Votes on a question: counts without names, what changed from vote to vote, whatever the kind of question."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from flask import Flask

from quizapp.bank.examples import example
from quizapp.items.controls import Line
from quizapp.items.options import Option
from quizapp.items.registry import kinds
from quizapp.models import ItemRevision, Room, RoomQuestion, db
from quizapp.services import room_questions, rooms
from quizapp.services.answer_keys import AnswerKey
from quizapp.services.catalogue import Content, Html
from quizapp.services.room_votes import ALIKE, QuestionAsked
from quizapp.services.rosters import NotFoundError
from quizapp.text import plain
from tests import factories
from tests.clock import START

KEYED = tuple(kind for kind in kinds() if not example(kind).rubric_points())


def asked(kind: str) -> QuestionAsked:
    item = example(kind)
    return QuestionAsked(Content(item, None), item.shuffle(Random(1)), Html({}), AnswerKey(item))


def stored(question: QuestionAsked, case: str) -> dict[str, Any]:
    item = question.content.item
    words = next(one.words for one in item.EXAMPLES if one.case == case)
    response = item.from_words(words)
    return {"response": None if response is None else response.to_json()}


@pytest.mark.parametrize("kind", KEYED)
def test_votes_of_every_kind_are_counted_and_compared(kind: str) -> None:
    question = asked(kind)
    right, wrong, blank = (stored(question, case) for case in ("right", "wrong", "blank"))
    votes = question.count([right, right, right, wrong, blank])
    assert (votes.right, votes.blank) == (3, 1)
    assert bool(votes.tables) + (votes.overlay is not None) + bool(votes.groups) >= 1
    swing = question.swing([(wrong, right), (wrong, right), (right, right), (right, wrong), (blank, right)])
    assert (swing.both, swing.changed_their_mind) == (5, 4)
    assert (swing.right_before, swing.right_after, swing.to_right, swing.from_right) == (2, 4, 3, 1)


def test_a_choice_is_counted_beside_the_vote_before() -> None:
    question = asked("choice")
    right, wrong = stored(question, "right"), stored(question, "wrong")
    (table,) = question.swing([(wrong, right), (wrong, right), (right, right)]).votes.tables
    changes = {bar.right: bar.change for bar in table.bars if bar.change}
    assert changes == {True: 2, False: -2}
    assert {bar.of for bar in table.bars} == {3}


@pytest.mark.parametrize("kind", ["choice", "multiple", "order", "match", "classify", "gaps"])
def test_a_table_stands_in_the_mixed_order_that_the_room_sees(kind: str) -> None:
    question = asked(kind)
    tables = question.count([]).tables
    fields: list[Any] = [field for field in question.form() if not isinstance(field, Line)]
    assert [table.heading for table in tables if table.heading] == [
        plain(field.label.text) for field in fields if field.label.text
    ][: len(tables)]
    for table, field in zip(tables, fields, strict=True):
        assert [bar.text for bar in table.bars] == [plain(choice.label) for choice in field.iter_choices()]


@pytest.mark.parametrize(
    ("kind", "letters"), [("choice", "ABCD"), ("multiple", "ABCDE"), ("judge", "AB"), ("match", "")]
)
def test_answers_have_the_letters_that_stand_on_the_page(kind: str, letters: str) -> None:
    table = asked(kind).count([]).tables[0]
    assert "".join(bar.letter for bar in table.bars) == letters[: len(table.bars)]


def test_an_answer_keeps_its_letter_though_its_text_is_the_id_of_another() -> None:
    options = (Option(wrong="yes", id="no"), Option(right="no", id="yes"))
    item = example("choice").model_copy(update={"options": options})
    question = QuestionAsked(Content(item, None), {"options": ["yes", "no"]}, Html({}), AnswerKey(item))
    (table,) = question.count([{"response": {"option": "yes"}}]).tables
    assert [(bar.letter, bar.text, bar.count) for bar in table.bars] == [("A", "no", 1), ("B", "yes", 0)]
    assert question.said({"response": {"option": "yes"}}) == "A: no"


def test_answers_that_do_not_fit_on_a_line_of_the_projector_are_long() -> None:
    item = example("choice")
    long = item.model_copy(update={"options": (Option(right="x" * 90, id="one"), Option(wrong="no", id="two"))})
    found = [QuestionAsked(Content(one, None), {}, Html({}), AnswerKey(one)).long_answers for one in (item, long)]
    assert found == [False, True]


def test_a_gap_has_the_number_that_stands_in_the_text_also_after_one_that_is_typed() -> None:
    item = example("gaps").model_copy(update={"text": "[[2]] litres were spilled; [[1]]."})
    tables = QuestionAsked(Content(item, None), item.shuffle(Random(1)), Html({}), AnswerKey(item)).count([]).tables
    assert [table.gap for table in tables] == [2]


def test_words_that_only_one_person_typed_are_counted_and_not_shown() -> None:
    question = asked("short")
    item = question.content.item

    def typed(text: str) -> dict[str, Any]:
        response = item.from_words(text)
        assert response is not None
        return {"response": response.to_json()}

    votes = question.count([typed("something rude"), *[typed("two of these")] * ALIKE])
    assert [(group.text, group.count) for group in votes.groups] == [("two of these", ALIKE)]
    assert votes.lone == 1


def test_numbers_are_all_shown_by_value_whoever_typed_them_how() -> None:
    question = asked("numeric")
    item = question.content.item

    def typed(*texts: str) -> list[dict[str, Any]]:
        responses = [item.from_words(text) for text in texts]
        return [{"response": None if one is None else one.to_json()} for one in responses]

    votes = question.count(typed("84.5", "15.5 %", "0", "-0.5", "15,5"))
    assert votes.numbers
    assert votes.lone == 0
    assert [(one.text, one.count, one.state) for one in votes.groups] == [
        ("-0.5", 1, "wrong"),
        ("0", 1, "wrong"),
        ("15,5", 2, "right"),
        ("84.5", 1, "wrong"),
    ]
    swing = question.swing(list(zip(typed("9", "84.5"), typed("15.5", "84.5"), strict=True))).votes
    assert [(one.text, one.before, one.count) for one in swing.groups] == [("9", 1, 0), ("15.5", 0, 1), ("84.5", 1, 1)]


@pytest.mark.parametrize(("kind", "case"), [("choice", "wrong"), ("numeric", "wrong")])
def test_a_corrected_question_is_explained_by_the_reason_once_and_by_the_rest_of_its_own(kind: str, case: str) -> None:
    item = example(kind)
    assert item.explanation is not None
    response = item.from_words(next(one.words for one in item.EXAMPLES if one.case == case))
    assert response is not None
    mended = item.corrected(response, "So it is.")
    assert mended is not None
    key = AnswerKey(item, mended=Content(mended, None))
    told = QuestionAsked(Content(item, None), item.shuffle(Random(1)), Html({}), key).lesson
    assert told is not None
    # A number is shown as the best answer, and the reason with it.
    assert told.evidence == ("So it is." if kind == "choice" else None)
    assert (told.principle, told.transfer) == (item.explanation.principle, item.explanation.transfer)
    assert asked(kind).lesson == item.explanation


@pytest.fixture
def published(app: Flask) -> str:
    """Public id of a question of a bank that is shipped."""
    factories.publish()
    return revision("claimed")


def revision(slug: str) -> str:
    found = [row for row in db.session.scalars(db.select(ItemRevision)) if row.content["item"]["id"] == slug]
    return str(found[0].public_id)


def test_pressing_twice_opens_one_room_until_somebody_has_voted(published: str) -> None:
    teacher = factories.make_teacher()
    first = room_questions.open_question(published, teacher.id, now=START)
    assert room_questions.open_question(published, teacher.id, now=START) == first
    room = factories.join_room(rooms.find_room(first, teacher.id, now=START), "Ann")
    factories.answer_in_room(room, "Ann", {"response": None})
    assert room_questions.open_question(published, teacher.id, now=START) != first


def test_a_colleagues_own_question_cannot_be_voted_on(app: Flask) -> None:
    factories.publish()
    owner, other = factories.make_teacher(), factories.make_teacher("other")
    factories.publish_own(owner)
    question = revision("headline")
    assert room_questions.open_question(question, owner.id, now=START)
    with pytest.raises(NotFoundError):
        room_questions.open_question(question, other.id, now=START)


def test_closing_deletes_the_question_with_the_room(published: str) -> None:
    teacher = factories.make_teacher()
    room = rooms.find_room(room_questions.open_question(published, teacher.id, now=START), teacher.id, now=START)
    rooms.close_room(room, keep=False, now=START)
    assert db.session.scalar(db.select(db.func.count()).select_from(RoomQuestion)) == 0
    assert db.session.scalar(db.select(Room.kept)) is False
