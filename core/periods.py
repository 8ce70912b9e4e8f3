"""Half-open periods of time and the arithmetic of sorted lists of them.

A period starts at its first instant and ends just before its last: 09:00–09:20 and
09:20–09:40 touch and do not overlap. Instants are aware and in UTC; whatever is said in
wall-clock time goes through `core.wall_clock` first.

The functions on lists take lists sorted by start and return such lists. "Merged" lists
hold periods that neither overlap nor touch; `union` makes them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple


class Period(NamedTuple):
    """The instants from `start` up to, not including, `end`."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def holds(self, instant: datetime) -> bool:
        """Say whether the instant lies in the period; its end does not."""
        return self.start <= instant < self.end

    def overlaps(self, other: "Period") -> bool:
        """Say whether the two share an instant; periods that only touch share none."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Period") -> bool:
        """Say whether every instant of the other lies in this one."""
        return self.start <= other.start and other.end <= self.end

    def clipped(self, bounds: "Period") -> "Period | None":
        """Return the part inside the bounds, or None when there is none."""
        start, end = max(self.start, bounds.start), min(self.end, bounds.end)
        return Period(start, end) if start < end else None


def union(periods: Iterable[tuple[datetime, datetime]]) -> list[Period]:
    """Return the merged list of all instants in any of the periods, given in any order.

    Empty and reversed periods count for nothing.
    """
    merged: list[Period] = []
    for start, end in sorted(periods):
        if start >= end:
            continue
        if merged and start <= merged[-1].end:
            if end > merged[-1].end:
                merged[-1] = Period(merged[-1].start, end)
        else:
            merged.append(Period(start, end))
    return merged


def subtract(periods: Iterable[Period], holes: Sequence[Period]) -> list[Period]:
    """Return what is left of the sorted periods without the merged holes."""
    left: list[Period] = []
    first = 0
    for start, end in periods:
        while first < len(holes) and holes[first].end <= start:
            first += 1
        left += _pierced(start, end, holes, first)
    return left


def _pierced(
    start: datetime, end: datetime, holes: Sequence[Period], first: int
) -> Iterable[Period]:
    for hole in range(first, len(holes)):
        if holes[hole].start >= end:
            break
        if start < holes[hole].start:
            yield Period(start, holes[hole].start)
        start = max(start, holes[hole].end)
    if start < end:
        yield Period(start, end)


def intersect(periods: Sequence[Period], others: Sequence[Period]) -> list[Period]:
    """Return the merged list of the instants in both merged lists."""
    common: list[Period] = []
    mine = theirs = 0
    while mine < len(periods) and theirs < len(others):
        part = periods[mine].clipped(others[theirs])
        if part:
            common.append(part)
        if periods[mine].end < others[theirs].end:
            mine += 1
        else:
            theirs += 1
    return common


def first_overlap(periods: Sequence[Period], wanted: Period) -> Period | None:
    """Return the earliest period of the merged list that shares an instant with the wanted one."""
    after = bisect_left(periods, wanted.end, key=lambda period: period.start)
    before = bisect_left(periods[:after], wanted.start, key=lambda period: period.end)
    found = next((p for p in periods[before:after] if p.end > wanted.start), None)
    return found if wanted.start < wanted.end else None
