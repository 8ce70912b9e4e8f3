from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.wall_clock import day_bounds, instant_of, instants_of

PARIS = ZoneInfo("Europe/Paris")
NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")
HAVANA = ZoneInfo("America/Havana")  # its clocks change at midnight
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its clocks change by half an hour


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        (PARIS, date(2027, 3, 15), time(9), "2027-03-15T08:00"),
        (PARIS, date(2027, 3, 29), time(9), "2027-03-29T07:00"),
        (NEW_YORK, date(2027, 3, 12), time(9), "2027-03-12T14:00"),
        (NEW_YORK, date(2027, 3, 15), time(9), "2027-03-15T13:00"),
        (KOLKATA, date(2027, 3, 28), time(9, 30), "2027-03-28T04:00"),
        # the day itself, before and after the change
        (PARIS, date(2027, 3, 28), time(1, 59), "2027-03-28T00:59"),
        (PARIS, date(2027, 3, 28), time(9), "2027-03-28T07:00"),
        (PARIS, date(2027, 10, 31), time(9), "2027-10-31T08:00"),
    ],
)
def test_instant_of_reads_the_wall_clock_of_the_zone(
    zone: ZoneInfo, day: date, at: time, expected: str
) -> None:
    assert instant_of(day, at, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "skipped", "expected"),
    [
        (PARIS, date(2027, 3, 28), (time(2), time(2, 30), time(2, 59)), "2027-03-28T01:00"),
        (NEW_YORK, date(2027, 3, 14), (time(2), time(2, 30)), "2027-03-14T07:00"),
        (HAVANA, date(2027, 3, 14), (time(0), time(0, 30)), "2027-03-14T05:00"),
        (LORD_HOWE, date(2027, 10, 3), (time(2), time(2, 15)), "2027-10-02T15:30"),
    ],
)
def test_a_time_that_clocks_skip_is_the_first_instant_after_the_gap(
    zone: ZoneInfo, day: date, skipped: tuple[time, ...], expected: str
) -> None:
    after_gap = datetime.fromisoformat(expected).replace(tzinfo=UTC)

    assert [instant_of(day, at, zone) for at in skipped] == [after_gap] * len(skipped)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        (PARIS, date(2027, 10, 31), time(2, 30), "2027-10-31T00:30"),
        (NEW_YORK, date(2027, 11, 7), time(1, 30), "2027-11-07T05:30"),
    ],
)
def test_a_time_that_clocks_show_twice_is_the_first_of_the_two(
    zone: ZoneInfo, day: date, at: time, expected: str
) -> None:
    assert instant_of(day, at, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25), (date(2027, 3, 15), 24)]
)
def test_day_bounds_span_the_real_hours_of_the_day(day: date, hours: int) -> None:
    start, end = day_bounds(day, PARIS)

    assert end - start == timedelta(hours=hours)


@given(
    st.sampled_from([PARIS, NEW_YORK, KOLKATA, HAVANA, LORD_HOWE]),
    st.datetimes(datetime(2027, 1, 1), datetime(2028, 1, 1)),
    st.integers(0, 3000),
)
def test_instant_of_keeps_the_order_of_wall_clock_times(
    zone: ZoneInfo, earlier: datetime, minutes: int
) -> None:
    later = earlier + timedelta(minutes=minutes)

    assert instant_of(earlier.date(), earlier.time(), zone) <= instant_of(
        later.date(), later.time(), zone
    )


@given(
    st.sampled_from([PARIS, NEW_YORK, KOLKATA, HAVANA, LORD_HOWE]),
    st.integers(0, 366 * 24 * 60),
)
def test_what_a_clock_shows_leads_back_to_the_instant_or_to_its_first_showing(
    zone: ZoneInfo, minutes: int
) -> None:
    instant = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    shown = instant.astimezone(zone)

    found = instant_of(shown.date(), shown.time(), zone)

    assert found.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None)
    assert (found == instant) is (shown.fold == 0)


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2027, 3, 15), time(9), ["2027-03-15T08:00"]),
        # skipped, shown twice, and the edges of both
        (date(2027, 3, 28), time(2, 30), []),
        (date(2027, 3, 28), time(3), ["2027-03-28T01:00"]),
        (date(2027, 10, 31), time(2, 30), ["2027-10-31T00:30", "2027-10-31T01:30"]),
        (date(2027, 10, 31), time(3), ["2027-10-31T02:00"]),
    ],
)
def test_instants_of_gives_each_time_that_the_clocks_show_it(
    day: date, at: time, expected: list[str]
) -> None:
    shown = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in expected]

    assert list(instants_of(day, at, PARIS)) == shown
