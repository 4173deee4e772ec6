"""How many flaws the review finds when each is put into our own questions, and how often it is wrong about these.

Recall: of the questions about which a rule is silent, and into which its flaw can be put, the share in which
it then speaks. False alarms: what had to be silenced in questions that people have read and found good.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from quizapp.bank.loader import load_file, read_skills
from quizapp.bank.misconceptions import read_misconceptions
from quizapp.bank.review import Desk, Reviewed, review, rules, wording
from quizapp.bank.review.rule import Question
from quizapp.items.registry import item_from_json, item_to_json
from tests.bank.flaws import FLAWS, spoilt

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "questions"
NEEDED = 0.95
#: Rules about the whole bank, the thing to look at or the article: tests/bank/test_review.py puts in their flaws.
ELSEWHERE = {
    *("alt-leaks", "balance", "control", "duplicate-stem", "key-length", "key-position", "no-credit"),
    *("quote-inexact", "quote-long", "quote-share"),
}


@cache
def desk() -> Desk:
    skills = read_skills(FOLDER / "skills.yaml")
    known = frozenset(one.id for one in read_misconceptions(FOLDER / "misconceptions.yaml"))
    banks = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name not in {"skills.yaml", "misconceptions.yaml"}:
            loaded = load_file(path, skills=skills)
            assert loaded.bank is not None
            assert loaded.places is not None
            banks.append(Reviewed(loaded.bank, loaded.places, shipped=True))
    return Desk(tuple(banks), date(2026, 3, 1), known)


def recall(code: str) -> tuple[int, int]:
    """How many flaws were found, of how many that were put in."""
    look_at = next(rule.look_at for rule in rules() if rule.code == code)
    assert look_at is not None
    found = put_in = 0
    for question in desk().questions:
        if next(look_at(question), None) is not None:
            continue
        for data in spoilt(item_to_json(question.item), code):
            put_in += 1
            flawed = Question(item_from_json(data), question.of, question.desk)
            found += next(look_at(flawed), None) is not None
    return found, put_in


def test_every_rule_about_a_question_has_a_flaw() -> None:
    about_one = {rule.code for rule in rules() if rule.scope == "question"}
    assert set(FLAWS) | ELSEWHERE == {rule.code for rule in rules()}
    assert set(FLAWS) <= about_one


@pytest.mark.parametrize("code", FLAWS)
def test_flaws_are_found(code: str) -> None:
    found, put_in = recall(code)
    assert put_in >= 10
    assert found / put_in >= NEEDED, f"{found} of {put_in}"


def alarms() -> Counter[str]:
    """Rules that had to be silenced with a reason, by how often."""
    return Counter(code for question in desk().questions for code in question.item.allow)


def test_what_the_rules_say_about_our_own_questions_is_mended_or_silenced_with_a_reason() -> None:
    assert [str(one) for one in review(desk())] == []
    assert len(desk().questions) >= 116
    assert sum(alarms().values()) < len(desk().questions) / 4


def test_a_blind_rule_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "topics", lambda text: {})
    assert recall("clang") == (0, sum(bool(spoilt(item_to_json(one.item), "clang")) for one in desk().questions))
