"""How often the rules mislead, in invented classes whose truth is known."""

import random

import pytest

from quizapp.measure.discernment import Label
from quizapp.measure.mastery import Level
from tests.measure import simulations
from tests.measure.simulations import Reading


@pytest.mark.parametrize("chance", [0.25, 1 / 3, 0.5])
def test_a_class_of_guessers_is_never_secure(chance: float) -> None:
    # 30 students, 8 skills, 12 answers each.
    levels = simulations.guessers(random.Random(11), chance=chance, answers=12, cells=240)
    assert not [level for level in levels if level in (Level.secure, Level.strong)]
    assert levels.count(Level.not_yet) > 0.85 * len(levels)


@pytest.mark.parametrize("answers", [5, 12])
def test_a_guesser_is_secure_at_most_twice_in_a_thousand(answers: int) -> None:
    levels = simulations.guessers(random.Random(1), chance=0.25, answers=answers, cells=3000)
    assert levels.count(Level.secure) <= 6


def test_secure_is_rarely_said_of_those_below_the_line() -> None:
    rates = simulations.secure_rates(random.Random(2), answers=12, students=2000)
    assert rates.called > 200
    assert rates.below_line < 0.20
    assert rates.below_low_line < 0.02
    assert rates.found > 0.30


@pytest.mark.parametrize(("trust", "doubt"), [(0.85, 0.85), (0.90, 0.90), (0.85, 0.80)])
def test_careful_students_are_mislabelled_at_most_once_in_ten(trust: float, doubt: float) -> None:
    drawn = simulations.labels(random.Random(3), trust_sound=trust, doubt_unsound=doubt, each=20, students=1000)
    assert drawn.count(Label.careful) >= 900


@pytest.mark.parametrize(
    ("trust", "doubt", "word"),
    [
        (0.20, 0.80, Label.over_suspicious),
        (0.80, 0.20, Label.over_trusting),
        (0.50, 0.95, Label.over_suspicious),
        (0.95, 0.50, Label.over_trusting),
        (0.50, 0.50, Label.guessing),
    ],
)
def test_the_other_patterns_are_recognised(trust: float, doubt: float, word: Label) -> None:
    drawn = simulations.labels(random.Random(5), trust_sound=trust, doubt_unsound=doubt, each=20, students=1000)
    assert drawn.count(word) >= 850
    opposite = {Label.over_suspicious: Label.over_trusting, Label.over_trusting: Label.over_suspicious}.get(word)
    assert opposite not in drawn


def test_flags_accuse_few_sound_items_and_catch_most_wrong_keys() -> None:
    rates = simulations.flag_rates(random.Random(4), students=30, classes=40)
    assert rates.key_accused <= 0.01
    assert rates.separation_accused <= 0.04
    assert rates.key_caught >= 0.80


UNCHANGED = {
    "nothing changed": (Reading(2, 0), Reading(2, 0)),
    "sharper": (Reading(1, 0), Reading(2.5, 0)),
    "more trusting": (Reading(2, 0), Reading(2, -0.7)),
}


@pytest.mark.parametrize("name", UNCHANGED)
@pytest.mark.parametrize("passages", [4, 8])
def test_the_warning_of_growing_distrust_is_false_at_most_once_in_twenty(name: str, passages: int) -> None:
    before, after = UNCHANGED[name]
    rate = simulations.alarms(random.Random(7), before=before, after=after, students=28, passages=passages, classes=400)
    assert rate <= 0.05


def test_a_class_that_turned_cynical_is_warned() -> None:
    rate = simulations.alarms(
        random.Random(7), before=Reading(2, 0), after=Reading(2, 1), students=28, passages=8, classes=200
    )
    assert rate >= 0.75


@pytest.mark.parametrize(("chance", "half_by"), [(0.0, 6), (0.25, 6), (0.5, 22)])
def test_who_is_right_nine_times_in_ten_is_soon_secure(chance: float, half_by: int) -> None:
    taken = simulations.answers_until_secure(random.Random(8), right=0.9, chance=chance, students=400, most=40)
    assert sorted(taken)[len(taken) // 2] <= half_by
