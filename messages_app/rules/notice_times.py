"""When a confirmation or a reminder may leave: on the wall of the calendar's zone.

Pure: whether a day is a public holiday is asked of who knows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.periods import Period
from core.wall_clock import instant_of

IsHoliday = Callable[[date], bool]

SUNDAY = 6
DAY = timedelta(days=1)
# A reminder that is due after the hours have closed leaves so long before they close.
BEFORE_CLOSING = timedelta(minutes=30)
# No country closes for so long: beyond it there is no day to be found.
DAYS_SEARCHED = 40


class Unit(StrEnum):
    DAYS = "days"
    HOURS = "hours"


@dataclass(frozen=True)
class Timing:
    """So many days before at a time on the wall, or so many hours before."""

    count: int
    unit: Unit
    at: time


@dataclass(frozen=True)
class Window:
    """The hours at which people may be written to; the end is not one of them."""

    opens_at: time
    closes_at: time
    on_sundays: bool = False
    on_holidays: bool = False

    def is_open_on(self, day: date, is_holiday: IsHoliday) -> bool:
        """Whether anything may leave on this day."""
        if day.weekday() == SUNDAY and not self.on_sundays:
            return False
        return self.on_holidays or not is_holiday(day)


@dataclass(frozen=True)
class Hours:
    """A window in one zone, with what its country celebrates."""

    window: Window
    zone: ZoneInfo
    is_holiday: IsHoliday

    def of_day(self, day: date) -> Period | None:
        """The instants between which texts may leave on a day; None on a day without any.

        A window that lies wholly in the hour that the clocks skip has none.
        """
        if not self.window.is_open_on(day, self.is_holiday):
            return None
        start = instant_of(day, self.window.opens_at, self.zone)
        end = instant_of(day, self.window.closes_at, self.zone)
        return Period(start, end) if start < end else None


def next_opening(hours: Hours, after: datetime) -> Period | None:
    """From when, at or after an instant, texts may leave, and until when on that day."""
    day = after.astimezone(hours.zone).date()
    for ahead in range(DAYS_SEARCHED):
        open_hours = hours.of_day(day + ahead * DAY)
        if open_hours is not None and after < open_hours.end:
            return Period(max(after, open_hours.start), open_hours.end)
    return None


def reminder_moment(starts_at: datetime, timing: Timing, hours: Hours) -> datetime | None:
    """When the reminder of an appointment leaves: at the time wished, or the last one before it.

    What is wished for a Sunday that is not to be disturbed goes to the Saturday, never to the
    morning of the appointment: at the same time of the day where days are counted, else in the last
    moments before closing. None when no day near is open.
    """
    wished = _wished(starts_at, timing, hours.zone)
    local = wished.astimezone(hours.zone)
    for back in range(DAYS_SEARCHED):
        day = local.date() - back * DAY
        open_hours = hours.of_day(day)
        if open_hours is not None and (back or open_hours.start <= wished):
            wished_there = _on_day(wished, day, timing, hours.zone) if back else wished
            is_open = wished_there is not None and open_hours.holds(wished_there)
            return wished_there if is_open else _last_moment(open_hours)
    return None


def _on_day(wished: datetime, day: date, timing: Timing, zone: ZoneInfo) -> datetime | None:
    """The same time of another day; hours before have none."""
    if timing.unit is Unit.HOURS:
        return None
    return instant_of(day, wished.astimezone(zone).time(), zone)


def _wished(starts_at: datetime, timing: Timing, zone: ZoneInfo) -> datetime:
    if timing.unit is Unit.HOURS:
        return starts_at - timedelta(hours=timing.count)
    day = starts_at.astimezone(zone).date() - timing.count * DAY
    return instant_of(day, timing.at, zone)


def _last_moment(open_hours: Period) -> datetime:
    return max(open_hours.end - BEFORE_CLOSING, open_hours.start)


def last_day_due(now: datetime, timing: Timing, hours: Hours) -> date:
    """The last day, in the zone, of which some appointment's reminder is due by now.

    The later the appointment, the later its reminder, but for the moments before closing: what
    lies beyond need not be looked at.
    """
    today = now.astimezone(hours.zone).date()
    lead = timing.count if timing.unit is Unit.DAYS else timing.count // 24 + 1
    last = today
    for ahead in range(1, lead + DAYS_SEARCHED):
        midnight = instant_of(today + ahead * DAY, time(), hours.zone)
        moment = reminder_moment(midnight, timing, hours)
        if moment is None or moment - BEFORE_CLOSING > now:
            return last
        last = today + ahead * DAY
    return last


@dataclass(frozen=True)
class Now:
    """The notice leaves now, until its hours close."""

    until: datetime


class Later(StrEnum):
    """Why it does not leave now."""

    NOT_YET = "not_yet"
    JUST_TOLD = "just_told"
    TOO_LATE = "too_late"


def judge_reminder(
    *, starts_at: datetime, told_at: datetime, now: datetime, timing: Timing, hours: Hours
) -> Now | Later:
    """What is to be done about a reminder at this moment.

    `told_at` is when the appointment was booked or moved to this time: a reminder whose moment had
    gone by then is not needed. One that a standstill has delayed still leaves, within the hours
    and before the appointment.
    """
    moment = reminder_moment(starts_at, timing, hours)
    if starts_at <= now or moment is None:
        return Later.TOO_LATE
    if moment < told_at:
        return Later.JUST_TOLD
    if now < moment:
        return Later.NOT_YET
    opening = next_opening(hours, now)
    if opening is None or opening.start >= starts_at:
        return Later.TOO_LATE
    return Now(min(opening.end, starts_at)) if opening.start <= now else Later.NOT_YET
