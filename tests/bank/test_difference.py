"""What changed between two states of a bank, and the one call for editors."""

from __future__ import annotations

from datetime import date

from quizapp.bank.checking import check_text, corrected
from quizapp.bank.difference import Difference, FieldChange, difference
from quizapp.bank.model import Bank
from tests.bank.flawed_banks import CLEAN, CREDULOUS, GAPS, MISCONCEPTIONS, PICTURE, PROMPT, RIGHT, SKILLS, TODAY


def bank(text: str) -> Bank:
    checked = check_text(text.encode(), "b.yaml", skills=SKILLS, today=TODAY)
    assert checked.bank is not None, checked.problems
    return checked.bank


def after(old: str, new: str) -> Difference:
    assert old in CLEAN
    return difference(bank(CLEAN), bank(CLEAN.replace(old, new, 1)))


def test_the_same_bank_does_not_differ() -> None:
    assert not difference(bank(CLEAN), bank(CLEAN + "# a note\n"))


def test_words_keep_statistics() -> None:
    found = after(PROMPT, "What can nobody find out?")
    (change,) = found.questions
    assert (change.id, change.change) == ("closing", "words")
    assert change.fields == (FieldChange("prompt", PROMPT, "What can nobody find out?"),)


def test_another_key_begins_a_new_lineage() -> None:
    for old, new in (
        (f"- right: {RIGHT}", f"- wrong: {RIGHT}"),
        (CREDULOUS, "Another answer altogether"),
    ):
        text = CLEAN.replace(old, new, 1)
        if "- wrong: Who" in text:
            text = text.replace(f"- wrong: {CREDULOUS}", f"- right: {CREDULOUS}", 1)
            text = text.replace("        lure: credulous\n        misconception: text-is-complete\n", "", 1)
        found = difference(bank(CLEAN), bank(text))
        assert [(one.id, one.change) for one in found.questions] == [("closing", "key")]


def test_an_answer_that_lost_its_id_begins_a_new_lineage() -> None:
    named = CLEAN.replace(f"- right: {RIGHT}\n", f"- right: {RIGHT}\n        id: kept\n", 1)
    assert [one.change for one in difference(bank(named), bank(CLEAN)).questions] == ["key"]
    reworded = named.replace(RIGHT, "Other words", 1)
    assert [one.change for one in difference(bank(named), bank(reworded)).questions] == ["words"]


def test_added_and_removed_questions() -> None:
    without = CLEAN.replace(GAPS, "")
    assert [(one.id, one.change) for one in difference(bank(without), bank(CLEAN)).questions] == [("doer", "added")]
    assert [(one.id, one.change) for one in difference(bank(CLEAN), bank(without)).questions] == [("doer", "removed")]


def test_order_head_and_stimuli() -> None:
    moved = difference(bank(CLEAN), bank(CLEAN.replace(GAPS + PICTURE, PICTURE + GAPS)))
    assert moved.moved
    assert moved.questions == ()
    assert after("title: Towns", "title: Cities").bank == (FieldChange("title", "Towns", "Cities"),)
    aged = after("language: en", "language: en\nages: 11 – 14")
    assert (aged.bank, aged.questions) == ((FieldChange("ages", None, "11-14"),), ())
    (stimulus,) = after("alt: A drawing", "alt: A plan").stimuli
    assert (stimulus.id, stimulus.change) == ("plan", "words")


def test_one_call_reads_and_reviews() -> None:
    text = CLEAN.replace("why: The day stands before the words.", "why: No, this is wrong!")
    checked = check_text(text.encode(), "b.yaml", skills=SKILLS, today=date(2026, 3, 1), misconceptions=MISCONCEPTIONS)
    assert checked.bank is not None
    (finding,) = checked.to_json()
    assert (finding["code"], finding["level"], finding["question"]) == ("no-why", "warning", "closing")
    assert finding["source"] == "        why: No, this is wrong!"


def test_corrections_are_put_into_the_text() -> None:
    data = b"\xef\xbb\xbf" + CLEAN.replace("format: 1", "fromat: 1").replace("title: Towns", "title: Towns: a").encode()
    for _ in range(3):
        checked = check_text(data, "b.yaml", skills=SKILLS, today=TODAY)
        if checked.bank is not None:
            break
        data = corrected(data.replace(b"\n", b"\r\n"), checked.problems[0])
    assert check_text(data, "b.yaml", skills=SKILLS, today=TODAY).bank is not None
    assert data.startswith(b"\xef\xbb\xbfformat: 1\n")
    unmendable = check_text(b"\xff\xfea\x00", "b.yaml", skills=SKILLS, today=TODAY).problems[0]
    assert corrected(b"x", unmendable) == b"x"
