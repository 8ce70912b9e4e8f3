from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Calendar, Motive
from agenda.queries import GridItem, WeekGrid, open_slots, week_grid
from agenda.queries.week import GridKind
from agenda.rules import SlotKind
from agenda.services import block_period, book_appointment, hold_slot
from core.recurrences import weekly
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
from tests.factories import make_client, make_correspondent, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar() -> Calendar:
    calendar = make_calendar(hours=((time(9), time(11)), (time(14), time(18))))
    make_emergency(calendar)
    return calendar


@pytest.fixture
def motive(calendar: Calendar) -> Motive:
    return make_motive(calendar.client)


def items(grid: WeekGrid, kind: GridKind, day: int = 0) -> list[GridItem]:
    return [item for item in grid.days[day].columns[0].items if item.kind == kind]


def clocks(found: list[GridItem]) -> list[str]:
    return [f"{item.local_start:%H:%M}–{item.local_end:%H:%M}" for item in found]


def test_the_grid_runs_over_the_full_hours_that_are_open(calendar: Calendar) -> None:
    grid = week_grid([calendar], MONDAY, now=NOW)

    assert (grid.first_row, grid.rows) == (9 * 12, 9 * 12)
    assert grid.hours[0] == (0, time(9))
    assert grid.hours[-1] == (8 * 12, time(17))
    assert [day.day for day in grid.days] == [MONDAY + timedelta(days=n) for n in range(7)]


def test_the_grid_grows_for_an_appointment_outside_opening_hours(
    calendar: Calendar, motive: Motive
) -> None:
    book(calendar, motive, "2027-03-15 19:30", override_reason="urgence")

    grid = week_grid([calendar], MONDAY, now=NOW)

    assert (grid.first_row, grid.rows) == (9 * 12, 11 * 12)


def test_a_calendar_without_hours_shows_office_hours(motive: Motive) -> None:
    grid = week_grid([make_calendar(hours=())], MONDAY, now=NOW)

    assert (grid.first_row, grid.rows) == (8 * 12, 11 * 12)


def test_an_appointment_is_a_tile_on_its_rows(calendar: Calendar, motive: Motive) -> None:
    lefevre = make_correspondent(calendar.client)
    appointment = book(calendar, motive, "2027-03-15 09:40", correspondent=lefevre)

    (tile,) = items(week_grid([calendar], MONDAY, now=NOW), GridKind.APPOINTMENT)

    assert (tile.start_row, tile.rows) == (8, 4)
    assert tile.appointment == appointment
    assert (tile.lane, tile.lanes) == (0, 1)


def test_free_tiles_are_exactly_the_open_slots(calendar: Calendar, motive: Motive) -> None:
    book(calendar, motive, "2027-03-15 09:40")
    for chosen in (motive, make_motive(calendar.client, 40, is_urgent=True)):
        for now in (NOW, paris("2027-03-15 10:30")):
            grid = week_grid([calendar], MONDAY, now=now, motive=chosen)
            shown = [
                (item.starts_at, item.ends_at, item.slot_kind)
                for n in range(7)
                for item in items(grid, GridKind.FREE, n)
            ]

            slots = open_slots([calendar], chosen, first_day=MONDAY, days=7, now=now)

            assert shown == [(slot.starts_at, slot.ends_at, slot.kind) for slot in slots]


def test_free_tiles_of_a_long_motive_do_not_lie_over_each_other(calendar: Calendar) -> None:
    long = make_motive(calendar.client, 60)

    tiles = items(week_grid([calendar], MONDAY, now=NOW, motive=long), GridKind.FREE)

    assert [(tile.start_row, tile.rows) for tile in tiles[:4]] == [(0, 4), (4, 4), (8, 4), (12, 12)]


def test_without_a_motive_the_first_ordinary_one_is_shown(calendar: Calendar) -> None:
    make_motive(calendar.client, 10, is_urgent=True)
    ordinary = make_motive(calendar.client, 40)

    grid = week_grid([calendar], MONDAY, now=NOW)

    assert grid.motives == {calendar.pk: ordinary}


def test_emergency_hours_are_a_zone_until_they_open_to_all(
    calendar: Calendar, motive: Motive
) -> None:
    before = week_grid([calendar], MONDAY, now=paris("2027-03-15 10:29"), motive=motive)
    after = week_grid([calendar], MONDAY, now=paris("2027-03-15 10:30"), motive=motive)

    (zone,) = items(before, GridKind.EMERGENCY_HELD)
    assert clocks([zone]) == ["11:00–12:00"]
    assert zone.opens_at == paris("2027-03-15 10:30")
    assert zone.is_zone
    assert items(after, GridKind.EMERGENCY_HELD) == []
    released = [tile for tile in items(after, GridKind.FREE) if tile.is_released]
    assert clocks(released) == ["11:00–11:20", "11:20–11:40", "11:40–12:00"]
    assert len(items(after, GridKind.EMERGENCY_HELD, 1)) == 1


def test_an_urgent_motive_has_free_tiles_in_emergency_hours(calendar: Calendar) -> None:
    urgent = make_motive(calendar.client, is_urgent=True)

    grid = week_grid([calendar], MONDAY, now=NOW, motive=urgent)

    kinds = [tile.slot_kind for tile in items(grid, GridKind.FREE)]
    assert kinds.count(SlotKind.EMERGENCY) == 3


def test_closed_hours_are_zones(calendar: Calendar) -> None:
    grid = week_grid([calendar], MONDAY, now=NOW)

    closed = items(grid, GridKind.CLOSED)
    assert [(zone.start_row, zone.rows) for zone in closed] == [(36, 24)]
    assert [(zone.start_row, zone.rows) for zone in items(grid, GridKind.CLOSED, 6)] == [(0, 108)]


def test_an_absence_over_days_is_a_zone_on_each(calendar: Calendar) -> None:
    block_period(
        calendar=calendar,
        starts_at=paris("2027-03-15 16:00"),
        ends_at=paris("2027-03-17 00:00"),
        by=None,
        at=NOW,
    )

    grid = week_grid([calendar], MONDAY, now=NOW)

    first, second = items(grid, GridKind.ABSENCE), items(grid, GridKind.ABSENCE, 1)
    assert [(zone.start_row, zone.rows) for zone in (*first, *second)] == [(84, 24), (0, 108)]
    assert items(grid, GridKind.ABSENCE, 2) == []


def test_a_hold_is_a_tile_and_its_slot_free_to_its_holder_only(
    calendar: Calendar, motive: Motive
) -> None:
    lea = make_user("lea")
    hold = hold_slot(
        calendar=calendar, motive=motive, starts_at=paris("2027-03-15 09:00"), by=lea, at=NOW
    )

    others = week_grid([calendar], MONDAY, now=NOW, motive=motive)
    hers = week_grid([calendar], MONDAY, now=NOW, motive=motive, viewer=lea)

    assert [tile.hold for tile in items(others, GridKind.HOLD)] == [hold]
    assert items(hers, GridKind.HOLD) == []
    assert clocks(items(others, GridKind.FREE))[0] == "09:20–09:40"
    assert clocks(items(hers, GridKind.FREE))[0] == "09:00–09:20"


def test_overlapping_appointments_share_the_width(calendar: Calendar, motive: Motive) -> None:
    hour = make_motive(calendar.client, 60)
    book(calendar, hour, "2027-03-15 09:00")
    book(calendar, motive, "2027-03-15 09:20", override_reason="entre deux")
    book(calendar, motive, "2027-03-15 09:40", override_reason="entre deux")
    book(calendar, motive, "2027-03-15 10:00")

    tiles = items(week_grid([calendar], MONDAY, now=NOW), GridKind.APPOINTMENT)

    assert [(tile.start_row, tile.lane, tile.lanes) for tile in tiles] == [
        (0, 0, 2),
        (4, 1, 2),
        (8, 1, 2),
        (12, 0, 1),
    ]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2027-03-15 10:07", [13, None, None, None, None, None, None]),
        ("2027-03-16 09:00", [None, 0, None, None, None, None, None]),
        ("2027-03-15 20:00", [None] * 7),
        ("2027-03-22 10:00", [None] * 7),
    ],
)
def test_the_present_is_a_row_of_today(
    calendar: Calendar, now: str, expected: list[int | None]
) -> None:
    grid = week_grid([calendar], MONDAY, now=paris(now))

    assert [day.now_row for day in grid.days] == expected
    assert sum(day.is_today for day in grid.days) == (1 if now < "2027-03-22" else 0)


def test_nine_o_clock_is_on_the_same_row_on_both_sides_of_the_change_of_clock() -> None:
    calendar = make_calendar(hours=())
    make_rule(calendar, time(9), time(10), recurrence=weekly(range(7)))
    motive = make_motive(calendar.client)

    grid = week_grid([calendar], date(2027, 3, 22), now=NOW, motive=motive, days=14)

    assert {items(grid, GridKind.FREE, n)[0].start_row for n in range(14)} == {0}
    assert {len(items(grid, GridKind.FREE, n)) for n in range(14)} == {3}


def test_the_hour_that_comes_twice_shows_its_visits_side_by_side() -> None:
    calendar = make_calendar(hours=())
    make_rule(calendar, time(1), time(4), recurrence=weekly(range(7)), slot_minutes=30)
    motive = make_motive(calendar.client, 30)
    sunday = date(2027, 10, 31)
    twice = [
        slot
        for slot in open_slots([calendar], motive, first_day=sunday, days=1, now=NOW)
        if slot.local_start.hour == 2 and slot.local_start.minute == 30
    ]
    for slot in twice:
        book_appointment(
            calendar=calendar, motive=motive, starts_at=slot.starts_at, by=None, at=NOW
        )

    tiles = items(week_grid([calendar], sunday, now=NOW, days=1), GridKind.APPOINTMENT)

    assert [(tile.start_row, tile.lane, tile.lanes) for tile in tiles] == [(18, 0, 2), (18, 1, 2)]
    assert all(tile.rows == 6 for tile in tiles)


def test_two_practitioners_stand_side_by_side() -> None:
    client = make_client()
    martin, benali = make_calendar(client), make_calendar(client, name="Dr Benali")
    motive = make_motive(client)
    book(benali, motive, "2027-03-15 09:00")

    grid = week_grid([martin, benali], MONDAY, now=NOW)

    assert [column.calendar for column in grid.days[0].columns] == [martin, benali]
    counts = [
        sum(item.kind == GridKind.APPOINTMENT for item in column.items)
        for column in grid.days[0].columns
    ]
    assert counts == [0, 1]


def test_the_grid_takes_five_queries_and_four_with_a_motive(
    calendar: Calendar, motive: Motive
) -> None:
    with CaptureQueriesContext(connection) as without:
        week_grid([calendar], MONDAY, now=NOW)
    with CaptureQueriesContext(connection) as with_motive:
        week_grid([calendar], MONDAY, now=NOW, motive=motive)

    assert (len(without), len(with_motive)) == (5, 4)


def test_the_grid_asks_as_often_for_three_appointments_as_for_one(
    calendar: Calendar, motive: Motive, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    hours = iter(range(14, 18))

    def add() -> None:
        person = make_correspondent(calendar.client)
        book(calendar, motive, f"2027-03-15 {next(hours)}:00", correspondent=person)

    def show() -> None:
        grid = week_grid([calendar], MONDAY, now=NOW)
        names = [
            (tile.appointment.shown_name, tile.appointment.motive and tile.appointment.motive.name)
            for tile in items(grid, GridKind.APPOINTMENT)
            if tile.appointment
        ]
        assert all(name for name, _ in names)

    assert_same_queries_at_1_and_3(add=add, show=show)
