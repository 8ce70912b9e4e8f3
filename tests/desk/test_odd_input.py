"""Addresses and forms that no page of ours writes: the desk answers, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from agenda.models import Appointment
from calls.models import Call
from clients.models import Correspondent
from tests.desk.calls import at
from tests.people import Practice

ODD_DAYS = ["0001-01-01", "1900-01-01", "2199-12-31", "9999-12-31", "2026-02-30", "soon"]
ODD_INSTANTS = ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-11-24T10:00", ""]


@pytest.mark.parametrize("day", ODD_DAYS)
def test_a_day_out_of_reach_is_answered(
    hx: Callable[..., Any], desk: Browser, call: Call, day: str
) -> None:
    assert desk.get(reverse("desk:day"), {"day": day}).status_code == 200
    assert hx("get", at("week", call), {"day": day}).status_code == 200
    assert hx("get", at("slots", call), {"day": day}).status_code == 200


@pytest.mark.parametrize("instant", ODD_INSTANTS)
def test_an_odd_slot_is_refused_and_shown_nowhere(
    hx: Callable[..., Any], practice: Practice, call: Call, instant: str
) -> None:
    before = Appointment.objects.count()
    slot = f"{practice.calendar.uuid}@{instant}"
    booking = {"slot": slot, "motive": practice.consultation.uuid, "patient_query": "Roux"}

    assert hx("get", at("slots", call), {"slot": slot}).status_code == 200
    assert hx("post", at("draft", call, "appointment"), booking).status_code == 200
    assert hx("post", at("book", call), booking).status_code == 422
    assert Appointment.objects.count() == before


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_nothing_is_moved_out_of_reach(
    hx: Callable[..., Any], practice: Practice, day: str
) -> None:
    visit = Appointment.objects.filter(calendar=practice.calendar).latest("starts_at")
    form = {"calendar": practice.calendar.uuid, "date": day, "time": "09:00"}

    answer = hx("post", reverse("desk:move", args=[visit.uuid]), form)

    assert answer.status_code == 422
    assert Appointment.objects.get(pk=visit.pk).starts_at == visit.starts_at


def test_nobody_is_born_out_of_reach(hx: Callable[..., Any], call: Call) -> None:
    before = Correspondent.objects.count()

    answer = hx("post", at("new_caller", call), {"last_name": "Roux", "birth_date": "0001-01-01"})

    assert answer.status_code == 422
    assert Correspondent.objects.count() == before


def test_a_name_longer_than_its_column_is_refused(
    hx: Callable[..., Any], practice: Practice, call: Call
) -> None:
    slot = f"{practice.calendar.uuid}@2026-12-01T09:00:00+0100"
    booking = {"slot": slot, "motive": practice.consultation.uuid, "patient_query": "x" * 121}
    before = Correspondent.objects.count()

    assert hx("post", at("book", call), booking).status_code == 422
    assert Correspondent.objects.count() == before


@pytest.mark.parametrize("deadline", ["0001-01-01T00:00", "9999-12-31T23:59:59-23:59"])
def test_a_message_for_a_moment_out_of_reach_is_refused(
    hx: Callable[..., Any], call: Call, deadline: str
) -> None:
    fields = {"caller_name": "Mme Roux", "body": "Rappeler", "deadline_at": deadline}

    assert hx("post", at("draft", call, "message"), fields).status_code == 200
    assert hx("get", at("week", call)).status_code == 200
    assert hx("post", at("preview", call), fields).status_code == 200
    assert hx("post", at("message", call), fields).status_code == 422
