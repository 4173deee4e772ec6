"""What is right after a correction: on a question's page, before a class, in a vote; whatever the kind."""

from __future__ import annotations

from typing import Any

from quizapp.bank.examples import example
from quizapp.items.base import Choosing, Response
from quizapp.items.registry import AnyItem, kinds
from quizapp.models import CorrectionAction, RoomPhase, db
from quizapp.services import correction_pages, room_asked, room_questions, rooms
from quizapp.services.answer_keys import AnswerKey
from quizapp.services.catalogue import Content
from quizapp.services.mark_rules import MarkRule
from quizapp.services.questions import question_page
from quizapp.services.room_votes import QuestionAsked, Votes
from tests import factories
from tests.clock import START
from tests.databases import ONE_DATABASE
from tests.services.test_correcting import World, world, wrong_answer

__all__ = ["world"]

KEYED = tuple(kind for kind in kinds() if not example(kind).rubric_points())
WHOLE = {"classify", "match", "order"}
FIRST, OTHER = "It keeps a distance", "It proves the statement true"


def given(item: AnyItem, case: str) -> Response:
    response: Response | None = item.from_words(next(one.words for one in item.EXAMPLES if one.case == case))
    assert response is not None
    return response


@ONE_DATABASE
def test_a_corrected_key_is_what_is_right_whatever_the_kind() -> None:
    for kind in KEYED:
        item = example(kind)
        # A key answers every part, which the wrong answer of some kinds does not.
        right, other = given(item, "right"), given(item, "partly" if kind in WHOLE else "wrong")
        mended = item.corrected(other, "So it is.")
        if mended is None:
            assert kind == "highlight", (
                f"{kind} takes another key; highlight does not, as no answer says where phrases end"
            )
            continue
        key = AnswerKey(item, MarkRule(revision_id=1), Content(mended, None))
        assert (key.outcome(other), key.outcome(None)) == ("right", "blank"), kind
        assert key.outcome(right) in {"wrong", "partly"}, kind
        assert places(key.choosings) == places(mended.choosings()), kind
        assert [at.heading for at in key.choosings] == [at.heading for at in item.choosings()], "as they were asked"
        assert key.passage_words == mended.passage_words(), kind


@ONE_DATABASE
def test_what_is_accepted_is_right_beside_the_key_whatever_the_kind() -> None:
    for kind in KEYED:
        item = example(kind)
        right, wrong = given(item, "right"), given(item, "wrong")
        key = AnswerKey(item, MarkRule(accepted=(wrong.scored(),)))
        assert [key.outcome(one) for one in (right, wrong)] == ["right", "right"], kind
        assert key.accepted == (item.summary(wrong),), kind
        if kind in {"choice", "judge"}:
            (at,) = key.choosings
            assert {one.key for one in at.offers if one.right} == item.chosen(right)[0] | item.chosen(wrong)[0], kind
            assert not key.also, kind
        else:
            assert key.choosings == item.choosings(), f"{kind}: no single option is more right than it was"
            assert key.also == key.accepted, kind


def places(choosings: tuple[Choosing, ...]) -> dict[tuple[str | None, str], bool]:
    return {(at.heading, offer.key): offer.right for at in choosings for offer in at.offers}


def best_on_page(world: World) -> set[str]:
    page = question_page(world.school_class.ref.public_id, world.assignment, 1, world.teacher.id, now=START)
    (table,) = page.tables
    options = page.statistics.options
    assert options is not None
    assert sum(option.key for option in options) == sum(bar.right for bar in table.bars)
    return {bar.text for bar in table.bars if bar.right}


def vote(world: World) -> tuple[QuestionAsked, Votes]:
    """What a vote of the same question counts: one for the first key, one for the other answer."""
    question = world.question("Ben", 1)
    room = rooms.find_room(
        room_questions.open_question(question, world.teacher.id, now=START), world.teacher.id, now=START
    )
    asked = rooms.asked_by(room)
    assert isinstance(asked, QuestionAsked)
    answers: list[dict[str, Any]] = [
        {"response": factories.key_of(world.tries["Ada"][1], 1)},
        {"response": wrong_answer(world)},
    ]
    return asked, asked.count(answers)


def revealed_digest(world: World) -> str:
    """By what the projector of that vote knows that it must be drawn anew, once what is right is told."""
    db.session.rollback()
    question, account = world.question("Ben", 1), world.teacher.id
    room = rooms.find_room(room_questions.open_question(question, account, now=START), account, now=START)
    assert rooms.set_phase(room, RoomPhase.TALKING, shown=True, revealed=True, now=START)
    return rooms.pulse(room.public_id, account, now=START).digest


def best_in_vote(world: World) -> set[str]:
    _, votes = vote(world)
    best = {bar.text for bar in votes.tables[0].bars if bar.right}
    assert votes.right == len(best & {FIRST, OTHER})
    return best


def test_question_page_and_vote_follow_corrections_and_their_undoing(world: World) -> None:
    assert best_on_page(world) == best_in_vote(world) == {FIRST}
    seen = [revealed_digest(world)]
    rekeyed = world.correct(CorrectionAction.KEY, answer=wrong_answer(world))
    seen.append(revealed_digest(world))
    assert seen[0] != seen[1], "a projector that stands open is drawn anew"
    assert best_on_page(world) == best_in_vote(world) == {OTHER}
    asked, _ = vote(world)
    assert asked.lesson is not None
    assert asked.lesson.evidence == "The passage says so."
    assert all(asked.html(part, block=True) for part in asked.lesson.parts())
    assert asked.key.item.explanation is not None
    assert asked.key.item.explanation.evidence == "The passage says so."
    assert asked.html(asked.key.item.explanation.evidence, block=True)
    world.undo(rekeyed)
    assert revealed_digest(world) == seen[0]
    assert best_on_page(world) == best_in_vote(world) == {FIRST}
    page = correction_pages.fix_page(world.school_class.ref, world.assignment, world.question("Ben", 1))
    place = next(n for n, line in enumerate(page.given) if line.summary == OTHER)
    world.correct(CorrectionAction.ACCEPT, accepted=(place,))
    assert best_on_page(world) == best_in_vote(world) == {FIRST, OTHER}


@ONE_DATABASE
def test_a_vote_goes_by_the_teachers_own_corrections_alone(world: World) -> None:
    world.correct(CorrectionAction.KEY, answer=wrong_answer(world))
    stranger = factories.make_teacher("okoye")
    question = world.question("Ben", 1)
    room = rooms.find_room(room_questions.open_question(question, stranger.id, now=START), stranger.id, now=START)
    (bars,) = [table.bars for table in rooms.asked_by(room).count([]).tables]
    assert {bar.text for bar in bars if bar.right} == {FIRST}
    assert room_asked.PassageAsked.judged_by is None


@ONE_DATABASE
def test_a_mended_bank_with_other_answers_keeps_what_it_no_longer_offers(world: World) -> None:
    mended = factories.BANK.replace("right: It keeps a distance", "wrong: It keeps a distance").replace(
        "wrong: It proves the statement true", "right: It proves that the statement is true"
    )
    factories.publish(mended, now=START)
    world.correct(CorrectionAction.NEWER)
    assert best_on_page(world) == set(), "the best answer was not among those asked"
