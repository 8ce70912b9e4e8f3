"""Scripts that wait: each call runs as a generator that yields what it waits for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Generic, TypeVar

from calls.telephony.interpreter.clock import Clock, Timer

T = TypeVar("T")


class Promise(Generic[T]):
    """A value that comes later; the first resolution counts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._callbacks: list[Callable[[Any], None]] = []
        self.done = False
        self.value: T | None = None

    def resolve(self, value: T) -> None:
        if self.done:
            return
        self.done, self.value = True, value
        for callback in self._callbacks:
            self._hand_over(callback)
        self._callbacks.clear()

    def then(self, callback: Callable[[Any], None]) -> None:
        if self.done:
            self._hand_over(callback)
        else:
            self._callbacks.append(callback)

    def _hand_over(self, callback: Callable[[Any], None]) -> None:
        # Never at once: a script may resolve what another script waits for while itself running.
        self._clock.schedule(0, lambda: callback(self.value))


Script = Generator[Promise[Any], Any, T]


class Delay(Promise[None]):
    """A promise kept after some seconds."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__(clock)
        self._timer: Timer = clock.schedule(seconds, lambda: self.resolve(None))

    def cancel(self) -> None:
        self._timer.cancel()


class Channel(Generic[T]):
    """A queue of values between scripts, with one reader."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._values: deque[T] = deque()
        self._reader: Promise[None] | None = None

    def put(self, value: T) -> None:
        self._values.append(value)
        if self._reader is not None:
            self._reader.resolve(None)

    def arrival(self) -> Promise[None]:
        """A promise kept as soon as there is something to take."""
        self._reader = Promise(self._clock)
        if self._values:
            self._reader.resolve(None)
        return self._reader

    def take(self) -> T:
        return self._values.popleft()

    def clear(self) -> None:
        self._values.clear()

    def __bool__(self) -> bool:
        return bool(self._values)


def first_of(clock: Clock, *promises: Promise[Any]) -> Promise[Promise[Any]]:
    """The promise, of those given, that is kept first."""
    winner: Promise[Promise[Any]] = Promise(clock)
    for promise in promises:
        promise.then(partial(_declare, winner, promise))
    return winner


def _declare(winner: Promise[Promise[Any]], promise: Promise[Any], _value: Any) -> None:
    winner.resolve(promise)


def sleep(clock: Clock, seconds: float) -> Script[None]:
    """Wait, and leave no timer behind when the script is cancelled."""
    delay = Delay(clock, seconds)
    try:
        yield delay
    finally:
        delay.cancel()


class Task:
    """A running script; `finished` is kept with what the script returns."""

    def __init__(self, clock: Clock, script: Script[Any]) -> None:
        self.finished: Promise[Any] = Promise(clock)
        self._script = script
        self._running = False
        self._cancelled = False
        clock.schedule(0, lambda: self._step(None))

    def cancel(self) -> None:
        """Stop the script where it waits; its `finally` blocks run, `finished` is never kept."""
        if self._cancelled or self.finished.done:
            return
        self._cancelled = True
        if not self._running:
            self._script.close()

    def _step(self, value: Any) -> None:
        if self._cancelled:
            return
        self._running = True
        try:
            promise = self._script.send(value)
        except StopIteration as stop:
            self.finished.resolve(stop.value)
            return
        finally:
            self._running = False
        self._wait_for(promise)

    def _wait_for(self, promise: Promise[Any]) -> None:
        if self._cancelled:
            # The script cancelled itself, by ending its own call for instance.
            self._script.close()
        else:
            promise.then(self._step)
