"""What changed, ready to be read: values by name, entries by what they say, questions by their place."""

from __future__ import annotations

from typing import Any

import pytest

from quizapp.bank.changes import Changes, QuestionChange, Value, changes
from quizapp.bank.examples import example
from quizapp.bank.model import Bank
from quizapp.bank.words import Piece
from quizapp.items.registry import item_to_json, kinds
from tests.bank.flawed_banks import CLEAN, CREDULOUS, CYNICAL, GAPS, PICTURE, PROMPT, RIGHT
from tests.bank.test_difference import bank


def between(old: str, new: str) -> Changes:
    assert old in CLEAN
    return changes(bank(CLEAN), bank(CLEAN.replace(old, new, 1)))


def the_one(found: Changes) -> QuestionChange:
    (question,) = found.questions
    return question


def value(values: tuple[Value, ...], name: str) -> Value:
    return next(one for one in values if one.name == name)


def said(of: Value) -> str:
    """Everything a value says, taken-out words in brackets."""
    own = "".join(f"[{one.text}]" if one.state == "gone" else one.text for one in of.pieces)
    return " ".join(filter(None, [own, *(said(part) for part in of.parts)]))


def test_nothing_changed() -> None:
    found = changes(bank(CLEAN), bank(CLEAN))
    assert not found
    assert found.same == 3


def test_one_word_of_a_prompt() -> None:
    question = the_one(between(PROMPT, PROMPT.replace("find out", "learn")))
    assert (question.state, question.anew, question.place, question.moved) == ("words", False, 1, False)
    assert question.prompt == PROMPT.replace("find out", "learn")
    assert [one.name for one in question.fields] == ["prompt"]
    assert Piece("find out", "gone") in question.fields[0].pieces


def test_an_answer_that_turns_wrong_is_one_answer() -> None:
    text = CLEAN.replace(f"- right: {RIGHT}", f"- wrong: {RIGHT}", 1).replace(
        f"- wrong: {CYNICAL}", f"- right: {CYNICAL}", 1
    )
    text = text.replace("        lure: cynical\n        misconception: gap-means-hidden\n", "", 1)
    found = changes(bank(CLEAN), bank(text))
    question = the_one(found)
    assert found.anew == (question,)
    options = value(question.fields, "options").parts
    assert [(one.state, one.place, one.was_place) for one in options] == [
        ("changed", 1, 1), ("same", 2, 2), ("changed", 3, 3),
    ]  # fmt: skip
    assert (options[0].parts[0].name, options[0].parts[0].was) == ("wrong", "right")
    assert (options[2].parts[0].name, options[2].parts[0].was) == ("right", "wrong")
    assert options[1].parts == (Value("wrong", "same", (Piece(CREDULOUS, "same"),)),)
    assert [(one.name, one.state) for one in options[2].parts[1:]] == [
        ("misconception", "removed"),
        ("lure", "removed"),
    ]


def test_an_answer_that_is_reworded_is_not_taken_for_another() -> None:
    reworded = CREDULOUS.replace("people had to stay away", "nobody was to come")
    options = value(the_one(between(CREDULOUS, reworded)).fields, "options").parts
    assert [one.state for one in options] == ["same", "changed", "same"]
    assert said(options[1]) == "When it was that [people had to stay away]nobody was to come"


def test_another_answer_altogether_is_an_addition() -> None:
    before, after = bank(CLEAN), bank(CLEAN.replace("why: It is named.", "why: Quite so.").replace(CYNICAL, "Nobody"))
    options = value(the_one(changes(before, after)).fields, "options").parts
    assert [(one.state, one.place, one.was_place) for one in options][2:] == [("added", 3, None), ("removed", None, 3)]
    assert said(options[3]) == f"[{CYNICAL}] [It is named.] [gap-means-hidden] [cynical]"


def test_added_removed_and_moved_questions() -> None:
    without = bank(CLEAN.replace(GAPS, ""))
    added = the_one(changes(without, bank(CLEAN)))
    assert (added.id, added.state, added.place, added.was_place) == ("doer", "added", 2, None)
    assert [one.name for one in added.fields][:3] == ["prompt", "type", "text"]
    assert {one.state for one in added.fields} == {"added"}
    removed = the_one(changes(bank(CLEAN), without))
    assert (removed.id, removed.state, removed.place, removed.was_place) == ("doer", "removed", None, 2)
    moved = changes(bank(CLEAN), bank(CLEAN.replace(GAPS + PICTURE, PICTURE + GAPS)))
    assert moved.count("moved") == 1
    assert (the_one(moved).state, the_one(moved).fields, moved.same) == ("moved", (), 2)


def test_one_question_that_goes_to_the_front_is_one_move() -> None:
    text = CLEAN.replace(GAPS, "").replace("questions:\n", "questions:\n" + GAPS)
    moved = the_one(changes(bank(CLEAN), bank(text)))
    assert (moved.id, moved.was_place, moved.place) == ("doer", 2, 1)


def test_head_and_what_questions_are_about() -> None:
    (title,) = between("title: Towns", "title: Two Towns").head
    assert (title.name, said(title)) == ("title", "Two Towns")
    (stimulus,) = between("alt: A drawing", "alt: A plan").stimuli
    assert (stimulus.id, stimulus.state, stimulus.seen_with, stimulus.redrawn) == ("plan", "changed", (3,), False)
    (redrawn,) = changes(bank(CLEAN), bank(CLEAN), redrawn={"plan.png"}).stimuli
    assert (redrawn.id, redrawn.fields, redrawn.redrawn) == ("plan", (), True)


def test_lists_of_the_same_words_in_another_order() -> None:
    one, two = "      - Look for somebody who acts.\n", "      - Read it twice.\n"
    before, after = bank(CLEAN.replace(one, one + two)), bank(CLEAN.replace(one, two + one))
    parts = value(the_one(changes(before, after)).fields, "hints").parts
    assert [entry.state for entry in parts] == ["same", "same"]
    assert sum(entry.moved for entry in parts) == 1


def texts(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [text for name, one in data.items() if name != "id" for text in texts(one)]
    if isinstance(data, list):
        return [text for one in data for text in texts(one)]
    return [str(data)] if not isinstance(data, bool) else []


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_shows_all_its_texts(kind: str) -> None:
    item = example(kind)
    states = [Bank("b", "B", "en", None, None, (), (), items) for items in ((), (item,))]
    question = the_one(changes(*states))
    everything = " ".join(said(one) for one in question.fields)
    assert [one for one in texts(item_to_json(item)) if one not in everything] == []
    assert not set("{}") & set(everything)
