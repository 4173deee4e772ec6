"""The mastery rule: worked cases, the words, and what can never happen."""

import ast
import math
import time
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quizapp.measure import mastery as module
from quizapp.measure.mastery import Answer, Level, Mastery, mastery, needs_help


def run(*scores: float, chance: float | None = 0.25, day: int = 1) -> Mastery:
    return mastery([Answer(score, f"item {number}", day, chance) for number, score in enumerate(scores)])


answers = st.lists(
    st.builds(
        Answer,
        score=st.sampled_from([0.0, 0.0, 0.25, 0.5, 2 / 3, 1.0, 1.0, 1.0]),
        item=st.sampled_from("abcdefgh"),
        day=st.integers(0, 60),
        chance=st.sampled_from([None, 0.0, 0.16, 0.25, 1 / 3, 0.5]),
        review=st.booleans(),
    ),
    max_size=40,
).map(lambda drawn: sorted(drawn, key=lambda answer: answer.day))


def test_the_five_words() -> None:
    assert [str(level) for level in Level] == ["no evidence", "not yet", "getting there", "secure", "strong"]
    assert [level.rank for level in Level] == [0, 1, 2, 3, 4]


def test_no_answers() -> None:
    nothing = mastery([])
    assert nothing.level is Level.no_evidence
    assert (nothing.estimate, nothing.low, nothing.high) == (None, None, None)
    assert (nothing.answers, nothing.items, nothing.earned, nothing.recent) == (0, 0, 0, ())
    assert (nothing.needed, nothing.new_items_needed) == (5, 3)


@pytest.mark.parametrize(("given_answers", "needed"), [(1, 4), (3, 2), (4, 1), (5, 0), (9, 0)])
def test_five_answers_are_needed(given_answers: int, needed: int) -> None:
    found = run(*[1] * given_answers)
    assert found.needed == needed
    assert (found.level is Level.no_evidence) == (needed > 0)


def test_three_different_items_are_needed() -> None:
    found = mastery([Answer(1, "ab"[day % 2], day) for day in range(12)])
    assert (found.level, found.answers, found.items) == (Level.no_evidence, 12, 2)
    assert (found.needed, found.new_items_needed) == (1, 1)
    assert found.estimate is None


def test_by_hand_five_wrong_then_five_right() -> None:
    # A = 1.2 + sum of .5^(j/10), j = 0..4; B = .8 + the same for j = 5..9; A/(A + B) = .5888
    found = run(0, 0, 0, 0, 0, 1, 1, 1, 1, 1)
    a = 1.2 + sum(0.5 ** (j / 10) for j in range(5))
    b = 0.8 + sum(0.5 ** (j / 10) for j in range(5, 10))
    assert found.level is Level.getting_there
    assert found.estimate == pytest.approx(a / (a + b), abs=1e-14)
    assert a / (a + b) == pytest.approx(0.59, abs=0.005)
    assert found.low == pytest.approx(float(stats.beta.ppf(0.05, a, b)), abs=1e-12)
    assert found.high == pytest.approx(float(stats.beta.ppf(0.95, a, b)), abs=1e-12)
    assert list(found.recent) == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert found.earned == 5


@pytest.mark.parametrize(("chance", "streak"), [(None, 5), (0.25, 5), (1 / 3, 6), (0.5, 10)])
def test_right_in_a_row_for_secure(chance: float | None, streak: int) -> None:
    assert run(*[1] * streak, chance=chance).level is Level.secure
    assert run(*[1] * (streak - 1), chance=chance).level is not Level.secure


def test_the_lines_lie_between_guessing_and_perfect() -> None:
    found = run(1, 0, 1, 0, 1, chance=0.5)
    assert found.guessing == pytest.approx(0.5)
    assert found.secure_line == pytest.approx(0.85)
    assert found.low_line == pytest.approx(0.7)
    assert found.level is Level.not_yet
    assert run(1, 0, 1, 0, 1, chance=0.0).level is Level.getting_there


def test_guessing_is_weighted_like_the_answers() -> None:
    drawn = [Answer(1, f"i{j}", 1, 0.5 if j < 5 else 0.0) for j in range(10)]
    weights = [0.5 ** ((9 - j) / 10) for j in range(10)]
    assert mastery(drawn).guessing == pytest.approx(0.5 * sum(weights[:5]) / sum(weights))


def test_an_answer_ten_questions_ago_counts_half() -> None:
    early = run(1, *[0] * 10)
    late = run(*[0] * 10, 1)
    total = 2 + sum(0.5 ** (j / 10) for j in range(11))
    assert early.estimate == pytest.approx((1.2 + 0.5) / total)
    assert late.estimate == pytest.approx((1.2 + 1.0) / total)


def test_only_the_first_answer_to_an_item_on_a_day_counts() -> None:
    first = [Answer(0, f"i{j}", 3) for j in range(5)]
    repeated = [Answer(1, f"i{j}", 3) for j in range(5)]
    assert mastery(first + repeated) == mastery(first)
    assert mastery([*first, *(replace(answer, day=4) for answer in repeated)]).answers == 10


def test_a_level_can_fall() -> None:
    assert run(*[1] * 8).level is Level.secure
    assert run(*[1] * 8, 0, 0).level is Level.getting_there
    assert run(*[1] * 8, 0, 0, 0, 0, 0, 0).level is Level.not_yet


def reviews(*scores: float, start: int, first: int = 0) -> list[Answer]:
    return [Answer(score, f"r{first + j}", start + j, 0.25, review=True) for j, score in enumerate(scores)]


def on_one_day(day: int) -> list[Answer]:
    return [replace(answer, day=day) for answer in reviews(1, 1, 1, start=0)]


SECURE = [Answer(1, f"i{j}", 10, 0.25) for j in range(6)]


def test_strong_needs_three_reviews_a_fortnight_later() -> None:
    assert mastery(SECURE + reviews(1, 1, start=24)).level is Level.secure
    assert mastery(SECURE + reviews(1, 1, 1, start=24)).level is Level.strong
    assert mastery(SECURE + on_one_day(24)).level is Level.strong
    assert mastery(SECURE + on_one_day(23)).level is Level.secure


def test_answers_that_are_no_reviews_make_nobody_strong() -> None:
    later = [replace(answer, review=False) for answer in reviews(1, 1, 1, 1, 1, start=40)]
    assert mastery(SECURE + later).level is Level.secure
    assert mastery(SECURE + on_one_day(12) + later).level is Level.secure


def test_wrong_reviews_make_nobody_strong_and_strong_falls() -> None:
    strong = SECURE + reviews(1, 1, 1, start=24)
    fallen = strong + reviews(0, 0, start=30, first=10)
    assert mastery(fallen).level is Level.getting_there
    back = fallen + [Answer(1, f"b{j}", 40, 0.25) for j in range(9)]
    assert mastery(back).level is Level.secure
    assert mastery(back + reviews(1, 1, 1, start=41, first=20)).level is Level.strong


def test_scores_and_chances_outside_their_range_are_clamped() -> None:
    assert run(*[1.5] * 6, chance=-0.2) == run(*[1.0] * 6, chance=0.0)
    certain = run(*[1] * 20, chance=1.0)
    assert certain.level is not Level.secure
    assert certain.secure_line == 1


@given(answers, st.data())
def test_turning_a_wrong_answer_right_never_lowers_the_level(drawn: list[Answer], data: st.DataObject) -> None:
    if not drawn:
        return
    place = data.draw(st.integers(0, len(drawn) - 1))
    better = [*drawn[:place], replace(drawn[place], score=1.0), *drawn[place + 1 :]]
    before, after = mastery(drawn), mastery(better)
    assert after.level.rank >= before.level.rank
    if before.estimate is not None:
        assert after.estimate is not None
        assert after.estimate >= before.estimate


@given(answers)
def test_always_a_whole_answer(drawn: list[Answer]) -> None:
    found = mastery(drawn)
    assert (found.level is Level.no_evidence) == (found.needed > 0) == (found.estimate is None)
    if found.estimate is not None and found.low is not None and found.high is not None:
        assert 0 < found.low < found.estimate < found.high < 1
        assert not math.isnan(found.low + found.high)
        shown = stats.beta.sf(found.secure_line, *_posterior(drawn))
        assert (found.level.rank >= Level.secure.rank) == (shown >= 0.8)


def _posterior(drawn: list[Answer]) -> tuple[float, float]:
    """The rule once more, straight from its definition."""
    ordered: list[Answer] = []
    for answer in drawn:
        if all((answer.item, answer.day) != (one.item, one.day) for one in ordered):
            ordered.append(answer)
    weights = [0.5 ** ((len(ordered) - 1 - place) / 10) for place in range(len(ordered))]
    return (
        1.2 + sum(w * one.score for w, one in zip(weights, ordered, strict=True)),
        0.8 + sum(w * (1 - one.score) for w, one in zip(weights, ordered, strict=True)),
    )


def test_nothing_of_the_class_enters() -> None:
    # The only way other students could matter is state kept between calls.
    alone = run(1, 0, 1, 1, 1, 1)
    for score in (0.0, 1.0):
        run(*[score] * 30)
    assert run(1, 0, 1, 1, 1, 1) == alone
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal)]


def test_the_result_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        run(1).level = Level.strong  # type: ignore[misc]  # that it cannot be set is the point


def test_a_class_page_is_quick() -> None:
    drawn = [
        [Answer(float((j * seed) % 7 > 1), f"i{j}", j, 0.25, review=j > 6) for j in range(12)] for seed in range(1, 361)
    ]
    started = time.perf_counter()
    for one in drawn:
        mastery(one)
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ([], None),
        ([0, 0, 0], None),
        ([0, 0, 0, 0], (4, 4)),
        ([0, 1, 0, 0, 0], (4, 5)),
        ([0, 0, 0, 0, 1, 1, 1], None),
        ([1, 1, 0.4, 0.5, 0, 0, 0, 1], (4, 6)),
    ],
)
def test_needs_help(scores: list[float], found: tuple[int, int] | None) -> None:
    assert needs_help(scores) == found
