"""Do students know when they know? Confidence beside correctness.

A rating pairs a stated probability p of being right with the outcome o, 0 or 1
(part marks between are allowed). Fewer than 20 ratings say nothing about a
person, so every coefficient is None below that; counts are always given.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

from quizapp.measure.intervals import Interval, mean_interval
from quizapp.measure.moments import mean

RATINGS_FOR_NUMBERS = 20
RATINGS_FOR_ECE = 100
SURE = 0.9
"""A stated probability from here on counts as sure."""
UNSURE = 0.6
"""A stated probability up to here counts as unsure."""
SURE_AND_WRONG_FOR_HELP = 3


class Certainty(IntEnum):
    """The three answers to "How sure are you?", as levels 1 to 3 of certainty-based marking."""

    guessing = 1
    fairly_sure = 2
    certain = 3


STATED: Mapping[Certainty, float] = MappingProxyType(
    {Certainty.guessing: 0.5, Certainty.fairly_sure: 0.75, Certainty.certain: 0.95}
)
"""The probability each answer stands for."""

_PENALTY = {Certainty.guessing: 0, Certainty.fairly_sure: -2, Certainty.certain: -6}
_BAND = {
    Certainty.guessing: (0.0, 2 / 3),
    Certainty.fairly_sure: (2 / 3, 0.8),
    Certainty.certain: (0.8, 1.0),
}
_BONUS_SHARE = 0.1
_CLEARLY_OUTSIDE = 0.5


class Judgement(StrEnum):
    """How one level of certainty was used."""

    fitting = "about right"
    slightly_over = "slightly over-confident"
    over = "over-confident"
    slightly_under = "slightly under-confident"
    under = "under-confident"


@dataclass(frozen=True, slots=True)
class Rating:
    """One answer with its stated probability of being right and its outcome, both 0 to 1."""

    stated: float
    outcome: float


@dataclass(frozen=True, slots=True)
class LevelRow:
    """Answers given at one stated probability: how many, and the share that was right."""

    stated: float
    answers: int
    share_right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a set of ratings says.

    answers: ratings counted. levels: one row per stated probability, lowest first.
    accuracy, confidence: mean outcome and mean stated probability; None without
    ratings. sure_and_wrong, unsure_and_right: numbers of answers.

    The rest is None below 20 ratings:
    brier: mean (p - o)^2, 0 (best) to 1; it equals reliability - resolution +
    uncertainty. overconfidence: confidence - accuracy, -1 to 1, with its 95 %
    interval (None when p - o is the same for all answers).
    ece: expected calibration error by stated level; None below 100 ratings, since
    it is biased upwards: perfectly calibrated people average .15 at 20 answers.
    """

    answers: int
    levels: tuple[LevelRow, ...]
    accuracy: float | None
    confidence: float | None
    sure_and_wrong: int
    unsure_and_right: int
    brier: float | None
    reliability: float | None
    resolution: float | None
    uncertainty: float | None
    overconfidence: float | None
    overconfidence_interval: Interval | None
    ece: float | None

    @property
    def needs_help(self) -> bool:
        """Whether three or more answers were sure and wrong. For teachers' eyes only."""
        return self.sure_and_wrong >= SURE_AND_WRONG_FOR_HELP


def calibrate(ratings: Iterable[Rating]) -> Calibration:
    """Summarise ratings of one student, or of a class pooled."""
    known = [Rating(_clamp(rating.stated), _clamp(rating.outcome)) for rating in ratings]
    parts = decompose(known) if len(known) >= RATINGS_FOR_NUMBERS else None
    gaps = [rating.stated - rating.outcome for rating in known]
    rows = _levels(known)
    return Calibration(
        answers=len(known),
        levels=rows,
        accuracy=mean([rating.outcome for rating in known]),
        confidence=mean([rating.stated for rating in known]),
        sure_and_wrong=sum(is_sure_and_wrong(rating) for rating in known),
        unsure_and_right=sum(rating.stated <= UNSURE and rating.outcome >= 1 for rating in known),
        brier=parts.brier if parts else None,
        reliability=parts.reliability if parts else None,
        resolution=parts.resolution if parts else None,
        uncertainty=parts.uncertainty if parts else None,
        overconfidence=mean(gaps) if parts else None,
        overconfidence_interval=mean_interval(gaps) if parts else None,
        ece=_ece(rows, len(known)) if len(known) >= RATINGS_FOR_ECE else None,
    )


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The Brier score and its parts: brier = reliability - resolution + uncertainty."""

    brier: float
    reliability: float
    resolution: float
    uncertainty: float


def decompose(ratings: Sequence[Rating]) -> Decomposition | None:
    """Split the Brier score (Murphy 1973), grouping by stated level, so the parts sum exactly.

    With n_l answers at level p_l and their mean outcome o_l: reliability =
    sum n_l/N (p_l - o_l)^2, resolution = sum n_l/N (o_l - o)^2, uncertainty =
    the variance of outcomes, o(1 - o) when all are 0 or 1. None without ratings.
    """
    n = len(ratings)
    overall = mean([rating.outcome for rating in ratings])
    if overall is None:
        return None
    rows = _levels(ratings)
    return Decomposition(
        brier=math.fsum((rating.stated - rating.outcome) ** 2 for rating in ratings) / n,
        reliability=math.fsum(row.answers * (row.stated - row.share_right) ** 2 for row in rows) / n,
        resolution=math.fsum(row.answers * (row.share_right - overall) ** 2 for row in rows) / n,
        uncertainty=math.fsum((rating.outcome - overall) ** 2 for rating in ratings) / n,
    )


def is_sure_and_wrong(rating: Rating) -> bool:
    """Tell whether an answer was given with at least 90 % certainty and earned nothing."""
    return rating.stated >= SURE and rating.outcome <= 0


def certainty_mark(certainty: Certainty, fraction: float) -> float:
    """Certainty-based mark (Gardner-Medwin): 1, 2, 3 when right, 0, -2, -6 when wrong.

    Part marks earn level x fraction; only a fraction of 0 is penalised. The best
    level changes at 2/3 and 4/5. For practice and feedback, never for grades.
    """
    share = _clamp(fraction)
    return float(certainty * share if share > 0 else _PENALTY[certainty])


def certainty_bonus(answers: Sequence[tuple[Certainty, float]]) -> float | None:
    """Accuracy gained or lost by well or badly placed certainty; None without answers.

    0.1 (average mark - max(a, 4a - 2, 9a - 6)), a = accuracy: the maximum is
    what the best single level would have earned.
    """
    accuracy = mean([_clamp(fraction) for _, fraction in answers])
    average = mean([certainty_mark(certainty, fraction) for certainty, fraction in answers])
    if accuracy is None or average is None:
        return None
    return _BONUS_SHARE * (average - max(accuracy, 4 * accuracy - 2, 9 * accuracy - 6))


def judge_level(certainty: Certainty, share_right: float, answers: int) -> Judgement | None:
    """Compare the share right at one level with the band in which that level pays; None without answers.

    Bands: 0 to 2/3, 2/3 to 4/5, 4/5 to 1. Outside it is only "slightly" off
    unless (distance)^2 x answers exceeds 0.5.
    """
    if answers <= 0:
        return None
    low, high = _BAND[certainty]
    distance = max(low - share_right, share_right - high, 0.0)
    if not distance:
        return Judgement.fitting
    clearly = distance**2 * answers > _CLEARLY_OUTSIDE
    if share_right < low:
        return Judgement.over if clearly else Judgement.slightly_over
    return Judgement.under if clearly else Judgement.slightly_under


def _levels(ratings: Sequence[Rating]) -> tuple[LevelRow, ...]:
    outcomes: defaultdict[float, list[float]] = defaultdict(list)
    for rating in ratings:
        outcomes[rating.stated].append(rating.outcome)
    return tuple(LevelRow(stated, len(each), math.fsum(each) / len(each)) for stated, each in sorted(outcomes.items()))


def _ece(rows: Sequence[LevelRow], n: int) -> float:
    return math.fsum(row.answers * abs(row.share_right - row.stated) for row in rows) / n


def _clamp(value: float) -> float:
    return min(1.0, max(0.0, value))
