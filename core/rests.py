"""Work that can wait takes no more than its share of the processor."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Rests:
    """The rests of one thread: after each piece of work, so many times the time that it took.

    In a rush, what can wait is then done less often, and the calls are answered.
    """

    def __init__(
        self,
        times: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._times = times
        self._clock = clock
        self._sleep = sleep
        self._until = 0.0

    def work(self, function: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a function once the rest after the one before is over."""
        self._sleep(max(0.0, self._until - self._clock()))
        began = self._clock()
        try:
            return function(*arguments)
        finally:
            now = self._clock()
            self._until = now + self._times * (now - began)
