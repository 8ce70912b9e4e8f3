from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Absence, Appointment, Calendar, Motive, OpeningRule
from agenda.queries import open_slots, refusals
from agenda.rules import Reason, SlotKind
from agenda.services import hold_slot
from core.recurrences import weekly
from tests.agenda import workload
from tests.agenda.factories import (
    MONDAY,
    NOW,
    book,
    make_calendar,
    make_emergency,
    make_motive,
    make_rule,
    paris,
)
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db


def starts(calendar: Calendar, motive: Motive, day: date = MONDAY, **fields: Any) -> list[str]:
    fields = {"days": 1, "now": NOW, **fields}
    slots = open_slots([calendar], motive, first_day=day, **fields)
    return [f"{slot.local_start:%H:%M}" for slot in slots]


@pytest.fixture
def calendar() -> Calendar:
    return make_calendar(hours=((time(9), time(11)),))


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


def test_open_slots_follow_the_grid_of_the_opening(calendar: Calendar, motive: Motive) -> None:
    assert starts(calendar, motive) == ["09:00", "09:20", "09:40", "10:00", "10:20", "10:40"]


def test_open_slots_lose_those_that_touch_an_appointment(
    calendar: Calendar, motive: Motive
) -> None:
    book(calendar, make_motive(calendar.client, 40), "2027-03-15 09:20")

    assert starts(calendar, motive) == ["09:00", "10:00", "10:20", "10:40"]


def test_a_cancelled_appointment_gives_its_slot_back(calendar: Calendar, motive: Motive) -> None:
    appointment = book(calendar, motive, "2027-03-15 09:00")
    Appointment.objects.filter(pk=appointment.pk).update(status=Appointment.Status.CANCELLED)

    assert starts(calendar, motive)[0] == "09:00"


def test_buffers_keep_the_slots_around_a_visit_free(calendar: Calendar) -> None:
    washed = make_motive(calendar.client, minutes_before=5, minutes_after=10)
    book(calendar, washed, "2027-03-15 09:40")

    assert starts(calendar, washed) == ["09:00", "10:20", "10:40"]


def test_a_long_motive_needs_its_whole_time(calendar: Calendar) -> None:
    long = make_motive(calendar.client, 60)

    assert starts(calendar, long) == ["09:00", "09:20", "09:40", "10:00"]


def test_an_absence_of_part_of_the_day_takes_only_its_part(
    calendar: Calendar, motive: Motive
) -> None:
    Absence.objects.create(
        calendar=calendar, starts_at=paris("2027-03-15 09:30"), ends_at=paris("2027-03-15 10:20")
    )

    assert starts(calendar, motive) == ["09:00", "10:20", "10:40"]


def test_a_lifted_absence_counts_for_nothing(calendar: Calendar, motive: Motive) -> None:
    Absence.objects.create(
        calendar=calendar,
        starts_at=paris("2027-03-15 09:00"),
        ends_at=paris("2027-03-15 12:00"),
        lifted_at=NOW,
    )

    assert len(starts(calendar, motive)) == 6


def test_a_slot_held_by_somebody_else_is_not_offered(calendar: Calendar, motive: Motive) -> None:
    lea = make_user("lea")
    hold_slot(
        calendar=calendar,
        motive=motive,
        starts_at=paris("2027-03-15 09:00"),
        by=lea,
        at=NOW,
        lasting=timedelta(minutes=1),
    )

    assert starts(calendar, motive)[0] == "09:20"
    assert starts(calendar, motive, viewer=lea)[0] == "09:00"
    assert starts(calendar, motive, now=NOW + timedelta(minutes=1))[0] == "09:00"


def test_the_past_of_today_is_not_offered(calendar: Calendar, motive: Motive) -> None:
    assert starts(calendar, motive, now=paris("2027-03-15 10:01")) == ["10:20", "10:40"]


def test_notice_and_horizon_limit_what_is_offered(calendar: Calendar) -> None:
    picky = make_motive(calendar.client, notice_minutes=24 * 60, horizon_days=2)

    found = open_slots([calendar], picky, first_day=MONDAY, now=paris("2027-03-15 10:10"))

    assert {slot.local_start.date() for slot in found} == {date(2027, 3, 16), date(2027, 3, 17)}
    assert f"{found[0].local_start:%d %H:%M}" == "16 10:20"


def test_emergency_hours_open_to_all_at_their_time_of_the_day(calendar: Calendar) -> None:
    make_emergency(calendar)
    ordinary = make_motive(calendar.client)
    urgent = make_motive(calendar.client, is_urgent=True)

    assert "11:00" not in starts(calendar, ordinary, now=paris("2027-03-15 10:29"))
    assert "11:00" in starts(calendar, ordinary, now=paris("2027-03-15 10:30"))
    assert "11:00" in starts(calendar, urgent, now=paris("2027-03-15 08:00"))
    assert "11:00" not in starts(
        calendar, ordinary, MONDAY + timedelta(days=1), now=paris("2027-03-15 10:30")
    )


def test_emergency_hours_open_so_many_hours_before(calendar: Calendar, motive: Motive) -> None:
    make_emergency(calendar, release=OpeningRule.ReleasePolicy.BEFORE, release_hours=24)
    tuesday = MONDAY + timedelta(days=1)

    assert "11:00" not in starts(calendar, motive, tuesday, now=paris("2027-03-15 10:59"))
    assert "11:00" in starts(calendar, motive, tuesday, now=paris("2027-03-15 11:00"))


def test_a_released_slot_says_that_it_was_kept(calendar: Calendar, motive: Motive) -> None:
    make_emergency(calendar)

    found = open_slots([calendar], motive, first_day=MONDAY, days=1, now=paris("2027-03-15 10:35"))

    assert [slot.kind for slot in found] == [SlotKind.REGULAR] + [SlotKind.RELEASED] * 3
    assert [slot.is_released for slot in found] == [False, True, True, True]


def test_a_visit_may_run_from_regular_into_released_hours(calendar: Calendar) -> None:
    make_emergency(calendar)
    long = make_motive(calendar.client, 40)

    assert "10:40" in starts(calendar, long, now=paris("2027-03-15 10:30"))
    assert "10:40" not in starts(calendar, long, now=paris("2027-03-15 10:29"))


def test_hours_for_some_motives_are_open_to_those_only(calendar: Calendar, motive: Motive) -> None:
    vaccination = make_motive(calendar.client, name="Vaccination")
    make_rule(calendar, time(17), time(18), motives=[vaccination])

    assert starts(calendar, vaccination)[-1] == "17:40"
    assert starts(calendar, motive)[-1] == "10:40"


def test_a_dated_rule_replaces_the_morning_of_its_day(calendar: Calendar, motive: Motive) -> None:
    make_rule(
        calendar,
        time(9, 30),
        time(10, 10),
        recurrence="",
        valid_from=MONDAY,
        valid_until=MONDAY,
        replaces=OpeningRule.Replaced.MORNING,
    )

    assert starts(calendar, motive) == ["09:30", "09:50"]
    assert len(starts(calendar, motive, MONDAY + timedelta(days=1))) == 6


def test_every_other_week_is_open_every_other_week() -> None:
    calendar = make_calendar(hours=())
    make_rule(calendar, time(9), time(10), recurrence=weekly([0], interval=2), valid_from=MONDAY)

    found = open_slots([calendar], make_motive(calendar.client), first_day=MONDAY, days=35, now=NOW)

    assert sorted({slot.local_start.date() for slot in found}) == [
        date(2027, 3, 15),
        date(2027, 3, 29),
        date(2027, 4, 12),
    ]


def test_the_grid_begins_anew_at_each_range() -> None:
    calendar = make_calendar(hours=())
    make_rule(calendar, time(9, 5), time(10), slot_minutes=15)
    make_rule(calendar, time(14, 10), time(15), slot_minutes=25)

    assert starts(calendar, make_motive(calendar.client, 15)) == [
        "09:05",
        "09:20",
        "09:35",
        "14:10",
        "14:35",
    ]


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        # a night rule over both changes of clock: the hour is lost, then had twice
        ("Europe/Paris", date(2027, 3, 27), ["23:00", "00:00", "01:00", "03:00", "04:00"]),
        (
            "Europe/Paris",
            date(2027, 10, 30),
            ["23:00", "00:00", "01:00", "02:00", "02:00", "03:00", "04:00"],
        ),
        ("America/New_York", date(2027, 3, 13), ["23:00", "00:00", "01:00", "03:00", "04:00"]),
        ("Asia/Kolkata", date(2027, 3, 27), ["23:00", "00:00", "01:00", "02:00", "03:00", "04:00"]),
    ],
)
def test_a_night_rule_gives_the_real_hours_of_its_night(
    zone: str, day: date, expected: list[str]
) -> None:
    calendar = make_calendar(hours=(), timezone=zone)
    make_rule(calendar, time(23), time(5), recurrence=weekly(range(7)), slot_minutes=60)
    motive = make_motive(calendar.client, 60)

    found = open_slots([calendar], motive, first_day=day, days=2, now=paris("2027-01-01 00:00"))

    night = [slot for slot in found if slot.local_start.replace(tzinfo=None) >= _nine_pm(day)]
    assert [f"{slot.local_start:%H:%M}" for slot in night][: len(expected)] == expected
    assert all(slot.ends_at - slot.starts_at == timedelta(hours=1) for slot in night)


def _nine_pm(day: date) -> datetime:
    return datetime.combine(day, time(21))


def test_a_changed_rule_changes_the_slots_at_once(calendar: Calendar, motive: Motive) -> None:
    before = starts(calendar, motive)

    calendar.opening_rules.update(start_time=time(10))

    assert before[0] == "09:00"
    assert starts(calendar, motive) == ["10:00", "10:20", "10:40"]


def test_several_calendars_give_their_slots_in_order() -> None:
    client = make_client()
    martin = make_calendar(client, hours=((time(9), time(9, 40)),))
    benali = make_calendar(client, hours=((time(9, 10), time(9, 50)),), name="Dr Benali")

    found = open_slots([martin, benali], make_motive(client), first_day=MONDAY, days=1, now=NOW)

    assert [(f"{slot.local_start:%H:%M}", slot.calendar.name) for slot in found] == [
        ("09:00", "Dr Martin"),
        ("09:10", "Dr Benali"),
        ("09:20", "Dr Martin"),
        ("09:30", "Dr Benali"),
    ]


def test_a_motive_of_one_calendar_gives_no_slot_in_another() -> None:
    client = make_client()
    martin, benali = make_calendar(client), make_calendar(client, name="Dr Benali")
    surgery = make_motive(client, calendar=martin)

    found = open_slots([martin, benali], surgery, first_day=MONDAY, days=1, now=NOW)

    assert {slot.calendar for slot in found} == {martin}
    assert open_slots([benali], surgery, first_day=MONDAY, now=NOW) == []


def test_limit_stops_at_the_first_slots(calendar: Calendar, motive: Motive) -> None:
    found = open_slots([calendar], motive, first_day=MONDAY, now=NOW, limit=2)

    assert [f"{slot.local_start:%H:%M}" for slot in found] == ["09:00", "09:20"]


def test_w1_from_the_database_is_right_and_takes_two_queries() -> None:
    calendar = make_calendar()
    make_emergency(calendar, release=OpeningRule.ReleasePolicy.NEVER)
    motive = make_motive(calendar.client)
    for absence in workload.absences():
        Absence.objects.create(calendar=calendar, starts_at=absence.start, ends_at=absence.end)
    fill(calendar, motive, workload.appointment_starts(2000))

    with CaptureQueriesContext(connection) as captured:
        found = open_slots(
            [calendar], motive, first_day=workload.FIRST_DAY, days=30, now=workload.FIRST
        )

    assert len(found) == workload.FREE_SLOTS
    first = [slot.local_start.replace(tzinfo=None) for slot in found[:5]]
    assert first == workload.FIRST_FREE
    assert len(captured) == 2


def fill(calendar: Calendar, motive: Motive, local_starts: list[datetime]) -> None:
    rows = []
    for local in local_starts:
        start = paris(local.isoformat())
        end = start + workload.STEP
        rows.append(
            Appointment(
                calendar=calendar,
                client=calendar.client,
                motive=motive,
                starts_at=start,
                ends_at=end,
                block_starts_at=start,
                block_ends_at=end,
                local_day=local.date(),
                local_time=local.time(),
                timezone="Europe/Paris",
            )
        )
    Appointment.objects.bulk_create(rows)


def test_open_slots_asks_as_often_for_three_calendars_as_for_one(
    assert_same_queries_at_1_and_3: Callable[..., None],
) -> None:
    client = make_client()
    motive = make_motive(client)
    calendars: list[Calendar] = []

    def add() -> None:
        calendars.append(make_calendar(client))
        book(calendars[-1], motive, "2027-03-15 09:00")

    assert_same_queries_at_1_and_3(
        add=add, show=lambda: open_slots(calendars, motive, first_day=MONDAY, now=NOW)
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2027-03-15 09:00", Reason.TAKEN),
        ("2027-03-15 09:20", None),
        ("2027-03-15 09:30", Reason.OFF_GRID),
        ("2027-03-15 10:40", None),
        ("2027-03-15 11:00", Reason.EMERGENCY),
        ("2027-03-15 13:00", Reason.OUTSIDE_OPENING),
        ("2027-03-15 07:00", Reason.PAST),
        ("2027-03-16 09:00", Reason.ABSENCE),
    ],
)
def test_refusals_say_what_stands_in_the_way(at: str, expected: Reason | None) -> None:
    calendar = make_calendar(hours=((time(9), time(11)),))
    make_emergency(calendar)
    motive = make_motive(calendar.client)
    book(calendar, motive, "2027-03-15 09:00")
    Absence.objects.create(
        calendar=calendar, starts_at=paris("2027-03-16 00:00"), ends_at=paris("2027-03-17 00:00")
    )

    found = refusals(calendar, motive, paris(at), now=NOW)

    assert (found[0].reason if found else None) == expected


def test_a_refusal_for_emergencies_knows_until_when(calendar: Calendar, motive: Motive) -> None:
    make_emergency(calendar)

    (refusal,) = refusals(calendar, motive, paris("2027-03-15 11:00"), now=NOW)

    assert refusal.until == paris("2027-03-15 10:30")


def test_a_visit_too_long_for_the_room_knows_the_room_left(calendar: Calendar) -> None:
    long = make_motive(calendar.client, 40)

    (refusal,) = refusals(calendar, long, paris("2027-03-15 10:40"), now=NOW)

    assert refusal.reason == Reason.TOO_LONG
    assert refusal.period is not None
    assert refusal.period.length == timedelta(minutes=20)
