"""The live link of a screen: it receives HTML that replaces parts of the page."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ClassVar, TypeVar

from asgiref.sync import sync_to_async
from channels.consumer import get_handler_name
from django.db import connection
from django.utils import translation

from core.layer_health import AttendedConsumer
from core.rests import Rests

logger = logging.getLogger(__name__)

Event = dict[str, str]

# Told to a browser that is not signed in, so that it stops trying (RFC 6455 §7.4.2: 4000–4999 are
# ours).
NOT_SIGNED_IN = 4401
SERVER_ERROR = 1011

# All screens of a process are rendered by these threads, each with a lasting database connection.
# Channels would use one single thread, and pass every event through it before noting it.
RENDERERS = ThreadPoolExecutor(max_workers=3, thread_name_prefix="live")
# What can wait has a thread of its own, so that it never stands before what presses.
PATIENT_RENDERER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-patient")

Answer = TypeVar("Answer")


async def off_the_loop(
    function: Callable[..., Answer], *arguments: Any, executor: ThreadPoolExecutor = RENDERERS
) -> Answer:
    """Run what asks the database in one of the renderers' threads."""
    render = sync_to_async(_with_lasting_connection, thread_sensitive=False, executor=executor)
    return await render(function, *arguments)


def _with_lasting_connection(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """Keep the thread's connection from one rendering to the next, unless it has broken."""
    if connection.errors_occurred and not connection.is_usable():
        connection.close()
    return function(*arguments)


_rests = Rests(times=3)


async def when_there_is_time(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """Run what asks the database, but can wait, in the patient thread."""
    return await off_the_loop(_rests.work, function, *arguments, executor=PATIENT_RENDERER)


class Lane:
    """Answers events one batch at a time; those that come meanwhile are answered together.

    A batch is answered `pause` seconds after its first event. An answer that fails ends the lane:
    what waits is dropped, and `give_up` is called.
    """

    def __init__(
        self,
        answer: Callable[[list[Event]], Awaitable[None]],
        give_up: Callable[[], Awaitable[None]],
        pause: float = 0,
    ) -> None:
        self._answer = answer
        self._give_up = give_up
        self._pause = pause
        self._pending: list[Event] = []
        self._task: asyncio.Task[None] | None = None

    def note(self, *events: Event) -> None:
        """Have these events answered."""
        self._pending += events
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._answer_pending())

    def cancel(self) -> None:
        """Answer nothing more."""
        if self._task is not None:
            self._task.cancel()

    async def _answer_pending(self) -> None:
        try:
            while self._pending:
                await asyncio.sleep(self._pause)
                events, self._pending = self._pending, []
                await self._answer(events)
        except Exception:
            logger.exception("a live screen can't be rendered: it is closed and will come back")
            self._pending.clear()
            await self._give_up()


class LiveConsumer(AttendedConsumer):
    """Sends a screen what changed.

    On connection, and so on every reconnection, it sends the whole: a lost event costs nothing but
    time. Events that come while one rendering is under way are answered together by the next. What
    can't be rendered closes the link: the screen says so, comes back, and receives the whole.
    """

    # Events after which this person's clients, and so her groups, may be others.
    rescoping: ClassVar[frozenset[str]] = frozenset({"scope.changed"})

    def groups_of(self, user: Any) -> list[str]:
        """Name the channel groups that this person listens to."""
        raise LookupError("a screen names its groups")

    def whole(self, user: Any) -> str:
        """Render everything live on the screen, as out-of-band HTML."""
        raise LookupError("a screen renders its whole")

    def changed(self, user: Any, events: list[Event]) -> str:
        """Render what these events changed, as out-of-band HTML; empty for nothing."""
        raise LookupError("a screen renders its changes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lanes = [Lane(self.answer, self.give_up)]
        self.joined: set[str] = set()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Hand a message to its method at once.

        Channels would first close old database connections, which only the renderers have.
        """
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        """Join the groups and send the whole."""
        self.user = self.scope["user"]
        await self.accept()
        if not self.user.is_authenticated:
            await self.close(code=NOT_SIGNED_IN)
            return
        await self.join()
        await self.send_html(await self.render(self.whole))

    async def disconnect(self, code: int) -> None:
        """Leave the groups."""
        for lane in self.lanes:
            lane.cancel()
        for group in self.joined:
            await self.leave(group)

    async def join(self) -> None:
        """Listen to the groups that this person may see now, and to no others."""
        wanted = set(await off_the_loop(self.groups_of, self.user))
        for group in wanted - self.joined:
            await self.channel_layer.group_add(group, self.channel_name)
        for group in self.joined - wanted:
            await self.channel_layer.group_discard(group, self.channel_name)
        self.joined = wanted

    async def live_fact(self, event: Event) -> None:
        """Note an event; one rendering at a time answers all that are noted."""
        self.lanes[0].note(event)

    async def give_up(self) -> None:
        """Close a screen that missed a change: it says so, comes back, and receives the whole."""
        await self.close(code=SERVER_ERROR)

    async def answer(self, events: list[Event]) -> None:
        """Answer events, after joining or leaving groups if they ask for it."""
        if any(event["name"] in self.rescoping for event in events):
            await self.join()
        await self.send_changes(events)

    async def send_changes(self, events: list[Event]) -> None:
        """Send what these events changed."""
        await self.send_html(await self.render(self.changed, events))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take what the screen says of itself (htmx sends JSON); what can't be read is dropped."""
        try:
            said = json.loads(text_data or "")
        except ValueError:
            return
        if isinstance(said, dict):
            await self.heard(said)

    async def heard(self, said: dict[str, Any]) -> None:
        """React to what the screen said; nothing by default."""

    async def render(self, function: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a rendering function for the person, in her language, off the event loop."""
        return await off_the_loop(self._in_language, function, self.user, *arguments)

    async def render_in_time(self, function: Callable[..., Answer], *arguments: Any) -> Answer:
        """Do as `render` does, for what can wait."""
        return await when_there_is_time(self._in_language, function, self.user, *arguments)

    def _in_language(self, function: Callable[..., Answer], *arguments: Any) -> Answer:
        with translation.override(self.user.language):
            return function(*arguments)

    async def send_html(self, html: str) -> None:
        """Send a fragment, if there is any; a browser that has just left misses nothing."""
        if html:
            with suppress(OSError):
                await self.send(text_data=html)
