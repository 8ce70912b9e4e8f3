"""The live link of a screen: it receives HTML that replaces parts of the page."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ClassVar, TypeVar

from asgiref.sync import sync_to_async
from channels.consumer import get_handler_name
from django.db import connection
from django.utils import translation

from core.layer_health import AttendedConsumer

logger = logging.getLogger(__name__)

Event = dict[str, str]

# Told to a browser that is not signed in, so that it stops trying (RFC 6455 §7.4.2: 4000–4999 are
# ours).
NOT_SIGNED_IN = 4401
SERVER_ERROR = 1011

# All screens of a process are rendered by these threads, each with a lasting database connection.
# Channels would use one single thread, and pass every event through it before noting it.
RENDERERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")

Answer = TypeVar("Answer")


async def off_the_loop(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """Run what asks the database in one of the renderers' threads."""
    render = sync_to_async(_with_lasting_connection, thread_sensitive=False, executor=RENDERERS)
    return await render(function, *arguments)


def _with_lasting_connection(function: Callable[..., Answer], *arguments: Any) -> Answer:
    """Keep the thread's connection from one rendering to the next, unless it has broken."""
    if connection.errors_occurred and not connection.is_usable():
        connection.close()
    return function(*arguments)


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

    def changed(self, user: Any, events: list[Event]) -> str | Iterator[str]:
        """Render what these events changed, as out-of-band HTML; empty for nothing.

        A generator gives it in parts, what presses most first: each is sent before the next is
        rendered, by whichever thread is free.
        """
        raise LookupError("a screen renders its changes")

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Hand a message to its method at once.

        Channels would first close old database connections, which only the renderers have.
        """
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        """Join the groups and send the whole."""
        self.pending: list[Event] = []
        self.rendering: asyncio.Task[None] | None = None
        self.joined: set[str] = set()
        self.user = self.scope["user"]
        await self.accept()
        if not self.user.is_authenticated:
            await self.close(code=NOT_SIGNED_IN)
            return
        await self.join()
        await self.send_html(await self.render(self.whole))

    async def disconnect(self, code: int) -> None:
        """Leave the groups."""
        if self.rendering is not None:
            self.rendering.cancel()
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
        self.pending.append(event)
        if self.rendering is None or self.rendering.done():
            self.rendering = asyncio.create_task(self.answer_pending())

    async def answer_pending(self) -> None:
        """Render until nothing is left to answer; a screen that misses a change is closed."""
        try:
            while self.pending:
                events, self.pending = self.pending, []
                await self.answer(events)
        except Exception:
            logger.exception("a live screen can't be rendered: it is closed and will come back")
            await self.close(code=SERVER_ERROR)

    async def answer(self, events: list[Event]) -> None:
        """Send what these events changed, after joining or leaving groups if they ask for it."""
        if any(event["name"] in self.rescoping for event in events):
            await self.join()
        await self.send_rendered(self.changed, events)

    async def send_rendered(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Send what a rendering function gives, part by part if it is a generator."""
        rendered = await self.render(function, *arguments)
        if isinstance(rendered, str):
            await self.send_html(rendered)
            return
        while (part := await off_the_loop(self._in_language, next, rendered, None)) is not None:
            await self.send_html(part)

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

    def _in_language(self, function: Callable[..., Answer], *arguments: Any) -> Answer:
        with translation.override(self.user.language):
            return function(*arguments)

    async def send_html(self, html: str) -> None:
        """Send a fragment, if there is any; a browser that has just left misses nothing."""
        if html:
            with suppress(OSError):
                await self.send(text_data=html)
