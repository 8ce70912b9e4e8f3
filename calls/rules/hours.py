"""Which of a line's hours are in force at an instant, as a clock on the wall shows it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

EVERY_DAY = frozenset(range(7))
_DAY = timedelta(days=1)
_MIDNIGHT = time()


class When(StrEnum):
    """What hours are bound to; the more particular goes before the more general."""

    DATES = "dates"
    HOLIDAYS = "holidays"
    WEEKLY = "weekly"
    OTHERWISE = "otherwise"


_MOST_PARTICULAR_FIRST = tuple(When)


@dataclass(frozen=True)
class Hours:
    """Hours of a line: on which days, from when to when.

    `weekdays` count from Monday, 0. Hours that end at or before their beginning go on past midnight
    and belong to the day on which they begin; from midnight to midnight is the whole day. `first`
    and `last` are days, both included, and bound hours of every kind where they are given.
    """

    key: int
    when: When
    weekdays: frozenset[int] = EVERY_DAY
    starts: time = _MIDNIGHT
    ends: time = _MIDNIGHT
    first: date | None = None
    last: date | None = None


def hours_at(
    hours: Sequence[Hours], wall: datetime, holidays: Collection[date] = ()
) -> Hours | None:
    """Return the hours in force at a wall-clock time without zone, or None where none are.

    Dates go before public holidays, these before the week, the week before "the rest of the time";
    of two alike, the first in the list counts.
    """
    found = [one for one in hours if _covers(one, wall, holidays)]
    return min(found, key=lambda one: _MOST_PARTICULAR_FIRST.index(one.when), default=None)


def stretches_of_day(
    hours: Sequence[Hours], day: date, holidays: Collection[date] = ()
) -> list[tuple[time, Hours | None]]:
    """Cut a day into stretches with the same hours: from when, and which; each ends with the next.

    The last ends at midnight.
    """
    edges = sorted({_MIDNIGHT, *(at for one in hours for at in (one.starts, one.ends))})
    found: list[tuple[time, Hours | None]] = []
    for edge in edges:
        held = hours_at(hours, datetime.combine(day, edge), holidays)
        if not found or found[-1][1] != held:
            found.append((edge, held))
    return found


def _covers(hours: Hours, wall: datetime, holidays: Collection[date]) -> bool:
    today, now = wall.date(), wall.time()
    if hours.when == When.OTHERWISE:
        return True
    if hours.starts < hours.ends:
        return hours.starts <= now < hours.ends and _is_on(hours, today, holidays)
    if now >= hours.starts and _is_on(hours, today, holidays):
        return True
    return now < hours.ends and _is_on(hours, today - _DAY, holidays)


def _is_on(hours: Hours, day: date, holidays: Collection[date]) -> bool:
    """Whether hours begin on a day."""
    if hours.first is not None and day < hours.first:
        return False
    if hours.last is not None and day > hours.last:
        return False
    if hours.when == When.HOLIDAYS and day not in holidays:
        return False
    return day.weekday() in hours.weekdays
