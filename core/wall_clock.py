"""From what a clock on the wall shows to the instant it is, both changes of clock included."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_MIDNIGHT = time()
_DAY = timedelta(days=1)


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which the zone's clocks show this day and time.

    A time that the clocks skip (02:30 on the last Sunday of March in Paris) means the first
    instant after the gap; a time that they show twice (02:30 on the last Sunday of October)
    means the first of the two. So the order of wall-clock times is kept, and two ranges that
    touch on the wall clock touch in time, on every day of the year.
    """
    offset = _steady_offset(day, zone)
    naive = datetime.combine(day, at)
    if offset is None:
        return _on_a_day_of_change(naive, zone)
    return (naive - offset).replace(tzinfo=UTC)


def instants_of(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return every instant, in UTC, at which the zone's clocks show this day and time.

    None at all for a time that they skip, two for one that they show twice.
    """
    naive = datetime.combine(day, at)
    found = [naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [one for one in found if one.astimezone(zone).replace(tzinfo=None) == naive]
    return tuple(sorted(set(shown)))


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants, in UTC, of the day's first moment and of the next day's."""
    return instant_of(day, _MIDNIGHT, zone), instant_of(day + _DAY, _MIDNIGHT, zone)


@lru_cache(maxsize=4096)
def _steady_offset(day: date, zone: ZoneInfo) -> timedelta | None:
    """Return the day's offset from UTC, or None when the clocks change on it or at its edge."""
    offsets = {
        datetime.combine(day + shift, _MIDNIGHT, zone).replace(fold=fold).utcoffset()
        for shift in (timedelta(), _DAY)
        for fold in (0, 1)
    }
    return offsets.pop() if len(offsets) == 1 else None


def _on_a_day_of_change(naive: datetime, zone: ZoneInfo) -> datetime:
    instant = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == naive:
        return instant
    return _first_instant_after_gap(naive, zone)


def _first_instant_after_gap(naive: datetime, zone: ZoneInfo) -> datetime:
    before = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
