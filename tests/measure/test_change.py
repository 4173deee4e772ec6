"""Change: published effect sizes, gains at the edges, and what must be said beside them."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quizapp.measure.change import (
    Caveat,
    compare_gains,
    discernment_gain,
    gain,
    hake,
    hedges_g,
    normalised_change,
    small_sample_factor,
    standardised_mean_change,
    transfer_gap,
)
from quizapp.measure.discernment import Counts

percent = st.one_of(st.none(), st.sampled_from([0.0, 50.0, 100.0]), st.floats(0, 100))

BEFORE = [40.0, 50, 60, 30, 70, 20, 50, 60, 40, 80]
AFTER = [60.0, 55, 70, 50, 65, 45, 70, 80, 40, 90]


def test_morris_2008() -> None:
    # Morris, Org. Res. Meth. 11 (2008), table 5, treated groups; values as in metafor's own test, measure SMCR.
    studies = [
        (30.6, 38.5, 15.0, 20, 0.47, 0.5056, 0.0594),
        (23.5, 26.8, 3.1, 50, 0.64, 1.0481, 0.0254),
        (0.5, 0.7, 0.1, 9, 0.77, 1.8054, 0.2322),
        (53.4, 75.9, 14.5, 10, 0.89, 1.4181, 0.1225),
        (35.6, 36.0, 4.7, 14, 0.44, 0.0801, 0.0802),
    ]
    for before, after, sd, n, r, value, variance in studies:
        found = standardised_mean_change(after - before, sd, r, n)
        assert round(found.value, 4) == value
        assert round(found.variance, 4) == variance
        assert found.interval.high - found.value == pytest.approx(1.959964 * math.sqrt(found.variance))


def test_small_sample_factor() -> None:
    # Exact where the gamma functions are: J(2) = 1/sqrt(pi), J(4) = sqrt(2/pi)
    assert small_sample_factor(2) == pytest.approx(1 / math.sqrt(math.pi))
    assert small_sample_factor(4) == pytest.approx(math.sqrt(2 / math.pi))
    assert small_sample_factor(29) == pytest.approx(1 - 3 / (4 * 29 - 1), abs=5e-5)


def exactly(mean: float, sd: float, n: int) -> list[float]:
    """n values, half above and half below, with just this mean and SD."""
    reach = sd * math.sqrt((n - 1) / n)
    return [mean + reach] * (n // 2) + [mean - reach] * (n // 2)


def test_hedges_g_published() -> None:
    # Borenstein et al., Introduction to Meta-Analysis (2009), chapter 4: g = .5924
    found = hedges_g(exactly(103, 5.5, 50), exactly(100, 4.5, 50))
    assert found is not None
    assert round(found.value, 4) == 0.5924
    assert found.variance == pytest.approx(0.04 + 0.5924**2 / 200, abs=1e-6)


def test_a_class_by_hand() -> None:
    found = gain(BEFORE, AFTER)
    assert (found.pairs, found.missing) == (10, ())
    assert (found.before, found.after, found.gain) == (50, 62.5, 12.5)
    assert found.hake == pytest.approx(0.25)
    # Gains 20 5 10 20 -5 25 20 20 0 10: SD 10.069, t(9) = 2.2622
    assert found.interval is not None
    assert found.interval.low == pytest.approx(12.5 - 7.2031, abs=1e-4)
    reference = stats.ttest_rel(AFTER, BEFORE).confidence_interval()
    assert found.interval.low == pytest.approx(float(reference.low))
    assert found.interval.high == pytest.approx(float(reference.high))
    changes = [20 / 60, 5 / 50, 10 / 40, 20 / 70, -5 / 70, 25 / 80, 20 / 50, 20 / 40, 0, 10 / 20]
    assert found.normalised == pytest.approx(sum(changes) / 10)
    r = float(np.corrcoef(BEFORE, AFTER)[0, 1])
    g = small_sample_factor(9) * 12.5 / float(np.std(BEFORE, ddof=1))
    assert found.effect is not None
    assert found.effect.value == pytest.approx(g)
    assert found.effect.variance == pytest.approx(2 * (1 - r) / 10 + g * g / 20)
    assert found.caveats == (Caveat.practice,)


def test_under_ten_pairs_only_the_gain() -> None:
    found = gain([*BEFORE[:9], None, 10], [*AFTER[:9], 70, None])
    assert (found.pairs, found.missing) == (9, (9, 10))
    assert found.gain is not None
    assert (found.interval, found.hake, found.normalised, found.effect) == (None, None, None, None)
    assert Caveat.few_pairs in found.caveats


def test_what_must_be_said() -> None:
    found = gain(BEFORE, AFTER, parallel_forms=True, chosen_for_low_scores=True)
    assert found.caveats == (Caveat.regression,)


def test_nobody_and_everyone_alike() -> None:
    nobody = gain([], [])
    assert (nobody.pairs, nobody.before, nobody.after, nobody.gain) == (0, None, None, None)
    assert gain([None] * 12, [50.0] * 12).missing == tuple(range(12))
    alike = gain([40.0] * 12, [60.0] * 12)
    assert (alike.gain, alike.interval, alike.effect) == (20, None, None)
    assert alike.hake == pytest.approx(1 / 3)
    same_after = gain([*BEFORE], [60.0] * 10)
    assert same_after.effect is None
    assert same_after.interval is not None


def test_full_marks_before() -> None:
    found = gain([100.0] * 10, [100.0] * 9 + [80.0])
    assert found.hake is None
    assert found.normalised == pytest.approx(-0.2)
    assert gain([100.0] * 10, [100.0] * 10).normalised is None
    assert hake(100, 90) is None
    assert hake(None, 50) is None
    assert hake(44, 70) == pytest.approx(26 / 56)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (0, 0, None),
        (100, 100, None),
        (50, 50, 0),
        (0, 100, 1),
        (100, 0, -1),
        (50, 75, 0.5),
        (80, 60, -0.25),
        (100, 99, -0.01),
        (0, 1, 0.01),
    ],
)
def test_normalised_change(before: float, after: float, change: float | None) -> None:
    assert normalised_change(before, after) == (None if change is None else pytest.approx(change))


@given(st.lists(st.tuples(percent, percent), max_size=30), st.randoms())
def test_gains_are_finite_and_forget_the_order(
    pairs: list[tuple[float | None, float | None]], rng: random.Random
) -> None:
    found = gain([one for one, _ in pairs], [other for _, other in pairs])
    shuffled = list(pairs)
    rng.shuffle(shuffled)
    again = gain([one for one, _ in shuffled], [other for _, other in shuffled])
    assert found.pairs + len(found.missing) == len(pairs)
    for one, other in (
        (found.gain, again.gain),
        (found.hake, again.hake),
        (found.normalised, again.normalised),
    ):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
            assert math.isfinite(one)
    assert found.normalised is None or -1 <= found.normalised <= 1
    assert found.hake is None or found.hake <= 1 + 1e-12
    if found.effect:
        assert math.isfinite(found.effect.value)
        assert found.effect.variance >= 0


def test_two_classes() -> None:
    ours = [20.0, 5, 10, 20, -5, 25, 20, 20, 0, 10]
    theirs = [5.0, 0, 10, -5, 5, 15, 0, 5, 10, 0, 5, 10]
    found = compare_gains(ours, theirs)
    assert found is not None
    assert found.difference == pytest.approx(12.5 - 5)
    reference = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval()
    assert found.interval is not None
    assert found.interval.low == pytest.approx(float(reference.low))
    assert found.interval.high == pytest.approx(float(reference.high))
    assert found.effect is not None
    assert found.effect.value > 0
    few = compare_gains(ours[:9], theirs)
    assert few is not None
    assert (few.interval, few.effect) == (None, None)
    alike = compare_gains([5.0] * 10, [5.0] * 10)
    assert alike is not None
    assert (alike.difference, alike.interval, alike.effect) == (0, None, None)
    assert compare_gains([], theirs) is None
    assert hedges_g([1.0], [1.0, 2.0]) is None


def test_trust_and_doubt_are_told_apart() -> None:
    before: list[Counts | None] = [*[Counts(9, 10, 4, 10)] * 11, None]
    after: list[Counts | None] = [*[Counts(6, 10, 9, 10)] * 11, Counts(5, 5, 5, 5)]
    found = discernment_gain(before, after)
    assert found.trust.gain == pytest.approx(-30)
    assert found.doubt.gain == pytest.approx(50)
    assert found.trust.missing == (11,)
    no_sound = discernment_gain([Counts(0, 0, 1, 2)], [Counts(1, 1, 1, 2)], parallel_forms=True)
    assert (no_sound.trust.pairs, no_sound.doubt.pairs) == (0, 1)
    assert no_sound.doubt.caveats == (Caveat.few_pairs,)


def test_transfer_gap() -> None:
    found = transfer_gap([80.0, 90, None, 70], [70.0, 60, 50, 65])
    assert found is not None
    assert (found.students, found.gap, found.interval, found.on_target) == (3, 15, None, False)
    whole = transfer_gap(AFTER, BEFORE)
    assert whole is not None
    assert whole.interval is not None
    small = transfer_gap([70.0, 60], [65.0, 55])
    assert small is not None
    assert small.on_target
    assert transfer_gap([None], [50.0]) is None
    assert transfer_gap([], []) is None


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one entry per student"):
        gain([1.0], [1.0, 2.0])
