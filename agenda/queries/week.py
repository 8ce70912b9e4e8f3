"""Some days of some calendars, laid out on rows of five minutes.

The layout is in wall-clock time: a row is five minutes of what the clock shows, also on the two
days on which it jumps. What begins twice at the same reading stands in lanes side by side.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain, zip_longest
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from agenda.models import Appointment, Calendar, Motive, Side, SlotHold
from agenda.queries.acquaintance import visit_for
from agenda.queries.rows import CalendarRows, read_rows
from agenda.rules import Slot, SlotKind, Visit, free_slots
from agenda.rules.diary import is_released
from clients.models import Correspondent, User
from core.periods import Period, first_overlap, subtract, union
from core.wall_clock import day_bounds, instant_of

ROW_MINUTES = 5
_ROWS_PER_HOUR = 60 // ROW_MINUTES
_ROWS_PER_DAY = 24 * _ROWS_PER_HOUR
_OFFICE_HOURS = (8 * _ROWS_PER_HOUR, 19 * _ROWS_PER_HOUR)
_DAY = timedelta(days=1)
_Rows = tuple[int, int]


class GridKind(StrEnum):
    """What a tile of the grid is."""

    APPOINTMENT = "appointment"
    HOLD = "hold"
    FREE = "free"
    EMERGENCY_HELD = "emergency_held"
    ABSENCE = "absence"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class GridItem:
    """A tile: rows count from the grid's first row; lanes share the width where tiles overlap.

    `opens_at` is when hours kept for emergencies open to all, on the calendar's wall. `reason` is
    an absence's, as far as the side that looks may read it; `holiday` names the public holiday
    that closes the day.
    """

    kind: GridKind
    start_row: int
    rows: int
    starts_at: datetime
    ends_at: datetime
    local_start: datetime
    local_end: datetime
    lane: int = 0
    lanes: int = 1
    appointment: Appointment | None = None
    slot_kind: SlotKind | None = None
    hold: SlotHold | None = None
    opens_at: datetime | None = None
    reason: str = ""
    holiday: str = ""

    @property
    def is_released(self) -> bool:
        """Whether a free slot was kept for emergencies until a while ago."""
        return self.slot_kind is SlotKind.RELEASED

    @property
    def is_zone(self) -> bool:
        """Whether the tile lies behind the others."""
        return self.kind in (GridKind.EMERGENCY_HELD, GridKind.ABSENCE, GridKind.CLOSED)


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One calendar on one day."""

    calendar: Calendar
    items: list[GridItem]


@dataclass(frozen=True, slots=True)
class GridDay:
    """One day; `now_row` is where the present is, on today only."""

    day: date
    columns: list[GridColumn]
    is_today: bool = False
    now_row: int | None = None


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """The days, and the hours of the wall between which the rows run."""

    days: list[GridDay]
    calendars: list[Calendar]
    first_row: int
    rows: int
    motives: dict[int, Motive | None] = field(default_factory=dict)

    @property
    def hours(self) -> list[tuple[int, time]]:
        """Return the full hours with their rows, counted from the grid's first."""
        first = self.first_row // _ROWS_PER_HOUR
        return [(_ROWS_PER_HOUR * n, time(first + n)) for n in range(self.rows // _ROWS_PER_HOUR)]


def week_grid(
    calendars: Iterable[Calendar],
    first_day: date,
    *,
    now: datetime,
    motive: Motive | None = None,
    viewer: User | None = None,
    days: int = 7,
    side: Side = Side.DESK,
    person: Correspondent | None = None,
) -> WeekGrid:
    """Return the grid of so many days from the first, a Monday as a rule.

    Free tiles are the slots that `open_slots` gives for the motive and the person; without a
    motive, for each calendar's first that is not urgent. `side` is the one that looks: an
    absence's reason is the practice's own. Five queries, whatever is shown.
    """
    calendars = list(calendars)
    rows = read_rows(calendars, first_day=first_day, days=days, now=now, briefly=True)
    motives = _motives(calendars, motive)
    shown = [first_day + _DAY * n for n in range(days)]
    visits = {pk: visit_for(m, person, at=now) for pk, m in motives.items() if m}
    columns = [_Column(row, shown, now, visits.get(row.calendar.pk), viewer, side) for row in rows]
    bounds = first_row, last_row = _bounds(columns)
    tiles = [(column.rows.calendar, column.tiles(bounds)) for column in columns]
    grid_days = [
        _grid_day(day, [GridColumn(c, by_day[day]) for c, by_day in tiles], now, bounds)
        for day in shown
    ]
    return WeekGrid(grid_days, calendars, first_row, last_row - first_row, motives)


def _motives(calendars: Sequence[Calendar], motive: Motive | None) -> dict[int, Motive | None]:
    if motive is not None:
        return {c.pk: motive if motive.is_for(c) else None for c in calendars}
    ordinary = Motive.objects.filter(
        Q(calendar__in=calendars) | Q(calendar=None),
        client__in={calendar.client_id for calendar in calendars},
        is_urgent=False,
        archived_at=None,
    )
    candidates = list(ordinary)
    return {c.pk: next((m for m in candidates if m.is_for(c)), None) for c in calendars}


class _Column:
    """Makes the tiles of one calendar, by day."""

    def __init__(
        self,
        rows: CalendarRows,
        days: Sequence[date],
        now: datetime,
        visit: Visit | None,
        viewer: User | None,
        side: Side,
    ) -> None:
        self.rows, self.days, self.now, self.zone = rows, days, now, rows.calendar.zone
        self.side = side
        self.slots = list(self._slots(visit, viewer)) if visit else []
        # Her own hold is the slot that she has chosen: she sees it as free.
        self.holds = [one for one in rows.holds if not viewer or one.holder_id != viewer.pk]
        self.open = union(piece.period for piece in rows.pieces)

    def _slots(self, visit: Visit, viewer: User | None) -> Iterator[Slot]:
        first = instant_of(self.days[0], time(), self.zone)
        until = instant_of(self.days[-1] + _DAY, time(), self.zone)
        return free_slots(self.rows.diary(viewer), visit, now=self.now, first=first, until=until)

    def tiles(self, bounds: _Rows) -> dict[date, list[GridItem]]:
        """Return the tiles of each day, those behind first."""
        behind, front = _Tiles(self, bounds), _Tiles(self, bounds)
        self._add_zones(behind)
        self._add_free(behind)
        for appointment in self.rows.appointments:
            front.add(GridKind.APPOINTMENT, appointment.period, appointment=appointment)
        for hold in self.holds:
            front.add(GridKind.HOLD, Period(hold.starts_at, hold.ends_at), hold=hold)
        return {day: [*behind.of(day), *_in_lanes(front.of(day))] for day in self.days}

    def _add_zones(self, tiles: "_Tiles") -> None:
        for day in self.days:
            for closed in subtract([Period(*day_bounds(day, self.zone))], self.open):
                tiles.add(GridKind.CLOSED, closed)
        for piece in self.rows.pieces:
            if piece.emergency and not is_released(piece, self.now):
                opens_at = piece.released_at and piece.released_at.astimezone(self.zone)
                tiles.add(GridKind.EMERGENCY_HELD, piece.period, opens_at=opens_at)
        for closure in self.rows.closures:
            if closure.holiday and not first_overlap(self.open, closure.period):
                continue  # closed on that day anyway
            reason, holiday = closure.reason_for(self.side), closure.holiday
            tiles.add(GridKind.ABSENCE, closure.period, reason=reason, holiday=holiday)

    def _add_free(self, tiles: "_Tiles") -> None:
        """Add the free slots; one is shown no longer than up to where the next begins."""
        nexts = [slot.starts_at for slot in self.slots[1:]]
        for slot, after in zip_longest(self.slots, nexts):
            end = min(slot.ends_at, after) if after else slot.ends_at
            shown = Period(slot.starts_at, end)
            tiles.add(GridKind.FREE, shown, slot_kind=slot.kind, ends_at=slot.ends_at)

    def busy_rows(self) -> Iterator[tuple[int, int]]:
        """Yield first and last row, from midnight, of what the grid must show."""
        shown = set(self.days)
        for period in chain(self.open, (a.period for a in self.rows.appointments)):
            for part in _parts(period, self.zone):
                if part.day in shown:
                    yield part.first_row, part.last_row


class _Part(NamedTuple):
    """What of a period lies on one day of the wall."""

    day: date
    period: Period
    local_start: datetime
    local_end: datetime

    @property
    def first_row(self) -> int:
        return (self.local_start.hour * 60 + self.local_start.minute) // ROW_MINUTES

    @property
    def last_row(self) -> int:
        end = self.local_end
        minutes = end.hour * 60 + end.minute
        if end.date() != self.day:
            return _ROWS_PER_DAY
        rows = -(-minutes // ROW_MINUTES)
        if rows <= self.first_row:  # over the hour that clocks show twice
            rows = self.first_row + max(1, self.period.length // timedelta(minutes=ROW_MINUTES))
        return rows


def _parts(period: Period, zone: ZoneInfo) -> Iterator[_Part]:
    """Cut a period at the midnights of the wall."""
    start, end = period.start.astimezone(zone), period.end.astimezone(zone)
    day = start.date()
    if end.date() == day:
        yield _Part(day, period, start, end)
        return
    while day <= end.date():
        part = period.clipped(Period(*day_bounds(day, zone)))
        if part:
            yield _Part(day, part, part.start.astimezone(zone), part.end.astimezone(zone))
        day += _DAY


class _Tiles:
    """Collects tiles by day, each cut at midnights and at the grid's bounds."""

    def __init__(self, column: _Column, bounds: _Rows) -> None:
        self.zone, self.bounds = column.zone, bounds
        self.by_day: dict[date, list[GridItem]] = {day: [] for day in column.days}

    def of(self, day: date) -> list[GridItem]:
        return self.by_day[day]

    def add(
        self, kind: GridKind, period: Period, *, ends_at: datetime | None = None, **about: Any
    ) -> None:
        for part in _parts(period, self.zone):
            if part.day in self.by_day:
                self._add_part(kind, part, ends_at or part.period.end, about)

    def _add_part(
        self, kind: GridKind, part: _Part, ends_at: datetime, about: dict[str, Any]
    ) -> None:
        first, last = self.bounds
        start, end = max(part.first_row, first), min(part.last_row, last)
        if start >= end:
            return
        item = GridItem(
            kind=kind,
            start_row=start - first,
            rows=end - start,
            starts_at=part.period.start,
            ends_at=ends_at,
            local_start=part.local_start,
            local_end=part.local_end,
            **about,
        )
        self.by_day[part.day].append(item)


def _bounds(columns: Iterable[_Column]) -> _Rows:
    """Return the grid's first and last row, on full hours."""
    busy = [rows for column in columns for rows in column.busy_rows()]
    if not busy:
        return _OFFICE_HOURS
    first = min(start for start, _ in busy) // _ROWS_PER_HOUR * _ROWS_PER_HOUR
    last = -(-max(end for _, end in busy) // _ROWS_PER_HOUR) * _ROWS_PER_HOUR
    return first, min(last, _ROWS_PER_DAY)


def _grid_day(day: date, columns: list[GridColumn], now: datetime, bounds: _Rows) -> GridDay:
    here = now.astimezone(columns[0].calendar.zone)
    if here.date() != day:
        return GridDay(day, columns)
    row = (here.hour * 60 + here.minute) // ROW_MINUTES
    first, last = bounds
    return GridDay(day, columns, True, row - first if first <= row < last else None)


def _in_lanes(tiles: Iterable[GridItem]) -> Iterator[GridItem]:
    """Give side-by-side lanes to tiles that overlap, and the full width to those that don't."""
    group: list[GridItem] = []
    reach = 0
    for tile in sorted(tiles, key=lambda tile: (tile.start_row, -tile.rows)):
        if group and tile.start_row >= reach:
            yield from _spread(group)
            group = []
        reach = max(reach, tile.start_row + tile.rows) if group else tile.start_row + tile.rows
        group.append(tile)
    yield from _spread(group)


def _spread(group: Sequence[GridItem]) -> Iterator[GridItem]:
    if len(group) == 1:
        yield group[0]
        return
    ends: list[int] = []
    lanes = []
    for tile in group:
        lane = next((n for n, end in enumerate(ends) if end <= tile.start_row), len(ends))
        ends[lane : lane + 1] = [tile.start_row + tile.rows]
        lanes.append(lane)
    for tile, lane in zip(group, lanes, strict=True):
        yield replace(tile, lane=lane, lanes=len(ends))
