"""Some days of some calendars, laid out on rows of five minutes.

The layout is in wall-clock time: a row is five minutes of what the clock shows, also on the two
days on which it jumps. What begins twice at the same reading stands in lanes side by side.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from django.db.models import Q

from agenda.models import Appointment, Calendar, Motive, SlotHold
from agenda.queries.rows import CalendarRows, read_rows
from agenda.rules import Piece, Slot, SlotKind, Visit, free_slots
from agenda.rules.diary import is_released
from clients.models import User
from core.periods import Period, subtract, union
from core.wall_clock import day_bounds, instant_of

ROW_MINUTES = 5
_ROWS_PER_HOUR = 60 // ROW_MINUTES
_ROWS_PER_DAY = 24 * _ROWS_PER_HOUR
_OFFICE_HOURS = (8 * _ROWS_PER_HOUR, 19 * _ROWS_PER_HOUR)
_DAY = timedelta(days=1)


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

    `opens_at` is when hours kept for emergencies open to all, on the calendar's wall.
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
) -> WeekGrid:
    """Return the grid of so many days from the first, a Monday as a rule.

    Free tiles are the slots that `open_slots` gives for the motive; without one, for each
    calendar's first motive that is not urgent. Five queries, whatever is shown.
    """
    calendars = list(calendars)
    rows = read_rows(calendars, first_day=first_day, days=days, now=now)
    motives = _motives(calendars, motive)
    shown = [first_day + _DAY * n for n in range(days)]
    columns = {
        row.calendar.pk: _Column(row, shown, now, motives[row.calendar.pk], viewer) for row in rows
    }
    first_row, last_row = _bounds(column for column in columns.values())
    grid_days = [
        _grid_day(day, [columns[c.pk] for c in calendars], now, first_row, last_row)
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
    """Makes the tiles of one calendar, day by day; rows count from midnight."""

    def __init__(
        self,
        rows: CalendarRows,
        days: Sequence[date],
        now: datetime,
        motive: Motive | None,
        viewer: User | None,
    ) -> None:
        self.rows, self.now, self.zone = rows, now, rows.calendar.zone
        self.days = list(days)
        self.slots = self._slots_by_day(motive.visit, viewer) if motive else {}
        self.open = union(piece.period for piece in rows.pieces)

    def _slots_by_day(self, visit: Visit, viewer: User | None) -> dict[date, list[Slot]]:
        first = instant_of(self.days[0], time(), self.zone)
        until = instant_of(self.days[-1] + _DAY, time(), self.zone)
        by_day: dict[date, list[Slot]] = {}
        diary = self.rows.diary(viewer)
        for slot in free_slots(diary, visit, now=self.now, first=first, until=until):
            by_day.setdefault(slot.starts_at.astimezone(self.zone).date(), []).append(slot)
        return by_day

    def tiles(self, day: date) -> list[GridItem]:
        """Return the day's tiles, those behind first."""
        bounds = Period(*day_bounds(day, self.zone))
        front = [*self._appointments(day, bounds), *self._holds(day, bounds)]
        return [*self._zones(day, bounds), *self._free(day), *_in_lanes(front)]

    def _zones(self, day: date, bounds: Period) -> Iterator[GridItem]:
        for closed in subtract([bounds], self.open):
            yield self._tile(GridKind.CLOSED, closed, day)
        for piece in self.rows.pieces:
            kept = piece.emergency and not is_released(piece, self.now)
            period = piece.period.clipped(bounds) if kept else None
            if period:
                yield self._emergency(piece, period, day)
        for absence in self.rows.absences:
            period = absence.period.clipped(bounds)
            if period:
                yield replace(self._tile(GridKind.ABSENCE, period, day), reason=absence.reason)

    def _emergency(self, piece: Piece, period: Period, day: date) -> GridItem:
        opens_at = piece.released_at and piece.released_at.astimezone(self.zone)
        return replace(self._tile(GridKind.EMERGENCY_HELD, period, day), opens_at=opens_at)

    def _appointments(self, day: date, bounds: Period) -> Iterator[GridItem]:
        for appointment in self.rows.appointments:
            period = appointment.period.clipped(bounds)
            if period:
                tile = self._tile(GridKind.APPOINTMENT, period, day)
                yield replace(tile, appointment=appointment)

    def _holds(self, day: date, bounds: Period) -> Iterator[GridItem]:
        for hold in self.rows.holds:
            period = Period(hold.starts_at, hold.ends_at).clipped(bounds)
            if period:
                yield replace(self._tile(GridKind.HOLD, period, day), hold=hold)

    def _free(self, day: date) -> Iterator[GridItem]:
        """Yield the free slots; one is shown no longer than up to where the next begins."""
        slots = self.slots.get(day, [])
        ends = [min(slot.ends_at, after.starts_at) for slot, after in pairwise(slots)]
        for slot, end in zip(slots, [*ends, slots[-1].ends_at] if slots else [], strict=True):
            tile = self._tile(GridKind.FREE, Period(slot.starts_at, end), day)
            yield replace(tile, slot_kind=slot.kind, ends_at=slot.ends_at)

    def _tile(self, kind: GridKind, period: Period, day: date) -> GridItem:
        start, end = (instant.astimezone(self.zone) for instant in period)
        first = _row_of(start, day)
        rows = _row_of(end, day, up=True) - first
        if rows < 1:  # over the hour that clocks show twice
            rows = max(1, period.length // timedelta(minutes=ROW_MINUTES))
        return GridItem(kind, first, rows, period.start, period.end, start, end)

    def busy_rows(self) -> Iterator[tuple[int, int]]:
        """Yield first and last rows of what the grid must show, for its bounds."""
        for day in self.days:
            bounds = Period(*day_bounds(day, self.zone))
            periods = [*self.open, *(a.period for a in self.rows.appointments)]
            for period in filter(None, (period.clipped(bounds) for period in periods)):
                start, end = (instant.astimezone(self.zone) for instant in period)
                yield _row_of(start, day), _row_of(end, day, up=True)


def _row_of(local: datetime, day: date, *, up: bool = False) -> int:
    minutes = (local.date() - day).days * 24 * 60 + local.hour * 60 + local.minute
    return -(-minutes // ROW_MINUTES) if up else minutes // ROW_MINUTES


def _bounds(columns: Iterable[_Column]) -> tuple[int, int]:
    """Return the grid's first and last row, on full hours."""
    busy = [rows for column in columns for rows in column.busy_rows()]
    if not busy:
        return _OFFICE_HOURS
    first = min(start for start, _ in busy) // _ROWS_PER_HOUR * _ROWS_PER_HOUR
    last = -(-max(end for _, end in busy) // _ROWS_PER_HOUR) * _ROWS_PER_HOUR
    return first, min(last, _ROWS_PER_DAY)


def _grid_day(
    day: date, columns: Sequence[_Column], now: datetime, first_row: int, last_row: int
) -> GridDay:
    cells = [
        GridColumn(column.rows.calendar, list(_cropped(column.tiles(day), first_row, last_row)))
        for column in columns
    ]
    here = now.astimezone(columns[0].zone)
    is_today = here.date() == day
    row = _row_of(here, day) - first_row
    shown = is_today and 0 <= row < last_row - first_row
    return GridDay(day, cells, is_today, row if shown else None)


def _cropped(tiles: Iterable[GridItem], first: int, last: int) -> Iterator[GridItem]:
    for tile in tiles:
        start, end = max(tile.start_row, first), min(tile.start_row + tile.rows, last)
        if start < end:
            yield replace(tile, start_row=start - first, rows=end - start)


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
