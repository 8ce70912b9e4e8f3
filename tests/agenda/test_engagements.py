"""The statement written by hand gives what the ORM would."""

import random
from datetime import timedelta

import pytest

from agenda.models import Absence, Appointment, Calendar, SlotHold
from agenda.queries.engagements import read_engagements
from clients.models import User
from core.periods import Period
from tests.agenda.factories import NOW, make_calendar, paris
from tests.agenda.rows import make_row
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
START, END = paris("2027-03-15 00:00"), paris("2027-03-20 00:00")


def populate(calendar: Calendar, people: list[User], draw: random.Random) -> None:
    """Fill two weeks around the period with rows of every kind and state."""
    for n in range(60):
        at = f"{(START + timedelta(hours=5 * n - 100)):%Y-%m-%d %H:%M}"
        status = draw.choice(Appointment.Status.values)
        make_row(calendar, at, draw.choice([5, 20, 295]), status=status).save()
    for n in range(12):
        starts_at = START + timedelta(days=n - 4)
        Absence.objects.create(
            calendar=calendar,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=draw.choice([1, 5])),
            lifted_at=draw.choice([None, NOW]),
        )
    for person in people:
        SlotHold.objects.create(
            calendar=calendar,
            holder=person,
            starts_at=START,
            ends_at=START + timedelta(minutes=20),
            block_starts_at=START,
            block_ends_at=START + timedelta(microseconds=20),
            expires_at=NOW + timedelta(seconds=draw.choice([0, 1])),
        )


def test_engagements_are_those_of_the_orm() -> None:
    draw = random.Random(11)
    client = make_client()
    people = [make_user() for _ in range(8)]
    calendars = [make_calendar(client), make_calendar(client), make_calendar(client)]
    for calendar in calendars:
        populate(calendar, people, draw)
    left_out = Appointment.objects.filter(calendar=calendars[0]).blocking(START, END)[3]

    found = read_engagements(
        [calendar.pk for calendar in calendars[:2]],
        start=START,
        end=END,
        now=NOW,
        viewer=people[0],
        without=left_out,
    )

    assert set(found) == {calendar.pk for calendar in calendars[:2]}
    for calendar in calendars[:2]:
        appointments = Appointment.objects.filter(calendar=calendar).blocking(START, END)
        away = Absence.objects.in_force().filter(calendar=calendar)
        holds = SlotHold.objects.filter(calendar=calendar, expires_at__gt=NOW)
        engagements = found[calendar.pk]
        assert engagements.taken == [
            row.block for row in appointments.exclude(pk=left_out.pk).order_by("block_starts_at")
        ]
        assert engagements.absences == [
            row.period
            for row in away.filter(starts_at__lt=END, ends_at__gt=START).order_by("starts_at")
        ]
        assert engagements.held == [
            row.block for row in holds.exclude(holder=people[0]).order_by("pk")
        ]
        assert all(len(part) > 1 for part in (engagements.taken, engagements.absences))


def test_instants_come_back_in_utc_to_the_microsecond() -> None:
    calendar = make_calendar()
    row = make_row(calendar, "2027-03-15 09:00")
    row.block_ends_at += timedelta(microseconds=1)
    row.save()

    found = read_engagements([calendar.pk], start=START, end=END, now=NOW)

    (period,) = found[calendar.pk].taken
    assert period == Period(row.block_starts_at, row.block_ends_at)
    assert period.start.utcoffset() == timedelta()


def test_no_calendar_has_no_engagements() -> None:
    assert read_engagements([], start=START, end=END, now=NOW) == {}
