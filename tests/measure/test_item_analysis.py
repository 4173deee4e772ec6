"""Item analysis: hand-computed values, properties, flags, and classes that say nothing."""

import math
import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.measure.item_analysis import (
    Difficulty,
    Flag,
    analyse,
    difficulty_word,
    does_not_separate,
    key_looks_wrong,
    without_unreached,
)
from quizapp.measure.options import Choices, OptionRow, option_table

# Six students, four items of 1 mark.
SIX: list[list[float | None]] = [
    [1, 1, 1, 1],
    [1, 1, 1, 0],
    [1, 1, 0, 0],
    [1, 0, 0, 1],
    [0, 1, 0, 0],
    [0, 0, 0, 0],
]

tables = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([None, 0.0, 0.5, 1.0]), min_size=width, max_size=width), min_size=1, max_size=25
    )
)


def test_by_hand() -> None:
    found = analyse(SIX)
    assert found.students == 6
    assert found.mean == 2
    assert found.sd == pytest.approx(math.sqrt(2))  # deviations 2 1 0 0 -1 -2, squares 10, over 5
    first, _, _, last = found.items
    assert (first.shown, first.blank, first.right) == (6, 0, 4)
    assert first.facility == pytest.approx(2 / 3)
    # Item 1 against rests 3 2 1 1 1 0: Sxy 5/3, Sxx 4/3, Syy 16/3
    assert first.r == pytest.approx(0.625)
    # Item 4 against rests 3 3 2 1 1 0: Sxy 2/3, Sxx 4/3, Syy 22/3
    assert last.r == pytest.approx((2 / 3) / math.sqrt((4 / 3) * (22 / 3)))
    assert first.facility_interval is not None
    # Wilson for 4 of 6, z = 1.959964
    assert (round(first.facility_interval.low, 4), round(first.facility_interval.high, 4)) == (0.3000, 0.9032)
    assert found.reliability is not None
    assert found.reliability.alpha == pytest.approx(4 / 3 * (1 - (4 * 4 / 15) / 2))


def test_the_own_mark_is_taken_out() -> None:
    rng = random.Random(2)
    table: list[list[float | None]] = [[float(rng.random() < (s + j) / 40) for j in range(10)] for s in range(30)]
    marks = np.array(table, dtype=float)
    for column, item in enumerate(analyse(table).items):
        rest = marks.sum(axis=1) - marks[:, column]
        assert item.r == pytest.approx(float(np.corrcoef(marks[:, column], rest)[0, 1]), abs=1e-12)
        assert item.r is not None
        assert item.r < float(np.corrcoef(marks[:, column], marks.sum(axis=1))[0, 1])


def test_a_pool_is_compared_by_what_each_student_was_shown() -> None:
    # Rests of item 1, as shares of what else was shown: 1/1, 1/2, 0/2, 0/1; the last saw nothing else.
    table: list[list[float | None]] = [[1, 1, None], [1, 0, 1], [0, 0, 0], [1, None, 0], [1, None, None]]
    found = analyse(table)
    first, second, third = found.items
    assert (first.shown, second.shown, third.shown) == (5, 3, 3)
    assert first.facility == pytest.approx(0.8)
    # x = 1 1 0 1 with 1 .5 0 0: Sxy .375, Sxx .75, Syy .6875
    assert first.r == pytest.approx(0.375 / math.sqrt(0.75 * 0.6875))
    # Only item 1 was shown to all, and one item has no alpha.
    assert found.reliability is None
    assert found.mean == pytest.approx(7 / 5 - 1 / 5)


def test_part_marks_and_unequal_maxima() -> None:
    table: list[list[float | None]] = [[2, 5], [1, 5], [0, 0], [1, 2.5]]
    first, second = analyse(table, [2, 5]).items
    assert first.facility == pytest.approx(0.5)
    assert second.facility == pytest.approx(0.625)
    assert first.facility_interval is None
    assert first.r == second.r == pytest.approx(float(np.corrcoef([2, 1, 0, 1], [5, 5, 0, 2.5])[0, 1]))


def test_blanks_are_wrong_and_what_was_not_shown_is_missing() -> None:
    table: list[list[float | None]] = [[1, 0], [0, None], [0, 1]]
    blanks = [[False, True], [False, True], [True, False]]
    first, second = analyse(table, blanks=blanks).items
    assert (first.shown, first.blank) == (3, 1)
    assert first.facility == pytest.approx(1 / 3)
    assert (second.shown, second.blank, second.facility) == (2, 1, 0.5)


def test_not_reached_is_the_run_of_blanks_at_the_end() -> None:
    marks: list[list[float | None]] = [[1, 0, 1, 0, 0], [1, 0, 1, 0, 1], [0, 0, 0, 0, 0]]
    blanks = [[False, True, False, True, True], [False, True, False, True, False], [True] * 5]
    assert without_unreached(marks, blanks) == [
        [1, 0, 1, None, None],
        [1, 0, 1, 0, 1],
        [None] * 5,
    ]
    assert analyse(without_unreached(marks, blanks)).students == 2


@pytest.mark.parametrize(
    "table",
    [
        [],
        [[]],
        [[], []],
        [[1.0]],
        [[None]],
        [[None, None], [None, None]],
        [[1.0, 0.0, 1.0]],
        [[1.0, 0.0], [0.0, 1.0]],
        [[1.0, 1.0]] * 30,
        [[0.0, 0.0]] * 30,
        [[1.0, 0.0, 0.5]] * 30,
        [[1 / 3, 1 / 3, 1 / 3], [1.0, 0.0, 0.0]],
    ],
    ids=[
        "nobody",
        "no items",
        "two without items",
        "one mark",
        "nothing shown",
        "two shown nothing",
        "one student",
        "two with equal totals",
        "all right",
        "all blank",
        "identical",
        "equal but for rounding",
    ],
)
def test_what_says_nothing_gives_none(table: list[list[float | None]]) -> None:
    found = analyse(table)
    assert found.reliability is None
    for item in found.items:
        assert (item.r, item.r_interval, item.flags) == (None, None, ())


def test_a_constant_item_among_others() -> None:
    with_constant = analyse([[*row, 1] for row in SIX]).items
    assert with_constant[-1].r is None
    assert with_constant[-1].facility == 1
    assert with_constant[0].r == pytest.approx(0.625)


@given(tables)
def test_never_nan_and_within_bounds(table: list[list[float | None]]) -> None:
    found = analyse(table, floors=False)
    for item in found.items:
        assert item.facility is None or 0 <= item.facility <= 1
        assert item.r is None or -1 <= item.r <= 1
        if item.r is not None and item.r_interval is not None:
            assert -1 <= item.r_interval.low <= item.r <= item.r_interval.high <= 1
    assert found.mean is None or not math.isnan(found.mean)


@given(tables, st.randoms())
def test_order_and_scale_do_not_matter(table: list[list[float | None]], rng: random.Random) -> None:
    width = len(table[0])
    rows, columns = list(range(len(table))), list(range(width))
    rng.shuffle(rows)
    rng.shuffle(columns)
    mixed = [[None if (mark := table[row][column]) is None else 3 * mark for column in columns] for row in rows]
    before, after = analyse(table, floors=False), analyse(mixed, [3.0] * width, floors=False)
    for place, column in enumerate(columns):
        one, other = before.items[column], after.items[place]
        assert (one.shown, one.flags, one.word) == (other.shown, other.flags, other.word)
        assert one.facility == pytest.approx(other.facility, abs=1e-12)
        assert one.r == pytest.approx(other.r, abs=1e-9)
    assert (before.reliability is None) == (after.reliability is None)
    if before.reliability and after.reliability:
        assert before.reliability.alpha == pytest.approx(after.reliability.alpha, abs=1e-9)


def miskeyed(students: int) -> tuple[list[list[float | None]], Choices]:
    """A class in which the better half chooses b, and the key says a."""
    marks: list[list[float | None]] = []
    chosen: list[frozenset[str] | None] = []
    for place in range(students):
        strong = place >= students // 2
        others = [float(place > level * students / 6) for level in range(1, 6)]
        marks.append([0.0 if strong else float(place % 3 == 0), *others])
        chosen.append(frozenset("b" if strong else "ac"[min(place % 3, 1)]))
    return marks, Choices(("a", "b", "c"), frozenset("a"), tuple(chosen))


@pytest.mark.parametrize(("students", "flagged"), [(9, False), (10, True), (30, True)])
def test_a_wrong_key_is_noticed_from_ten_students(students: int, flagged: bool) -> None:
    marks, choices = miskeyed(students)
    item = analyse(marks, choices=[choices, *[None] * 5]).items[0]
    assert (Flag.check_key in item.flags) == flagged
    assert item.options is not None
    assert key_looks_wrong(item.options)
    assert Flag.check_key in analyse(marks, choices=[choices, *[None] * 5], floors=False).items[0].flags
    right = Choices(choices.options, frozenset("b"), choices.chosen)
    correct = [[float("b" in (chosen or "")), *row[1:]] for chosen, row in zip(right.chosen, marks, strict=True)]
    assert Flag.check_key not in analyse(correct, choices=[right, *[None] * 5]).items[0].flags


def test_a_key_that_nobody_chose_can_be_wrong() -> None:
    marks, choices = miskeyed(12)
    nobody = Choices(("a", "b", "c", "d"), frozenset("d"), choices.chosen)
    marks = [[0.0, *row[1:]] for row in marks]
    assert Flag.check_key in analyse(marks, choices=[nobody, *[None] * 5]).items[0].flags


def test_two_strong_students_are_not_enough_to_doubt_a_key() -> None:
    totals = [1.0, 0.9, 0.8, 0.3, 0.2, 0.1]
    pick = [frozenset(letter) for letter in "bbaaca"]
    table = option_table(Choices(("a", "b", "c"), frozenset("a"), tuple(pick)), totals, totals)
    assert table[1].upper == 2
    assert not key_looks_wrong(table)


@pytest.mark.parametrize(
    ("key_upper", "key_r", "wrong_upper", "wrong_r", "accused"),
    [
        (2, -0.1, 3, 0.2, True),
        (1, -0.1, 2, 0.2, False),  # too few
        (3, -0.1, 3, 0.2, False),  # no more than chose the key
        (2, 0.2, 3, 0.2, False),  # the key goes with ability just as well
        (2, -0.2, 3, 0.0, False),  # the wrong option does not go with ability
        (0, None, 3, 0.2, True),  # nobody chose the key
        (2, -0.1, 3, None, False),
        (None, -0.1, None, 0.2, False),  # no groups
    ],
)
def test_each_condition_for_doubting_a_key(
    key_upper: int | None, key_r: float | None, wrong_upper: int | None, wrong_r: float | None, accused: bool
) -> None:
    def row(option: str, *, key: bool, upper: int | None, r: float | None) -> OptionRow:
        return OptionRow(option=option, key=key, count=9, upper=upper, lower=0, r=r, mean_total=0.5, work=None)

    rows = [row("a", key=True, upper=key_upper, r=key_r), row("b", key=False, upper=wrong_upper, r=wrong_r)]
    assert key_looks_wrong(rows) == accused


def test_items_with_several_keys_are_not_accused() -> None:
    marks, choices = miskeyed(30)
    several = Choices(choices.options, frozenset("ac"), choices.chosen)
    item = analyse(marks, choices=[several, *[None] * 5]).items[0]
    assert Flag.check_key not in item.flags


@pytest.mark.parametrize(
    ("r", "n", "low"),
    [
        (0.0, 30, False),
        (-0.12, 30, True),
        (-0.10, 30, False),
        (-0.2, 30, True),
        (-0.2, 15, False),
        (0.0, 100, True),
        (-1.0, 3, False),
    ],
)
def test_does_not_separate(r: float, n: int, low: bool) -> None:
    # Upper ends: 0 from 30 gives tanh(1.645/sqrt 27) = .307; -.2 from 30, .113; -.2 from 15, .267; 0 from 100, .165
    assert does_not_separate(r, n) == low


def test_separation_is_judged_from_fifteen_students() -> None:
    def opposed(students: int) -> list[list[float | None]]:
        return [
            [float(place < students / 2), *[float(place > level * students / 6) for level in range(1, 6)]]
            for place in range(students)
        ]

    assert Flag.does_not_separate in analyse(opposed(15)).items[0].flags
    assert analyse(opposed(14)).items[0].flags == ()
    assert Flag.does_not_separate in analyse(opposed(14), floors=False).items[0].flags


@pytest.mark.parametrize(
    ("right", "n", "word"),
    [
        (27, 30, Difficulty.very_easy),
        (26, 30, Difficulty.easy),
        (21, 30, Difficulty.easy),
        (20, 30, Difficulty.middling),
        (12, 30, Difficulty.middling),
        (11, 30, Difficulty.hard),
        (6, 30, Difficulty.hard),
        (5, 30, Difficulty.very_hard),
        (0, 5, Difficulty.very_hard),
        (4, 4, None),
    ],
)
def test_difficulty_in_words(right: int, n: int, word: Difficulty | None) -> None:
    table: list[list[float | None]] = [[float(place < right)] for place in range(n)]
    assert analyse(table).items[0].word is word


def test_difficulty_words_meet_at_their_edges() -> None:
    assert difficulty_word(0.1 + 0.2 + 0.6) is Difficulty.very_easy  # .9 but for rounding
    assert difficulty_word(0.7 - 1e-9) is Difficulty.middling


@pytest.mark.parametrize(
    ("right", "n", "chance", "like"),
    [
        (3, 10, 0.25, True),
        (4, 10, 0.25, False),
        (30, 100, 0.25, True),
        (31, 100, 0.25, False),
        (11, 20, 0.5, True),
        (3, 10, None, None),
        (3, 10, 0.0, None),
        (1, 4, 0.25, None),
    ],
)
def test_no_better_than_guessing(right: int, n: int, chance: float | None, like: bool | None) -> None:
    table: list[list[float | None]] = [[float(place < right)] for place in range(n)]
    assert analyse(table, chances=[chance]).items[0].like_guessing is like


def test_r_is_shown_from_thirty_students() -> None:
    def first(students: int) -> bool:
        return analyse([[float(place > 5), float(place > 9)] for place in range(students)]).items[0].r_shown

    assert first(30)
    assert not first(29)


def test_wrong_shapes_are_refused() -> None:
    offered = Choices(("a",), frozenset("a"), (None,))
    with pytest.raises(ValueError, match="one mark per question"):
        analyse([[1, 0], [1]])
    with pytest.raises(ValueError, match="above 0"):
        analyse([[1]], [0])
    with pytest.raises(ValueError, match="same shape"):
        analyse([[1]], blanks=[[True, False]])
    with pytest.raises(ValueError, match="one entry per question"):
        analyse([[1]], choices=[None, None])
    with pytest.raises(ValueError, match="one entry per student"):
        analyse([[1], [0]], choices=[offered])


def test_a_class_is_analysed_in_no_time() -> None:
    rng = random.Random(4)
    table: list[list[float | None]] = [[float(rng.random() < 0.6) for _ in range(60)] for _ in range(30)]
    started = time.perf_counter()
    analyse(table)
    assert time.perf_counter() - started < 0.5
