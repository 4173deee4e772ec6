"""When a question is due again, against values of the package fsrs 6.3.2 without steps and without chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.measure.spacing import LONGEST, Rating, Review, rate, remember

ANSWERS = {
    Rating.again: Review(0.0, 0),
    Rating.hard: Review(0.5, 0),
    Rating.good: Review(1.0, 0, 0.75, 0.25),
    Rating.easy: Review(1.0, 0, 0.95, 0.0),
}
# Day and rating of each review; after each: stability, difficulty, days until due.
HISTORIES = {
    "right on time": (
        [(0, 3), (2, 3), (13, 3), (59, 3)],
        [(2.3065, 2.118104, 2), (10.964332, 2.111214, 11), (46.280217, 2.104331, 46), (162.862202, 2.097455, 120)],
    ),
    "forgotten and won again": (
        [(0, 1), (1, 3), (5, 2), (9, 1), (10, 4)],
        [
            (0.212, 6.4133, 1),
            (1.886788, 6.402115, 2),
            (6.009752, 7.596785, 6),
            (0.990131, 9.195308, 1),
            (2.809002, 8.911646, 3),
        ],
    ),
    "never learned": (
        [(0, 2), (3, 1), (4, 1), (30, 3)],
        [(1.2931, 5.112171, 1), (0.431014, 8.378632, 1), (0.169442, 9.452296, 1), (1.39721, 9.438072, 1)],
    ),
    "late but known": (
        [(0, 4), (8, 4), (70, 2)],
        [(8.2956, 1.0, 8), (65.624226, 1.0, 66), (167.285164, 4.010609, 120)],
    ),
}


def on(day: int, rating: int) -> Review:
    answer = ANSWERS[Rating(rating)]
    return Review(answer.score, 740_000 + day, answer.stated, answer.chance)


@pytest.mark.parametrize("name", HISTORIES)
def test_histories_of_the_package(name: str) -> None:
    history, expected = HISTORIES[name]
    for length, (stability, difficulty, days) in enumerate(expected, start=1):
        memory = remember(on(*review) for review in history[:length])
        assert memory is not None
        assert memory.stability == pytest.approx(stability, abs=1e-6)
        assert memory.difficulty == pytest.approx(difficulty, abs=1e-6)
        assert memory.due - memory.last == days
        assert memory.last == 740_000 + history[length - 1][0]


def test_first_intervals() -> None:
    found = [remember([on(0, rating)]) for rating in Rating]
    assert [memory.due - memory.last for memory in found if memory] == [1, 1, 2, 8]


@pytest.mark.parametrize(
    ("review", "rating"),
    [
        (Review(0.0, 1, 0.95), Rating.again),
        (Review(0.49, 1), Rating.again),
        (Review(0.5, 1), Rating.hard),
        (Review(0.99, 1, 0.95), Rating.hard),
        (Review(1.0, 1, 0.5), Rating.hard),
        (Review(1.0, 1), Rating.good),
        (Review(1.0, 1, 0.75), Rating.good),
        (Review(1.0, 1, 0.95, 0.25), Rating.good),
        (Review(1.0, 1, 0.95, 0.0), Rating.easy),
        (Review(1.0, 1, 0.95), Rating.easy),
    ],
)
def test_an_answer_becomes_a_rating(review: Review, rating: Rating) -> None:
    assert rate(review) is rating


def test_one_review_a_day_and_the_first_one_counts() -> None:
    wrong_first = [on(0, 1), on(0, 3), on(0, 3)]
    assert remember(wrong_first) == remember([on(0, 1)])
    assert remember([on(5, 3), on(0, 1)]) == remember([on(0, 1), on(5, 3)])
    assert remember([]) is None


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 4)), min_size=1, max_size=12))
def test_due_lies_ahead_and_recall_falls(history: list[tuple[int, int]]) -> None:
    memory = remember(on(*review) for review in history)
    assert memory is not None
    assert 1 <= memory.due - memory.last <= LONGEST
    assert 1 <= memory.difficulty <= 10
    recalls = [memory.retrievability(memory.last + days) for days in (-3, 0, 1, 30, 4000)]
    assert recalls[:2] == [1, 1]
    assert recalls == sorted(recalls, reverse=True)
    assert recalls[-1] > 0


def test_recall_is_nine_tenths_when_a_memory_is_as_old_as_it_is_stable() -> None:
    memory = remember([on(0, 4), on(8, 4)])
    assert memory is not None
    assert memory.retrievability(memory.due) == pytest.approx(0.9, abs=0.001)
