"""Discernment: worked examples, symmetries, labels and their floors."""

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.measure.discernment import (
    Counts,
    Label,
    discern,
    discern_class,
    label,
    lure_balance,
    pool,
    side_difference,
)

Z = NormalDist().inv_cdf

verdicts = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda sizes: st.builds(
        Counts,
        trusted_sound=st.integers(0, sizes[0]),
        sound=st.just(sizes[0]),
        doubted_unsound=st.integers(0, sizes[1]),
        unsound=st.just(sizes[1]),
    )
)


@pytest.mark.parametrize(
    ("caught", "flagged_sound", "sensitivity", "tendency"),
    [(9, 2, 1.84, 0.17), (10, 9, 0.59, 1.39), (2, 1, 0.35, -0.92)],
    ids=["discerning", "flags everything", "accepts everything"],
)
def test_same_percentage_opposite_need(caught: int, flagged_sound: int, sensitivity: float, tendency: float) -> None:
    found = discern(Counts(10 - flagged_sound, 10, caught, 10))
    assert found is not None
    assert round(found.sensitivity, 2) == sensitivity
    assert round(found.tendency, 2) == tendency


def test_by_hand_with_log_linear_correction() -> None:
    # Stanislaw and Todorov, BRMIC 31 (1999) give H = 20/25, F = 10/25 as their example; corrected here.
    found = discern(Counts(20, 25, 15, 25))
    hit, alarm = 20.5 / 26, 10.5 / 26
    assert found is not None
    assert found.sensitivity == pytest.approx(Z(hit) - Z(alarm), abs=1e-14)
    assert found.tendency == pytest.approx(-(Z(hit) + Z(alarm)) / 2, abs=1e-14)
    density = NormalDist().pdf
    se = math.sqrt(hit * (1 - hit) / (25 * density(Z(hit)) ** 2) + alarm * (1 - alarm) / (25 * density(Z(alarm)) ** 2))
    assert found.sensitivity_se == pytest.approx(se)
    assert found.tendency_se == pytest.approx(se / 2)


def test_perfect_and_empty() -> None:
    perfect = discern(Counts(10, 10, 10, 10))
    assert perfect is not None
    assert perfect.sensitivity == pytest.approx(2 * Z(10.5 / 11))
    assert perfect.tendency == pytest.approx(0)
    assert discern(Counts(0, 0, 0, 0)) is None
    assert discern(Counts(3, 5, 0, 0)) is None


def test_counts_in_plain_numbers() -> None:
    # MIST-20: 10 real, 10 fake. 8 real and 6 fake told apart: V 14; 12 called real: naivety 2.
    trusting = Counts(8, 10, 6, 10)
    assert (trusting.right, trusting.trusted_unsound, trusting.doubted_sound) == (14, 4, 2)
    assert (trusting.distrust, trusting.naivety) == (0, 2)
    suspicious = Counts(1, 10, 10, 10)
    assert (suspicious.distrust, suspicious.naivety) == (9, 0)


@pytest.mark.parametrize("counts", [(-1, 5, 0, 5), (6, 5, 0, 5), (0, 5, 6, 5), (0, 5, -1, 5)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        Counts(*counts)


@given(verdicts)
def test_swapping_the_roles_flips_the_tendency_and_keeps_the_sensitivity(counts: Counts) -> None:
    swapped = Counts(counts.doubted_unsound, counts.unsound, counts.trusted_sound, counts.sound)
    one, other = discern(counts), discern(swapped)
    assert one is not None
    assert other is not None
    assert other.sensitivity == pytest.approx(one.sensitivity, abs=1e-12)
    assert other.tendency == pytest.approx(-one.tendency, abs=1e-12)
    assert other.sensitivity_se == pytest.approx(one.sensitivity_se)


@given(verdicts)
def test_one_more_right_verdict_never_lowers_sensitivity(counts: Counts) -> None:
    if counts.trusted_sound == counts.sound:
        return
    better = Counts(counts.trusted_sound + 1, counts.sound, counts.doubted_unsound, counts.unsound)
    one, other = discern(counts), discern(better)
    assert one is not None
    assert other is not None
    assert other.sensitivity > one.sensitivity
    assert other.tendency < one.tendency
    assert math.isfinite(one.sensitivity + one.tendency + one.sensitivity_se)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(18, 20, 17, 20), Label.careful),
        (Counts(10, 20, 20, 20), Label.over_suspicious),
        (Counts(20, 20, 10, 20), Label.over_trusting),
        (Counts(11, 20, 11, 20), Label.guessing),
        (Counts(18, 19, 20, 20), None),
        (Counts(20, 20, 17, 19), None),
        (Counts(0, 0, 40, 40), None),
    ],
)
def test_a_label_only_from_twenty_and_twenty(counts: Counts, expected: Label | None) -> None:
    assert label(counts) is expected


@given(verdicts)
def test_labels_follow_the_cut_offs(counts: Counts) -> None:
    found, word = discern(counts), label(counts)
    assert found is not None
    assert (word is None) == (min(counts.sound, counts.unsound) < 20)
    if word is not None:
        assert (word is Label.over_suspicious) == (found.tendency > 0.5)
        assert (word is Label.over_trusting) == (found.tendency < -0.5)
        assert (word is Label.careful) == (abs(found.tendency) <= 0.5 and found.sensitivity >= 1)


def test_a_class_is_averaged_where_most_students_can_be_measured() -> None:
    able = [Counts(9, 10, 8, 10), Counts(7, 10, 9, 10), Counts(10, 10, 5, 10)]
    found = discern_class([*able, Counts(1, 2, 1, 2), Counts(0, 0, 0, 0)])
    each = [one for counts in able if (one := discern(counts))]
    assert found is not None
    assert (found.students, found.pooled) == (3, False)
    assert found.sensitivity == pytest.approx(sum(one.sensitivity for one in each) / 3)
    assert found.tendency == pytest.approx(sum(one.tendency for one in each) / 3)
    assert found.sensitivity_interval is not None
    assert found.sensitivity_interval.low < found.sensitivity < found.sensitivity_interval.high


def test_a_class_is_pooled_where_few_can() -> None:
    class_ = [Counts(2, 3, 2, 3)] * 9 + [Counts(9, 10, 8, 10)]
    found, together = discern_class(class_), discern(pool(class_))
    assert found is not None
    assert together is not None
    assert (found.students, found.pooled) == (10, True)
    assert found.sensitivity == together.sensitivity
    two_of_five = discern_class([Counts(2, 3, 2, 3)] * 3 + [Counts(9, 10, 8, 10), Counts(8, 10, 8, 10)])
    assert two_of_five is not None
    assert (two_of_five.students, two_of_five.pooled) == (5, True)
    assert found.sensitivity_interval is not None
    assert found.sensitivity_interval.high - found.sensitivity == pytest.approx(1.959964 * together.sensitivity_se)


def test_a_class_that_says_nothing() -> None:
    assert discern_class([]) is None
    assert discern_class([Counts(0, 0, 0, 0)] * 30) is None
    assert discern_class([Counts(3, 3, 3, 3)]) is None
    assert discern_class([Counts(30, 30, 0, 0)] * 5) is None
    one = discern_class([Counts(9, 10, 9, 10)])
    assert one is not None
    assert one.pooled
    alike = discern_class([Counts(9, 10, 9, 10)] * 4)
    assert alike is not None
    assert (alike.pooled, alike.sensitivity_interval) == (False, None)


def test_lure_balance() -> None:
    found = lure_balance(cynical=6, credulous=2, errors=10)
    assert found is not None
    assert found.balance == pytest.approx(0.4)
    assert lure_balance(0, 0, 0) is None
    even = lure_balance(0, 0, 4)
    assert even is not None
    assert even.balance == 0
    for impossible in ((3, 3, 5), (-1, 0, 2), (0, -1, 2)):
        with pytest.raises(ValueError, match="cannot be negative or exceed"):
            lure_balance(*impossible)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_lure_balance_mirrors_itself(cynical: int, credulous: int, other: int) -> None:
    errors = cynical + credulous + other
    one, mirrored = lure_balance(cynical, credulous, errors), lure_balance(credulous, cynical, errors)
    assert (one is None) == (mirrored is None) == (errors == 0)
    if one and mirrored:
        assert one.balance == -mirrored.balance
        assert -1 <= one.balance <= 1


def test_side_difference() -> None:
    even, lopsided = side_difference(10, 20, 10, 20), side_difference(18, 20, 4, 20)
    assert even is not None
    assert lopsided is not None
    assert even.low < 0 < even.high
    assert lopsided.low > 0
    assert side_difference(0, 0, 1, 2) is None
