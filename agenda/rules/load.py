"""How full a calendar is: the minutes it offers, those that are booked, and the places left.

Offered is open time outside absences and public holidays, hours kept for emergencies apart from the
others. Booked is what appointments keep of it, buffers included; what they keep outside it is
counted beside, never as part of it: a share is never above one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from agenda.rules.diary import Diary, first_on_grid
from agenda.rules.openings import Piece
from core.periods import Period, first_overlap, intersect, subtract, union
from core.wall_clock import day_bounds

_MINUTE = timedelta(minutes=1)


class Fill(NamedTuple):
    """Minutes and grid places of one kind of hours.

    `free` are the places that may still be booked: nothing touches them and they have not begun.
    """

    offered: int = 0
    booked: int = 0
    places: int = 0
    free: int = 0

    @property
    def percent(self) -> int | None:
        """Return the booked share of what is offered; None where nothing is."""
        return round(100 * self.booked / self.offered) if self.offered else None

    def plus(self, other: "Fill") -> "Fill":
        """Return both together."""
        return Fill(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


NOTHING = Fill()


@dataclass(frozen=True, slots=True)
class DayFill:
    """How full one day is; `outside` are the minutes booked outside the hours offered."""

    day: date
    regular: Fill = NOTHING
    emergency: Fill = NOTHING
    outside: int = 0

    def plus(self, other: "DayFill") -> "DayFill":
        """Return both together, under this one's day."""
        return DayFill(
            self.day,
            self.regular.plus(other.regular),
            self.emergency.plus(other.emergency),
            self.outside + other.outside,
        )


class Place(NamedTuple):
    """One grid slot of open time outside absences, and whether an appointment touches it."""

    start: datetime
    end: datetime
    emergency: bool
    taken: bool


def day_fills(diary: Diary, days: Sequence[date], *, now: datetime) -> list[DayFill]:
    """Return how full each of the days is, days that follow each other, in their order.

    A minute belongs to the local day in which it lies, a place to the one on which it begins.
    """
    bounds = [Period(*day_bounds(day, diary.zone)) for day in days]
    away, taken = _away(diary), union(diary.taken)
    regular, emergency = (union(subtract(_of_kind(diary, kind), away)) for kind in (False, True))
    places = _places_by_day(places_of(diary), bounds, now)
    outside = subtract(taken, union([*regular, *emergency]))
    counted = zip(
        days,
        _fills(regular, taken, bounds, [of_day[0] for of_day in places]),
        _fills(emergency, taken, bounds, [of_day[1] for of_day in places]),
        _minutes(outside, bounds),
        strict=True,
    )
    return [DayFill(*of_day) for of_day in counted]


def _fills(
    hours: Sequence[Period],
    taken: Sequence[Period],
    bounds: Sequence[Period],
    places: Sequence[tuple[int, int]],
) -> list[Fill]:
    """Return the fill of each day from merged hours and blocks, and the day's places."""
    offered, booked = _minutes(hours, bounds), _minutes(intersect(hours, taken), bounds)
    return [
        Fill(minutes, of_them, *counts)
        for minutes, of_them, counts in zip(offered, booked, places, strict=True)
    ]


def _away(diary: Diary) -> list[Period]:
    """Return when the calendar is closed: absences and public holidays."""
    return union([*diary.absences, *(holiday.period for holiday in diary.holidays)])


def places_of(diary: Diary) -> Iterator[Place]:
    """Yield, in order, the grid slots that lie wholly in a piece and outside what closes it."""
    away, taken = _away(diary), union(diary.taken)
    for piece in diary.pieces:
        for slot in _grid(piece):
            if first_overlap(away, slot) is None:
                yield Place(*slot, piece.emergency, first_overlap(taken, slot) is not None)


def weeks_of(fills: Iterable[DayFill]) -> list[DayFill]:
    """Return the days in order summed by week, each under its Monday."""
    return _summed((fill.day - timedelta(days=fill.day.weekday()), fill) for fill in fills)


def together(fills: Iterable[Sequence[DayFill]]) -> list[DayFill]:
    """Return the same days of several calendars summed day by day."""
    return _summed((fill.day, fill) for fill in sorted_by_day(fills))


def total(fills: Iterable[DayFill]) -> DayFill:
    """Return all the days in one sum."""
    (summed,) = _summed((date.min, fill) for fill in fills) or [DayFill(date.min)]
    return summed


def sorted_by_day(fills: Iterable[Sequence[DayFill]]) -> list[DayFill]:
    """Return the days of several calendars as one list in order of the day."""
    return sorted((fill for days in fills for fill in days), key=lambda fill: fill.day)


def _summed(keyed: Iterable[tuple[date, DayFill]]) -> list[DayFill]:
    sums: dict[date, DayFill] = {}
    for key, fill in keyed:
        sums[key] = sums.get(key, DayFill(key)).plus(fill)
    return list(sums.values())


def _of_kind(diary: Diary, emergency: bool) -> list[Period]:
    return [piece.period for piece in diary.pieces if piece.emergency is emergency]


def _grid(piece: Piece) -> Iterator[Period]:
    start = first_on_grid(piece, piece.start)
    while start + piece.step <= piece.end:
        yield Period(start, start + piece.step)
        start += piece.step


def _minutes(periods: Sequence[Period], bounds: Sequence[Period]) -> list[int]:
    """Return, for each of the days that follow each other, the minutes of the merged periods."""
    counts, nth = [timedelta()] * len(bounds), 0
    for period in periods:
        while nth < len(bounds) and bounds[nth].end <= period.start:
            nth += 1
        for later in range(nth, len(bounds)):
            part = period.clipped(bounds[later])
            if part is None:
                break
            counts[later] += part.length
    return [count // _MINUTE for count in counts]


def _places_by_day(
    places: Iterable[Place], bounds: Sequence[Period], now: datetime
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return, for each day, the places and the free ones: of regular, then of emergency hours."""
    counts = [[[0, 0], [0, 0]] for _ in bounds]
    nth = 0
    for place in places:
        while nth < len(bounds) and bounds[nth].end <= place.start:
            nth += 1
        if nth < len(bounds) and bounds[nth].holds(place.start):
            of_kind = counts[nth][place.emergency]
            of_kind[0] += 1
            of_kind[1] += not place.taken and place.start >= now
    return [((r[0], r[1]), (e[0], e[1])) for r, e in counts]
