"""Work that can wait takes no more than its share."""

from __future__ import annotations

import pytest

from core.rests import Rests


class Clock:
    """A time that passes only when somebody works or sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def work(self, seconds: float) -> float:
        self.now += seconds
        return seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rests(clock: Clock) -> Rests:
    return Rests(3, clock=lambda: clock.now, sleep=clock.sleep)


def test_the_first_piece_of_work_is_done_at_once(rests: Rests, clock: Clock) -> None:
    assert rests.work(clock.work, 2.0) == 2.0
    assert clock.slept == [0.0]


def test_work_that_follows_at_once_waits_three_times_as_long_as_the_one_before_took(
    rests: Rests, clock: Clock
) -> None:
    rests.work(clock.work, 2.0)
    clock.now += 1.0
    rests.work(clock.work, 0.5)
    rests.work(clock.work, 0.0)
    assert clock.slept == [0.0, 5.0, 1.5]


def test_work_that_fails_is_rested_from_as_well(rests: Rests, clock: Clock) -> None:
    def fail() -> None:
        clock.now += 1.0
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        rests.work(fail)
    rests.work(clock.work, 0.0)
    assert clock.slept == [0.0, 3.0]
