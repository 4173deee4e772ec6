"""Invented classes with known truth, to see how often the rules mislead.

Everything is drawn from the generator handed in, so a run can be repeated
exactly. Abilities are standard normal; items follow the two-parameter logistic
model with a floor at the random-guess score.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.measure.discernment import Counts, Label, label
from quizapp.measure.distrust import Passage, drift
from quizapp.measure.item_analysis import Flag, ItemStatistics, analyse
from quizapp.measure.mastery import SECURE_SHARE, Answer, Level, mastery
from quizapp.measure.options import Choices


@dataclass(frozen=True)
class Item:
    """A two-parameter item with a guessing floor."""

    slope: float
    difficulty: float
    chance: float

    def probability(self, ability: float) -> float:
        """Chance that a student of this ability answers right."""
        return self.chance + (1 - self.chance) / (1 + math.exp(-self.slope * (ability - self.difficulty)))


def draw_item(rng: random.Random, chances: Sequence[float] = (0.0, 0.25, 1 / 3, 0.5)) -> Item:
    return Item(math.exp(rng.gauss(0.2, 0.25)), rng.gauss(-0.3, 0.7), rng.choice(chances))


def guessers(rng: random.Random, *, chance: float, answers: int, cells: int) -> list[Level]:
    """Levels of students who guess every time, one per student and skill."""
    return [
        mastery(Answer(float(rng.random() < chance), str(place), 1, chance) for place in range(answers)).level
        for _ in range(cells)
    ]


@dataclass(frozen=True)
class SecureRates:
    """Of students called secure, the shares truly below the two lines; of the truly secure, the share found."""

    called: int
    below_line: float
    below_low_line: float
    found: float


def secure_rates(rng: random.Random, *, answers: int, students: int) -> SecureRates:
    """Compare the word "secure" with each student's true expected score on the skill."""
    called = below = far_below = truly = found = 0
    for _ in range(students):
        ability = rng.gauss(0, 1)
        items = [draw_item(rng) for _ in range(answers)]
        result = mastery(
            Answer(float(rng.random() < item.probability(ability)), str(place), 1, item.chance)
            for place, item in enumerate(items)
        )
        truth = sum(item.probability(ability) for item in items) / answers
        chance = sum(item.chance for item in items) / answers
        secure = result.level is Level.secure
        deserves = truth >= chance + SECURE_SHARE * (1 - chance)
        called += secure
        truly += deserves
        found += secure and deserves
        below += secure and not deserves
        far_below += secure and truth < chance + 0.4 * (1 - chance)
    return SecureRates(called, below / called, far_below / called, found / truly)


def labels(rng: random.Random, *, trust_sound: float, doubt_unsound: float, each: int, students: int) -> list[Label]:
    """Labels of students who trust and doubt with these probabilities, from so many verdicts of each kind."""
    drawn = []
    for _ in range(students):
        counts = Counts(
            trusted_sound=sum(rng.random() < trust_sound for _ in range(each)),
            sound=each,
            doubted_unsound=sum(rng.random() < doubt_unsound for _ in range(each)),
            unsound=each,
        )
        word = label(counts)
        assert word is not None
        drawn.append(word)
    return drawn


@dataclass(frozen=True)
class FlagRates:
    """Shares of sound items accused by each flag, and of wrongly keyed items caught."""

    key_accused: float
    separation_accused: float
    key_caught: float


def flag_rates(rng: random.Random, *, students: int, classes: int, items: int = 20) -> FlagRates:
    """Run sound four-option quizzes, then the same with the first item's key put on a wrong option."""
    keyed = separation = caught = 0
    for _ in range(classes):
        quiz = [draw_item(rng, (0.25,)) for _ in range(items)]
        abilities = [rng.gauss(0, 1) for _ in range(students)]
        chosen = [[_pick(rng, item.probability(ability)) for item in quiz] for ability in abilities]
        flags = [found.flags for found in _analyse(chosen, ["a"] * items)]
        keyed += sum(Flag.check_key in each for each in flags)
        separation += sum(Flag.does_not_separate in each for each in flags)
        caught += Flag.check_key in _analyse(chosen, ["b", *["a"] * (items - 1)])[0].flags
    return FlagRates(keyed / (classes * items), separation / (classes * items), caught / classes)


def _pick(rng: random.Random, right: float) -> str:
    return "a" if rng.random() < right else rng.choice("bcd")


def _analyse(chosen: Sequence[Sequence[str]], keys: Sequence[str]) -> tuple[ItemStatistics, ...]:
    choices = [
        Choices(tuple("abcd"), frozenset(key), tuple(frozenset(row[column]) for row in chosen))
        for column, key in enumerate(keys)
    ]
    marks = [[float(one == key) for one, key in zip(row, keys, strict=True)] for row in chosen]
    return analyse(marks, choices=choices).items


@dataclass(frozen=True)
class Reading:
    """How a class reads: chances on the logit scale, for a typical student and a typical passage."""

    sharpness: float
    """How far sound and unsound passages lie apart."""
    suspicion: float
    """How readily anything is doubted."""


def alarms(
    rng: random.Random,
    *,
    before: Reading,
    after: Reading,
    students: int,
    passages: int,
    classes: int,
    spread: float = 0.7,
    missing: float = 0.1,
) -> float:
    """Share of invented classes that get the warning of growing distrust.

    passages: of each kind in each period. spread: standard deviation, in logits, of how hard the
    passages are and of how the students differ in sharpness and in suspicion. missing: share of
    verdicts that are not given.
    """
    raised = 0
    for _ in range(classes):
        manners = [(rng.gauss(0, spread), rng.gauss(0, spread)) for _ in range(students)]
        periods = [_period(rng, reading, manners, passages, spread, missing) for reading in (before, after)]
        found = drift(*periods)
        raised += found is not None and found.growing
    return raised / classes


def _period(
    rng: random.Random,
    reading: Reading,
    manners: Sequence[tuple[float, float]],
    passages: int,
    spread: float,
    missing: float,
) -> list[Passage]:
    met = []
    for place in range(2 * passages):
        sound, hard = place % 2 == 0, rng.gauss(0, spread)
        doubted = judged = 0
        for sharper, warier in manners:
            if rng.random() < missing:
                continue
            lean = (reading.sharpness + sharper) / 2 * (-1 if sound else 1) + reading.suspicion + warier + hard
            judged += 1
            doubted += rng.random() < 1 / (1 + math.exp(-lean))
        met.append(Passage(sound, doubted, judged))
    return met


def answers_until_secure(rng: random.Random, *, right: float, chance: float, students: int, most: int) -> list[int]:
    """How many answers it takes until students who are right this often are called secure; `most` + 1: not yet."""
    taken = []
    for _ in range(students):
        answers: list[Answer] = []
        while len(answers) < most:
            answers.append(Answer(float(rng.random() < right), str(len(answers)), 1, chance))
            if mastery(answers).level is Level.secure:
                break
        else:
            answers.append(answers[-1])
        taken.append(len(answers))
    return taken
