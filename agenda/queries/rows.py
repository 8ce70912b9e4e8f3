"""Reads some days of some calendars as rows that can be shown, in four queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agenda.models import Absence, Appointment, Calendar, SlotHold
from agenda.queries.openings import load_pieces
from agenda.rules import Diary, Piece
from clients.models import User
from core.wall_clock import instant_of

_DAY = timedelta(days=1)
# What a tile and a count read of an appointment. Making whole rows took most of a week's time.
_BRIEFLY = (
    "uuid",
    "calendar",
    "starts_at",
    "ends_at",
    "block_starts_at",
    "block_ends_at",
    "status",
    "booked_for",
    "correspondent__civility",
    "correspondent__first_name",
    "correspondent__last_name",
    "motive__name",
    "motive__is_urgent",
)


@dataclass(frozen=True, slots=True)
class CalendarRows:
    """What opens, closes and fills one calendar over some days, and a day around them."""

    calendar: Calendar
    pieces: Sequence[Piece]
    appointments: Sequence[Appointment]
    absences: Sequence[Absence]
    holds: Sequence[SlotHold]

    def diary(self, viewer: User | None) -> Diary:
        """Return the same facts as the rules read them; the viewer's own hold is free to her."""
        held = [hold.block for hold in self.holds if viewer is None or hold.holder_id != viewer.pk]
        return Diary(
            zone=self.calendar.zone,
            pieces=self.pieces,
            taken=[appointment.block for appointment in self.appointments],
            absences=[absence.period for absence in self.absences],
            held=held,
        )


def read_rows(
    calendars: Iterable[Calendar],
    *,
    first_day: date,
    days: int,
    now: datetime,
    briefly: bool = False,
) -> list[CalendarRows]:
    """Return the rows of each calendar, in the order given.

    `briefly` reads no more of an appointment than its name, motive, moment and status.
    """
    calendars = list(calendars)
    start, end = _reach(calendars, first_day, days)
    ids = [calendar.pk for calendar in calendars]
    pieces = load_pieces(calendars, first=start, until=end)
    appointments = _appointments(ids, start, end, briefly)
    absences = _absences(ids, start, end)
    holds = _holds(ids, now)
    return [
        CalendarRows(c, pieces[c.pk], appointments[c.pk], absences[c.pk], holds[c.pk])
        for c in calendars
    ]


def _reach(calendars: Sequence[Calendar], first_day: date, days: int) -> tuple[datetime, datetime]:
    zones = {calendar.zone for calendar in calendars}
    if not zones:
        raise ValueError("no calendar to read")
    start = min(instant_of(first_day - _DAY, time(), zone) for zone in zones)
    end = max(instant_of(first_day + _DAY * (days + 1), time(), zone) for zone in zones)
    return start, end


def _appointments(
    ids: Sequence[int], start: datetime, end: datetime, briefly: bool
) -> dict[int, list[Appointment]]:
    found: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.filter(calendar__in=ids).blocking(start, end)
    rows = rows.select_related("correspondent", "motive").order_by("starts_at", "pk")
    for row in rows.only(*_BRIEFLY) if briefly else rows:
        found[row.calendar_id].append(row)
    return found


def _absences(ids: Sequence[int], start: datetime, end: datetime) -> dict[int, list[Absence]]:
    found: dict[int, list[Absence]] = defaultdict(list)
    rows = Absence.objects.in_force().filter(calendar__in=ids, starts_at__lt=end, ends_at__gt=start)
    for row in rows.order_by("starts_at", "pk"):
        found[row.calendar_id].append(row)
    return found


def _holds(ids: Sequence[int], now: datetime) -> dict[int, list[SlotHold]]:
    found: dict[int, list[SlotHold]] = defaultdict(list)
    rows = SlotHold.objects.filter(calendar__in=ids, expires_at__gt=now)
    for row in rows.select_related("holder").order_by("starts_at", "pk"):
        found[row.calendar_id].append(row)
    return found
