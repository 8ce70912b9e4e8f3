"""No screen stays open on a channel layer that may have lost an event."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.layers import InMemoryChannelLayer, get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import LazySettings

from core import layer_health
from core.consumers import Event, LiveConsumer
from core.layer_health import EVERYBODY, TRY_AGAIN, tell_group
from permanence.configuration import live_prefix
from tests.services import valkey

pytestmark = [pytest.mark.broker, pytest.mark.usefixtures("connections_of_others")]

BEAT = 0.1
# Longer than everything that a watch does between two beats.
MANY_BEATS = 1.0


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_health, "BEAT_SECONDS", BEAT)
    monkeypatch.setattr(layer_health, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(layer_health, "RETRY_SECONDS", 0.1)


class Screen(LiveConsumer):
    """A screen of one client."""

    def groups_of(self, user: Any) -> list[str]:
        return ["client.a"]

    def whole(self, user: Any) -> str:
        return "whole"

    def changed(self, user: Any, events: list[Event]) -> str:
        return " ".join(event["name"] for event in events)


class Person:
    language = "fr"
    is_authenticated = True


class Link(ApplicationCommunicator):
    """A browser's end of the link; as a browser does, it says goodbye when it is closed."""

    def __init__(self) -> None:
        scope = {"type": "websocket", "path": "/ws/", "headers": [], "user": Person()}
        super().__init__(Screen.as_asgi(), scope)

    async def sent(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.receive_output(timeout=10)
        return message

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait()


async def knocked() -> Link:
    """A link that asks to be opened."""
    link = Link()
    await link.send_input({"type": "websocket.connect"})
    return link


async def opened() -> Link:
    """A link that has received its whole."""
    link = await knocked()
    assert (await link.sent())["type"] == "websocket.accept"
    assert (await link.sent())["text"] == "whole"
    return link


async def back() -> Link:
    """A link that tries until it is let in, as pages do."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        link = await knocked()
        if (await link.sent())["type"] == "websocket.accept":
            assert (await link.sent())["text"] == "whole"
            return link
        await link.wait()
        await asyncio.sleep(0.1)
    raise AssertionError("never let in again")


CLOSED = {"type": "websocket.close", "code": TRY_AGAIN}


async def tell(name: str) -> None:
    await tell_group("client.a", {"type": "live.fact", "name": name})


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    """Play a scenario in a loop of its own."""

    async def play() -> None:
        await scenario()
        await get_channel_layer().flush()

    asyncio.run(play())


async def no_debt_left() -> None:
    """Wait until this process owes no catch-up."""
    while layer_health.debt.payer is not None:
        await asyncio.sleep(0.02)


# --- a layer that fails in every way -------------------------------------------------------------


@dataclass
class Weather:
    """What the layer does now."""

    refuses: bool = False
    loses: bool = False
    hangs: bool = False
    refuses_publishers: bool = False
    told_everybody: list[float] = field(default_factory=list)

    async def bear_on_sending(self) -> bool:
        """Whether what is sent arrives."""
        if self.refuses:
            raise ConnectionError("refused")
        if self.hangs:
            await asyncio.sleep(3600)
        return not self.loses


weather = Weather()


class FickleLayer(InMemoryChannelLayer):
    async def new_channel(self, prefix: str = "specific.") -> str:
        await weather.bear_on_sending()
        return str(await super().new_channel(prefix))

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        if await weather.bear_on_sending():
            await super().send(channel, message)

    async def group_add(self, group: str, channel: str) -> None:
        await weather.bear_on_sending()
        await super().group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        await super().group_discard(group, channel)
        await weather.bear_on_sending()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if weather.refuses_publishers:
            raise ConnectionError("refused")
        if await weather.bear_on_sending():
            if group == EVERYBODY:
                weather.told_everybody.append(time.monotonic())
            await super().group_send(group, message)


@pytest.fixture
def fickle(settings: LazySettings) -> Iterator[Weather]:
    weather.__init__()  # type: ignore[misc]
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": f"{__name__}.FickleLayer"}}
    yield weather
    weather.__init__()  # type: ignore[misc]
    async_to_sync(no_debt_left)()


def test_a_screen_stays_open_for_as_long_as_the_layer_carries(fickle: Weather) -> None:
    async def scenario() -> None:
        link = await opened()
        await asyncio.sleep(MANY_BEATS)

        await tell("heard")

        assert (await link.sent())["text"] == "heard"
        await link.leave()

    run(scenario)


@pytest.mark.parametrize("way", ["refuses", "loses", "hangs"])
def test_a_screen_is_closed_when_the_layer_no_longer_carries(fickle: Weather, way: str) -> None:
    async def scenario() -> None:
        link = await opened()

        setattr(fickle, way, True)

        assert await link.sent() == CLOSED
        setattr(fickle, way, False)
        await link.leave()

    run(scenario)


@pytest.mark.parametrize("way", ["refuses", "loses", "hangs"])
def test_a_screen_is_refused_until_the_layer_answers(fickle: Weather, way: str) -> None:
    async def scenario() -> None:
        setattr(fickle, way, True)
        first, second = await knocked(), await knocked()
        assert [await first.sent(), await second.sent()] == [CLOSED, CLOSED]

        setattr(fickle, way, False)

        link = await back()
        await link.leave()

    run(scenario)


def test_a_screen_closed_by_an_outage_leaves_nothing_behind(fickle: Weather) -> None:
    async def scenario() -> None:
        link = await opened()
        fickle.refuses = True
        assert await link.sent() == CLOSED

        await link.leave()
        await asyncio.sleep(MANY_BEATS)

        layer = get_channel_layer()
        assert (dict(layer.groups), dict(layer.channels)) == ({}, {})

    run(scenario)


def test_an_outage_while_a_screen_opens_closes_it_once_it_has_opened(
    fickle: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_whole(self: Screen, user: object) -> str:
        time.sleep(MANY_BEATS)
        return "whole"

    async def scenario() -> None:
        other = await opened()
        monkeypatch.setattr(Screen, "whole", slow_whole)
        link = await knocked()
        assert (await link.sent())["type"] == "websocket.accept"
        await asyncio.sleep(0.1)

        fickle.loses = True
        assert await other.sent() == CLOSED
        fickle.loses = False

        assert (await link.sent())["text"] == "whole"
        assert await link.sent() == CLOSED
        await link.leave()
        await other.leave()

    run(scenario)


def test_nothing_is_sent_to_a_screen_after_it_was_closed(fickle: Weather) -> None:
    async def scenario() -> None:
        link = await opened()
        fickle.refuses = True
        assert await link.sent() == CLOSED
        fickle.refuses = False

        await get_channel_layer().group_send("client.a", {"type": "live.fact", "name": "late"})

        assert await link.receive_nothing(timeout=0.3)
        await link.leave()

    run(scenario)


def test_an_event_that_can_not_leave_has_every_screen_catch_up_once_the_layer_answers(
    fickle: Weather,
) -> None:
    async def scenario() -> None:
        link = await opened()
        fickle.refuses_publishers = True
        await tell("lost")
        assert await link.receive_nothing(timeout=0.5)

        fickle.refuses_publishers = False

        assert await link.sent() == CLOSED
        await link.leave()

    run(scenario)


def test_many_events_that_can_not_leave_owe_one_catch_up(fickle: Weather) -> None:
    async def scenario() -> None:
        fickle.refuses = True
        for number in range(20):
            await tell(str(number))
        await asyncio.sleep(0.3)

        fickle.refuses = False
        await no_debt_left()

        assert len(fickle.told_everybody) == 1

    run(scenario)


def test_publishing_takes_no_longer_than_patience_when_the_layer_hangs(fickle: Weather) -> None:
    async def scenario() -> None:
        fickle.hangs = True
        began = time.monotonic()

        await tell("first")
        await tell("second")

        assert time.monotonic() - began < 2 * layer_health.PATIENCE_SECONDS

    run(scenario)


def test_an_outage_is_logged_once(fickle: Weather, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        link = await opened()
        fickle.refuses = True
        assert await link.sent() == CLOSED
        await asyncio.sleep(MANY_BEATS)
        fickle.refuses = False
        await link.leave()
        await (await back()).leave()

    run(scenario)

    assert [record.getMessage() for record in caplog.records] == [
        "live events: the channel layer does not answer",
        "live events: the channel layer answers again",
    ]


def test_what_is_told_to_everybody_reaches_every_screen(fickle: Weather) -> None:
    async def scenario() -> None:
        links = [await opened(), await opened()]

        await tell_group(EVERYBODY, {"type": "live.fact", "name": "channel.changed"})

        assert [(await link.sent())["text"] for link in links] == ["channel.changed"] * 2
        for link in links:
            await link.leave()

    run(scenario)


# --- a real broker that goes and comes -----------------------------------------------------------


class Broker:
    """A Valkey of this test's own."""

    def __init__(self) -> None:
        self.port = valkey.free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = f"--bind 127.0.0.1 --port {self.port} --save --appendonly no".split()
        options.insert(options.index("--save") + 1, "")
        self.process = subprocess.Popen([valkey.find_binary(), *options], stdout=subprocess.DEVNULL)
        while not valkey.answers(self.port):
            assert self.process.poll() is None
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def cut_off_listeners(self) -> None:
        """Close the connections that listen, as a broker does with slow ones; it stays up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"CLIENT KILL TYPE pubsub\r\n")
        assert (await reader.readline()).startswith(b":")
        writer.close()


@pytest.fixture
def broker(settings: LazySettings, caplog: pytest.LogCaptureFixture) -> Iterator[Broker]:
    broker = Broker()
    broker.start()
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": f"redis://127.0.0.1:{broker.port}/0", "socket_timeout": None}]
            },
        }
    }
    caplog.set_level("CRITICAL", logger="channels_redis")
    yield broker
    layer_health.debt.is_owed = False
    with suppress(TimeoutError):
        async_to_sync(no_debt_left)()
    broker.stop()


def test_a_screen_is_closed_when_its_broker_goes_refused_until_it_returns_and_then_whole(
    broker: Broker,
) -> None:
    async def scenario() -> None:
        link = await opened()
        broker.stop()
        assert await link.sent() == CLOSED
        await link.leave()
        refused = await knocked()
        assert await refused.sent() == CLOSED
        await tell("while it is away")

        broker.start()

        link = await back()
        await no_debt_left()
        await asyncio.sleep(MANY_BEATS)
        await link.leave()
        link = await back()
        await tell("heard")
        assert (await link.sent())["text"] == "heard"
        await link.leave()

    run(scenario)


def test_a_broker_that_restarts_between_two_beats_has_its_screens_catch_up(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        link = await opened()
        monkeypatch.setattr(layer_health, "BEAT_SECONDS", 3600)
        await asyncio.sleep(2 * BEAT)

        broker.stop()
        broker.start()

        assert await link.sent() == CLOSED
        await link.leave()

    run(scenario)


def test_a_broker_that_cuts_off_its_listeners_only_has_their_screens_catch_up(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        link = await opened()
        monkeypatch.setattr(layer_health, "BEAT_SECONDS", 3600)
        await asyncio.sleep(2 * BEAT)

        await broker.cut_off_listeners()

        assert await link.sent() == CLOSED
        await link.leave()

    run(scenario)


def test_a_debt_is_paid_to_the_screens_of_another_process_through_the_broker(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        link = await opened()
        monkeypatch.setattr(layer_health, "BEAT_SECONDS", 3600)
        await asyncio.sleep(2 * BEAT)

        layer_health.debt.owe()

        assert await link.sent() == CLOSED
        await link.leave()

    run(scenario)


def test_two_installations_at_one_broker_do_not_hear_each_other(broker: Broker) -> None:
    def layer_of(number: int) -> RedisPubSubChannelLayer:
        url = f"redis://127.0.0.1:{broker.port}/{number}"
        return RedisPubSubChannelLayer(hosts=[url], prefix=live_prefix(url))

    async def scenario() -> None:
        ours, theirs = layer_of(0), layer_of(1)
        heard = {}
        for layer in (ours, theirs):
            heard[layer] = await layer.new_channel()
            await layer.group_add("client.a", heard[layer])

        await theirs.group_send("client.a", {"type": "theirs"})
        await ours.group_send("client.a", {"type": "ours"})

        assert await ours.receive(heard[ours]) == {"type": "ours"}
        assert await theirs.receive(heard[theirs]) == {"type": "theirs"}
        for layer in (ours, theirs):
            await layer.flush()

    asyncio.run(scenario())
