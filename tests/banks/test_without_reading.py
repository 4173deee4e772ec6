"""The banks that come with the program cannot be answered by their form, and their papers hold no keys."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from quizapp.bank.coverage import PURPOSES, counts, coverage, purpose
from quizapp.bank.loader import load_file, read_skills
from quizapp.bank.model import Bank
from quizapp.bank.paper import paper
from quizapp.bank.strategies import Simulated, simulate
from quizapp.commands.authoring import bank_files
from quizapp.text import plain

QUESTIONS = Path(__file__).resolve().parents[2] / "questions"
SKILLS = read_skills(QUESTIONS / "skills.yaml")
BANKS: dict[str, Bank] = {
    bank.slug: bank for file in bank_files([QUESTIONS]) if (bank := load_file(file, skills=SKILLS).bank) is not None
}
CHECK_INS = sorted(name for name, bank in BANKS.items() if purpose(bank) == "check-in")
OTHERS = sorted(set(BANKS) - set(CHECK_INS))
#: How far a lazy rule may be from guessing, as a share of the marks.
NEAR_GUESSING = 0.1


@cache
def result(name: str) -> Simulated:
    found = simulate(BANKS[name], seed=11, rounds=30)
    assert found is not None
    return found


@pytest.mark.parametrize("name", CHECK_INS)
def test_one_verdict_for_all_earns_exactly_half_of_a_check_in(name: str) -> None:
    verdicts = {one.strategy: one.verdicts for one in result(name).earned}
    assert verdicts["flag"] == verdicts["accept"] == Fraction(1, 2)


@pytest.mark.parametrize("name", OTHERS)
def test_no_lazy_rule_is_far_from_guessing(name: str) -> None:
    found = result(name)
    far = {one.strategy: float(one.share) for one in found.earned if abs(one.share - found.guessing) > NEAR_GUESSING}
    assert far == {}, f"guessing earns {found.guessing:.2f}"


def test_a_bank_that_gives_its_keys_away_would_be_noticed() -> None:
    for bank in BANKS.values():
        sound = tuple(item for item in bank.items if item.key() == "sound")
        if len(sound) > 3:
            found = simulate(replace(bank, items=sound), rounds=1)
            assert found is not None
            assert {one.strategy for one in found.earned if one.share > found.guessing + NEAR_GUESSING} >= {"accept"}
            return
    pytest.fail("no bank has sound passages")


# ---------------------------------------------------------------- on paper


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", plain(text).casefold()))


@pytest.mark.parametrize("name", sorted(BANKS))
def test_paper_holds_no_reason_no_explanation_and_no_name_of_a_question(name: str) -> None:
    bank = BANKS[name]
    printed = paper(bank, seed=2)
    said = words(printed)
    for item in bank.items:
        explained = item.explanation
        assert explained is not None
        # The evidence quotes the passage, so its words may stand on the paper.
        told = [*item.whys(), *filter(None, (explained.principle, explained.transfer, explained.fair, explained.more))]
        assert [one for one in told if len(words(one).split()) > 3 and words(one) in said] == []
        if "-" in item.id:
            assert item.id not in printed
        assert words(item.prompt) in said
    assert not re.search(r"\[\[|\]\]|\(\(|\)\)", printed)
    assert not re.search(r"\b(?:credulous|cynical|overreach|misread|medium)\b", printed)


@pytest.mark.parametrize("name", sorted(BANKS))
def test_what_is_to_be_typed_stands_nowhere_on_its_question(name: str) -> None:
    sections = re.split(r"^## \d+$", paper(BANKS[name]), flags=re.MULTILINE)[1:]
    hints = sections[-1].partition("## Hints")[2]
    for item, section in zip(BANKS[name].items, sections, strict=True):
        key = item.key()
        if item.chance() == 0 and isinstance(key, str):
            typed = words(key)
            assert f" {typed} " not in f" {words(section.partition('## Hints')[0])} ", item.id
            assert f" {typed} " not in f" {words(hints)} ", item.id


@pytest.mark.parametrize("name", OTHERS)
def test_paper_shuffles_answers(name: str) -> None:
    assert paper(BANKS[name], seed=1) != paper(BANKS[name], seed=2)
    assert paper(BANKS[name], seed=1) == paper(BANKS[name], seed=1)


@pytest.mark.parametrize("name", sorted(BANKS))
def test_paper_is_the_same_whatever_the_key_is(name: str) -> None:
    bank = BANKS[name]
    turned = replace(bank, items=tuple(other_key(item) for item in bank.items))
    assert turned != bank
    assert paper(turned, seed=3) == paper(bank, seed=3)


def other_key(item: Any) -> Any:
    if item.kind == "judge":
        verdict = "sound" if item.verdict == "problem" else "problem"
        return item.model_copy(update={"verdict": verdict, "where": None})
    if item.kind == "choice":
        texts = [option.text for option in item.options]
        options = tuple(
            option.model_copy(update={"right": text if n else None, "wrong": None if n else text})
            for n, (option, text) in enumerate(zip(item.options, texts, strict=True))
            for n in [n == 1]
        )
        return item.model_copy(update={"options": options})
    return item


# ---------------------------------------------------------------- what they cover


def test_the_table_in_the_guide_is_the_one_that_the_command_prints() -> None:
    guide = (QUESTIONS / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"<!-- coverage -->\n(.*?)\n<!-- /coverage -->", guide, re.DOTALL)
    assert shown == coverage(BANKS.values(), SKILLS), "Put in what `quizapp banks --format markdown` prints."


def test_every_skill_is_asked_in_every_purpose() -> None:
    for use in PURPOSES:
        asked = {item.skill for bank in BANKS.values() if purpose(bank) == use for item in bank.items}
        assert asked == {skill.id for skill in SKILLS}


def test_check_ins_have_as_much_sound_as_flawed() -> None:
    assert {(counts(BANKS[name]).sound, counts(BANKS[name]).flagged) for name in CHECK_INS} == {(8, 8)}
