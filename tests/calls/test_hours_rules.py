"""Which hours of a line are in force."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from calls.rules.hours import Hours, When, hours_at

WORKDAYS = frozenset(range(5))
MONDAY = date(2026, 11, 23)
ARMISTICE = date(2026, 11, 11)

DAY = Hours(1, When.WEEKLY, WORKDAYS, time(8), time(18))
NIGHT = Hours(2, When.WEEKLY, WORKDAYS, time(22), time(6))
REST = Hours(3, When.OTHERWISE)
HOLIDAYS = Hours(4, When.HOLIDAYS)
SUMMER = Hours(5, When.DATES, first=date(2026, 8, 1), last=date(2026, 8, 15))


def key_at(wall: datetime, *hours: Hours, holidays: tuple[date, ...] = ()) -> int:
    found = hours_at(hours, wall, holidays)
    return found.key if found else 0


def on(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


def test_hours_begin_at_their_first_minute_and_end_before_their_last() -> None:
    seen = [key_at(on(MONDAY, *at), DAY) for at in [(7, 59), (8, 0), (17, 59), (18, 0)]]

    assert seen == [0, 1, 1, 0]


def test_the_rest_of_the_time_holds_where_nothing_else_does() -> None:
    assert [key_at(on(MONDAY, hour), REST, DAY) for hour in (7, 12, 18)] == [3, 1, 3]


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin() -> None:
    saturday, sunday = MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)

    assert key_at(on(saturday, 3), NIGHT) == 2
    assert key_at(on(sunday, 3), NIGHT) == 0
    assert key_at(on(MONDAY, 3), NIGHT) == 0


def test_a_public_holiday_goes_before_the_week_and_dates_before_both() -> None:
    christmas_week = Hours(6, When.DATES, first=date(2026, 11, 10), last=date(2026, 11, 12))
    wall = on(ARMISTICE, 10)

    assert key_at(wall, DAY, HOLIDAYS, holidays=(ARMISTICE,)) == 4
    assert key_at(wall, DAY, HOLIDAYS) == 1
    assert key_at(wall, DAY, HOLIDAYS, christmas_week, holidays=(ARMISTICE,)) == 6


def test_dates_include_their_first_and_last_day() -> None:
    days = [date(2026, 7, 31), date(2026, 8, 1), date(2026, 8, 15), date(2026, 8, 16)]

    assert [key_at(on(day, 12), SUMMER) for day in days] == [0, 5, 5, 0]


def test_of_two_alike_the_first_in_the_list_counts() -> None:
    other = Hours(7, When.WEEKLY, WORKDAYS, time(9), time(12))

    assert [key_at(on(MONDAY, 10), *order) for order in ((DAY, other), (other, DAY))] == [1, 7]


minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))


@given(
    starts=minutes,
    ends=minutes,
    weekdays=st.sets(st.integers(0, 6)).map(frozenset),
    day=st.integers(0, 60),
    at=minutes,
)
def test_hours_are_what_walking_through_their_minutes_finds(
    starts: time, ends: time, weekdays: frozenset[int], day: int, at: time
) -> None:
    hours = Hours(1, When.WEEKLY, weekdays, starts, ends)
    wall = datetime.combine(MONDAY + timedelta(days=day), at)

    begun = [wall - timedelta(minutes=back) for back in range(24 * 60)]
    length = (datetime.combine(MONDAY, ends) - datetime.combine(MONDAY, starts)).seconds // 60
    length = length or 24 * 60
    expected = any(
        moment.time() == starts and moment.weekday() in weekdays for moment in begun[:length]
    )

    assert (hours_at([hours], wall) is not None) == expected
