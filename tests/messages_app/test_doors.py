"""Celery's doors and the command that does without it."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from io import StringIO
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from time_machine import travel

from core import live
from messages_app import tasks
from messages_app.models import Delivery, FilterRule
from messages_app.services.wake import DISPATCH_TASK
from permanence.schedule import BEAT_SCHEDULE
from tests.messages_app.conftest import NOW, Gateways, Lawyer
from tests.wake_ups import WakeUp


def states() -> set[str]:
    return set(Delivery.objects.values_list("state", flat=True))


def test_the_wake_up_names_the_task_that_dispatches(lawyer: Lawyer, gateways: Gateways) -> None:
    lawyer.note()

    with travel(NOW, tick=False):
        for delivery in Delivery.objects.all():
            tasks.dispatch(delivery_id=delivery.pk)

    assert tasks.dispatch.name == DISPATCH_TASK
    assert states() == {"accepted"}


def test_the_sweep_wakes_what_is_due(
    lawyer: Lawyer, gateways: Gateways, wake_ups: list[WakeUp]
) -> None:
    lawyer.note()

    with travel(NOW + timedelta(minutes=1), tick=False):
        tasks.sweep()

    woken = {wake.kwargs["delivery_id"] for wake in wake_ups}
    assert woken == set(Delivery.objects.values_list("pk", flat=True))


def test_digests_are_gathered_when_their_time_has_come(lawyer: Lawyer) -> None:
    FilterRule.objects.create(client=lawyer.client, outcome="digest", by_email=True)
    lawyer.note(urgency="normal")

    gathered = []
    for hours in (1, 2):
        with travel(NOW + timedelta(hours=hours), tick=False):
            tasks.send_digests()
        gathered.append(Delivery.objects.count())

    assert gathered == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_not_kept_for_the_next_task() -> None:
    connection.ensure_connection()

    with (
        mock.patch("messages_app.services.digests.send_digests", side_effect=OperationalError),
        pytest.raises(OperationalError),
    ):
        tasks.send_digests()

    assert connection.connection is None


def test_a_worker_of_its_own_carries_live_events_on_one_running_loop() -> None:
    before = live._server_loop
    tasks.carry_live_events()
    carrying = live._server_loop
    live.use_loop(before)

    assert carrying is not None
    assert asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "carried"), carrying).result(5) == (
        "carried"
    )
    carrying.call_soon_threadsafe(carrying.stop)
    while carrying.is_running():
        time.sleep(0.01)
    carrying.close()


def test_the_schedule_names_the_doors() -> None:
    scheduled = {entry["task"] for entry in BEAT_SCHEDULE.values()}

    assert {tasks.sweep.name, tasks.send_digests.name} <= scheduled


@pytest.mark.django_db(transaction=True)
def test_the_command_sends_what_is_due_without_a_broker(
    lawyer: Lawyer, gateways: Gateways, wake_ups: list[WakeUp]
) -> None:
    lawyer.note(at=timezone.now() - timedelta(minutes=1))
    wake_ups.clear()
    said = StringIO()

    call_command("send_deliveries", "--once", stdout=said)

    assert (states(), said.getvalue()) == ({"accepted"}, "2 due, 0 asked about\n")
    assert wake_ups == []
