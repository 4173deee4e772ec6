"""Moments and intervals: published values, and what has no answer."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quizapp.measure.intervals import Interval, correlation_interval, mean_interval, share_difference, wilson
from quizapp.measure.moments import correlation, is_constant, mean, standard_deviation, variance

SCORES = st.floats(-1000, 1000).map(lambda value: round(value, 3))


def test_wilson_published() -> None:
    # Newcombe, Stat. Med. 17 (1998) 857-872, table I: 81 of 263, and 15 of 148.
    first, second = wilson(81, 263), wilson(15, 148)
    assert first is not None
    assert second is not None
    assert (round(first.low, 4), round(first.high, 4)) == (0.2553, 0.3662)
    assert (round(second.low, 4), round(second.high, 4)) == (0.0624, 0.1605)


def test_wilson_at_the_ends() -> None:
    # Newcombe 1998: 0 of 20 gives 0 to .1611, 1 of 29 gives .0061 to .1718.
    nothing, one = wilson(0, 20), wilson(1, 29)
    assert nothing is not None
    assert one is not None
    assert nothing.low == 0
    assert round(nothing.high, 4) == 0.1611
    assert (round(one.low, 4), round(one.high, 4)) == (0.0061, 0.1718)
    everything = wilson(20, 20)
    assert everything is not None
    assert everything.high == 1
    assert everything.low == pytest.approx(1 - nothing.high)
    assert wilson(0, 0) is None


@given(st.integers(0, 200), st.integers(1, 200))
def test_wilson_holds_the_share(right: int, n: int) -> None:
    interval = wilson(min(right, n), n)
    assert interval is not None
    assert 0 <= interval.low <= min(right, n) / n <= interval.high <= 1
    reference = stats.binomtest(min(right, n), n).proportion_ci(method="wilson")
    assert interval.low == pytest.approx(reference.low, abs=1e-12)
    assert interval.high == pytest.approx(reference.high, abs=1e-12)


def test_share_difference_published() -> None:
    # Newcombe, Stat. Med. 17 (1998) 873-890, table II, method 10: 56/70 - 48/80 and 9/10 - 3/10.
    first, second = share_difference(56, 70, 48, 80), share_difference(9, 10, 3, 10)
    assert first is not None
    assert second is not None
    assert (round(first.low, 4), round(first.high, 4)) == (0.0524, 0.3339)
    assert (round(second.low, 4), round(second.high, 4)) == (0.1705, 0.8090)
    assert share_difference(1, 2, 0, 0) is None


def test_mean_interval_by_hand() -> None:
    # 1..5: mean 3, s = 1.5811, t(4) = 2.7764, reach 1.9632
    interval = mean_interval([1, 2, 3, 4, 5])
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (1.0368, 4.9632)
    assert mean_interval([]) is None
    assert mean_interval([4]) is None
    assert mean_interval([4, 4, 4]) is None


def test_correlation_interval_by_hand() -> None:
    # atanh(.5) = .549306, ± 1.959964 / sqrt(27)
    interval = correlation_interval(0.5, 30)
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.1704, 0.7290)
    assert correlation_interval(0.5, 3) is None
    assert correlation_interval(-1.0, 10) == Interval(-1.0, -1.0)


def test_correlation_of_anscombe() -> None:
    # F. J. Anscombe, "Graphs in statistical analysis", 1973, set I: r = .81642
    xs = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    assert correlation(xs, ys) == pytest.approx(0.81642051634484, abs=1e-14)


def test_nothing_to_say() -> None:
    assert mean([]) is None
    assert variance([3.0]) is None
    assert standard_deviation([]) is None
    assert correlation([], []) is None
    assert correlation([1, 2], [2, 1]) is None
    assert correlation([1, 1, 1], [1, 2, 3]) is None
    assert is_constant([7.0])
    assert variance([0.1 + 0.2, 0.3]) == 0
    assert is_constant([1 / 3 + 1 / 3 + 1 / 3, 1.0])
    with pytest.raises(ValueError, match="equally long"):
        correlation([1, 2], [1])


@given(st.lists(st.tuples(SCORES, SCORES), min_size=3, max_size=40))
def test_moments_agree_with_numpy_and_forget_the_order(pairs: list[tuple[float, float]]) -> None:
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    r = correlation(xs, ys)
    shuffled = list(pairs)
    random.Random(3).shuffle(shuffled)
    assert correlation([x for x, _ in shuffled], [y for _, y in shuffled]) == r
    assert variance(xs) == pytest.approx(float(np.var(xs, ddof=1)), rel=1e-9, abs=1e-9)
    if r is not None:
        assert -1 <= r <= 1
        spread = min(max(xs) - min(xs), max(ys) - min(ys))
        if spread > 0.1:
            assert r == pytest.approx(float(np.corrcoef(xs, ys)[0, 1]), abs=1e-7)
    assert not any(value is not None and math.isnan(value) for value in (r, mean(xs), variance(xs)))
