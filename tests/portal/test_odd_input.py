"""Addresses and forms that no page of ours writes: the portal answers, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from agenda.models import Absence, Appointment
from tests.people import Practice

ODD_DAYS = ["0001-01-01", "1900-01-01", "2199-12-31", "9999-12-31", "2026-02-30", "soon"]
ODD_INSTANTS = [
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "2026-11-24T10:00:00",
    "later",
]


@pytest.fixture
def portal(practice: Practice) -> Browser:
    """The doctor's browser."""
    browser = Browser()
    browser.force_login(practice.doctor)
    return browser


@pytest.mark.parametrize("day", ODD_DAYS)
@pytest.mark.parametrize("name", ["portal:agenda", "portal:week"])
def test_a_day_out_of_reach_is_answered(
    portal: Browser, practice: Practice, name: str, day: str
) -> None:
    answer = portal.get(reverse(name, args=[practice.client.uuid]), {"day": day})

    assert answer.status_code == 200


@pytest.mark.parametrize("until", ODD_INSTANTS)
def test_what_was_seen_until_an_odd_instant_is_answered(
    portal: Browser, practice: Practice, until: str
) -> None:
    answer = portal.post(reverse("portal:seen", args=[practice.client.uuid]), {"until": until})

    assert answer.status_code == 302


@pytest.mark.parametrize("instant", ODD_INSTANTS)
def test_free_time_at_an_odd_instant_does_not_exist(
    portal: Browser, practice: Practice, instant: str
) -> None:
    path = reverse("portal:free", args=[practice.client.uuid])
    slot = {"slot": f"{practice.calendar.uuid}@2026-12-01T09:00:00+0100", "until": instant}

    assert portal.get(path, slot).status_code == 404
    assert portal.get(path, {"slot": f"{practice.calendar.uuid}@{instant}"}).status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_nothing_is_booked_out_of_reach(portal: Browser, practice: Practice, day: str) -> None:
    before = Appointment.objects.count()
    path = reverse("portal:book", args=[practice.calendar.uuid])
    fields: dict[str, Any] = {
        "book-booked_for": "M. Roux",
        "book-motive": str(practice.consultation.uuid),
        "book-date": day,
        "book-time": "09:00",
    }

    assert portal.post(path, fields).status_code == 422
    assert Appointment.objects.count() == before


@pytest.mark.parametrize(
    ("start", "end"), [("0001-01-01", "2026-12-01"), ("2026-12-01", "9999-12-31")]
)
def test_nothing_is_blocked_out_of_reach(
    portal: Browser, practice: Practice, start: str, end: str
) -> None:
    path = reverse("portal:block", args=[practice.calendar.uuid])
    fields = {"from_date": start, "from_time": "09:00", "to_date": end, "to_time": "09:00"}

    assert portal.post(path, fields).status_code == 422
    assert not Absence.objects.exists()


@pytest.mark.parametrize("written", ["", "@", "@2026-12-01T09:00:00", "@9999-12-31T23:59:59-23:59"])
def test_nothing_is_moved_to_an_odd_slot(portal: Browser, practice: Practice, written: str) -> None:
    visit = Appointment.objects.filter(calendar=practice.calendar).latest("starts_at")
    slot = {"slot": f"{practice.calendar.uuid}{written}"}

    answer = portal.post(reverse("portal:move", args=[visit.uuid]), slot)

    assert answer.status_code == 422
    assert Appointment.objects.get(pk=visit.pk).starts_at == visit.starts_at
