"""Option tables and the groups behind them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.measure.options import Choices, Groups, OptionRow, Work, option_table, outer_groups


def single(*chosen: str | None, options: str = "abc", key: str = "a") -> Choices:
    """One letter per student; "" is a blank, None not shown."""
    return Choices(
        options=tuple(options),
        key=frozenset(key),
        chosen=tuple(None if one is None else frozenset(one) for one in chosen),
    )


def by_option(table: tuple[OptionRow, ...]) -> dict[str | None, OptionRow]:
    return {row.option: row for row in table}


def test_thirds() -> None:
    groups = outer_groups([9, 8, 7, 6, 5, 4, 3, 2, 1])
    assert groups is not None
    assert groups == Groups(upper=frozenset({0, 1, 2}), lower=frozenset({6, 7, 8}))


def test_a_third_is_rounded_up_and_ties_stay_together() -> None:
    # Seven students: g = 3; the third best is 6 and two more share it.
    groups = outer_groups([9, 6, 6, 6, 3, 2, 1])
    assert groups is not None
    assert groups == Groups(upper=frozenset({0, 1, 2, 3}), lower=frozenset({4, 5, 6}))


@pytest.mark.parametrize("totals", [[], [5], [5, 5], [5, 5, 5, 5], [1, 5, 5, 5, 5, 9], [None, None], [3, None]])
def test_no_groups_when_the_cuts_meet(totals: list[float | None]) -> None:
    assert outer_groups(totals) is None


def test_27_percent_from_a_hundred() -> None:
    under, from_there = outer_groups(range(99)), outer_groups(range(100))
    assert under is not None
    assert from_there is not None
    assert len(under.upper) == len(under.lower) == 33
    assert len(from_there.upper) == len(from_there.lower) == 27


def test_totals_equal_but_for_rounding_are_a_tie() -> None:
    assert outer_groups([0.1 + 0.2, 0.3]) is None


@given(st.lists(st.integers(0, 20), min_size=2, max_size=150), st.randoms())
def test_groups_do_not_depend_on_row_order(totals: list[int], rng: random.Random) -> None:
    groups = outer_groups(totals)
    order = list(range(len(totals)))
    rng.shuffle(order)
    again = outer_groups([totals[place] for place in order])
    assert (groups is None) == (again is None)
    if groups is not None and again is not None:
        assert {order[place] for place in again.upper} == groups.upper
        assert {order[place] for place in again.lower} == groups.lower
        assert not groups.upper & groups.lower


def test_a_table_by_hand() -> None:
    totals = [1.0, 0.8, 0.6, 0.4, 0.2, 0.0]
    rests = [1.0, 0.8, 0.5, 0.5, 0.2, 0.0]
    table = by_option(option_table(single("a", "a", "b", "a", "b", ""), totals, rests))
    assert list(table) == ["a", "b", "c", None]
    # g = 2: upper 1.0 and 0.8, lower 0.2 and 0.0
    assert [(row.count, row.upper, row.lower) for row in table.values()] == [(3, 2, 0), (2, 0, 1), (0, 0, 0), (1, 0, 1)]
    assert table["a"].mean_total == pytest.approx((1 + 0.8 + 0.4) / 3)
    assert table["c"].mean_total is None
    assert table["c"].r is None
    assert table["a"].key
    assert not table["b"].key
    assert not table[None].key
    # r(a): x = 1 1 0 1 0 0, y = rests; sxy = .8, sxx = 1.5, syy = .68 -> .8 / sqrt(1.02)
    assert table["a"].r == pytest.approx(0.8 / (1.5 * 0.68) ** 0.5)
    assert all(row.work is None for row in table.values())


def test_only_those_shown_the_item_count() -> None:
    table = by_option(option_table(single("a", None, "b", None), [1.0, 0.9, 0.1, None], [1.0, 0.9, 0.1, None]))
    assert (table["a"].count, table["a"].upper, table["a"].lower) == (1, 1, 0)
    assert (table["b"].count, table["b"].upper, table["b"].lower) == (1, 0, 1)
    assert table[None].count == 0


def test_several_options_may_be_chosen() -> None:
    table = by_option(option_table(single("ab", "a", "", options="ab", key="ab"), [1.0, 0.5, 0.0], [1.0, 0.5, 0.0]))
    assert (table["a"].count, table["b"].count, table[None].count) == (2, 1, 1)


def test_work_is_judged_from_thirty_answers() -> None:
    totals = [place / 31 for place in range(31)]
    chosen = ["a"] * 26 + ["b"] * 3 + ["c"] * 1
    thirty = by_option(option_table(single(*chosen, "", options="abcd"), totals, totals))
    assert (thirty["a"].work, thirty[None].work) == (None, None)
    assert (thirty["b"].work, thirty["c"].work, thirty["d"].work) == (Work.enough, Work.weak, Work.none)
    fewer = by_option(option_table(single(*chosen[1:], "", "", options="abcd"), totals, totals))
    assert fewer["d"].work is None


def test_nobody_and_everyone_alike() -> None:
    assert [row.count for row in option_table(single(), [], [])] == [0, 0, 0, 0]
    alike = option_table(single("b", "b", "b"), [0.5] * 3, [0.5] * 3)
    assert [(row.upper, row.lower, row.r) for row in alike] == [(None, None, None)] * 4
