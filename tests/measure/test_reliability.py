"""Alpha, Feldt's interval and the error of a total."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.measure.reliability import feldt, reliability

# Five students, three items. Item variances 0.3, 0.3, 0.3; totals 3 2 2 1 0, variance 1.3.
FIVE = [[1, 1, 1], [1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 0]]


def test_alpha_by_hand() -> None:
    found = reliability(FIVE)
    assert found is not None
    # 3/2 (1 - .9/1.3) = .4615; SD 1.1402; SEM = 1.1402 sqrt(.5385) = .8367
    assert found.alpha == pytest.approx(1.5 * (1 - 0.9 / 1.3), abs=1e-14)
    assert found.sd == pytest.approx(math.sqrt(1.3))
    assert found.sem == pytest.approx(0.83666, abs=1e-5)
    assert (found.students, found.items, found.usable, found.shown) == (5, 3, True, False)


def test_kuder_richardson_is_alpha_for_marks_of_0_and_1() -> None:
    rng = random.Random(5)
    rows = [[float(rng.random() < (s + j) / 30) for j in range(12)] for s in range(18)]
    n, k = len(rows), len(rows[0])
    shares = [sum(row[j] for row in rows) / n for j in range(k)]
    totals = [sum(row) for row in rows]
    centre = sum(totals) / n
    spread = sum((total - centre) ** 2 for total in totals) / n
    kr20 = k / (k - 1) * (1 - sum(p * (1 - p) for p in shares) / spread)
    found = reliability(rows)
    assert found is not None
    assert found.alpha == pytest.approx(kr20, abs=1e-13)


def test_feldt_published() -> None:
    # MRC Cognition and Brain Sciences Unit, statistics wiki, "cafun": feldt1.return(0.913, 873, 20)
    interval = feldt(0.913, 873, 20)
    assert interval is not None
    assert (round(interval.low, 7), round(interval.high, 7)) == (0.9044024, 0.9211588)


def test_constant_items_stay_in() -> None:
    with_constant = reliability([[*row, 1] for row in FIVE])
    assert with_constant is not None
    assert with_constant.alpha == pytest.approx(4 / 3 * (1 - 0.9 / 1.3), abs=1e-14)


def test_negative_alpha_is_not_usable() -> None:
    found = reliability([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
    assert found is not None
    assert found.usable
    opposed = reliability([[1, 0], [0, 1], [1, 0], [1, 1]])
    assert opposed is not None
    assert opposed.alpha < 0
    assert not opposed.usable
    assert opposed.sem == pytest.approx(opposed.sd * math.sqrt(1 - opposed.alpha))


def test_perfect_agreement() -> None:
    found = reliability([[0, 0], [1, 1], [2, 2]])
    assert found is not None
    assert found.alpha == pytest.approx(1)
    assert found.sem == pytest.approx(0, abs=1e-7)
    assert feldt(1.0, 10, 10) is None


@pytest.mark.parametrize(
    "rows",
    [[], [[]], [[1, 0, 1]], [[1], [0]], [[1, 0], [0, 1]], [[1, 1], [1, 1]], [[0.1, 0.2], [0.3, 0.0]]],
    ids=["nobody", "no items", "one student", "one item", "equal totals", "identical", "equal but for rounding"],
)
def test_nothing_to_say(rows: list[list[float]]) -> None:
    assert reliability(rows) is None


def test_shown_from_twenty_students_and_five_items() -> None:
    rng = random.Random(1)
    rows = [[float(rng.random() < s / 20) for _ in range(5)] for s in range(20)]
    found, fewer = reliability(rows), reliability(rows[1:])
    assert found is not None
    assert fewer is not None
    assert found.shown
    assert not fewer.shown


@given(st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=2, max_size=25), st.randoms())
def test_order_and_scale_do_not_matter(rows: list[list[int]], rng: random.Random) -> None:
    found = reliability(rows)
    shuffled = [row[::-1] for row in rows]
    rng.shuffle(shuffled)
    again = reliability([[3 * mark for mark in row] for row in shuffled])
    assert (found is None) == (again is None)
    if found is not None and again is not None:
        assert again.alpha == pytest.approx(found.alpha, abs=1e-12)
        assert again.sd == pytest.approx(3 * found.sd)
        assert found.alpha <= 1
