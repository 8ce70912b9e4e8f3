"""Which slots are open, and why a moment is not."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from agenda.models import Appointment, Calendar, Motive
from agenda.queries.acquaintance import visit_for
from agenda.queries.diaries import load_diaries
from agenda.rules import Diary, Refusal, SlotKind, Visit, free_slots, why_not
from clients.models import Correspondent, User
from core.wall_clock import instant_of


class OpenSlot(NamedTuple):
    """A slot that may be booked, in one calendar."""

    starts_at: datetime
    ends_at: datetime
    kind: SlotKind
    calendar: Calendar

    @property
    def local_start(self) -> datetime:
        """When it begins on the calendar's wall."""
        return self.starts_at.astimezone(self.calendar.zone)

    @property
    def minutes(self) -> int:
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)

    @property
    def is_released(self) -> bool:
        """Whether it was kept for emergencies until a while ago."""
        return self.kind is SlotKind.RELEASED


def open_slots(
    calendars: Iterable[Calendar],
    motive: Motive,
    *,
    first_day: date,
    days: int = 30,
    now: datetime,
    limit: int | None = None,
    viewer: User | None = None,
    person: Correspondent | None = None,
) -> list[OpenSlot]:
    """Return the slots free for this motive on so many days, in order, at most `limit`.

    Days are those of each calendar's own zone. Calendars that don't take the motive give none,
    nor does a motive that is not for the `person` who comes. Two queries, whatever the number of
    calendars, days and appointments; a third where it must be known whether the person is.
    """
    taking = [calendar for calendar in calendars if motive.is_for(calendar)]
    if not taking:
        return []
    windows = {c.pk: _window(c, first_day, first_day + timedelta(days=days)) for c in taking}
    visit = visit_for(motive, person, at=now)
    diaries = load_diaries(
        taking,
        first=min(first for first, _ in windows.values()),
        until=max(until for _, until in windows.values()),
        now=now,
        viewer=viewer,
        motives=[motive],
    )
    found = [_of(c, diaries[c.pk], visit, now, *windows[c.pk]) for c in taking]
    ordered = merge(*found, key=attrgetter("starts_at")) if len(found) > 1 else found[0]
    return list(islice(ordered, limit))


def _window(calendar: Calendar, first: date, until: date) -> tuple[datetime, datetime]:
    zone = calendar.zone
    return instant_of(first, time(), zone), instant_of(until, time(), zone)


def _of(
    calendar: Calendar,
    diary: Diary,
    visit: Visit,
    now: datetime,
    first: datetime,
    until: datetime,
) -> Iterator[OpenSlot]:
    for starts_at, ends_at, kind in free_slots(diary, visit, now=now, first=first, until=until):
        yield OpenSlot(starts_at, ends_at, kind, calendar)


def refusals(
    calendar: Calendar,
    motive: Motive,
    starts_at: datetime,
    *,
    now: datetime,
    viewer: User | None = None,
    without: Appointment | None = None,
    person: Correspondent | None = None,
) -> Sequence[Refusal]:
    """Return why the moment may not be booked, the weightiest first; empty when it may."""
    visit = visit_for(motive, person, at=now)
    block = visit.block(starts_at)
    diaries = load_diaries(
        [calendar],
        first=block.start,
        until=block.end,
        now=now,
        viewer=viewer,
        without=without,
        motives=[motive],
    )
    return why_not(diaries[calendar.pk], visit, starts_at, now=now)
