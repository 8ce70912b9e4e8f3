"""One day as the practitioner reads it, and how full the days around it are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agenda.models import Appointment, Calendar
from agenda.queries.rows import CalendarRows, Closure, read_rows
from agenda.rules import Piece
from agenda.rules.diary import is_released
from core.periods import Period, first_overlap, subtract, union
from core.wall_clock import day_bounds

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayLoad:
    """How full a day is.

    `places` are the day's grid slots outside absences and holidays, `taken` those that an
    appointment touches. An appointment of two slots takes two places; one outside opening hours
    takes none.
    """

    day: date
    appointments: int
    taken: int
    places: int

    @property
    def percent(self) -> int:
        """Return the share of the places that are taken, 0 when there are none."""
        return round(100 * self.taken / self.places) if self.places else 0


@dataclass(frozen=True, slots=True)
class EmergencyRange:
    """Hours kept for emergencies on a day; `opens_at` None means never."""

    starts_at: datetime
    ends_at: datetime
    local_start: datetime
    local_end: datetime
    opens_at: datetime | None
    is_released: bool
    taken: int
    places: int


@dataclass(frozen=True, slots=True)
class DayList:
    """A day of one calendar; `entries` holds its rows of all kinds in order of their start."""

    day: date
    calendar: Calendar
    appointments: list[Appointment]
    emergencies: list[EmergencyRange]
    closures: list[Closure]
    load: DayLoad

    @property
    def entries(self) -> list[Appointment | EmergencyRange | Closure]:
        everything: list[Appointment | EmergencyRange | Closure]
        everything = [*self.closures, *self.emergencies, *self.appointments]
        return sorted(everything, key=lambda entry: entry.starts_at)


def day_list(calendar: Calendar, day: date, *, now: datetime) -> DayList:
    """Return the day's appointments, emergency hours, absences and holiday, in four queries."""
    (rows,) = read_rows([calendar], first_day=day, days=1, now=now)
    bounds = Period(*day_bounds(day, calendar.zone))
    return DayList(
        day=day,
        calendar=calendar,
        appointments=_appointments_of(rows, bounds),
        emergencies=_emergencies(rows, bounds, now),
        closures=[closure for closure in rows.closures if closure.period.overlaps(bounds)],
        load=_load(rows, day),
    )


def day_loads(
    calendars: Iterable[Calendar], first_day: date, *, days: int, now: datetime
) -> dict[int, list[DayLoad]]:
    """Return, by calendar id, how full each of so many days is, in four queries."""
    shown = [first_day + _DAY * n for n in range(days)]
    found = read_rows(calendars, first_day=first_day, days=days, now=now, briefly=True)
    return {rows.calendar.pk: [_load(rows, day) for day in shown] for rows in found}


def _appointments_of(rows: CalendarRows, bounds: Period) -> list[Appointment]:
    return [a for a in rows.appointments if bounds.holds(a.starts_at)]


def _load(rows: CalendarRows, day: date) -> DayLoad:
    bounds = Period(*day_bounds(day, rows.calendar.zone))
    places = [place for piece in rows.pieces for place in _places(piece, bounds, rows)]
    blocks = union(appointment.block for appointment in rows.appointments)
    return DayLoad(
        day=day,
        appointments=len(_appointments_of(rows, bounds)),
        taken=_touched(places, blocks),
        places=len(places),
    )


def _places(piece: Piece, bounds: Period, rows: CalendarRows) -> Sequence[Period]:
    """Return the piece's grid slots that begin on the day and lie outside absences."""
    away = union(closure.period for closure in rows.closures)
    start = piece.start + (piece.anchor - piece.start) % piece.step
    count = max(0, (piece.end - start) // piece.step)
    slots = (Period(start + piece.step * n, start + piece.step * (n + 1)) for n in range(count))
    return [s for s in slots if bounds.holds(s.start) and subtract([s], away) == [s]]


def _touched(places: Sequence[Period], blocks: Sequence[Period]) -> int:
    return sum(1 for place in places if first_overlap(blocks, place))


def _emergencies(rows: CalendarRows, bounds: Period, now: datetime) -> list[EmergencyRange]:
    """Return the day's emergency hours, but for those that an absence or a holiday takes whole."""
    blocks = union(appointment.block for appointment in rows.appointments)
    away = union(closure.period for closure in rows.closures)
    return [
        _emergency(piece, _places(piece, bounds, rows), blocks, rows, now)
        for piece in rows.pieces
        if piece.emergency and bounds.holds(piece.start) and subtract([piece.period], away)
    ]


def _emergency(
    piece: Piece,
    places: Sequence[Period],
    blocks: Sequence[Period],
    rows: CalendarRows,
    now: datetime,
) -> EmergencyRange:
    zone = rows.calendar.zone
    return EmergencyRange(
        starts_at=piece.start,
        ends_at=piece.end,
        local_start=piece.start.astimezone(zone),
        local_end=piece.end.astimezone(zone),
        opens_at=piece.released_at and piece.released_at.astimezone(zone),
        is_released=is_released(piece, now),
        taken=_touched(places, blocks),
        places=len(places),
    )
