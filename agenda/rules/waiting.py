"""Who on a waiting list may be offered a slot that became free, and in which order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from agenda.rules.diary import Diary, Visit, free_slots
from agenda.rules.wishes import PartOfDay, Wishes
from core.periods import Period


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody who waits would take.

    No calendars means any, no weekdays (Monday is 0) means any; both days are included. `refused`
    are the slots, by calendar and start, that she was offered and did not want.
    """

    id: int
    visit: Visit
    since: datetime
    calendars: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    part: PartOfDay = PartOfDay.ANY
    after: time | None = None
    before: time | None = None
    first_day: date | None = None
    last_day: date | None = None
    urgent: bool = False
    refused: frozenset[tuple[int, datetime]] = frozenset()


class Fit(NamedTuple):
    """A wish, and the slot that would fulfil it."""

    wish: int
    starts_at: datetime
    ends_at: datetime


def fits(
    wishes: Iterable[Wish], freed: Period, *, calendar: int, diary: Diary, now: datetime
) -> list[Fit]:
    """Return whom the freed time suits, in the order in which they are asked.

    Urgent ones come first, then those who have waited longest. Each is given the first slot that
    may be booked for her visit and shares time with what became free: a long visit may begin
    before it, where that is free as well.
    """
    found = (_fit(wish, freed, calendar, diary, now) for wish in sorted(wishes, key=_turn))
    return [fit for fit in found if fit is not None]


def wants(wish: Wish, calendar: int, local_start: datetime) -> bool:
    """Say whether a visit in this calendar, beginning at this moment of its wall, is wished."""
    wishes = Wishes(wish.after, wish.before, wish.weekdays, wish.first_day, wish.last_day)
    return (
        (not wish.calendars or calendar in wish.calendars)
        and wish.part.holds(local_start.time())
        and wishes.hold(local_start)
    )


def _turn(wish: Wish) -> tuple[bool, datetime, int]:
    return (not wish.urgent, wish.since, wish.id)


def _fit(wish: Wish, freed: Period, calendar: int, diary: Diary, now: datetime) -> Fit | None:
    slots = _slots_in(freed, wish.visit, diary, now)
    suiting = (
        (start, end)
        for start, end in slots
        if wants(wish, calendar, start.astimezone(diary.zone))
        and (calendar, start) not in wish.refused
    )
    return next((Fit(wish.id, start, end) for start, end in suiting), None)


def _slots_in(
    freed: Period, visit: Visit, diary: Diary, now: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield, in order, the slots of a visit that share time with the period."""
    first = freed.start - visit.length
    for slot in free_slots(diary, visit, now=now, first=first, until=freed.end):
        if slot.ends_at > freed.start:
            yield slot.starts_at, slot.ends_at
