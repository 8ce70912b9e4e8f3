"""Who waits and who talks, for all the desks of a process at once.

A line that rings concerns many desks in the same instant. Their calls are read once, and each
different view of them is rendered once: fifty desks that see the same cost what one does.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from weakref import WeakKeyDictionary

from django.utils import timezone, translation

from calls.models import Call
from clients.models import User
from core.consumers import off_the_loop
from core.shared_reading import SharedReading
from desk import live
from desk.queries.board import Names, Queue, names_on_numbers, open_calls_of, queue_of
from desk.shortcuts import printed_keys

Bureaus = frozenset[int]


class View(NamedTuple):
    """All that makes one desk's board differ from another's."""

    language: str
    keys: tuple[str, ...]
    calls: tuple[int, ...]
    hers: tuple[int, ...]
    rings: tuple[int, ...]


@dataclass(frozen=True)
class OpenCalls:
    """The open calls of some bureaus at an instant, and what was rendered of them."""

    calls: list[Call]
    names: Names
    queue: Queue
    at: datetime
    rendered: dict[View, "asyncio.Task[str]"] = field(default_factory=dict)

    def view(self, user: User, shown: list[Call]) -> View:
        """Tell what this person's board depends on."""
        return View(
            user.language,
            tuple(printed_keys(user).values()),
            tuple(call.pk for call in shown),
            tuple(call.pk for call in shown if call.answered_by_id == user.pk),
            tuple(call.pk for call in shown if self.queue.of(call, user).rings_me),
        )

    async def html(self, user: User, clients: frozenset[int]) -> str:
        """Render the calls of these clients, unless somebody who sees the same has it rendered."""
        shown = [
            call
            for call in self.calls
            if call.client_id in clients or call.answered_by_id == user.pk
        ]
        view = self.view(user, shown)
        if view not in self.rendered:
            rendering = off_the_loop(self._render, user, shown)
            self.rendered[view] = asyncio.ensure_future(rendering)
        return await asyncio.shield(self.rendered[view])

    def _render(self, user: User, shown: list[Call]) -> str:
        with translation.override(user.language):
            return live.now(user, shown, self.names, self.queue, self.at)


Readings = dict[Bureaus, SharedReading[OpenCalls]]
_readings: WeakKeyDictionary[asyncio.AbstractEventLoop, Readings] = WeakKeyDictionary()


async def who_waits(
    user: User, bureaus: Bureaus, clients: frozenset[int], events: Iterable[str]
) -> str:
    """Render who waits and who talks among these clients, read after these events' ids."""
    readings = _readings.setdefault(asyncio.get_running_loop(), {})
    if bureaus not in readings:
        readings[bureaus] = SharedReading(lambda: off_the_loop(_read, bureaus))
    open_calls = await readings[bureaus].after(events)
    return await open_calls.html(user, clients)


def _read(bureaus: Bureaus) -> OpenCalls:
    calls, now = list(open_calls_of(bureaus)), timezone.now()
    names, queue = names_on_numbers(calls), queue_of(calls, now)
    return OpenCalls(calls=calls, names=names, queue=queue, at=timezone.now())
