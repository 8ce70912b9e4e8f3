"""A slot being booked is held; it is free again when the hold runs out or the last desk closes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import wait
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.db import connection

from agenda.models import SlotHold
from agenda.services.holds import HOLD_TIME, end_expired_holds, hold_slot
from agenda.tasks import sweep_holds
from clients.models import User
from core.consumers import RENDERERS
from core.live import client_group
from desk import roll_call
from desk.consumers import DeskConsumer
from permanence.schedule import BEAT_SCHEDULE
from tests.agenda.factories import paris
from tests.people import NOW, Practice

GONE_AFTER = 0.3
Scenario = Callable[[], Awaitable[None]]


def hold(practice: Practice, by: User | None = None) -> SlotHold:
    return hold_slot(
        calendar=practice.calendar,
        motive=practice.consultation,
        starts_at=paris("2026-11-24 14:00"),
        by=by or practice.lea,
        at=NOW,
    )


# --- It runs out ----------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """What open screens are told: group, event and days."""
    events: list[tuple[str, str, str]] = []

    def note(group: str, name: str, **ids: str) -> None:
        events.append((group, name, ids.get("days", "")))

    monkeypatch.setattr("agenda.services.telling.publish", note)
    return events


def test_a_hold_that_runs_out_is_told_to_open_screens(
    practice: Practice, told: list[tuple[str, str, str]]
) -> None:
    hold(practice)
    told.clear()

    before = end_expired_holds(at=NOW + HOLD_TIME - timedelta(seconds=1))
    after = end_expired_holds(at=NOW + HOLD_TIME)

    group = client_group(practice.client.uuid)
    assert (before, after) == (0, 1)
    assert told == [(group, "agenda.changed", "2026-11-24")]
    assert not SlotHold.objects.exists()


def test_a_hold_renewed_meanwhile_is_left(practice: Practice) -> None:
    hold(practice)
    SlotHold.objects.update(expires_at=NOW + 2 * HOLD_TIME)

    assert end_expired_holds(at=NOW + HOLD_TIME) == 0


def test_the_sweep_runs_often_enough_to_be_seen() -> None:
    swept = [entry for entry in BEAT_SCHEDULE.values() if entry["task"] == sweep_holds.name]

    assert [entry["schedule"] for entry in swept] == [5.0]


# --- The last desk closes -------------------------------------------------------------------------


class Link(ApplicationCommunicator):
    """The browser's end of a desk's live link."""

    def __init__(self, user: User) -> None:
        scope = {"type": "websocket", "path": "/ws/desk/", "headers": [], "user": user}
        super().__init__(DeskConsumer.as_asgi(), scope)

    async def open(self) -> Link:
        await self.send_input({"type": "websocket.connect"})
        assert (await self.receive_output(timeout=5))["type"] == "websocket.accept"
        assert (await self.receive_output(timeout=5))["type"] == "websocket.send"
        return self

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait(timeout=5)


@pytest.fixture
def play(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Scenario], None]]:
    """Play a scenario in a loop of its own, with a short patience."""
    monkeypatch.setattr(roll_call, "GONE_AFTER_SECONDS", GONE_AFTER)
    monkeypatch.setattr(roll_call, "ANSWERED_WITHIN_SECONDS", GONE_AFTER)

    async def whole(scenario: Scenario) -> None:
        await scenario()
        await get_channel_layer().flush()

    yield lambda scenario: asyncio.run(whole(scenario))
    wait([RENDERERS.submit(connection.close) for _ in range(2 * RENDERERS._max_workers)])


async def after_a_while() -> bool:
    """Whether anything is still held once everybody's patience is over."""
    await asyncio.sleep(3 * GONE_AFTER + 0.3)
    held: Any = sync_to_async(SlotHold.objects.exists, thread_sensitive=False)
    return bool(await held())


def test_closing_the_last_desk_frees_what_was_held(
    practice: Practice, play: Callable[[Scenario], None]
) -> None:
    hold(practice)
    held: list[bool] = []

    async def scenario() -> None:
        desk = await Link(practice.lea).open()
        await desk.leave()
        held.append(await after_a_while())

    play(scenario)

    assert held == [False]


def test_a_reload_loses_no_hold(practice: Practice, play: Callable[[Scenario], None]) -> None:
    hold(practice)
    held: list[bool] = []

    async def scenario() -> None:
        desk = await Link(practice.lea).open()
        await desk.leave()
        reloaded = await Link(practice.lea).open()
        held.append(await after_a_while())
        await reloaded.leave()

    play(scenario)

    assert held == [True]


def test_another_desk_of_hers_keeps_her_holds(
    practice: Practice, play: Callable[[Scenario], None]
) -> None:
    hold(practice)
    held: list[bool] = []

    async def scenario() -> None:
        other, desk = await Link(practice.lea).open(), await Link(practice.lea).open()
        await desk.leave()
        held.append(await after_a_while())
        await other.leave()
        held.append(await after_a_while())

    play(scenario)

    assert held == [True, False]


def test_another_persons_desk_keeps_nothing_for_her(
    practice: Practice, both: User, play: Callable[[Scenario], None]
) -> None:
    hold(practice)
    held: list[bool] = []

    async def scenario() -> None:
        other, desk = await Link(practice.doctor).open(), await Link(practice.lea).open()
        await desk.leave()
        held.append(await after_a_while())
        await other.leave()

    play(scenario)

    assert held == [False]
