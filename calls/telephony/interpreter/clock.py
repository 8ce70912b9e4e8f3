"""The interpreter's time: a virtual clock for tests, a real one for the demonstration."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

logger = logging.getLogger(__name__)


class Timed(Protocol):
    """The result of outside work, which says how long the work took."""

    @property
    def seconds(self) -> float: ...


Result = TypeVar("Result", bound=Timed)


@dataclass(order=True)
class Timer:
    """One thing to do at one instant; things of the same instant keep their order."""

    at: datetime
    rank: int
    function: Callable[[], None] = field(compare=False)
    outside: bool = field(compare=False, default=False)
    cancelled: bool = field(compare=False, default=False)

    def cancel(self) -> None:
        self.cancelled = True


class Clock(Protocol):
    """What the exchange needs of time; every event runs under `lock`."""

    lock: threading.RLock

    def now(self) -> datetime: ...

    def schedule(self, delay: float, function: Callable[[], None]) -> Timer: ...

    def in_background(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None: ...


class VirtualClock:
    """Time that passes only when a test says so; the same events give the same trace."""

    def __init__(self, start: datetime) -> None:
        self.lock = threading.RLock()
        self._now = start
        self._heap: list[Timer] = []
        self._ranks = itertools.count()

    def now(self) -> datetime:
        return self._now

    def schedule(self, delay: float, function: Callable[[], None]) -> Timer:
        return self._push(delay, function, outside=False)

    def in_background(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Run the work outside the lock, then `done` once the work's own seconds have passed."""

        def perform() -> None:
            result = work()
            self.schedule(result.seconds, lambda: done(result))

        self._push(0, perform, outside=True)

    def advance(self, seconds: float) -> None:
        """Let time pass, doing everything that falls due on the way."""
        end = self._now + timedelta(seconds=seconds)
        while self._run_next(end):
            pass
        self._now = max(self._now, end)

    def run_until_quiet(self, limit: float = 3600) -> None:
        """Go on until nothing is due any more, or until `limit` seconds have passed."""
        end = self._now + timedelta(seconds=limit)
        while self._run_next(end):
            pass

    def _push(self, delay: float, function: Callable[[], None], *, outside: bool) -> Timer:
        at = self._now + timedelta(seconds=delay)
        timer = Timer(at, next(self._ranks), function, outside)
        heapq.heappush(self._heap, timer)
        return timer

    def _run_next(self, end: datetime) -> bool:
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)
        if not self._heap or self._heap[0].at > end:
            return False
        timer = heapq.heappop(self._heap)
        self._now = timer.at
        if timer.outside:
            timer.function()
        else:
            with self.lock:
                timer.function()
        return True


class RealClock:
    """The wall's time; one thread runs the events, a small pool does the outside work."""

    def __init__(self, workers: int = 8) -> None:
        self.lock = threading.RLock()
        self._heap: list[Timer] = []
        self._ranks = itertools.count()
        self._wake = threading.Condition()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="interpreter-door")
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="interpreter-clock", daemon=True)
        self._thread.start()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def schedule(self, delay: float, function: Callable[[], None]) -> Timer:
        with self._wake:
            at = self.now() + timedelta(seconds=delay)
            timer = Timer(at, next(self._ranks), function)
            heapq.heappush(self._heap, timer)
            self._wake.notify()
        return timer

    def in_background(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        def perform() -> None:
            result = work()
            self.schedule(0, lambda: done(result))

        self._pool.submit(self._guarded, perform)

    def stop(self) -> None:
        """End the thread and the pool; what was still due is dropped."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._thread.join(timeout=5)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while (timer := self._next_due()) is not None:
            if timer.cancelled:
                continue
            with self.lock:
                self._guarded(timer.function)

    def _next_due(self) -> Timer | None:
        with self._wake:
            while not self._stopped:
                if not self._heap:
                    self._wake.wait()
                    continue
                delay = (self._heap[0].at - self.now()).total_seconds()
                if delay <= 0:
                    return heapq.heappop(self._heap)
                self._wake.wait(delay)
        return None

    @staticmethod
    def _guarded(function: Callable[[], None]) -> None:
        try:
            function()
        except Exception:
            # One broken call must not stop the exchange for all the others.
            logger.exception("An event of the telephone interpreter failed")


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def seconds(self) -> float:
        return time.perf_counter() - self._start
