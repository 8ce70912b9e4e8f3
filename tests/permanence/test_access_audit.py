"""Who opens somebody's data leaves a trace: once per person, object and hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agenda.services import make_feed
from clients.models import AuditEntry, Correspondent, User
from clients.services.audit import record_access
from messages_app.queries.links import message_token
from tests.desk.calls import ring
from tests.factories import make_correspondent
from tests.people import NOW, Firm, Practice, make_firm, make_practice, urgent_message


@pytest.fixture(autouse=True)
def _tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def practice(db: None) -> Practice:
    return make_practice()


@pytest.fixture
def firm(db: None) -> Firm:
    return make_firm()


@pytest.fixture
def known(practice: Practice) -> Correspondent:
    return make_correspondent(practice.client, number="+33639984410")


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def looks() -> set[tuple[Any, ...]]:
    """Who looked at what, by label and UUID."""
    kept = AuditEntry.objects.accesses()
    return set(kept.values_list("by__email", "action", "target_label", "target_uuid"))


def test_opening_a_call_is_kept_and_so_is_the_file_of_its_caller(
    practice: Practice, known: Correspondent
) -> None:
    call = ring(practice.client, by=practice.lea)

    answer = browser_of(practice.lea).get(reverse("desk:call", args=[call.uuid]))

    assert answer.status_code == 200
    assert looks() == {
        (practice.lea.email, "call.opened", "calls.Call", call.uuid),
        (practice.lea.email, "correspondent.opened", "clients.Correspondent", known.uuid),
    }
    assert {entry.client for entry in AuditEntry.objects.all()} == {practice.client}


def test_saying_who_calls_shows_a_file_and_is_kept(practice: Practice) -> None:
    call = ring(practice.client, by=practice.lea)
    person = make_correspondent(practice.client, number="+33639984411")

    browser_of(practice.lea).post(
        reverse("desk:caller", args=[call.uuid]),
        {"correspondent": str(person.uuid)},
        headers={"HX-Request": "true"},
    )

    assert looks() == {
        (practice.lea.email, "correspondent.opened", "clients.Correspondent", person.uuid)
    }


def test_a_second_look_within_the_hour_adds_nothing_and_one_later_does(
    practice: Practice, known: Correspondent, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, page = browser_of(practice.lea), reverse("desk:correspondent", args=[known.uuid])
    for later in (timedelta(0), timedelta(minutes=10), timedelta(hours=1)):
        monkeypatch.setattr("django.utils.timezone.now", lambda later=later: NOW + later)
        desk.get(page)

    kept = AuditEntry.objects.accesses().order_by("at")
    assert [entry.at for entry in kept] == [NOW, NOW + timedelta(hours=1)]


def test_two_people_who_look_are_two(practice: Practice, known: Correspondent) -> None:
    people = [practice.lea, practice.doctor]
    for person in people:
        record_access(by=person, targets=[known], client=practice.client, at=NOW)

    assert {entry.by for entry in AuditEntry.objects.accesses()} == set(people)


def test_a_look_costs_one_statement(
    practice: Practice, known: Correspondent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    call = ring(practice.client, by=practice.lea)

    with django_assert_num_queries(1):
        record_access(by=practice.lea, targets=[call, known], client=practice.client, at=NOW)


def test_a_message_opened_in_the_portal_is_kept_and_the_list_is_not(firm: Firm) -> None:
    message = urgent_message(firm, at=NOW)
    portal = browser_of(firm.lawyer)

    portal.get(reverse("portal:messages", args=[firm.client.uuid]))
    after_the_list = looks()
    portal.get(reverse("portal:message", args=[message.uuid]))

    assert after_the_list == set()
    assert looks() == {(firm.lawyer.email, "message.opened", "messages_app.Message", message.uuid)}


def test_a_message_opened_by_its_link_is_kept_in_the_name_of_its_recipient(firm: Firm) -> None:
    message = urgent_message(firm, at=NOW)
    token = message_token(message.relays.get())

    Browser().get(reverse("public:message", args=[token]))
    Browser().get(reverse("public:message", args=["forged"]))

    assert looks() == {
        (firm.lawyer.email, "message.opened_by_link", "messages_app.Message", message.uuid)
    }


def test_a_calendar_read_by_its_secret_address_is_kept(practice: Practice) -> None:
    calendar = practice.calendar
    feed, token = make_feed(calendar=calendar, with_names=True, by=practice.doctor, at=NOW)

    Browser().get(f"/ical/{token}.ics")

    assert looks() == {
        (practice.doctor.email, "calendarfeed.read_by_link", "agenda.CalendarFeed", feed.uuid)
    }


def test_a_file_opened_in_the_settings_is_kept(
    admin_client: Browser, admin_user: User, known: Correspondent
) -> None:
    admin_client.get(reverse("admin:clients_correspondent_change", args=[known.pk]))

    assert looks() == {
        (admin_user.email, "correspondent.opened", "clients.Correspondent", known.uuid)
    }


def test_the_page_is_shown_and_the_log_tells_when_a_look_can_not_be_kept(
    practice: Practice,
    known: Correspondent,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(type(AuditEntry.objects.all()), "bulk_create", fail)
    monkeypatch.setattr(type(AuditEntry.objects), "bulk_create", fail)

    answer = browser_of(practice.lea).get(reverse("desk:correspondent", args=[known.uuid]))

    assert answer.status_code == 200
    assert str(known.uuid) in caplog.text


def test_the_owner_sorts_looks_from_acts_and_finds_those_at_one_object(
    admin_client: Browser, practice: Practice, known: Correspondent
) -> None:
    record_access(by=practice.lea, targets=[known], client=practice.client, at=NOW)
    page = reverse("admin:clients_auditentry_changelist")

    counts = [
        admin_client.get(page + query).context["cl"].result_count
        for query in (
            "?kind=looks",
            "?kind=acts",
            f"?q={known.uuid}",
            f"?by__id__exact={practice.lea.pk}",
        )
    ]

    assert counts[0] == 1
    assert counts[1] == AuditEntry.objects.acts().count()
    assert counts[2:] == [1, 1 + AuditEntry.objects.acts().filter(by=practice.lea).count()]
