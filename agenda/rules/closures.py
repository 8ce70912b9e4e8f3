"""What closes a calendar again and again: recurring absences and public holidays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.holidays import HolidayName
from core.periods import Period
from core.wall_clock import day_bounds, instant_of

_DAY = timedelta(days=1)


class Holiday(NamedTuple):
    """A public holiday on which a calendar is closed."""

    start: datetime
    end: datetime
    day: date
    name: str

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)


class Occurrence(NamedTuple):
    """One time of a recurring absence."""

    start: datetime
    end: datetime
    day: date
    absence: int

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Recurring:
    """A recurring absence; without times it takes whole days.

    An end at or before the start is on the next day.
    """

    id: int
    start: time | None = None
    end: time | None = None


def occurrences(absence: Recurring, days: Iterable[date], zone: ZoneInfo) -> Iterator[Occurrence]:
    """Yield what of the absence falls on each day; what the clocks skip whole, falls away."""
    for day in days:
        start, end = _bounds(absence, day, zone)
        if start < end:
            yield Occurrence(start, end, day, absence.id)


def _bounds(absence: Recurring, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if absence.start is None or absence.end is None:
        return day_bounds(day, zone)
    end_day = day + _DAY if absence.end <= absence.start else day
    return instant_of(day, absence.start, zone), instant_of(end_day, absence.end, zone)


def closed_holidays(named: Sequence[HolidayName], zone: ZoneInfo) -> list[Holiday]:
    """Return the holidays as the instants between which they close the calendar."""
    return [Holiday(*day_bounds(one.day, zone), one.day, one.name) for one in named]
