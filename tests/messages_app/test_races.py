"""Many workers at one row: one wins. Each race is first shown to exist without its guard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from messages_app.models import Delivery, FilterRule
from messages_app.services.digests import send_digests
from messages_app.services.dispatch import claim, dispatch
from messages_app.services.receipts import hear
from messages_app.services.steps import take_steps
from tests.messages_app.conftest import NOW, Clock, Gateways, Lawyer

WORKERS = 6

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(work: Callable[[], Any], workers: int = WORKERS) -> list[Any]:
    """What each of the workers got, all starting at the same instant on their own connections."""
    start = threading.Barrier(workers)

    def run() -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(run) for _ in range(workers)]
        return [future.result(timeout=60) for future in futures]


def careless_claim(delivery_id: int, between: threading.Barrier) -> bool:
    """The claim without its condition: look, then take."""
    is_due = Delivery.objects.filter(pk=delivery_id, state="due").exists()
    between.wait(timeout=20)
    if is_due:
        Delivery.objects.filter(pk=delivery_id).update(state="sending", claim=uuid4())
    return is_due


@pytest.fixture
def sms(lawyer: Lawyer) -> Delivery:
    lawyer.note()
    return Delivery.objects.get(channel="sms")


def test_without_the_condition_every_worker_believes_that_it_has_the_row(sms: Delivery) -> None:
    between = threading.Barrier(WORKERS)

    won = all_at_once(lambda: careless_claim(sms.pk, between))

    assert won == [True] * WORKERS


def test_of_many_workers_one_claims_the_row(sms: Delivery) -> None:
    claims = all_at_once(lambda: claim(delivery_id=sms.pk, at=NOW))

    sms.refresh_from_db()
    assert [claimed.claim for claimed in claims if claimed] == [sms.claim]
    assert sms.attempts == 1


def test_many_workers_send_many_texts_once_each(lawyer: Lawyer, gateways: Gateways) -> None:
    for _ in range(5):
        lawyer.note()
    ids = list(Delivery.objects.values_list("pk", flat=True))

    all_at_once(lambda: [dispatch(delivery_id=pk, clock=Clock()) for pk in ids])

    taken = [sent.delivery for sent in (*gateways.sms.taken, *gateways.email.taken)]
    assert sorted(taken) == sorted(Delivery.objects.values_list("uuid", flat=True))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}


def test_of_many_gatherers_one_writes_the_digest(lawyer: Lawyer) -> None:
    FilterRule.objects.create(client=lawyer.client, outcome="digest", by_email=True)
    lawyer.note(urgency="normal")
    lawyer.note(urgency="normal")

    written = all_at_once(lambda: send_digests(at=NOW + timedelta(hours=3)))

    assert (sum(written), Delivery.objects.get().messages.count()) == (1, 2)


def test_of_many_sweeps_one_writes_the_reminder(lawyer: Lawyer, sms: Delivery) -> None:
    Delivery.objects.update(state="accepted")

    all_at_once(lambda: take_steps(at=NOW + timedelta(minutes=15)))

    assert Delivery.objects.filter(purpose="reminder").count() == 1


def test_of_many_equal_callbacks_one_acts(lawyer: Lawyer, sms: Delivery) -> None:
    Delivery.objects.filter(channel="email").delete()
    Delivery.objects.update(state="accepted")

    told = all_at_once(
        lambda: hear(delivery=sms.uuid, provider_id="SM1", word="undelivered", code="30003", at=NOW)
    )

    assert (told.count(True), sms.events.count()) == (1, 1)
    assert Delivery.objects.filter(replaces=sms).count() == 1
