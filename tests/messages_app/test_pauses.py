"""A gateway that refuses us is on every open desk as long as it does."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db import connection
from django.utils import timezone

from core import live
from desk.consumers import DeskConsumer
from messages_app.models import ChannelPause, Delivery
from messages_app.rules.retries import PAUSE_GRACE
from messages_app.rules.sending import NotSent
from messages_app.services.dispatch import dispatch
from messages_app.services.pausing import end_pauses, rest_channel
from messages_app.services.sweep import sweep
from tests.factories import make_assistant, make_client
from tests.messages_app.conftest import NOW, Clock, Gateways, Lawyer, only

WAIT = timedelta(minutes=2)
REFUSAL = NotSent("20003", retry_after=WAIT, stops_channel=True)


@pytest.fixture
def sms(lawyer: Lawyer) -> Delivery:
    """An SMS that is due."""
    lawyer.note()
    return only("sms")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The group and channel of each event about a pause."""
    told: list[tuple[str, str]] = []

    def publish(group: str, name: str, *, channel: str) -> None:
        assert name == "channel.changed"
        told.append((group, channel))

    monkeypatch.setattr("messages_app.services.pausing.publish", publish)
    return told


EVERYBODY_OF_SMS = ("live.everybody", "sms")


def test_a_pause_is_told_to_everybody_when_it_begins_and_when_no_try_has_renewed_it(
    sms: Delivery, gateways: Gateways, clock: Clock, told: list[tuple[str, str]]
) -> None:
    gateways.sms.will(REFUSAL, takes=False)
    dispatch(delivery_id=sms.pk, clock=clock)
    assert told == [EVERYBODY_OF_SMS]

    clock.forward(minutes=2)
    dispatch(delivery_id=sms.pk, clock=clock)
    sweep(clock=clock, send=lambda _pk: None)
    assert told == [EVERYBODY_OF_SMS]
    clock.forward(seconds=PAUSE_GRACE.seconds)
    sweep(clock=clock, send=lambda _pk: None)
    sweep(clock=clock, send=lambda _pk: None)

    assert told == [EVERYBODY_OF_SMS] * 2
    assert ChannelPause.objects.count() == 0


def test_a_pause_that_the_next_try_renews_keeps_its_beginning_and_is_not_told_again(
    sms: Delivery, gateways: Gateways, clock: Clock, told: list[tuple[str, str]]
) -> None:
    gateways.sms.will(REFUSAL, takes=False).will(REFUSAL, takes=False)
    dispatch(delivery_id=sms.pk, clock=clock)

    clock.forward(minutes=2, seconds=PAUSE_GRACE.seconds - 1)
    dispatch(delivery_id=sms.pk, clock=clock)

    pause = ChannelPause.objects.get()
    assert (pause.since, pause.until) == (NOW, clock() + WAIT)
    assert told == [EVERYBODY_OF_SMS]


def test_a_refusal_long_after_a_pause_begins_another(
    sms: Delivery, gateways: Gateways, clock: Clock, told: list[tuple[str, str]]
) -> None:
    gateways.sms.will(REFUSAL, takes=False).will(REFUSAL, takes=False)
    dispatch(delivery_id=sms.pk, clock=clock)

    clock.forward(minutes=60)
    dispatch(delivery_id=sms.pk, clock=clock)

    assert ChannelPause.objects.get().since == NOW + timedelta(minutes=60)
    assert told == [EVERYBODY_OF_SMS] * 2


def test_another_reason_for_the_same_pause_is_told(db: None, told: list[tuple[str, str]]) -> None:
    for code in ("20003", "20003", "30002"):
        rest_channel(channel="sms", refusal=NotSent(code), until=NOW + WAIT, at=NOW)

    assert told == [EVERYBODY_OF_SMS] * 2


def test_an_open_desk_shows_a_pause_when_it_begins_and_when_it_ends(
    transactional_db: None,
) -> None:
    assistant = make_assistant(make_client())

    def begin() -> None:
        now = timezone.now()
        rest_channel(channel="sms", refusal=REFUSAL, until=now + WAIT, at=now)
        connection.close()

    def end() -> None:
        end_pauses(at=timezone.now() + WAIT + PAUSE_GRACE)
        connection.close()

    async def scenario() -> list[str]:
        live.use_loop(asyncio.get_running_loop())
        scope = {"type": "websocket", "path": "/ws/desk/", "headers": [], "user": assistant}
        desk = ApplicationCommunicator(DeskConsumer.as_asgi(), scope)
        await desk.send_input({"type": "websocket.connect"})
        assert (await desk.receive_output(timeout=10))["type"] == "websocket.accept"
        shown = [await figures(desk)]
        for happens in (begin, end):
            await sync_to_async(happens, thread_sensitive=False)()
            shown.append(await figures(desk))
        live.use_loop(None)
        await desk.send_input({"type": "websocket.disconnect", "code": 1001})
        await desk.wait()
        return shown

    assert asyncio.run(scenario()) == ["none", "1 to follow up", "none"]


async def figures(desk: ApplicationCommunicator) -> str:
    """What the next figures that the desk is sent say of what is to follow up."""
    while True:
        sent: dict[str, Any] = await desk.receive_output(timeout=10)
        html = str(sent["text"])
        if 'id="figures"' in html:
            return "1 to follow up" if "<b>1</b></a>" in html else "none"
