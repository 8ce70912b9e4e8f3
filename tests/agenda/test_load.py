"""The practice's load as the database gives it, and what asking for it costs."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Appointment, Calendar, Motive
from agenda.queries.load import Load, MotiveShare, NoShows, practice_load
from agenda.rules.load import Fill
from agenda.services import block_period, cancel_appointment
from tests.agenda.factories import (
    MONDAY,
    NOW,
    book,
    make_calendar,
    make_emergency,
    make_motive,
    paris,
)
from tests.agenda.rows import make_row

pytestmark = pytest.mark.django_db
WEEK = 7


@pytest.fixture
def calendar() -> Calendar:
    calendar = make_calendar(hours=((time(9), time(11)),))
    make_emergency(calendar)
    return calendar


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


def load_of(*calendars: Calendar, days: int = WEEK) -> Load:
    return practice_load(calendars, MONDAY, days=days, now=NOW)


def test_the_week_says_what_is_booked_of_what_is_offered(
    calendar: Calendar, motive: Motive
) -> None:
    book(calendar, motive, "2027-03-15 09:00")
    cancel_appointment(appointment=book(calendar, motive, "2027-03-15 09:20"), by=None, at=NOW)
    block_period(
        calendar=calendar,
        starts_at=paris("2027-03-16 00:00"),
        ends_at=paris("2027-03-17 00:00"),
        by=None,
        at=NOW,
    )

    load = load_of(calendar)

    assert [fill.regular for fill in load.days[:3]] == [
        Fill(120, 20, 6, 5),
        Fill(),
        Fill(120, 0, 6, 6),
    ]
    assert [fill.emergency for fill in load.days[:2]] == [Fill(60, 0, 3, 3), Fill()]
    assert load.weeks[0].regular == Fill(480, 20, 24, 23)
    assert load.visits == {MONDAY: 1}


def test_motives_share_the_appointments_in_their_order(calendar: Calendar, motive: Motive) -> None:
    long = make_motive(calendar.client, 40, name="Première", position=1)
    make_motive(calendar.client, name="Jamais", position=2)
    book(calendar, motive, "2027-03-15 09:00")
    book(calendar, long, "2027-03-15 09:20")
    book(calendar, long, "2027-03-16 09:20")
    make_row(calendar, "2027-03-17 09:00", 15).save()

    assert load_of(calendar).motives == [
        MotiveShare(motive, 1, 20),
        MotiveShare(long, 2, 80),
        MotiveShare(None, 1, 15),
    ]


def test_no_shows_are_counted_by_month_among_what_is_over(calendar: Calendar) -> None:
    status = Appointment.Status
    for at, kind in [
        ("2027-02-01 09:00", status.CAME),
        ("2027-02-02 09:00", status.NO_SHOW),
        ("2027-02-03 09:00", status.BOOKED),
        ("2027-02-04 09:00", status.CANCELLED),
        ("2027-03-01 09:00", status.CAME),
        ("2027-03-15 09:00", status.BOOKED),
    ]:
        make_row(calendar, at, status=kind).save()

    months = load_of(calendar).no_shows

    assert [month.month for month in months] == [
        date(2026, 10, 1),
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
        date(2027, 3, 1),
    ]
    assert months[4:] == [
        NoShows(date(2027, 2, 1), 3, 1, 1),
        NoShows(date(2027, 3, 1), 1, 0, 0),
    ]
    assert (months[0].percent, months[4].percent, months[5].percent) == (None, 33.3, 0)


def test_the_next_free_place_is_the_earliest_of_all_calendars(
    calendar: Calendar, motive: Motive
) -> None:
    other = make_calendar(calendar.client, hours=((time(8, 30), time(9)),), name="Dr Benali")
    block_period(
        calendar=other,
        starts_at=paris("2027-03-15 08:00"),
        ends_at=paris("2027-03-17 08:00"),
        by=None,
        at=NOW,
    )
    block_period(
        calendar=calendar,
        starts_at=paris("2027-03-15 08:00"),
        ends_at=paris("2027-03-18 08:00"),
        by=None,
        at=NOW,
    )
    never = make_motive(calendar.client, 400, name="Journée", position=1)

    first, second = load_of(calendar, other).next_free

    assert first.motive == motive
    assert first.slot is not None
    assert (first.slot.calendar, first.slot.starts_at) == (other, paris("2027-03-17 08:30"))
    assert first.days == 2
    assert (second.motive, second.slot, second.days) == (never, None, None)


def test_the_practice_is_the_sum_of_its_calendars(calendar: Calendar, motive: Motive) -> None:
    other = make_calendar(calendar.client, hours=((time(9), time(10)),), name="Dr Benali")
    book(calendar, motive, "2027-03-15 09:00")
    book(other, motive, "2027-03-15 09:00")

    load = load_of(calendar, other)

    assert load.days[0].regular == Fill(180, 40, 9, 7)
    assert [one.days[0].regular for one in load.calendars] == [
        Fill(120, 20, 6, 5),
        Fill(60, 20, 3, 2),
    ]
    assert load.calendars[1].whole.regular == Fill(300, 20, 15, 14)


def test_the_load_costs_the_same_statements_for_more_of_everything(
    calendar: Calendar, motive: Motive
) -> None:
    book(calendar, motive, "2027-03-15 09:00")
    with CaptureQueriesContext(connection) as few:
        load_of(calendar)
    for nth in range(3):
        other = make_calendar(calendar.client, name=f"Dr {nth}")
        book(other, make_motive(calendar.client, name=f"M{nth}"), "2027-03-16 09:00")
    calendars = list(Calendar.objects.all())
    with CaptureQueriesContext(connection) as many:
        load_of(*calendars, days=180)

    assert (len(few), len(many)) == (7, 7)


def test_what_lies_far_back_changes_nothing(calendar: Calendar, motive: Motive) -> None:
    book(calendar, motive, "2027-03-15 09:00")
    before = load_of(calendar)
    long_ago = paris("2022-01-03 09:00")
    moments = (long_ago + timedelta(days=nth // 6, minutes=20 * (nth % 6)) for nth in range(900))
    Appointment.objects.bulk_create(
        make_row(calendar, f"{moment.astimezone(calendar.zone):%Y-%m-%d %H:%M}")
        for moment in moments
    )

    assert load_of(calendar) == before
