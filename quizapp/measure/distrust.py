"""Is a class learning to distrust everything?

Catching more problems is good news only while sound passages are still trusted.
Two periods are compared. Not every passage is equally hard, and a class meets a
different few in each period: a hard set of sound passages alone makes a class
look suspicious. So the passage is the unit, not the verdict. With d the share of
verdicts that doubt a passage, and means over the passages of a kind,

    change = ((after - before of mean d, sound) + (after - before of mean d, unsound)) / 2

is how much more the class doubts whatever it reads, right or wrong. Its standard
error adds the four variances between passages; its interval is Student's t with
Welch's degrees of freedom (Biometrika 34, 1947).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizapp.measure.distributions import t_quantile
from quizapp.measure.intervals import Interval
from quizapp.measure.moments import is_constant, mean, variance

PASSAGES_OF_EACH = 4
"""Sound ones and unsound ones, in each period, before two periods are compared."""
VERDICTS_A_PASSAGE = 5
"""Before the share of verdicts that doubt a passage means anything."""
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Passage:
    """The verdicts of a class on one passage in one period. Raises ValueError for impossible counts."""

    sound: bool
    doubted: int
    judged: int

    def __post_init__(self) -> None:
        """Refuse counts that cannot be."""
        if not 0 <= self.doubted <= self.judged:
            raise ValueError("A passage cannot be doubted more often than it was judged.")

    @property
    def share(self) -> float:
        """The share of verdicts that doubt it, 0 to 1."""
        return self.doubted / self.judged


@dataclass(frozen=True, slots=True)
class Drift:
    """How doubting has changed from one period to the next.

    sound, unsound: change of the mean share doubted, -1 to 1. change: their mean.
    interval: 95 % for the change. growing: whether the class may be learning to
    distrust everything: both rose, and the whole interval lies above 0.
    """

    sound: float
    unsound: float
    change: float
    interval: Interval

    @property
    def growing(self) -> bool:
        """Both kinds are doubted more, by more than the choice of passages explains."""
        return self.sound > 0 and self.unsound > 0 and self.interval.low > 0


def drift(before: Iterable[Passage], after: Iterable[Passage]) -> Drift | None:
    """Compare two periods.

    Passages with fewer than five verdicts are left out. None with fewer than four sound and four
    unsound ones left in either period, and where all of a kind were doubted equally in both periods:
    then nothing tells how far the next passage could lie.
    """
    first, second = _shares(before), _shares(after)
    groups = (first[True], second[True], first[False], second[False])
    if min(len(group) for group in groups) < PASSAGES_OF_EACH:
        return None
    if all(is_constant(group) for group in groups):
        return None
    sound, unsound = _difference(first[True], second[True]), _difference(first[False], second[False])
    change = (sound + unsound) / 2
    parts = [(variance(group) or 0.0) / len(group) / 4 for group in groups]
    error = math.fsum(parts)
    freedom = error**2 / math.fsum(part**2 / (len(group) - 1) for part, group in zip(parts, groups, strict=True))
    reach = t_quantile((1 + CONFIDENCE) / 2, freedom) * math.sqrt(error)
    return Drift(sound, unsound, change, Interval(change - reach, change + reach))


def _shares(passages: Iterable[Passage]) -> dict[bool, list[float]]:
    found: dict[bool, list[float]] = {True: [], False: []}
    for passage in passages:
        if passage.judged >= VERDICTS_A_PASSAGE:
            found[passage.sound].append(passage.share)
    return found


def _difference(before: Sequence[float], after: Sequence[float]) -> float:
    return (mean(after) or 0.0) - (mean(before) or 0.0)
