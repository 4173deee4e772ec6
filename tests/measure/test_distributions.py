"""The distributions against closed forms, printed tables and an independent implementation."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quizapp.measure.distributions import (
    beta_cdf,
    beta_quantile,
    f_cdf,
    f_quantile,
    normal_cdf,
    normal_pdf,
    normal_quantile,
    t_cdf,
    t_quantile,
)

PARAMETER = st.floats(0.3, 3000)
PROBABILITY = st.floats(0.0005, 0.9995)


def close(value: float, expected: float, tolerance: float = 1e-12) -> bool:
    return math.isclose(value, float(expected), rel_tol=tolerance, abs_tol=1e-300)


@pytest.mark.parametrize("x", [0.0, 0.1, 0.5, 0.77, 1.0])
def test_beta_has_closed_forms(x: float) -> None:
    assert beta_cdf(x, 1, 1) == pytest.approx(x, abs=1e-15)
    assert beta_cdf(x, 3, 1) == pytest.approx(x**3, abs=1e-15)
    assert beta_cdf(x, 1, 4) == pytest.approx(1 - (1 - x) ** 4, abs=1e-15)
    assert beta_cdf(x, 0.5, 0.5) == pytest.approx(2 / math.pi * math.asin(math.sqrt(x)), abs=1e-15)


def test_beta_is_a_binomial_tail() -> None:
    # P(Binomial(10, .3) >= 4) = I_.3(4, 7)
    tail = math.fsum(math.comb(10, k) * 0.3**k * 0.7 ** (10 - k) for k in range(4, 11))
    assert close(beta_cdf(0.3, 4, 7), tail, 1e-14)


def test_beta_outside_its_range_and_at_its_ends() -> None:
    assert beta_cdf(-1, 2, 3) == 0
    assert beta_cdf(2, 2, 3) == 1
    assert beta_quantile(0, 2, 3) == 0
    assert beta_quantile(1, 2, 3) == 1


def test_what_is_too_small_for_a_float_is_almost_nothing() -> None:
    # .5 ** 2000 and .5 ** 1000; the first has no float
    assert 0 <= beta_quantile(0.5, 0.0005, 1) < 1e-300
    assert beta_quantile(0.5, 0.001, 1) == pytest.approx(0.5**1000, rel=1e-9)
    assert beta_quantile(0.5, 1, 0.0005) == 1
    assert beta_cdf(math.nextafter(1, 0), 3, 1e-9) < 1e-6


@given(PROBABILITY, PARAMETER, PARAMETER)
def test_beta_quantile_agrees_with_scipy(p: float, a: float, b: float) -> None:
    assert close(beta_quantile(p, a, b), stats.beta.ppf(p, a, b), 2e-12)


@given(st.floats(0.0005, 0.9995), st.floats(0.5, 400), st.floats(0.5, 400))
def test_beta_cdf_agrees_with_scipy(x: float, a: float, b: float) -> None:
    assert beta_cdf(x, a, b) == pytest.approx(float(stats.beta.cdf(x, a, b)), abs=1e-12)


@given(st.integers(1, 63), PARAMETER, PARAMETER)
def test_beta_mirrors_itself(sixty_fourths: int, a: float, b: float) -> None:
    x = sixty_fourths / 64  # so that 1 - x is exact
    assert beta_cdf(x, a, b) + beta_cdf(1 - x, b, a) == pytest.approx(1, abs=1e-13)


@given(PROBABILITY, st.integers(1, 5000))
def test_t_quantile_agrees_with_scipy_and_undoes_the_cdf(p: float, df: int) -> None:
    x = t_quantile(p, df)
    assert math.isclose(x, float(stats.t.ppf(p, df)), rel_tol=1e-12, abs_tol=1e-12)
    assert t_cdf(x, df) == pytest.approx(p, abs=1e-12)


@given(PROBABILITY, st.integers(1, 5000), st.integers(1, 5000))
def test_f_quantile_agrees_with_scipy_and_undoes_the_cdf(p: float, df1: int, df2: int) -> None:
    x = f_quantile(p, df1, df2)
    assert close(x, stats.f.ppf(p, df1, df2), 2e-12)
    assert f_cdf(x, df1, df2) == pytest.approx(p, abs=1e-11)


def test_t_matches_the_printed_table() -> None:
    # Two-sided 5 % points, e.g. Fisher and Yates, table III.
    for df, printed in ((1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (29, 2.045), (120, 1.980)):
        assert round(t_quantile(0.975, df), 3) == printed
    assert t_quantile(0.5, 7) == 0
    assert close(t_quantile(0.025, 9), -t_quantile(0.975, 9), 1e-14)


def test_t_with_one_degree_of_freedom_is_cauchy() -> None:
    for p in (0.01, 0.3, 0.49, 0.51, 0.9):
        assert close(t_quantile(p, 1), math.tan(math.pi * (p - 0.5)), 1e-13)
    assert t_cdf(math.inf, 1) == 1
    assert t_cdf(-1e200, 1) == 0
    assert t_cdf(0, 3) == 0.5


def test_f_matches_the_printed_table() -> None:
    assert round(f_quantile(0.95, 5, 10), 2) == 3.33
    assert round(f_quantile(0.975, 10, 20), 2) == 2.77
    assert close(f_quantile(0.9, 4, 4), 1 / f_quantile(0.1, 4, 4), 1e-13)
    assert f_cdf(0, 3, 4) == 0
    assert f_cdf(math.inf, 3, 4) == 1


def test_normal() -> None:
    assert round(normal_quantile(0.975), 6) == 1.959964
    assert normal_cdf(normal_quantile(0.8)) == pytest.approx(0.8, abs=1e-14)
    assert normal_pdf(0) == pytest.approx(1 / math.sqrt(2 * math.pi))


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        beta_quantile(p, 2, 2)
    with pytest.raises(ValueError, match="between 0 and 1"):
        t_quantile(p, 2)


@pytest.mark.parametrize("parameter", [0.0, -1.0, math.inf, math.nan])
def test_impossible_parameters_are_refused(parameter: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        beta_cdf(0.5, parameter, 1)
    with pytest.raises(ValueError, match="positive and finite"):
        f_quantile(0.5, 1, parameter)
