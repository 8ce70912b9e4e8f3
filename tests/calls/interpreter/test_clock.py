"""Virtual and real time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from calls.telephony.interpreter.clock import RealClock, VirtualClock
from calls.telephony.interpreter.tasks import Channel, Delay, Promise, Script, Task, first_of, sleep
from tests.calls.interpreter.conftest import START


@dataclass
class Done:
    seconds: float
    value: str = ""


@pytest.fixture
def real() -> Iterator[RealClock]:
    clock = RealClock()
    yield clock
    clock.stop()


def test_things_happen_in_the_order_of_their_instants_then_of_their_planning(
    clock: VirtualClock,
) -> None:
    seen: list[str] = []
    for delay, name in ((2, "c"), (1, "a"), (1, "b")):
        clock.schedule(delay, lambda name=name: seen.append(name))  # type: ignore[misc]
    clock.advance(1.5)
    assert seen == ["a", "b"]
    assert (clock.now() - START).total_seconds() == 1.5
    clock.run_until_quiet()
    assert (seen[-1], (clock.now() - START).total_seconds()) == ("c", 2)


def test_what_is_cancelled_does_not_happen_and_takes_no_time(clock: VirtualClock) -> None:
    clock.schedule(100, lambda: pytest.fail("cancelled")).cancel()
    clock.run_until_quiet()
    assert clock.now() == START


def test_running_until_quiet_has_a_limit(clock: VirtualClock) -> None:
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(1)
        clock.schedule(1, tick)

    tick()
    clock.run_until_quiet(limit=10)
    assert len(ticks) == 11


def test_outside_work_takes_its_own_seconds_and_does_not_hold_the_lock(
    clock: VirtualClock,
) -> None:
    seen: list[str] = []

    def work() -> Done:
        other = threading.Thread(target=take_the_lock)
        other.start()
        other.join()
        return Done(5, "answer")

    def take_the_lock() -> None:
        seen.append(str(clock.lock.acquire(timeout=1)))
        clock.lock.release()

    clock.in_background(work, lambda done: seen.append(done.value))
    clock.advance(4)
    assert seen == ["True"]
    clock.advance(1)
    assert seen == ["True", "answer"]


def test_in_real_time_outside_work_does_not_stop_the_clock(real: RealClock) -> None:
    ticked, release, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> Done:
        assert release.wait(5)
        return Done(0)

    real.in_background(work, lambda _done: done.set())
    real.schedule(0.01, ticked.set)
    assert ticked.wait(5)
    assert not done.is_set()
    release.set()
    assert done.wait(5)


def test_in_real_time_an_earlier_event_overtakes_a_later_one(real: RealClock) -> None:
    seen: list[str] = []
    both = threading.Event()
    real.schedule(0.08, both.set)
    real.schedule(0.05, lambda: seen.append("late"))
    real.schedule(0.01, lambda: seen.append("early"))
    assert both.wait(5)
    assert seen == ["early", "late"]


def test_in_real_time_a_failing_event_is_logged_and_the_next_one_runs(
    real: RealClock, caplog: pytest.LogCaptureFixture
) -> None:
    ran = threading.Event()

    def fail() -> None:
        raise RuntimeError("broken call")

    real.schedule(0, fail)
    real.schedule(0.01, ran.set)
    assert ran.wait(5)
    assert "An event of the telephone interpreter failed" in caplog.text


def test_a_stopped_clock_ends_its_thread(real: RealClock) -> None:
    real.stop()
    assert not real._thread.is_alive()


def test_a_script_waits_for_whatever_comes_first(clock: VirtualClock) -> None:
    keys: Channel[str] = Channel(clock)

    def script() -> Script[str]:
        patience = Delay(clock, 5)
        arrival = keys.arrival()
        first = yield first_of(clock, arrival, patience)
        return keys.take() if first is arrival else "nothing"

    early, late = Task(clock, script()), Task(clock, script())
    clock.schedule(3, lambda: keys.put("7"))
    clock.run_until_quiet()
    # A channel has one reader: the second script took its place.
    assert (early.finished.value, late.finished.value) == ("nothing", "7")


def test_a_cancelled_script_cleans_up_and_never_finishes(clock: VirtualClock) -> None:
    seen: list[str] = []

    def script() -> Script[None]:
        try:
            yield from sleep(clock, 100)
        finally:
            seen.append("cleaned")

    task = Task(clock, script())
    clock.advance(1)
    task.cancel()
    clock.run_until_quiet()
    assert (seen, task.finished.done, (clock.now() - START).seconds) == (["cleaned"], False, 1)


def test_a_script_may_cancel_itself(clock: VirtualClock) -> None:
    seen: list[str] = []
    holder: list[Task] = []

    def script() -> Script[None]:
        yield from sleep(clock, 1)
        holder[0].cancel()
        seen.append("last words")
        yield from sleep(clock, 1)
        seen.append("never")

    holder.append(Task(clock, script()))
    clock.run_until_quiet()
    assert seen == ["last words"]


def test_the_first_resolution_of_a_promise_counts(clock: VirtualClock) -> None:
    promise: Promise[str] = Promise(clock)
    promise.resolve("a")
    promise.resolve("b")
    seen: list[str] = []
    promise.then(seen.append)
    assert seen == []
    clock.advance(0)
    assert seen == ["a"]
