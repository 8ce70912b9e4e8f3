"""The live link of a screen: whole on connection, then what changed, to whom it may concern."""

from __future__ import annotations

import asyncio
import statistics
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.db import connection
from django.utils import translation

from core import live
from core.consumers import NOT_SIGNED_IN, Event, LiveConsumer

pytestmark = [pytest.mark.broker, pytest.mark.usefixtures("connections_of_others")]


@dataclass
class Person:
    """Somebody before a screen."""

    language: str = "fr"
    is_authenticated: bool = True


@dataclass
class Screen:
    """What a screen listens to, and what was rendered for it."""

    groups: list[str] = field(default_factory=lambda: ["client.a"])
    rendered: list[list[str]] = field(default_factory=list)
    rendering: threading.Event = field(default_factory=threading.Event)
    may_go_on: threading.Event = field(default_factory=threading.Event)
    whole: str = "<p>whole</p>"
    languages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.may_go_on.set()


def consumer_of(screen: Screen) -> Any:
    """The live link of a screen that shows the names of the events."""

    class Consumer(LiveConsumer):
        def groups_of(self, user: Any) -> list[str]:
            return screen.groups

        def whole(self, user: Any) -> str:
            screen.languages.append(translation.get_language())
            screen.rendering.set()
            assert screen.may_go_on.wait(timeout=10)
            return screen.whole

        def changed(self, user: Any, events: list[Event]) -> str:
            names = [event["name"] for event in events]
            screen.rendered.append(names)
            screen.rendering.set()
            assert screen.may_go_on.wait(timeout=10)
            if "broken" in names:
                raise ZeroDivisionError
            return "" if "nothing" in names else " ".join(names)

    return Consumer.as_asgi()


class Link(ApplicationCommunicator):
    """A browser's end of the link.

    Channels has one too, in a package that can't be imported without daphne.
    """

    def __init__(self, screen: Screen, user: Person | None = None) -> None:
        scope = {"type": "websocket", "path": "/ws/", "headers": [], "user": user or Person()}
        super().__init__(consumer_of(screen), scope)

    async def connect(self) -> None:
        await self.send_input({"type": "websocket.connect"})
        assert (await self.receive_output())["type"] == "websocket.accept"

    async def text(self) -> str:
        sent = await self.receive_output(timeout=5)
        assert sent["type"] == "websocket.send"
        return str(sent["text"])

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait()


async def opened(screen: Screen, user: Person | None = None) -> Link:
    """A link that has received its whole."""
    browser = Link(screen, user)
    await browser.connect()
    await browser.text()
    return browser


async def tell(name: str, group: str = "client.a") -> None:
    """Send one event to a group, as `core.live` does."""
    await get_channel_layer().group_send(group, {"type": "live.fact", "name": name})


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    """Play a scenario in a loop of its own."""

    async def play() -> None:
        await scenario()
        await get_channel_layer().flush()

    asyncio.run(play())


def test_a_stranger_is_told_that_he_is_not_signed_in_and_hears_nothing_more() -> None:
    async def scenario() -> None:
        browser = Link(Screen(), Person(is_authenticated=False))
        await browser.connect()

        assert await browser.receive_output() == {
            "type": "websocket.close",
            "code": NOT_SIGNED_IN,
        }
        await tell("call.changed")
        assert await browser.receive_nothing()

    run(scenario)


def test_a_screen_receives_the_whole_on_connection() -> None:
    async def scenario() -> None:
        browser = Link(Screen(whole="<main>all</main>"))
        await browser.connect()

        assert await browser.text() == "<main>all</main>"
        await browser.leave()

    run(scenario)


def test_a_screen_receives_what_changed_in_its_own_groups_only() -> None:
    async def scenario() -> None:
        browser = await opened(Screen(groups=["client.a"]))

        await tell("theirs", "client.b")
        await tell("ours", "client.a")

        assert await browser.text() == "ours"
        assert await browser.receive_nothing()
        await browser.leave()

    run(scenario)


def test_events_that_come_during_a_rendering_are_answered_together_by_the_next() -> None:
    async def scenario() -> None:
        screen = Screen()
        browser = await opened(screen)
        screen.rendering.clear()
        screen.may_go_on.clear()
        await tell("first")
        await asyncio.to_thread(screen.rendering.wait, 10)
        for number in range(20):
            await tell(f"burst{number}")
        await asyncio.sleep(0.3)
        screen.may_go_on.set()

        received = [await browser.text(), await browser.text()]

        burst = [f"burst{number}" for number in range(20)]
        assert received == ["first", " ".join(burst)]
        assert screen.rendered == [["first"], burst]
        await browser.leave()

    run(scenario)


def test_nothing_is_sent_when_nothing_changed_on_the_screen() -> None:
    async def scenario() -> None:
        browser = await opened(Screen())

        await tell("nothing")

        assert await browser.receive_nothing(timeout=0.3)
        await browser.leave()

    run(scenario)


def test_a_change_of_scope_joins_the_new_groups_and_leaves_the_old() -> None:
    async def scenario() -> None:
        screen = Screen(groups=["client.a", "user.me"])
        browser = await opened(screen)
        screen.groups = ["client.b", "user.me"]

        await tell("scope.changed", "user.me")
        assert await browser.text() == "scope.changed"
        await tell("old", "client.a")
        await tell("new", "client.b")

        assert await browser.text() == "new"
        assert await browser.receive_nothing()
        await browser.leave()

    run(scenario)


def test_a_closed_screen_is_rendered_nothing() -> None:
    async def scenario() -> None:
        screen = Screen()
        browser = await opened(screen)
        await browser.leave()

        await tell("late")
        await asyncio.sleep(0.3)

        assert screen.rendered == []

    run(scenario)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_screen_speaks_the_language_of_its_person(language: str) -> None:
    screen = Screen()

    async def scenario() -> None:
        browser = await opened(screen, Person(language=language))
        await browser.leave()

    run(scenario)

    assert screen.languages == [language]


def test_a_screen_that_can_not_be_rendered_is_closed_so_that_it_comes_back_for_the_whole(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario() -> None:
        browser = await opened(Screen())

        await tell("broken")

        assert await browser.receive_output() == {"type": "websocket.close", "code": 1011}

    run(scenario)

    assert [record.getMessage() for record in caplog.records] == [
        "a live screen can't be rendered: it is closed and will come back"
    ]


def test_a_browser_that_leaves_during_a_rendering_is_no_error(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def has_left(*args: object, **kwargs: object) -> None:
        raise ConnectionResetError

    async def scenario() -> None:
        screen = Screen()
        browser = await opened(screen)
        monkeypatch.setattr(LiveConsumer, "send", has_left)
        await tell("late")
        await asyncio.sleep(0.3)
        assert screen.rendered == [["late"]]
        await browser.leave()

    run(scenario)

    assert caplog.records == []


@pytest.mark.parametrize("said", ["", "not JSON", "[1]", '{"HEADERS": {}}'])
def test_what_a_screen_says_of_itself_never_closes_its_Link(said: str) -> None:
    async def scenario() -> None:
        browser = await opened(Screen())

        await browser.say(said)
        await tell("after")

        assert await browser.text() == "after"
        await browser.leave()

    run(scenario)


def test_no_event_is_lost_of_hundreds_that_come_while_the_whole_is_rendered() -> None:
    async def scenario() -> None:
        screen = Screen()
        screen.may_go_on.clear()
        browser = Link(screen)
        await browser.connect()
        await asyncio.to_thread(screen.rendering.wait, 10)
        for number in range(500):
            await tell(str(number))
        screen.may_go_on.set()
        await browser.text()
        while sum(map(len, screen.rendered)) < 500:
            await browser.text()

        assert sum(screen.rendered, []) == [str(number) for number in range(500)]
        await browser.leave()

    run(scenario)


def test_a_screen_open_for_days_still_hears_what_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario() -> None:
        browser = await opened(Screen())
        later = time.time() + timedelta(days=30).total_seconds()
        monkeypatch.setattr(time, "time", lambda: later)

        await tell("late")

        assert await browser.text() == "late"
        await browser.leave()

    run(scenario)


# An idle loop that nothing wakes would look again after half a second, or never.
AT_ONCE_SECONDS = 0.1


@pytest.mark.django_db(transaction=True)
def test_an_event_published_from_a_plain_thread_wakes_the_servers_loop_at_once() -> None:
    waits: list[float] = []

    def publish_from_a_job() -> None:
        live.publish("client.a", "from a job")
        connection.close()

    async def scenario() -> None:
        live.use_loop(asyncio.get_running_loop())
        browser = await opened(Screen())
        for _ in range(5):
            await asyncio.sleep(0.05)
            began = time.perf_counter()
            threading.Thread(target=publish_from_a_job).start()
            assert await browser.text() == "from a job"
            waits.append(time.perf_counter() - began)
        live.use_loop(None)
        await browser.leave()

    run(scenario)

    assert statistics.median(waits) < AT_ONCE_SECONDS
