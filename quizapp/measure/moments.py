"""Means, variances and correlations that know when they mean nothing.

Sums are exact (``math.fsum``), so the order of students and questions never
changes a result. Variances use n - 1. Numbers that differ only by rounding
count as equal: three thirds of a mark are one mark.
"""

import math
from collections.abc import Sequence

_SAME = 1e-9


def mean(values: Sequence[float]) -> float | None:
    """Arithmetic mean; None without values."""
    return math.fsum(values) / len(values) if values else None


def is_constant(values: Sequence[float]) -> bool:
    """Tell whether all values are equal, apart from rounding; true of none and of one."""
    if len(values) < 2:
        return True
    low, high = min(values), max(values)
    return high - low <= _SAME * max(abs(low), abs(high))


def variance(values: Sequence[float]) -> float | None:
    """Sample variance, divisor n - 1; exactly 0 when constant, None under two values."""
    if len(values) < 2:
        return None
    if is_constant(values):
        return 0.0
    centre = math.fsum(values) / len(values)
    return math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1)


def standard_deviation(values: Sequence[float]) -> float | None:
    """Sample standard deviation, divisor n - 1; None under two values."""
    spread = variance(values)
    return None if spread is None else math.sqrt(spread)


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's r of two equally long sequences, -1 to 1.

    None when either is constant, and under three pairs, since two points always
    lie on a line. Raises ValueError for unequal lengths.
    """
    if len(xs) != len(ys):
        raise ValueError("A correlation needs two equally long sequences.")
    if len(xs) < 3 or is_constant(xs) or is_constant(ys):
        return None
    x_mean, y_mean = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    x_gaps = [x - x_mean for x in xs]
    y_gaps = [y - y_mean for y in ys]
    together = math.fsum(x * y for x, y in zip(x_gaps, y_gaps, strict=True))
    apart = math.sqrt(math.fsum(x * x for x in x_gaps)) * math.sqrt(math.fsum(y * y for y in y_gaps))
    return max(-1.0, min(1.0, together / apart))
