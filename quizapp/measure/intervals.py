"""Ranges that say how sure a number is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.measure.distributions import normal_quantile, t_quantile
from quizapp.measure.moments import is_constant, variance


@dataclass(frozen=True, slots=True)
class Interval:
    """A range in the units of the number it belongs to; low <= high."""

    low: float
    high: float


def wilson(right: float, n: int, *, confidence: float = 0.95) -> Interval | None:
    """Wilson's score interval for a share, right out of n; within 0 to 1.

    (p + z^2/2n ± z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), p = right / n
    (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927). None when n is 0.
    """
    if n <= 0:
        return None
    p = min(1.0, max(0.0, right / n))
    z = _z(confidence)
    z2n = z * z / n
    centre = (p + z2n / 2) / (1 + z2n)
    reach = z * math.sqrt(p * (1 - p) / n + z2n / (4 * n)) / (1 + z2n)
    return Interval(
        0.0 if p == 0 else max(0.0, centre - reach),
        1.0 if p == 1 else min(1.0, centre + reach),
    )


def share_difference(right1: float, n1: int, right2: float, n2: int, *, confidence: float = 0.95) -> Interval | None:
    """Interval for the difference of two independent shares, first minus second; within -1 to 1.

    Built from the two Wilson intervals (Newcombe, Stat. Med. 17, 1998, method 10).
    None when either group is empty.
    """
    first, second = wilson(right1, n1, confidence=confidence), wilson(right2, n2, confidence=confidence)
    if first is None or second is None:
        return None
    p1, p2 = right1 / n1, right2 / n2
    gap = p1 - p2
    return Interval(
        gap - math.hypot(p1 - first.low, second.high - p2),
        gap + math.hypot(first.high - p1, p2 - second.low),
    )


def mean_interval(values: Sequence[float], *, confidence: float = 0.95) -> Interval | None:
    """Student's t interval for a mean: m ± t(n-1) s / sqrt(n), in the units of the values.

    None under two values, and when all are equal: identical values say nothing
    about how far the next one could lie.
    """
    n = len(values)
    spread = variance(values)
    if spread is None or is_constant(values):
        return None
    centre = math.fsum(values) / n
    reach = t_quantile((1 + confidence) / 2, n - 1) * math.sqrt(spread / n)
    return Interval(centre - reach, centre + reach)


def correlation_interval(r: float, n: int, *, confidence: float = 0.95) -> Interval | None:
    """Fisher's interval for a correlation from n pairs: tanh(atanh r ± z / sqrt(n - 3)).

    None under four pairs. A perfect correlation has the interval r to r.
    """
    if n < 4:
        return None
    if abs(r) >= 1:
        return Interval(r, r)
    reach = _z(confidence) / math.sqrt(n - 3)
    return Interval(math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach))


def _z(confidence: float) -> float:
    return normal_quantile((1 + confidence) / 2)
