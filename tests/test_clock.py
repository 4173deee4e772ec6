"""The program's clock goes on steadily whatever is done to the computer's."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from quizapp.clock import BELIEVED, SteadyClock
from tests.clock import START


class Computer:
    """A clock that can be set, and time that really passes."""

    def __init__(self) -> None:
        self.off, self.passed = timedelta(), 0.0

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.passed) + self.off

    def ticks(self) -> float:
        return 1000 + self.passed


@pytest.mark.parametrize("hours", [2, -3])
def test_a_jump_changes_nothing_and_is_reported_once(hours: int, caplog: pytest.LogCaptureFixture) -> None:
    computer = Computer()
    clock = SteadyClock(computer.wall, computer.ticks)
    computer.passed = 60
    computer.off = timedelta(hours=hours)
    assert [clock(), clock()] == [START + timedelta(minutes=1)] * 2
    computer.passed = 120
    assert clock() == START + timedelta(minutes=2)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    computer.off = timedelta()
    assert clock() == START + timedelta(minutes=2)
    assert len(caplog.records) == 1


def test_small_corrections_are_followed_and_a_jump_that_stays_is_believed() -> None:
    computer = Computer()
    clock = SteadyClock(computer.wall, computer.ticks)
    for step in range(1, 6):
        computer.off = timedelta(seconds=step)
        assert clock() == computer.wall()
    computer.off = timedelta(days=400)
    assert clock() == START + timedelta(seconds=5)
    computer.passed = BELIEVED - 1
    assert clock() == START + timedelta(seconds=5 + BELIEVED - 1)
    computer.passed = BELIEVED
    assert clock() == computer.wall()


def test_the_real_one_tells_the_time() -> None:
    before = datetime.now(UTC)
    assert before <= SteadyClock()() <= datetime.now(UTC)
