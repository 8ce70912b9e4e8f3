"""One reading of the database answers every screen that asks because of the same events."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Event = TypeVar("Event", bound=Hashable)
Answer = TypeVar("Answer")


@dataclass
class _Reading(Generic[Event, Answer]):
    """A reading, and the events that had been heard before it began."""

    heard: set[Event] = field(default_factory=set)
    task: "asyncio.Task[Answer] | None" = None


class SharedReading(Generic[Event, Answer]):
    """Reads anew for events that are new, and once only for all who heard them.

    Every answer was read after the events that it is asked for, so it shows what they changed; the
    reading is told which they are. At most one reading is under way and one waits for it, however
    many ask; between them it rests `rests` times as long as the first took, so that in a rush one
    answers more events. Belongs to one event loop.
    """

    def __init__(
        self, read: Callable[[frozenset[Event]], Awaitable[Answer]], rests: float = 0
    ) -> None:
        self._read = read
        self._rests = rests
        self._rested_at = 0.0
        self._last: _Reading[Event, Answer] = _Reading()
        self._next: _Reading[Event, Answer] | None = None

    async def after(self, events: Iterable[Event]) -> Answer:
        """Give what was read after these events; raises what the reading raised."""
        asked = set(events)
        if self._last.task is None or not asked <= self._last.heard:
            reading = self._awaited()
            reading.heard |= asked
        else:
            reading = self._last
        assert reading.task is not None
        # Whoever leaves does not stop the others' reading.
        return await asyncio.shield(reading.task)

    def _awaited(self) -> _Reading[Event, Answer]:
        """Give the reading that has not begun."""
        if self._next is None:
            self._next = _Reading()
            self._next.task = asyncio.create_task(self._read_after(self._last.task))
        return self._next

    async def _read_after(self, before: "asyncio.Task[Answer] | None") -> Answer:
        if before is not None:
            with suppress(Exception):
                await asyncio.shield(before)
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(self._rested_at - clock())
        assert self._next is not None
        self._last, self._next = self._next, None
        began = clock()
        try:
            return await self._read(frozenset(self._last.heard))
        finally:
            self._rested_at = clock() + self._rests * (clock() - began)
