"""What is turned away at the operator's door is counted, so that nobody fills the disk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from calls.models import WebhookRefusal
from calls.services import record_refusal, refusals
from tests.people import NOW

pytestmark = pytest.mark.django_db


def refuse(**fields: Any) -> WebhookRefusal:
    given: dict[str, Any] = {
        "reason": "signature",
        "path": "/twilio/voice/",
        "at": NOW,
        "called": "+33199004010",
        "caller": "+33639984410",
        "address": "192.0.2.7",
    }
    return record_refusal(**given | fields)


def test_a_repeated_refusal_is_counted_in_its_row() -> None:
    refuse()
    refuse(at=NOW + timedelta(minutes=5), caller="+33639984411")
    kept = refuse(at=NOW + timedelta(minutes=10))

    assert WebhookRefusal.objects.get() == kept
    assert (kept.times, kept.at, kept.last_at) == (3, NOW, NOW + timedelta(minutes=10))
    assert kept.caller == "+33639984410"


@pytest.mark.parametrize(
    "other",
    [
        {"reason": "unknown_line"},
        {"path": "/twilio/status/"},
        {"address": "192.0.2.8"},
        {"address": None},
        {"at": NOW + timedelta(hours=1)},
    ],
)
def test_another_reason_door_address_or_hour_is_another_row(other: dict[str, Any]) -> None:
    refuse()
    refuse(**other)
    refuse(**other)

    counts = WebhookRefusal.objects.order_by("pk").values_list("times", flat=True)
    assert list(counts) == [1, 2]


def test_each_line_that_nobody_has_is_counted_by_itself() -> None:
    for called in ("+33199004098", "+33199004099", "+33199004098"):
        refuse(reason="unknown_line", called=called)

    counts = WebhookRefusal.objects.values_list("called", "times")
    assert set(counts) == {("+33199004098", 2), ("+33199004099", 1)}


def test_identifiers_in_an_address_and_hosts_of_a_network_make_no_rows() -> None:
    for nth in range(5):
        path = reverse("twilio:leg", args=[uuid4(), uuid4()])
        refuse(path=path, address=f"2001:db8::{nth + 1}")

    kept = WebhookRefusal.objects.get()
    assert (kept.times, kept.address, kept.path.count("…")) == (5, "2001:db8::", 2)


def test_an_hour_holds_so_many_rows_and_one_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MOST_AN_HOUR", 3)
    for nth in range(10):
        refuse(address=f"192.0.2.{nth}")
    refuse(address="192.0.2.0")

    counts = WebhookRefusal.objects.order_by("pk").values_list("address", "times")
    assert list(counts) == [("192.0.2.0", 2), ("192.0.2.1", 1), ("192.0.2.2", 1), (None, 7)]


def test_a_stranger_who_knocks_often_leaves_one_row() -> None:
    for _ in range(4):
        Browser().post(reverse("twilio:voice"), {"To": "+33199004010"})

    assert WebhookRefusal.objects.get().times == 4
