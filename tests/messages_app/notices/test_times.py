"""When notices leave: examples, both changes of clock, and what always holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.holidays import Region, public_holidays
from messages_app.rules.notice_times import (
    Hours,
    Later,
    Now,
    Timing,
    Unit,
    Window,
    judge_reminder,
    last_day_due,
    next_opening,
    reminder_moment,
)

ZONES = [ZoneInfo(name) for name in ("Europe/Paris", "America/New_York", "Asia/Kolkata")]
PARIS = ZONES[0]
EVE = Timing(1, Unit.DAYS, time(18))
OFFICE = Window(time(8), time(20))
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def is_holiday(day: date) -> bool:
    return bool(public_holidays(Region.METROPOLE, day, day + DAY))


def hours(window: Window = OFFICE, zone: ZoneInfo = PARIS) -> Hours:
    return Hours(window, zone, is_holiday)


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("visit", "timing", "moment"),
    [
        pytest.param("2026-11-26 09:40", EVE, "2026-11-25 18:00", id="the evening before"),
        pytest.param("2026-11-30 09:40", EVE, "2026-11-28 18:00", id="Monday: on Saturday"),
        pytest.param("2026-11-12 09:40", EVE, "2026-11-10 18:00", id="after the 11th: the 10th"),
        pytest.param(
            "2026-11-26 09:40", Timing(2, Unit.DAYS, time(9)), "2026-11-24 09:00", id="two days"
        ),
        pytest.param(
            "2026-11-26 14:00", Timing(3, Unit.HOURS, time(18)), "2026-11-26 11:00", id="3 hours"
        ),
        pytest.param(
            "2026-11-26 09:00", Timing(2, Unit.HOURS, time(18)), "2026-11-25 19:30", id="too early"
        ),
        pytest.param(
            "2026-11-26 09:00",
            Timing(12, Unit.HOURS, time(18)),
            "2026-11-25 19:30",
            id="too late in the evening",
        ),
        pytest.param(
            "2026-11-30 09:00", Timing(20, Unit.HOURS, time(18)), "2026-11-28 19:30", id="Sunday"
        ),
        pytest.param(
            "2026-11-26 09:00", Timing(1, Unit.DAYS, time(20)), "2026-11-25 19:30", id="at closing"
        ),
        pytest.param(
            "2026-11-30 09:00", Timing(1, Unit.DAYS, time(7)), "2026-11-28 19:30", id="both"
        ),
    ],
)
def test_a_reminder_leaves_at_its_time_or_at_the_last_one_before_it(
    visit: str, timing: Timing, moment: str
) -> None:
    assert reminder_moment(at(visit), timing, hours()) == at(moment)


def test_on_sundays_and_holidays_only_where_the_practice_wishes() -> None:
    always = Window(time(8), time(20), on_sundays=True, on_holidays=True)

    assert reminder_moment(at("2026-11-30 09:40"), EVE, hours(always)) == at("2026-11-29 18:00")
    assert reminder_moment(at("2026-11-12 09:40"), EVE, hours(always)) == at("2026-11-11 18:00")


@pytest.mark.parametrize(
    ("visit", "moment_in_utc"),
    [
        pytest.param("2027-03-29 09:00", "2027-03-27 17:00", id="spring: Saturday, still winter"),
        pytest.param("2027-03-30 09:00", "2027-03-27 17:00", id="Easter Monday goes back too"),
        pytest.param("2026-10-26 09:00", "2026-10-24 16:00", id="autumn: Saturday, still summer"),
        pytest.param("2026-10-27 09:00", "2026-10-26 17:00", id="autumn: Monday, winter"),
    ],
)
def test_the_wall_clock_holds_over_both_changes_of_clock(visit: str, moment_in_utc: str) -> None:
    expected = datetime.fromisoformat(moment_in_utc).replace(tzinfo=UTC)

    assert reminder_moment(at(visit), EVE, hours()) == expected


def test_hours_before_are_hours_that_pass_also_when_the_clock_changes() -> None:
    always = Window(time(0, 5), time(23, 55), on_sundays=True, on_holidays=True)
    visit = at("2027-03-28 04:00")

    moment = reminder_moment(visit, Timing(2, Unit.HOURS, time(18)), hours(always))

    assert moment == visit - timedelta(hours=2)


def test_hours_that_the_clock_skips_are_no_hours() -> None:
    skipped = Window(time(2, 10), time(2, 50), on_sundays=True, on_holidays=True)

    assert hours(skipped).of_day(date(2027, 3, 28)) is None


def test_without_any_open_day_there_is_no_moment() -> None:
    closed = Hours(OFFICE, PARIS, lambda _day: True)

    assert reminder_moment(at("2026-11-26 09:40"), EVE, closed) is None
    assert next_opening(closed, at("2026-11-26 09:40")) is None


VISIT = at("2026-11-26 09:40")


@pytest.mark.parametrize(
    ("told", "now", "judged"),
    [
        ("2026-11-20 10:00", "2026-11-25 17:59", Later.NOT_YET),
        ("2026-11-20 10:00", "2026-11-25 18:00", Now(at("2026-11-25 20:00"))),
        ("2026-11-20 10:00", "2026-11-25 19:59", Now(at("2026-11-25 20:00"))),
        # Nothing ran in the evening: it is made up in the morning, before the visit.
        ("2026-11-20 10:00", "2026-11-25 20:00", Later.NOT_YET),
        ("2026-11-20 10:00", "2026-11-26 08:00", Now(VISIT)),
        ("2026-11-20 10:00", "2026-11-26 09:39", Now(VISIT)),
        ("2026-11-20 10:00", "2026-11-26 09:40", Later.TOO_LATE),
        ("2026-11-25 18:01", "2026-11-25 18:02", Later.JUST_TOLD),
        ("2026-11-25 18:00", "2026-11-25 18:02", Now(at("2026-11-25 20:00"))),
    ],
)
def test_a_reminder_is_judged_by_when_the_person_was_told_and_what_is_left(
    told: str, now: str, judged: Now | Later
) -> None:
    found = judge_reminder(
        starts_at=VISIT, told_at=at(told), now=at(now), timing=EVE, hours=hours()
    )

    assert found == judged


def test_too_late_when_the_hours_open_only_after_the_visit() -> None:
    late = Window(time(10), time(20))

    found = judge_reminder(
        starts_at=VISIT,
        told_at=at("2026-11-20 10:00"),
        now=at("2026-11-25 20:30"),
        timing=EVE,
        hours=hours(late),
    )

    assert found == Later.TOO_LATE


WINDOWS = st.builds(
    lambda first, length, sundays, holidays: Window(
        _wall(first), _wall(min(first + length, 24 * 60 - 1)), sundays, holidays
    ),
    st.integers(0, 22 * 60),
    st.integers(10, 14 * 60),
    st.booleans(),
    st.booleans(),
)
TIMINGS = st.builds(
    Timing, st.integers(1, 30), st.sampled_from(Unit), st.integers(0, 1439).map(lambda m: _wall(m))
)
ANY_TIME = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC, second=0, microsecond=0)
)
AROUND_CHANGES = st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + timedelta(minutes=minutes),
    st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1)]),
    st.integers(-4 * 1440, 4 * 1440),
)
INSTANTS = st.one_of(ANY_TIME, AROUND_CHANGES)


def _wall(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def is_open(instant: datetime, window: Window, zone: ZoneInfo) -> bool:
    """Whether a text may leave at this instant, as the wall of the zone shows it."""
    local = instant.astimezone(zone)
    return (
        window.opens_at <= local.time() < window.closes_at
        and (window.on_sundays or local.weekday() != 6)
        and (window.on_holidays or not is_holiday(local.date()))
    )


@given(INSTANTS, TIMINGS, WINDOWS, st.sampled_from(ZONES))
def test_a_reminder_leaves_within_the_hours_and_not_later_than_wished(
    visit: datetime, timing: Timing, window: Window, zone: ZoneInfo
) -> None:
    moment = reminder_moment(visit, timing, hours(window, zone))

    assert moment is not None
    assert moment < visit
    assert is_open(moment, window, zone) or _in_a_doubled_hour(moment, zone)
    if timing.unit is Unit.HOURS:
        assert moment <= visit - timedelta(hours=timing.count)


@given(INSTANTS, WINDOWS, st.sampled_from(ZONES))
def test_the_next_opening_is_the_first_open_minute(
    after: datetime, window: Window, zone: ZoneInfo
) -> None:
    """Against a clock that looks at every minute."""
    found = next_opening(hours(window, zone), after)

    assert found is not None
    minute = after
    while minute < found.start:
        assert not is_open(minute, window, zone) or _in_a_doubled_hour(minute, zone)
        minute += MINUTE
    assert found.start >= after
    assert found.start < found.end


@given(INSTANTS, TIMINGS, WINDOWS, st.sampled_from(ZONES), st.integers(0, 40 * 24 * 60))
def test_no_reminder_is_due_beyond_the_last_day_looked_at(
    now: datetime, timing: Timing, window: Window, zone: ZoneInfo, ahead: int
) -> None:
    visit = now + timedelta(minutes=ahead)
    moment = reminder_moment(visit, timing, hours(window, zone))

    if moment is not None and moment <= now:
        last = last_day_due(now, timing, hours(window, zone))
        assert visit.astimezone(zone).date() <= last


@given(INSTANTS, st.integers(0, 5 * 1440), st.integers(0, 5 * 1440), TIMINGS, WINDOWS)
def test_nothing_is_ever_sent_after_the_visit_or_out_of_hours(
    visit: datetime, told_before: int, before: int, timing: Timing, window: Window
) -> None:
    now = visit - timedelta(minutes=before)
    told = visit - timedelta(minutes=told_before)

    judged = judge_reminder(
        starts_at=visit, told_at=told, now=now, timing=timing, hours=hours(window)
    )

    if isinstance(judged, Now):
        assert now < judged.until <= visit
        assert is_open(now, window, PARIS) or _in_a_doubled_hour(now, PARIS)


def _in_a_doubled_hour(instant: datetime, zone: ZoneInfo) -> bool:
    """Walls that show the same time twice, or skip it, can't say whether it is still open."""
    offsets = {
        (instant + shift * timedelta(hours=1)).astimezone(zone).utcoffset()
        for shift in range(-2, 3)
    }
    return len(offsets) > 1
