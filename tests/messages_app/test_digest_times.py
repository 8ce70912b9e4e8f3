"""Digests leave at the client's own wall-clock times, over both clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages_app.rules.digests import digest_instant, next_digest

PARIS = ZoneInfo("Europe/Paris")
NOON_AND_SIX = [time(12, 0), time(18, 0)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        ("2026-10-24", "2026-10-24T10:00"),
        ("2026-10-25", "2026-10-25T11:00"),
        ("2027-03-27", "2027-03-27T11:00"),
        ("2027-03-28", "2027-03-28T10:00"),
    ],
)
def test_noon_stays_noon_when_the_clocks_change(day: str, instant: str) -> None:
    assert digest_instant(date.fromisoformat(day), time(12), PARIS) == utc(instant)


def test_a_time_that_the_clocks_jump_over_comes_after_the_jump() -> None:
    instant = digest_instant(date(2027, 3, 28), time(2, 30), PARIS)

    assert instant.astimezone(PARIS).time() == time(3, 30)


def test_a_time_that_comes_twice_is_meant_once() -> None:
    first = digest_instant(date(2026, 10, 25), time(2, 30), PARIS)

    assert first == utc("2026-10-25T00:30")
    assert next_digest([time(2, 30)], PARIS, first) == utc("2026-10-26T01:30")


@pytest.mark.parametrize(
    ("after", "instant"),
    [
        ("2026-11-23T10:59", "2026-11-23T11:00"),
        ("2026-11-23T11:00", "2026-11-23T17:00"),
        ("2026-11-23T17:00", "2026-11-24T11:00"),
        ("2026-10-24T16:00", "2026-10-25T11:00"),
        ("2027-03-27T17:00", "2027-03-28T10:00"),
    ],
)
def test_the_next_digest_is_strictly_later(after: str, instant: str) -> None:
    assert next_digest(NOON_AND_SIX, PARIS, utc(after)) == utc(instant)


def test_a_client_elsewhere_has_its_own_noon() -> None:
    reunion = ZoneInfo("Indian/Reunion")

    assert next_digest([time(12)], reunion, utc("2026-11-23T06:00")) == utc("2026-11-23T08:00")


def test_without_chosen_times_noon_and_six_are_usual() -> None:
    assert next_digest([], PARIS, utc("2026-11-23T12:00")) == utc("2026-11-23T17:00")


@pytest.mark.parametrize("first_day", [date(2026, 10, 20), date(2027, 3, 23)])
@given(st.sets(st.times(), min_size=1, max_size=4))
def test_each_time_leaves_once_a_day_in_a_week_with_a_clock_change(
    first_day: date, times: set[time]
) -> None:
    wanted = {at.replace(second=0, microsecond=0, fold=0, tzinfo=None) for at in times}
    start = digest_instant(first_day, time(0), PARIS) - timedelta(seconds=1)
    end = digest_instant(first_day + timedelta(days=7), time(0), PARIS)

    instants = []
    current = next_digest(wanted, PARIS, start)
    while current < end:
        instants.append(current)
        current = next_digest(wanted, PARIS, current)

    expected = {
        digest_instant(first_day + timedelta(days=offset), at, PARIS)
        for offset in range(7)
        for at in wanted
    }
    assert instants == sorted(expected)
