"""How full some calendars are over some days, by motive, and how far away the next free place is.

Seven statements, however many calendars, days and appointments there are; each reads the days
asked for and no more.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.db.models.functions import TruncMonth

from agenda.models import Appointment, Calendar, Motive
from agenda.models.appointment import AppointmentQuerySet
from agenda.queries.diaries import load_diaries
from agenda.queries.slots import OpenSlot
from agenda.rules import Diary, first_free_slots
from agenda.rules.load import DayFill, day_fills, together, total, weeks_of
from core.wall_clock import instant_of

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
SEARCHED = timedelta(days=182)
MONTHS = 6


@dataclass(frozen=True, slots=True)
class MotiveShare:
    """How many appointments of one motive there are, and the minutes of their visits.

    None is the motive of those that have none.
    """

    motive: Motive | None
    appointments: int
    minutes: int


@dataclass(frozen=True, slots=True)
class NoShows:
    """The appointments of a month that are over: how many, missed, and never marked.

    What nobody marked counts as kept.
    """

    month: date
    over: int
    missed: int
    unmarked: int

    @property
    def percent(self) -> float | None:
        """Return the missed share with one decimal; None where nothing is over."""
        return round(100 * self.missed / self.over, 1) if self.over else None


@dataclass(frozen=True, slots=True)
class NextFree:
    """The first slot that a motive could have now; None when none is free in half a year."""

    motive: Motive
    slot: OpenSlot | None
    days: int | None


@dataclass(frozen=True, slots=True)
class CalendarLoad:
    """How full one calendar's days are."""

    calendar: Calendar
    days: Sequence[DayFill]

    @property
    def whole(self) -> DayFill:
        """All its days in one sum."""
        return total(self.days)


@dataclass(frozen=True, slots=True)
class Load:
    """How full the calendars are together and one by one; `visits` counts appointments by day."""

    calendars: Sequence[CalendarLoad]
    days: Sequence[DayFill]
    visits: dict[date, int]
    motives: Sequence[MotiveShare]
    no_shows: Sequence[NoShows]
    next_free: Sequence[NextFree]

    @property
    def weeks(self) -> list[DayFill]:
        """The days summed by week."""
        return weeks_of(self.days)

    @property
    def whole(self) -> DayFill:
        """All days in one sum."""
        return total(self.days)


def practice_load(
    calendars: Sequence[Calendar], first_day: date, *, days: int, now: datetime
) -> Load:
    """Return the load of one client's calendars over so many days.

    Cancelled appointments don't count; missed ones do, for they kept the time. The months of
    `no_shows` are the last six, whatever the days asked for.
    """
    shown = [first_day + _DAY * nth for nth in range(days)]
    diaries = _diaries(calendars, shown[0], shown[-1], now)
    by_calendar = [CalendarLoad(c, day_fills(diaries[c.pk], shown, now=now)) for c in calendars]
    motives = _motives(calendars)
    visits, shares = _visits(calendars, shown[0], shown[-1], motives)
    return Load(
        calendars=by_calendar,
        days=together(load.days for load in by_calendar),
        visits=visits,
        motives=shares,
        no_shows=_no_shows(calendars, now),
        next_free=_next_free(calendars, motives, now),
    )


def _diaries(
    calendars: Sequence[Calendar], first: date, last: date, now: datetime
) -> dict[int, Diary]:
    zones = {calendar.zone for calendar in calendars}
    start = min(instant_of(first, time(), zone) for zone in zones)
    end = max(instant_of(last + _DAY, time(), zone) for zone in zones)
    return load_diaries(calendars, first=start, until=end, now=now)


def _motives(calendars: Sequence[Calendar]) -> dict[int, Motive]:
    """Return the motives of the calendars' client, those archived too, in their order."""
    of_client = Motive.objects.filter(client=calendars[0].client_id)
    wanted = of_client.filter(Q(calendar=None) | Q(calendar__in=calendars))
    return {motive.pk: motive for motive in wanted.order_by("position", "pk")}


def _visits(
    calendars: Sequence[Calendar], first: date, last: date, motives: dict[int, Motive]
) -> tuple[dict[date, int], list[MotiveShare]]:
    """Count the days' appointments, by day and by motive."""
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    rows = (
        _between(calendars, first, last)
        .values("local_day", "motive")
        .annotate(count=Count("pk"), length=Sum(length))
        .order_by()
    )
    by_day: dict[date, int] = defaultdict(int)
    counts: dict[int | None, int] = defaultdict(int)
    minutes: dict[int | None, int] = defaultdict(int)
    for row in rows:
        by_day[row["local_day"]] += row["count"]
        counts[row["motive"]] += row["count"]
        minutes[row["motive"]] += row["length"] // _MINUTE
    known: Iterable[tuple[int | None, Motive | None]] = chain(motives.items(), [(None, None)])
    shares = [MotiveShare(m, counts[pk], minutes[pk]) for pk, m in known if pk in counts]
    return dict(by_day), shares


def _no_shows(calendars: Sequence[Calendar], now: datetime) -> list[NoShows]:
    today = now.astimezone(calendars[0].zone).date()
    months = _months(today)
    rows = (
        _between(calendars, months[0], today)
        .filter(ends_at__lte=now)
        .annotate(month=TruncMonth("local_day"))
        .values("month", "status")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found = {(row["month"], row["status"]): row["count"] for row in rows}
    return [_month(month, found) for month in months]


def _month(month: date, found: dict[tuple[date, str], int]) -> NoShows:
    status = Appointment.Status
    counts = {kind: found.get((month, kind), 0) for kind in status.values}
    missed, unmarked = counts[status.NO_SHOW], counts[status.BOOKED]
    return NoShows(month, counts[status.CAME] + missed + unmarked, missed, unmarked)


def _months(today: date) -> list[date]:
    """Return the first days of the last months, this one included."""
    nths = range(today.year * 12 + today.month - MONTHS, today.year * 12 + today.month)
    return [date(nth // 12, nth % 12 + 1, 1) for nth in nths]


def _between(calendars: Sequence[Calendar], first: date, last: date) -> AppointmentQuerySet:
    """Return the active appointments of the days, found by the index of their blocks."""
    start = instant_of(first - _DAY * 2, time(), calendars[0].zone)
    end = instant_of(last + _DAY * 2, time(), calendars[0].zone)
    return Appointment.objects.active().filter(
        calendar__in=calendars,
        block_starts_at__gte=start,
        block_starts_at__lt=end,
        local_day__gte=first,
        local_day__lte=last,
    )


def _next_free(
    calendars: Sequence[Calendar], motives: dict[int, Motive], now: datetime
) -> list[NextFree]:
    diaries = load_diaries(
        calendars, first=now, until=now + SEARCHED, now=now, motives=motives.values()
    )
    offered = (motive for motive in motives.values() if motive.archived_at is None)
    return [_first_of(motive, calendars, diaries, now) for motive in offered]


def _first_of(
    motive: Motive, calendars: Sequence[Calendar], diaries: dict[int, Diary], now: datetime
) -> NextFree:
    found = [
        OpenSlot(*slot, calendar)
        for calendar in calendars
        if motive.is_for(calendar)
        for slot in first_free_slots(
            diaries[calendar.pk], motive.visit, now=now, first=now, until=now + SEARCHED, limit=1
        )
    ]
    if not found:
        return NextFree(motive, None, None)
    first = min(found, key=lambda slot: slot.starts_at)
    today = now.astimezone(first.calendar.zone).date()
    return NextFree(motive, first, (first.local_start.date() - today).days)
