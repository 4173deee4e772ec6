"""Calibration: hand-computed scores, parts that sum, and certainty marks."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.measure.calibration import (
    STATED,
    Certainty,
    Judgement,
    Rating,
    calibrate,
    certainty_bonus,
    certainty_mark,
    decompose,
    judge_level,
)

stated = st.sampled_from([0.5, 0.6, 0.75, 0.9, 0.95, 1.0])
ratings = st.lists(st.builds(Rating, stated=stated, outcome=st.sampled_from([0.0, 1.0])), max_size=60)
part_ratings = st.lists(st.builds(Rating, stated=st.floats(0, 1), outcome=st.floats(0, 1)), min_size=1, max_size=40)


def repeat(p: float, right: int, wrong: int) -> list[Rating]:
    return [Rating(p, 1.0)] * right + [Rating(p, 0.0)] * wrong


# 20 answers: 10 at .5 with 5 right, 10 at .95 with 8 right.
TWENTY = repeat(0.5, 5, 5) + repeat(0.95, 8, 2)


def test_by_hand() -> None:
    found = calibrate(TWENTY)
    assert found.answers == 20
    assert found.accuracy == pytest.approx(0.65)
    assert found.confidence == pytest.approx(0.725)
    assert found.overconfidence == pytest.approx(0.075)
    # (10 x .25 + 8 x .0025 + 2 x .9025) / 20
    assert found.brier == pytest.approx((2.5 + 0.02 + 1.805) / 20)
    assert found.reliability == pytest.approx(10 * 0.15**2 / 20)
    assert found.resolution == pytest.approx(0.15**2)
    assert found.uncertainty == pytest.approx(0.65 * 0.35)
    assert found.ece is None
    assert (found.sure_and_wrong, found.unsure_and_right) == (2, 5)
    assert [(row.stated, row.answers, row.share_right) for row in found.levels] == [(0.5, 10, 0.5), (0.95, 10, 0.8)]
    assert found.overconfidence_interval is not None
    # p - o: squares 4.2125, SD .47086, t(19) = 2.0930, reach .22037
    assert found.overconfidence_interval.low == pytest.approx(0.075 - 0.22037, abs=5e-5)
    assert found.overconfidence_interval.high == pytest.approx(0.075 + 0.22037, abs=5e-5)


def test_nothing_under_twenty_but_counts() -> None:
    found = calibrate(TWENTY[1:])
    assert (found.answers, found.sure_and_wrong) == (19, 2)
    assert found.brier is None
    assert found.overconfidence is None
    assert found.overconfidence_interval is None
    nothing = calibrate([])
    assert (nothing.answers, nothing.levels, nothing.accuracy, nothing.confidence) == (0, (), None, None)


def test_ece_from_a_hundred() -> None:
    found = calibrate(TWENTY * 5)
    assert found.ece == pytest.approx(0.5 * 0 + 0.5 * 0.15)
    assert calibrate((TWENTY * 5)[1:]).ece is None


def test_everyone_alike_has_no_interval() -> None:
    found = calibrate(repeat(0.95, 30, 0))
    assert found.overconfidence == pytest.approx(-0.05)
    assert found.overconfidence_interval is None
    assert (found.resolution, found.uncertainty) == (0, 0)


def test_three_sure_and_wrong_need_help() -> None:
    assert calibrate(repeat(0.95, 0, 3)).needs_help
    assert not calibrate(repeat(0.95, 9, 2) + repeat(0.75, 0, 9)).needs_help


def test_the_three_answers_stand_for_probabilities() -> None:
    assert dict(STATED) == {Certainty.guessing: 0.5, Certainty.fairly_sure: 0.75, Certainty.certain: 0.95}


@given(ratings)
def test_brier_lies_between_0_and_1_and_its_parts_sum(drawn: list[Rating]) -> None:
    parts = decompose(drawn)
    assert (parts is None) == (not drawn)
    if parts:
        assert 0 <= parts.brier <= 1
        assert parts.brier == pytest.approx(parts.reliability - parts.resolution + parts.uncertainty, abs=1e-12)
        share = sum(rating.outcome for rating in drawn) / len(drawn)
        assert parts.uncertainty == pytest.approx(share * (1 - share), abs=1e-12)


@given(part_ratings)
def test_never_nan(drawn: list[Rating]) -> None:
    found = calibrate(drawn)
    values = (found.accuracy, found.confidence, found.brier, found.overconfidence, found.ece)
    assert all(value is None or math.isfinite(value) for value in values)
    assert sum(row.answers for row in found.levels) == found.answers == len(drawn)


@pytest.mark.parametrize(
    ("certainty", "right", "wrong"),
    [(Certainty.guessing, 1, 0), (Certainty.fairly_sure, 2, -2), (Certainty.certain, 3, -6)],
)
def test_certainty_marks(certainty: Certainty, right: float, wrong: float) -> None:
    assert certainty_mark(certainty, 1) == right
    assert certainty_mark(certainty, 0) == wrong
    assert certainty_mark(certainty, 0.5) == right / 2


def test_the_best_level_changes_at_two_thirds_and_four_fifths() -> None:
    def expected(certainty: Certainty, p: float) -> float:
        return p * certainty_mark(certainty, 1) + (1 - p) * certainty_mark(certainty, 0)

    for p, best in ((0.6, Certainty.guessing), (0.7, Certainty.fairly_sure), (0.85, Certainty.certain)):
        assert max(Certainty, key=lambda certainty: expected(certainty, p)) is best
    assert expected(Certainty.guessing, 2 / 3) == pytest.approx(expected(Certainty.fairly_sure, 2 / 3))
    assert expected(Certainty.fairly_sure, 0.8) == pytest.approx(expected(Certainty.certain, 0.8))


def test_bonus() -> None:
    # a = .75: the best single level earns max(.75, 1, .75) = 1; knowing which was wrong earns 9/4.
    knowing = [(Certainty.certain, 1.0)] * 3 + [(Certainty.guessing, 0.0)]
    assert certainty_bonus(knowing) == pytest.approx(0.1 * (9 / 4 - 1))
    assert certainty_bonus([(Certainty.fairly_sure, 1.0)] * 3 + [(Certainty.fairly_sure, 0.0)]) == pytest.approx(0)
    assert certainty_bonus([]) is None


@pytest.mark.parametrize(
    ("certainty", "share", "answers", "judgement"),
    [
        (Certainty.certain, 0.9, 10, Judgement.fitting),
        (Certainty.certain, 0.5, 10, Judgement.over),  # .09 x 10 = .9
        (Certainty.certain, 0.55, 10, Judgement.over),  # .0625 x 10 = .625
        (Certainty.certain, 0.6, 10, Judgement.slightly_over),  # .04 x 10 = .4
        (Certainty.guessing, 1.0, 10, Judgement.under),  # .111 x 10 = 1.1
        (Certainty.guessing, 0.8, 10, Judgement.slightly_under),
        (Certainty.fairly_sure, 0.7, 10, Judgement.fitting),
        (Certainty.fairly_sure, 1.0, 5, Judgement.slightly_under),
        (Certainty.fairly_sure, 0.0, 5, Judgement.over),
        (Certainty.certain, 0.0, 0, None),
    ],
)
def test_each_level_is_judged(certainty: Certainty, share: float, answers: int, judgement: Judgement | None) -> None:
    assert judge_level(certainty, share, answers) is judgement
