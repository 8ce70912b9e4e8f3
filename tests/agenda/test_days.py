from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Absence, AppointmentChange, Calendar, Motive, Side
from agenda.queries import (
    Closure,
    EmergencyRange,
    agenda_changes,
    appointments_of,
    calendars_of,
    day_list,
    day_loads,
    motives_of,
    unseen_absences,
    unseen_changes,
)
from agenda.services import block_period, cancel_appointment, mark_no_show
from tests.agenda.factories import (
    MONDAY,
    NOW,
    book,
    make_calendar,
    make_emergency,
    make_motive,
    paris,
)
from tests.factories import make_assistant, make_client, make_correspondent, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar() -> Calendar:
    calendar = make_calendar(hours=((time(9), time(11)),))
    make_emergency(calendar)
    return calendar


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


def test_the_day_lists_its_appointments_in_order(calendar: Calendar, motive: Motive) -> None:
    later = book(calendar, motive, "2027-03-15 10:00")
    first = book(calendar, motive, "2027-03-15 09:00")
    book(calendar, motive, "2027-03-16 09:00")
    cancel_appointment(appointment=book(calendar, motive, "2027-03-15 09:20"), by=None, at=NOW)

    day = day_list(calendar, MONDAY, now=NOW)

    assert day.appointments == [first, later]


def test_the_day_says_how_many_emergency_places_are_taken_and_when_they_open(
    calendar: Calendar,
) -> None:
    urgent = make_motive(calendar.client, is_urgent=True)
    book(calendar, urgent, "2027-03-15 11:20")

    (kept,) = day_list(calendar, MONDAY, now=NOW).emergencies

    assert (kept.taken, kept.places) == (1, 3)
    assert kept.opens_at == paris("2027-03-15 10:30")
    assert not kept.is_released
    (open_to_all,) = day_list(calendar, MONDAY, now=paris("2027-03-15 10:30")).emergencies
    assert open_to_all.is_released


def test_entries_of_all_kinds_are_in_order_of_their_start(
    calendar: Calendar, motive: Motive
) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")
    absence, _ = block_period(
        calendar=calendar,
        starts_at=paris("2027-03-15 10:00"),
        ends_at=paris("2027-03-15 10:20"),
        by=None,
        at=NOW,
    )

    entries = day_list(calendar, MONDAY, now=NOW).entries

    assert entries[:2] == [appointment, Closure(*absence.period, absence)]
    assert isinstance(entries[2], EmergencyRange)


def test_load_counts_the_places_that_appointments_touch(calendar: Calendar) -> None:
    book(calendar, make_motive(calendar.client, 40), "2027-03-15 09:00")
    book(calendar, make_motive(calendar.client, 20), "2027-03-15 10:00")

    monday, tuesday = day_loads([calendar], MONDAY, days=2, now=NOW)[calendar.pk]

    assert (monday.appointments, monday.taken, monday.places) == (2, 3, 9)
    assert monday.percent == 33
    assert (tuesday.appointments, tuesday.taken, tuesday.places) == (0, 0, 9)


def test_load_leaves_out_the_places_of_an_absence(calendar: Calendar) -> None:
    Absence.objects.create(
        calendar=calendar, starts_at=paris("2027-03-15 09:00"), ends_at=paris("2027-03-15 10:10")
    )
    Absence.objects.create(
        calendar=calendar, starts_at=paris("2027-03-16 00:00"), ends_at=paris("2027-03-17 00:00")
    )

    monday, tuesday = day_loads([calendar], MONDAY, days=2, now=NOW)[calendar.pk]

    assert monday.places == 5
    assert (tuesday.places, tuesday.percent) == (0, 0)


def test_day_and_loads_take_four_queries(calendar: Calendar) -> None:
    with CaptureQueriesContext(connection) as for_day:
        day_list(calendar, MONDAY, now=NOW)
    with CaptureQueriesContext(connection) as for_loads:
        day_loads([calendar], MONDAY, days=7, now=NOW)

    assert (len(for_day), len(for_loads)) == (4, 4)


def test_the_day_asks_as_often_for_three_appointments_as_for_one(
    calendar: Calendar, motive: Motive, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    minutes = iter((0, 20, 40))

    def add() -> None:
        person = make_correspondent(calendar.client)
        book(calendar, motive, f"2027-03-15 10:{next(minutes):02d}", correspondent=person)

    assert_same_queries_at_1_and_3(
        add=add,
        show=lambda: [a.shown_name for a in day_list(calendar, MONDAY, now=NOW).appointments],
    )


def test_a_correspondents_appointments_are_those_to_come_and_the_last_past(
    calendar: Calendar, motive: Motive
) -> None:
    lefevre = make_correspondent(calendar.client)
    early = NOW - timedelta(days=10)
    old = book(calendar, motive, "2027-03-08 09:00", correspondent=lefevre, at=early)
    missed = book(calendar, motive, "2027-03-09 09:00", correspondent=lefevre, at=early)
    mark_no_show(appointment=missed, by=None, at=NOW)
    later = book(calendar, motive, "2027-03-17 09:00", correspondent=lefevre)
    soon = book(calendar, motive, "2027-03-16 09:00", correspondent=lefevre)
    book(calendar, motive, "2027-03-16 10:00")

    found = appointments_of(lefevre, now=NOW)

    assert found.coming == [soon, later]
    assert found.past == [missed, old]
    assert (found.next, found.last) == (soon, old)


def test_a_stranger_has_no_appointments(calendar: Calendar) -> None:
    found = appointments_of(make_correspondent(calendar.client), now=NOW)

    assert (found.next, found.last) == (None, None)


def test_unseen_changes_are_the_other_sides(calendar: Calendar, motive: Motive) -> None:
    by_desk = book(calendar, motive, "2027-03-15 09:00")
    book(calendar, motive, "2027-03-15 09:20", side=Side.PORTAL)
    member = make_member(calendar.client).user
    book(calendar, motive, "2027-03-15 09:40", by=member)

    found = unseen_changes(calendar.client, side=Side.PORTAL, viewer=member)

    assert [change.appointment for change in found] == [by_desk]
    assert len(agenda_changes(calendar.client)) == 3


def test_unseen_absences_are_the_other_sides(calendar: Calendar) -> None:
    absence, _ = block_period(
        calendar=calendar,
        starts_at=paris("2027-03-16 00:00"),
        ends_at=paris("2027-03-17 00:00"),
        by=None,
        at=NOW,
    )

    assert list(unseen_absences(calendar.client, side=Side.DESK)) == [absence]
    assert list(unseen_absences(calendar.client, side=Side.PORTAL)) == []


def test_calendars_and_motives_in_service_are_listed_in_their_order() -> None:
    client = make_client()
    second = make_calendar(client, name="Dr Benali", position=2)
    first = make_calendar(client, position=1)
    make_calendar(client, archived_at=NOW)
    common = make_motive(client, position=1)
    own = make_motive(client, calendar=first, position=0)
    make_motive(client, archived_at=NOW)

    assert list(calendars_of(client)) == [first, second]
    assert list(motives_of(first)) == [own, common]
    assert list(motives_of(second)) == [common]


def test_nobody_sees_another_clients_agenda(calendar: Calendar, motive: Motive) -> None:
    lea = make_assistant(calendar.client)
    stranger = make_member(make_client()).user
    appointment = book(calendar, motive, "2027-03-15 09:00")
    absence, _ = block_period(
        calendar=calendar,
        starts_at=paris("2027-03-16 00:00"),
        ends_at=paris("2027-03-17 00:00"),
        by=None,
        at=NOW,
    )
    rows = [
        calendar,
        motive,
        appointment,
        absence,
        AppointmentChange.objects.get(),
        calendar.opening_rules.all()[0],
    ]

    for row in rows:
        scoped = type(row)._default_manager.filter(pk=row.pk)
        assert scoped.visible_to(lea).count() == 1  # type: ignore[attr-defined]
        assert scoped.visible_to(stranger).count() == 0  # type: ignore[attr-defined]
