"""How many of a motive a day takes."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Appointment, AppointmentChange, Calendar, Motive
from agenda.queries import open_slots, refusals, week_grid
from agenda.queries.week import GridKind
from agenda.rules import Reason
from agenda.services import (
    DayIsFull,
    book_appointment,
    cancel_appointment,
    move_appointment,
    undo_change,
)
from core.recurrences import weekly
from tests.agenda.factories import (
    MONDAY,
    NOW,
    book,
    make_calendar,
    make_motive,
    make_rule,
    paris,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar() -> Calendar:
    return make_calendar(hours=((time(9), time(11)),))


@pytest.fixture
def twice(calendar: Calendar) -> Motive:
    return make_motive(calendar.client, most_per_day=2)


def days_offered(calendar: Calendar, motive: Motive, days: int = 3) -> set[date]:
    slots = open_slots([calendar], motive, first_day=MONDAY, days=days, now=NOW)
    return {slot.local_start.date() for slot in slots}


def move(appointment: Appointment, to: str, **fields: Any) -> Appointment:
    fields = {"by": None, "at": NOW} | fields
    return move_appointment(appointment=appointment, starts_at=paris(to), **fields)


def test_a_day_that_has_as_many_as_it_takes_offers_no_more(
    calendar: Calendar, twice: Motive
) -> None:
    book(calendar, twice, "2027-03-15 09:00")
    assert days_offered(calendar, twice) == {MONDAY + timedelta(n) for n in range(3)}

    book(calendar, twice, "2027-03-15 10:00")

    assert days_offered(calendar, twice) == {MONDAY + timedelta(n) for n in (1, 2)}


def test_booking_past_the_limit_is_refused_and_says_it(calendar: Calendar, twice: Motive) -> None:
    book(calendar, twice, "2027-03-15 09:00")
    book(calendar, twice, "2027-03-15 09:20")

    with pytest.raises(DayIsFull) as raised:
        book(calendar, twice, "2027-03-15 09:40")

    assert raised.value.refusal is not None
    assert raised.value.refusal.most == 2
    assert book(calendar, twice, "2027-03-16 09:00").status == Appointment.Status.BOOKED


def test_a_stated_reason_books_past_the_limit(calendar: Calendar, twice: Motive) -> None:
    book(calendar, twice, "2027-03-15 09:00")
    book(calendar, twice, "2027-03-15 09:20")

    third = book(calendar, twice, "2027-03-15 09:40", override_reason="le docteur insiste")

    assert third.override_reason == "le docteur insiste"


def test_the_limit_counts_what_is_active_of_its_own_motive_and_calendar(
    calendar: Calendar, twice: Motive
) -> None:
    colleague = make_calendar(calendar.client, name="Dr Benali", hours=((time(9), time(11)),))
    cancelled = book(calendar, twice, "2027-03-15 09:00")
    cancel_appointment(appointment=cancelled, by=None, at=NOW)
    book(calendar, make_motive(calendar.client), "2027-03-15 09:20")
    book(colleague, twice, "2027-03-15 09:00")
    book(calendar, twice, "2027-03-15 09:40")

    assert MONDAY in days_offered(calendar, twice)
    book(calendar, twice, "2027-03-15 10:00")
    assert MONDAY not in days_offered(calendar, twice)
    assert MONDAY in days_offered(colleague, twice)


def test_other_motives_are_offered_on_a_full_day(calendar: Calendar, twice: Motive) -> None:
    book(calendar, twice, "2027-03-15 09:00")
    book(calendar, twice, "2027-03-15 09:20")

    assert MONDAY in days_offered(calendar, make_motive(calendar.client))


def test_an_appointment_moves_within_its_full_day_and_not_into_another(
    calendar: Calendar, twice: Motive
) -> None:
    first = book(calendar, twice, "2027-03-15 09:00")
    book(calendar, twice, "2027-03-15 09:20")
    elsewhere = book(calendar, twice, "2027-03-16 09:00")

    assert move(first, "2027-03-15 10:00").local_time == time(10)
    with pytest.raises(DayIsFull):
        move(elsewhere, "2027-03-15 10:20")


def test_another_motive_can_not_become_one_too_many(calendar: Calendar, twice: Motive) -> None:
    book(calendar, twice, "2027-03-15 09:00")
    book(calendar, twice, "2027-03-15 09:20")
    ordinary = book(calendar, make_motive(calendar.client), "2027-03-15 10:00")

    with pytest.raises(DayIsFull):
        move(ordinary, "2027-03-15 10:00", motive=twice)


def test_undoing_a_cancellation_is_refused_once_the_day_is_full(
    calendar: Calendar, twice: Motive
) -> None:
    cancelled = book(calendar, twice, "2027-03-15 09:00")
    cancel_appointment(appointment=cancelled, by=None, at=NOW)
    change = AppointmentChange.objects.get(kind=AppointmentChange.Kind.CANCELLED)
    book(calendar, twice, "2027-03-15 09:20")
    other = book(calendar, twice, "2027-03-15 09:40")

    with pytest.raises(DayIsFull):
        undo_change(change=change, by=None, at=NOW)
    move(other, "2027-03-16 09:40")

    assert undo_change(change=change, by=None, at=NOW).is_active


def test_undoing_a_move_within_a_full_day_is_no_news_to_it(
    calendar: Calendar, twice: Motive
) -> None:
    first = book(calendar, twice, "2027-03-15 09:00")
    book(calendar, twice, "2027-03-15 09:20")
    move(first, "2027-03-15 10:00")
    change = AppointmentChange.objects.get(kind=AppointmentChange.Kind.MOVED)

    assert undo_change(change=change, by=None, at=NOW).local_time == time(9)


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Asia/Kolkata"])
def test_a_day_is_one_of_the_calendars_own_wall(zone: str) -> None:
    calendar = make_calendar(hours=(), timezone=zone)
    make_rule(calendar, time(0), time(23, 40), recurrence=weekly(range(7)))
    once = make_motive(calendar.client, most_per_day=1)
    slots = open_slots([calendar], once, first_day=MONDAY + timedelta(1), days=1, now=NOW)
    for slot in (slots[0], slots[-1]):
        Appointment.objects.all().delete()
        book_appointment(calendar=calendar, motive=once, starts_at=slot.starts_at, by=None, at=NOW)

        assert days_offered(calendar, once, days=4) == {MONDAY + timedelta(n) for n in (0, 2, 3)}


def test_refusals_and_the_week_read_the_same_limit(calendar: Calendar, twice: Motive) -> None:
    book(calendar, twice, "2027-03-15 09:00")
    book(calendar, twice, "2027-03-15 09:20")

    (refusal,) = refusals(calendar, twice, paris("2027-03-15 09:40"), now=NOW)
    grid = week_grid([calendar], MONDAY, now=NOW, motive=twice)

    assert (refusal.reason, refusal.most) == (Reason.MOST_PER_DAY, 2)
    free = [i.starts_at for d in grid.days for i in d.columns[0].items if i.kind == GridKind.FREE]
    offered = open_slots([calendar], twice, first_day=MONDAY, days=7, now=NOW)
    assert free == [slot.starts_at for slot in offered]


def test_a_limit_is_counted_in_the_same_two_queries_and_only_where_there_is_one(
    calendar: Calendar, twice: Motive
) -> None:
    statements = []
    for motive in (twice, make_motive(calendar.client)):
        with CaptureQueriesContext(connection) as captured:
            open_slots([calendar], motive, first_day=MONDAY, now=NOW)
        assert len(captured) == 2
        statements.append(captured[0]["sql"])

    assert ["motive_id IN" in sql for sql in statements] == [True, False]
