"""When a question is due again.

The model is FSRS-6 with its published default weights, which come from the
self-ratings of flashcard learners (github.com/open-spaced-repetition; package
fsrs 6.3.2, MIT licence). So the intervals are a sensible default, not a measured
forgetting curve of this class. A memory has a stability S, in days, and a
difficulty D, 1 to 10. After t days it can be recalled with probability

    R(t) = (1 + F t / S) ** -0.1542        F = 0.9 ** (-1 / 0.1542) - 1

so that R(S) = 0.9, and the question is due again when R has fallen to 0.9: after
S days, rounded, from 1 to 120. There are no steps within a day and no chance.

Nothing is stored but the answers: the memory is worked out from them each time.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

LONGEST = 120
"""Days; a school year forgets what comes later."""

_W = (
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
    1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
)  # fmt: skip
_FACTOR = 0.9 ** (-1 / _W[20]) - 1
_UNSURE = 0.6
_SURE = 0.9


class Rating(IntEnum):
    """How an answer went."""

    again = 1
    hard = 2
    good = 3
    easy = 4


@dataclass(frozen=True, slots=True)
class Review:
    """One scored answer.

    score: 0 to 1; a blank is 0.
    day: whole days on any fixed calendar, such as ``date.toordinal()``.
    stated: how sure the student was of being right, 0 to 1; None when not asked.
    chance: the random-guess score; None or 0 where there is nothing to guess from.
    """

    score: float
    day: int
    stated: float | None = None
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What is likely left of one question. stability in days; difficulty 1 to 10; last and due are days."""

    stability: float
    difficulty: float
    last: int
    due: int

    def retrievability(self, day: int) -> float:
        """Probability of a right answer on that day, 0 to 1."""
        return _retrievability(self.stability, day - self.last)


def rate(review: Review) -> Rating:
    """Turn an answer into a rating.

    Under half the marks: again. Part marks, or right and unsure: hard. Right: good. Right and sure
    is easy only where nothing could be chosen, since a chosen answer may be recognised, not recalled.
    """
    if review.score < 0.5:
        return Rating.again
    if review.score < 1 or (review.stated is not None and review.stated <= _UNSURE):
        return Rating.hard
    sure = review.stated is not None and review.stated >= _SURE
    return Rating.easy if sure and not review.chance else Rating.good


def remember(reviews: Iterable[Review]) -> Memory | None:
    """Work out what is left after some answers to one question, in any order; None without answers.

    The first answer of a day counts, as given; later ones of that day do not.
    """
    by_day: dict[int, Review] = {}
    for review in reviews:
        by_day.setdefault(review.day, review)
    memory: Memory | None = None
    for day in sorted(by_day):
        rating = rate(by_day[day])
        memory = _first(rating, day) if memory is None else _next(memory, rating, day)
    return memory


def _first(rating: Rating, day: int) -> Memory:
    return _memory(_W[rating - 1], _within(_first_difficulty(rating)), day)


def _next(memory: Memory, rating: Rating, day: int) -> Memory:
    recall = memory.retrievability(day)
    stability = _after_failure(memory, recall) if rating is Rating.again else _after_success(memory, recall, rating)
    damped = (10 - memory.difficulty) * -_W[6] * (rating - 3) / 9
    difficulty = _W[7] * _first_difficulty(Rating.easy) + (1 - _W[7]) * (memory.difficulty + damped)
    return _memory(stability, _within(difficulty), day)


def _memory(stability: float, difficulty: float, day: int) -> Memory:
    stability = max(stability, 0.001)
    return Memory(stability, difficulty, day, day + min(max(round(stability), 1), LONGEST))


def _first_difficulty(rating: Rating) -> float:
    return _W[4] - math.exp(_W[5] * (rating - 1)) + 1


def _within(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)


def _after_failure(memory: Memory, recall: float) -> float:
    easier = _W[11] * math.pow(memory.difficulty, -_W[12])
    older = math.pow(memory.stability + 1, _W[13]) - 1
    return min(
        easier * older * math.exp((1 - recall) * _W[14]),
        memory.stability / math.exp(_W[17] * _W[18]),
    )


def _after_success(memory: Memory, recall: float, rating: Rating) -> float:
    easier = math.exp(_W[8]) * (11 - memory.difficulty)
    younger = math.pow(memory.stability, -_W[9])
    growth = easier * younger * (math.exp((1 - recall) * _W[10]) - 1)
    growth *= _W[15] if rating is Rating.hard else _W[16] if rating is Rating.easy else 1
    return memory.stability * (1 + growth)


def _retrievability(stability: float, days: int) -> float:
    return math.pow(1 + _FACTOR * max(days, 0) / stability, -_W[20])
