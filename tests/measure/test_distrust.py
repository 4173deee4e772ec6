"""Whether a class doubts everything more than before, with the passage as the unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from quizapp.measure.distrust import Passage, drift


def passages(sound: list[int], unsound: list[int], judged: int = 20) -> list[Passage]:
    """How many of the verdicts on each passage doubt it."""
    return [Passage(True, doubted, judged) for doubted in sound] + [
        Passage(False, doubted, judged) for doubted in unsound
    ]


BEFORE = passages([2, 4, 3, 5], [12, 14, 13, 11])
CYNICAL = passages([9, 12, 10, 11], [18, 19, 18, 17])


def test_by_hand() -> None:
    found = drift(BEFORE, CYNICAL)
    assert found is not None
    assert found.sound == pytest.approx((42 - 14) / 80)
    assert found.unsound == pytest.approx((72 - 50) / 80)
    assert found.change == pytest.approx(0.3125)
    # Variances between passages, in squared shares: 5/3, 5/3, 5/3 and 2/3, each / 400.
    parts = [5 / 3 / 400 / 16, 5 / 3 / 400 / 16, 5 / 3 / 400 / 16, 2 / 3 / 400 / 16]
    freedom = sum(parts) ** 2 / sum(part**2 / 3 for part in parts)
    reach = t.ppf(0.975, freedom) * sum(parts) ** 0.5
    assert found.interval.low == pytest.approx(0.3125 - reach)
    assert found.interval.high == pytest.approx(0.3125 + reach)
    assert found.growing


def test_only_doubting_both_kinds_more_is_a_warning() -> None:
    sharper = drift(BEFORE, passages([1, 2, 1, 2], [19, 18, 19, 18]))
    assert sharper is not None
    assert not sharper.growing
    only_sound = drift(BEFORE, passages([14, 15, 16, 15], [12, 13, 12, 13]))
    assert only_sound is not None
    assert only_sound.interval.low > 0
    assert not only_sound.growing, "catching nothing more is another trouble"
    luck = drift(BEFORE, passages([3, 4, 4, 5], [13, 14, 13, 12]))
    assert luck is not None
    assert not luck.growing
    assert luck.interval.low < 0 < luck.interval.high


def test_what_says_nothing() -> None:
    assert drift([], []) is None
    assert drift(BEFORE, CYNICAL[1:]) is None
    assert drift(BEFORE, [Passage(one.sound, 4, 4) for one in CYNICAL]) is None, "four verdicts a passage"
    flat = passages([5, 5, 5, 5], [9, 9, 9, 9])
    assert drift(flat, flat) is None
    one_group_varies = drift(flat, passages([5, 5, 5, 5], [9, 9, 9, 12]))
    assert one_group_varies is not None
    assert not one_group_varies.growing
    with pytest.raises(ValueError, match="more often"):
        Passage(True, 3, 2)


SHARES = st.lists(st.integers(0, 20), min_size=4, max_size=8)


@given(SHARES, SHARES, SHARES, SHARES)
def test_swapping_the_periods_turns_the_sign(a: list[int], b: list[int], c: list[int], d: list[int]) -> None:
    there, back = drift(passages(a, b), passages(c, d)), drift(passages(c, d), passages(a, b))
    assert (there is None) == (back is None)
    if there and back:
        assert there.change == pytest.approx(-back.change)
        assert there.interval.low == pytest.approx(-back.interval.high)
        assert not (there.growing and back.growing)
