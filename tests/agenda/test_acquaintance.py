"""For whom a motive is: new patients, known ones, everybody."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Appointment, Calendar, Motive, Side
from agenda.queries import is_known, open_slots, refusals, week_grid
from agenda.queries.week import GridKind
from agenda.rules import Reason
from agenda.services import KnownPatientsOnly, NewPatientsOnly, move_appointment
from clients.models import Correspondent
from tests.agenda.factories import MONDAY, NOW, book, make_calendar, make_motive, paris
from tests.agenda.rows import make_row
from tests.factories import make_correspondent

pytestmark = pytest.mark.django_db
Status = Appointment.Status


@pytest.fixture
def calendar() -> Calendar:
    return make_calendar(hours=((time(9), time(11)),))


@pytest.fixture
def first_visit(calendar: Calendar) -> Motive:
    return make_motive(calendar.client, patients=Motive.For.NEW)


@pytest.fixture
def follow_up(calendar: Calendar) -> Motive:
    return make_motive(calendar.client, patients=Motive.For.KNOWN)


@pytest.fixture
def known(calendar: Calendar) -> Correspondent:
    person = make_correspondent(calendar.client, "Lefèvre")
    make_row(calendar, "2027-03-01 09:00", correspondent=person).save()
    return person


@pytest.fixture
def new(calendar: Calendar) -> Correspondent:
    return make_correspondent(calendar.client, "Nouvelle")


@pytest.mark.parametrize(
    ("at", "status", "expected"),
    [
        ("2027-03-01 09:00", Status.BOOKED, True),
        ("2027-03-01 09:00", Status.CAME, True),
        ("2027-03-01 09:00", Status.NO_SHOW, False),
        ("2027-03-01 09:00", Status.CANCELLED, False),
        ("2027-03-16 09:00", Status.BOOKED, False),
    ],
)
def test_known_is_who_has_come_before(
    calendar: Calendar, new: Correspondent, at: str, status: Status, expected: bool
) -> None:
    colleague = make_calendar(calendar.client, name="Dr Benali")
    make_row(colleague, at, correspondent=new, status=status).save()

    assert is_known(new, at=NOW) is expected


@pytest.mark.parametrize(("days", "expected"), [(1, True), (0, False)])
def test_known_is_whom_the_practice_knew_before_her_file_was_made_here(
    calendar: Calendar, days: int, expected: bool
) -> None:
    person = make_correspondent(calendar.client)
    person.known_since = person.created_at.date() - timedelta(days)

    assert is_known(person, at=NOW) is expected


def test_a_motive_that_is_not_for_her_offers_her_nothing(
    calendar: Calendar,
    first_visit: Motive,
    follow_up: Motive,
    known: Correspondent,
    new: Correspondent,
) -> None:
    def offered(motive: Motive, person: Correspondent | None) -> bool:
        return bool(open_slots([calendar], motive, first_day=MONDAY, now=NOW, person=person))

    assert [offered(first_visit, person) for person in (None, new, known)] == [True, True, False]
    assert [offered(follow_up, person) for person in (None, new, known)] == [True, False, True]


def test_booking_asks_who_comes(
    calendar: Calendar,
    first_visit: Motive,
    follow_up: Motive,
    known: Correspondent,
    new: Correspondent,
) -> None:
    with pytest.raises(NewPatientsOnly):
        book(calendar, first_visit, "2027-03-15 09:00", correspondent=known)
    with pytest.raises(KnownPatientsOnly):
        book(calendar, follow_up, "2027-03-15 09:00", correspondent=new)

    book(calendar, first_visit, "2027-03-15 09:00", correspondent=new)
    book(calendar, follow_up, "2027-03-15 09:20", correspondent=known)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, KnownPatientsOnly),
        ({"booked_for": "Léo"}, KnownPatientsOnly),
        ({"booked_for": "Léo", "side": Side.PORTAL}, None),
        ({"override_reason": "dit le docteur"}, None),
    ],
)
def test_who_comes_without_a_file_is_new_unless_the_practice_writes_the_name(
    calendar: Calendar,
    follow_up: Motive,
    fields: dict[str, Any],
    expected: type[Exception] | None,
) -> None:
    if expected is None:
        assert book(calendar, follow_up, "2027-03-15 09:00", **fields).is_active
    else:
        with pytest.raises(expected):
            book(calendar, follow_up, "2027-03-15 09:00", **fields)


def test_somebody_else_than_the_person_on_file_is_new(
    calendar: Calendar, follow_up: Motive, known: Correspondent
) -> None:
    with pytest.raises(KnownPatientsOnly):
        book(calendar, follow_up, "2027-03-15 09:00", correspondent=known, booked_for="Léo")


def test_moving_asks_again_only_for_another_motive(
    calendar: Calendar, first_visit: Motive, new: Correspondent
) -> None:
    other = make_motive(calendar.client, patients=Motive.For.NEW)
    appointment = book(calendar, first_visit, "2027-03-15 09:00", correspondent=new)
    make_row(calendar, "2027-03-01 09:00", correspondent=new).save()

    moved = move_appointment(
        appointment=appointment, starts_at=paris("2027-03-16 09:00"), by=None, at=NOW
    )

    assert moved.local_day == date(2027, 3, 16)
    with pytest.raises(NewPatientsOnly):
        move_appointment(
            appointment=moved,
            starts_at=paris("2027-03-16 09:20"),
            motive=other,
            by=None,
            at=NOW,
        )


def test_refusals_and_the_week_know_the_person(
    calendar: Calendar, first_visit: Motive, known: Correspondent, new: Correspondent
) -> None:
    def free_tiles(person: Correspondent | None) -> int:
        grid = week_grid([calendar], MONDAY, now=NOW, motive=first_visit, person=person)
        return sum(i.kind == GridKind.FREE for d in grid.days for i in d.columns[0].items)

    moment = paris("2027-03-15 09:00")

    assert [r.reason for r in refusals(calendar, first_visit, moment, now=NOW, person=known)] == [
        Reason.NEW_ONLY
    ]
    assert refusals(calendar, first_visit, moment, now=NOW, person=new) == ()
    assert (free_tiles(known), free_tiles(new), free_tiles(None)) == (0, 30, 30)


def test_only_a_motive_that_asks_takes_a_query_more(
    calendar: Calendar, first_visit: Motive, known: Correspondent
) -> None:
    def queries(motive: Motive) -> int:
        with CaptureQueriesContext(connection) as captured:
            open_slots([calendar], motive, first_day=MONDAY, now=NOW, person=known)
        return len(captured)

    assert (queries(make_motive(calendar.client)), queries(first_visit)) == (2, 1 + 2)
