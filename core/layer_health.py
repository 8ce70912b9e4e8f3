"""No open screen on a channel layer that may have lost an event.

Channels tells nobody that its layer is away: the screens would stay open and be silent, and what is
published meanwhile is gone. So each loop with open screens *watches* its layer, by a beat through
it to itself and by the layer's own reconnections. Whenever an event may have been lost the screens
are closed: each says so, comes back, and receives the whole; while the layer does not answer they
are refused. Whoever could not publish an event owes every screen such a catch-up.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar
from uuid import uuid4
from weakref import WeakKeyDictionary

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

# Every watch listens to this group, for all its links.
EVERYBODY = "live.everybody"
RESYNC = {"type": "live.resync"}
# Told to a browser: try again later (IANA's registry of WebSocket close codes).
TRY_AGAIN = 1013

BEAT_SECONDS = 2.0
PATIENCE_SECONDS = 3.0
RETRY_SECONDS = 1.0

Answer = TypeVar("Answer")


async def _soon(work: Awaitable[Answer]) -> Answer:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await work


# --- the listening side: a watch over the layer of one loop --------------------------------------


class AttendedConsumer(AsyncWebsocketConsumer):
    """A screen's link that stands only while its layer is known to carry events."""

    is_closed = False
    is_open = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the link, or refuse it while the layer does not answer."""
        self.watch = _watch_of_this_loop()
        self.watch.links.add(self)
        try:
            if not await self.watch.answers():
                await send({"type": "websocket.close", "code": TRY_AGAIN})
                return
            self.breaks_before = self.watch.breaks
            await super().__call__(scope, receive, send)
        finally:
            self.watch.links.discard(self)

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        """Open the link; what was lost in the meantime closes it again."""
        await super().websocket_connect(message)
        self.is_open = True
        if self.watch.breaks != self.breaks_before:
            await self.close(code=TRY_AGAIN)

    async def leave(self, group: str) -> None:
        """Leave a group, also when the layer is not there to be told."""
        with suppress(Exception):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def send(self, *args: Any, **kwargs: Any) -> None:
        """Send, unless the link has been closed meanwhile."""
        if not self.is_closed:
            await super().send(*args, **kwargs)

    async def close(self, code: Any = None, reason: Any = None) -> None:
        """Close the link, once."""
        if not self.is_closed:
            self.is_closed = True
            await super().close(code=code, reason=reason)


class Watch:
    """Knows whether the layer of one loop carries events; lives as long as there are links."""

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.links: set[AttendedConsumer] = set()
        self.breaks = 0  # how often events may have been lost
        self.carries = False
        self.is_missed = False
        self.tried = asyncio.Event()
        self.returned = asyncio.Event()
        self.beat = ""
        self.task: asyncio.Task[None] | None = None
        self.farewells: set[asyncio.Task[None]] = set()

    async def answers(self) -> bool:
        """Whether the layer answered when it was tried last; the first link has it tried."""
        if self.task is None or self.task.done():
            self.tried.clear()
            self.task = asyncio.create_task(self._watch())
        await self.tried.wait()
        return self.carries

    async def _watch(self) -> None:
        while self.links:
            await self._attend_while_it_answers()

    async def _attend_while_it_answers(self) -> None:
        try:
            await self._attend()
        except Exception:
            if not self.is_missed:
                logger.exception("live events: the channel layer does not answer")
            self._is_away()
            await asyncio.sleep(RETRY_SECONDS)

    async def _attend(self) -> None:
        """Beat until the layer fails, or nobody is left."""
        channel = await _soon(self.layer.new_channel())
        ear = asyncio.create_task(self._hear(channel))
        try:
            await _soon(self.layer.group_add(EVERYBODY, channel))
            await self._keep_beating(channel)
        finally:
            with suppress(Exception):
                await _soon(self.layer.group_discard(EVERYBODY, channel))
            ear.cancel()

    async def _keep_beating(self, channel: str) -> None:
        connections = _connections(self.layer)
        for connection in connections:
            connection.register_connect_callback(self._reconnected)
        while self.links:
            await self._beat(channel)
            if _connections(self.layer) != connections:
                raise ConnectionError("the layer has made other connections")
            self._is_back()
            await asyncio.sleep(BEAT_SECONDS)

    async def _beat(self, channel: str) -> None:
        self.beat = uuid4().hex
        self.returned.clear()
        await _soon(self.layer.send(channel, {"type": "live.beat", "beat": self.beat}))
        await _soon(self.returned.wait())

    async def _hear(self, channel: str) -> None:
        while True:
            await self._take_in(await self.layer.receive(channel))

    async def _take_in(self, message: dict[str, Any]) -> None:
        if message == RESYNC:
            self._catch_up()
        elif message["type"] == "live.fact":
            await self._hand_on(message)
        elif message.get("beat") == self.beat:
            self.returned.set()

    async def _hand_on(self, event: dict[str, Any]) -> None:
        """Tell every link what was told to everybody, each by its own channel and so in turn."""
        names = [getattr(link, "channel_name", "") for link in self.links]
        for name in filter(None, names):
            await self.layer.send(name, event)

    async def _reconnected(self, connection: object) -> None:
        """A connection that broke, for however short a time, was deaf meanwhile."""
        self._catch_up()

    def _is_back(self) -> None:
        if self.is_missed:
            logger.warning("live events: the channel layer answers again")
        self.carries, self.is_missed = True, False
        self.tried.set()

    def _is_away(self) -> None:
        self.carries, self.is_missed = False, True
        self.tried.set()
        self._catch_up()

    def _catch_up(self) -> None:
        """Close every open link; those that are still opening see it when they have opened."""
        self.breaks += 1
        for link in [link for link in self.links if link.is_open]:
            farewell = asyncio.create_task(_close(link))
            self.farewells.add(farewell)
            farewell.add_done_callback(self.farewells.discard)


async def _close(link: AttendedConsumer) -> None:
    with suppress(OSError, RuntimeError):  # the browser, or its server, has just left
        await link.close(code=TRY_AGAIN)


def _connections(layer: Any) -> list[Any]:
    """The connections on which a Redis layer listens: it reconnects them without a word.

    channels-redis keeps its `on_reconnect` for itself, so redis-py is asked.
    """
    of_loop = getattr(layer, "_get_layer", None)
    if of_loop is None:
        return []
    listening = [shard._pubsub for shard in of_loop()._shards if shard._pubsub is not None]
    return [pubsub.connection for pubsub in listening if pubsub.connection is not None]


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def _watch_of_this_loop() -> Watch:
    loop = asyncio.get_running_loop()
    if loop not in _watches:
        _watches[loop] = Watch(get_channel_layer())
    return _watches[loop]


# --- the publishing side: what could not be told is owed -----------------------------------------


async def tell_group(group: str, event: dict[str, str]) -> None:
    """Send an event to a group; one that can't leave is owed to everybody as a catch-up."""
    if debt.is_owed:
        return  # the catch-up that is to come holds this one too
    try:
        await _soon(_layer().group_send(group, event))
    except Exception:
        logger.exception("live events: one could not leave, every open screen will catch up")
        debt.owe()


def _layer() -> Any:
    return get_channel_layer()


def _is_everybody_told() -> bool:
    with suppress(Exception):
        asyncio.run(_tell_everybody())
        return True
    return False


async def _tell_everybody() -> None:
    await _soon(_layer().group_send(EVERYBODY, RESYNC))


class Debt:
    """A catch-up that this process owes to every open screen, until it has got through."""

    def __init__(self) -> None:
        self.is_owed = False
        self.payer: threading.Thread | None = None
        self.lock = threading.Lock()

    def owe(self) -> None:
        """Begin to try, unless somebody tries already."""
        with self.lock:
            self.is_owed = True
            if self.payer is None:
                self.payer = threading.Thread(target=self._pay, name="catch-up", daemon=True)
                self.payer.start()

    def _pay(self) -> None:
        """Try in a loop of its own: that of the failed event may be gone by now."""
        while self._take():
            if not _is_everybody_told():
                self.is_owed = True
                time.sleep(RETRY_SECONDS)

    def _take(self) -> bool:
        """Forget the debt before it is paid: what fails from now on is owed anew."""
        with self.lock:
            is_owed, self.is_owed = self.is_owed, False
            if not is_owed:
                self.payer = None
            return is_owed


debt = Debt()
