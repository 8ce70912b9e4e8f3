"""The secret address of a calendar, as programs ask for it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import icalevents.icalevents
import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agenda.models import Calendar, CalendarFeed
from agenda.services import cancel_appointment, make_feed, move_appointment, revoke_feed
from public.calendar_feed import MISSES, READS
from tests.agenda.factories import book, make_calendar, make_motive, make_rule
from tests.browser.server import Site
from tests.people import NOW, Practice, make_practice, visit


@pytest.fixture(autouse=True)
def _tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def practice(db: None) -> Practice:
    return make_practice(crowded=True)


def address_of(calendar: Calendar, *, with_names: bool = False) -> str:
    token = make_feed(calendar=calendar, with_names=with_names, by=None, at=NOW)[1]
    return f"/ical/{token}.ics"


def ask(path: str, **headers: str) -> HttpResponse:
    answer = Client().get(path, headers=headers)
    assert isinstance(answer, HttpResponse)
    return answer


def summaries(text: bytes) -> set[str]:
    calendar = icalendar.Calendar.from_ical(text)
    return {str(event["SUMMARY"]) for event in calendar.walk("VEVENT")}


def test_the_address_opens_without_an_account_and_names_nobody(practice: Practice) -> None:
    answer = ask(address_of(practice.calendar))

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert summaries(answer.content) == {"Consultation", "Urgence"}
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "Set-Cookie" not in answer


def test_names_are_given_where_they_were_asked_for(practice: Practice) -> None:
    answer = ask(address_of(practice.calendar, with_names=True))

    assert "Mme Roux · Consultation" in summaries(answer.content)


def test_events_lead_to_the_portal_which_asks_to_sign_in(practice: Practice) -> None:
    text = ask(address_of(practice.calendar)).content.replace(b"\r\n ", b"")
    visit_of = practice.calendar.appointments.order_by("starts_at")[0]

    path = f"/portal/appointments/{visit_of.uuid}/"
    assert f"URL:http://localhost:8000{path}\r\n".encode() in text
    assert Client().get(path).status_code == 302


def test_a_head_tells_the_same_without_the_content(practice: Practice) -> None:
    path = address_of(practice.calendar)

    full, head = ask(path), Client().head(path)

    assert (head.status_code, head.content) == (200, b"")
    assert (head["ETag"], head["Last-Modified"]) == (full["ETag"], full["Last-Modified"])


def test_what_has_not_changed_is_not_sent_again(practice: Practice) -> None:
    path = address_of(practice.calendar)
    first = ask(path)

    by_etag = ask(path, **{"If-None-Match": first["ETag"]})
    by_date = ask(path, **{"If-Modified-Since": first["Last-Modified"]})
    other = ask(path, **{"If-None-Match": '"another"'})

    assert (by_etag.status_code, by_etag.content, by_etag["ETag"]) == (304, b"", first["ETag"])
    assert by_etag["Cache-Control"] == "private, no-store"
    assert (by_date.status_code, other.status_code) == (304, 200)


def test_each_change_is_sent_also_to_who_asks_by_date_alone(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An appointment that leaves for another calendar leaves nothing newer behind."""
    path = address_of(practice.calendar)
    other = make_calendar(practice.client, name="Dr Benali")
    first = ask(path)
    appointment = practice.calendar.appointments.order_by("starts_at")[3]
    later = NOW + timedelta(minutes=15)
    move_appointment(
        appointment=appointment, starts_at=appointment.starts_at, calendar=other, by=None, at=NOW
    )
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    again = ask(path, **{"If-Modified-Since": first["Last-Modified"]})

    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]
    assert parsedate_to_datetime(again["Last-Modified"]) == later
    assert again.content.count(b"BEGIN:VEVENT") == first.content.count(b"BEGIN:VEVENT") - 1


def test_a_revoked_or_unknown_address_opens_nothing(practice: Practice) -> None:
    feed, token = make_feed(calendar=practice.calendar, with_names=True, by=None, at=NOW)
    revoke_feed(feed=feed, by=None, at=NOW)

    revoked, unknown = ask(f"/ical/{token}.ics"), ask(f"/ical/{'x' * 43}.ics")

    assert (revoked.status_code, unknown.status_code) == (404, 404)
    assert revoked.content == unknown.content
    assert b"Roux" not in revoked.content


def test_nothing_is_written_through_the_address(practice: Practice) -> None:
    path = address_of(practice.calendar)

    assert [Client().post(path).status_code, Client().delete(path).status_code] == [405, 405]


def test_who_tries_addresses_is_stopped_and_nobody_else(practice: Practice) -> None:
    path = address_of(practice.calendar)

    codes = [ask(f"/ical/{nth}.ics").status_code for nth in range(MISSES.most + 1)]

    assert codes == [404] * MISSES.most + [429]
    assert ask("/ical/another.ics")["Retry-After"] == "600"
    assert ask(path).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.7").get("/ical/another.ics").status_code == 404


def test_an_impatient_program_is_told_to_come_back(practice: Practice) -> None:
    path = address_of(practice.calendar)

    codes = [ask(path).status_code for _ in range(READS.most + 1)]

    assert codes == [200] * READS.most + [429]


def test_the_last_fetch_is_kept(practice: Practice) -> None:
    ask(address_of(practice.calendar))

    assert CalendarFeed.objects.get().last_fetched_at == NOW


def test_the_address_costs_the_same_statements_for_many_appointments(
    practice: Practice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = address_of(practice.calendar)
    ask(path)
    with django_assert_num_queries(6):
        ask(path)
    for nth in range(3):
        visit(practice, f"2026-12-0{nth + 1} 09:00", f"Dupont{nth}")
    ask(path)
    with django_assert_num_queries(6):
        ask(path)


def subscribed(site: Site, path: str, first: datetime, until: datetime) -> list[tuple[str, str]]:
    """What a program that subscribes sees between the days, by the icalevents package."""
    found: list[Any] = icalevents.icalevents.events(url=f"{site}{path}", start=first, end=until)
    standing = [event for event in found if event.status != "CANCELLED"]
    return sorted((str(event.start.astimezone(UTC)), event.summary) for event in standing)


@pytest.mark.parametrize(
    ("timezone", "days"),
    [
        ("Europe/Paris", ("2027-03-26", "2027-03-29", "2027-10-29", "2027-11-01")),
        ("America/New_York", ("2027-03-12", "2027-03-15", "2027-11-05", "2027-11-08")),
    ],
)
def test_a_program_that_subscribes_sees_each_visit_at_its_instant_over_both_clock_changes(
    site: Site, timezone: str, days: tuple[str, ...]
) -> None:
    zone = ZoneInfo(timezone)
    calendar = make_calendar(hours=(), timezone=timezone)
    make_rule(calendar, time(9), time(12))
    motive = make_motive(calendar.client, name="Première consultation ; « bilan »")
    starts = [datetime.fromisoformat(f"{day} 09:00").replace(tzinfo=zone) for day in days]
    for start in starts:
        in_paris = start.astimezone(ZoneInfo("Europe/Paris"))
        book(calendar, motive, f"{in_paris:%Y-%m-%d %H:%M}", at=NOW)

    seen = subscribed(site, address_of(calendar), NOW, NOW + timedelta(days=360))

    assert seen == [(str(at.astimezone(UTC)), "Première consultation ; « bilan »") for at in starts]


def test_a_program_that_subscribes_follows_moves_and_cancellations(site: Site) -> None:
    practice = make_practice()
    path = address_of(practice.calendar, with_names=True)
    moved = visit(practice, "2026-11-25 09:00", "Roux")
    gone = visit(practice, "2026-11-25 09:20", "Petit")
    span = NOW, NOW + timedelta(days=7)
    before = subscribed(site, path, *span)
    later = datetime(2026, 11, 26, 8, 40, tzinfo=UTC)
    move_appointment(appointment=moved, starts_at=later, by=None, at=NOW)
    cancel_appointment(appointment=gone, by=None, at=NOW)

    after = subscribed(site, path, *span)

    assert before == [
        ("2026-11-25 08:00:00+00:00", "Mme Roux · Consultation"),
        ("2026-11-25 08:20:00+00:00", "Mme Petit · Consultation"),
    ]
    assert after == [(str(later), "Mme Roux · Consultation")]
