"""Who would rather not read about a war gets as much practice, of the same sorts, on made-up topics."""

from __future__ import annotations

from collections import Counter

import pytest

from quizapp.bank.coverage import Purpose, purpose
from quizapp.items.registry import AnyItem
from tests.banks.test_without_reading import BANKS, SKILLS

#: How hard a question is said to be, as a number, so that means can be compared.
HARD = {"easy": 1, "medium": 2, "hard": 3}
#: How far a mean difficulty may be apart, and how far a share of all questions.
NEAR = 0.5
NEAR_SHARE = 0.1


def items(use: Purpose, skill: str | None = None) -> list[AnyItem]:
    return [
        item
        for bank in BANKS.values()
        if purpose(bank) == use
        for item in bank.items
        if skill is None or item.skill == skill
    ]


def shares(values: list[str | None]) -> dict[str | None, float]:
    return {value: count / len(values) for value, count in Counter(values).items()}


def far(one: dict[str | None, float], other: dict[str | None, float]) -> dict[str | None, float]:
    differences = {name: one.get(name, 0) - other.get(name, 0) for name in one.keys() | other.keys()}
    return {name: round(found, 2) for name, found in differences.items() if abs(found) > NEAR_SHARE}


@pytest.mark.parametrize("skill", [skill.id for skill in SKILLS])
def test_a_skill_has_the_same_kinds_and_is_as_hard(skill: str) -> None:
    on_article, elsewhere = items("article", skill), items("transfer", skill)
    assert {item.kind for item in elsewhere} <= {item.kind for item in on_article}

    def mean(found: list[AnyItem]) -> float:
        return sum(HARD[item.difficulty or ""] for item in found) / len(found)

    assert abs(mean(elsewhere) - mean(on_article)) <= NEAR


def test_all_together_have_the_same_mix() -> None:
    on_article, elsewhere = items("article"), items("transfer")
    assert far(shares([item.kind for item in elsewhere]), shares([item.kind for item in on_article])) == {}
    assert far(shares([item.difficulty for item in elsewhere]), shares([item.difficulty for item in on_article])) == {}
    controls = [sum(item.control for item in found) / len(found) for found in (elsewhere, on_article)]
    assert controls[0] >= controls[1], "on made-up topics too there must be texts in which nothing is wrong"


def test_nothing_elsewhere_needs_the_article_or_speaks_of_a_war() -> None:
    for item in items("transfer"):
        assert item.needs == "excerpt"
        said = " ".join(text.source for text in item.texts()).casefold()
        assert not [word for word in ("ukrain", "russia", "putin", "soldier", "invasion") if word in said], item.id
