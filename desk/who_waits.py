"""Who waits and who talks, for all the desks of a process at once.

A line that rings concerns many desks in the same instant. Their calls are read once, and each
different view of them is rendered once: fifty desks that see the same cost what one does. Of what
was read a moment ago only those calls are read anew of which something was told since, or all calls
of a client of whom it was told without naming one.
"""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db.models import Q
from django.utils import timezone, translation

from calls.models import Call
from clients.models import User
from core.consumers import off_the_loop
from core.shared_reading import SharedReading
from desk import live
from desk.queries.board import Names, Queue, names_on_numbers, open_calls_of, queue_of
from desk.shortcuts import printed_keys

# So many times as long the operator's events then have the processor to themselves.
RESTS = 1
# So old may be what nothing was told of: a person's name, for instance.
WHOLE_EVERY = timedelta(seconds=10)
Bureaus = frozenset[int]


class Told(NamedTuple):
    """An event that desks heard: its id, and the uuids of what it is about, as far as it says."""

    id: str
    client: str = ""
    call: str = ""


class View(NamedTuple):
    """All that makes one desk's board differ from another's."""

    language: str
    keys: tuple[str, ...]
    calls: tuple[int, ...]
    hers: tuple[int, ...]
    rings: tuple[int, ...]


@dataclass(frozen=True)
class OpenCalls:
    """The open calls of some bureaus at an instant, and what was rendered of them.

    `whole_at`: none of it is older.
    """

    calls: list[Call]
    names: Names
    queue: Queue
    at: datetime
    whole_at: datetime
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


class Readings:
    """The readings of some bureaus' open calls, each of which may keep most of the one before."""

    def __init__(self, bureaus: Bureaus) -> None:
        self.bureaus = bureaus
        self.shared: SharedReading[Told, OpenCalls] = SharedReading(self._read, RESTS)
        self.joined = 0
        self._last: OpenCalls | None = None

    def begin_anew(self) -> None:
        """Keep nothing of what was read before, nor of what is being read."""
        self.joined += 1
        self._last = None

    async def _read(self, events: frozenset[Told]) -> OpenCalls:
        joined, last, self._last = self.joined, self._last, None
        read = await off_the_loop(_read, self.bureaus, last, events)
        # Of a client whom nobody heard until now something may have been missed.
        self._last = read if joined == self.joined else None
        return read


_readings: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Bureaus, Readings]] = (
    WeakKeyDictionary()
)


def _readings_of(bureaus: Bureaus) -> Readings:
    of_this_loop = _readings.setdefault(asyncio.get_running_loop(), {})
    if bureaus not in of_this_loop:
        of_this_loop[bureaus] = Readings(bureaus)
    return of_this_loop[bureaus]


def desk_joined(bureaus: Bureaus) -> None:
    """Note that a desk hears, from now on, of clients of whom perhaps nobody had heard."""
    _readings_of(bureaus).begin_anew()


async def who_waits(
    user: User, bureaus: Bureaus, clients: frozenset[int], events: Iterable[Told]
) -> str:
    """Render who waits and who talks among these clients, read after these events."""
    open_calls = await _readings_of(bureaus).shared.after(events)
    return await open_calls.html(user, clients)


def _read(bureaus: Bureaus, last: OpenCalls | None, events: Collection[Told]) -> OpenCalls:
    """Read the open calls: those told of, and all where what was read last does not do."""
    now = timezone.now()
    says_nothing = any(not event.client for event in events)
    if last is None or says_nothing or now - last.whole_at > WHOLE_EVERY:
        calls, whole_at = list(open_calls_of(bureaus)), now
        names = names_on_numbers(calls)
    else:
        calls, names = _read_anew(bureaus, last, events)
        whole_at = last.whole_at
    queue = queue_of(calls, now)
    return OpenCalls(calls, names, queue, at=timezone.now(), whole_at=whole_at)


def _read_anew(
    bureaus: Bureaus, last: OpenCalls, events: Collection[Told]
) -> tuple[list[Call], Names]:
    told = {UUID(event.call) for event in events if event.call}
    clients = {UUID(event.client) for event in events if not event.call}
    kept = [
        call for call in last.calls if call.uuid not in told and call.client.uuid not in clients
    ]
    fresh = list(open_calls_of(bureaus).filter(Q(uuid__in=told) | Q(client__uuid__in=clients)))
    calls = sorted([*kept, *fresh], key=lambda call: (call.started_at, call.pk))
    on_lines = {(call.client_id, str(call.caller_number)) for call in kept}
    names = {key: found for key, found in last.names.items() if key in on_lines}
    return calls, {**names, **names_on_numbers(fresh)}
