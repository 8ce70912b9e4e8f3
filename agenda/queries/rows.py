"""Reads some days of some calendars as rows that can be shown, in four queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from agenda.models import Absence, Appointment, Calendar, Side, SlotHold
from agenda.queries.diaries import visits_by_day
from agenda.queries.hours import Hours, read_hours
from agenda.rules import Diary, Piece
from clients.models import User
from core.periods import Period
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
    "confirmed_at",
    "confirmed_start",
    "booked_for",
    "override_reason",
    "correspondent__civility",
    "correspondent__first_name",
    "correspondent__last_name",
    "motive__name",
    "motive__is_urgent",
)


@dataclass(frozen=True, slots=True)
class Closure:
    """Time that gives no slot: an absence, one time of a recurring one, or a public holiday.

    `holiday` is the holiday's name; the others have their `absence`.
    """

    starts_at: datetime
    ends_at: datetime
    absence: Absence | None = None
    holiday: str = ""

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)

    @property
    def uuid(self) -> UUID | None:
        """The absence's, None for a holiday."""
        return self.absence.uuid if self.absence else None

    def reason_for(self, side: Side) -> str:
        """Return why, as far as this side may read it."""
        return self.absence.reason_for(side) if self.absence else ""


@dataclass(frozen=True, slots=True)
class CalendarRows:
    """What opens, closes and fills one calendar over some days, and a day around them."""

    calendar: Calendar
    hours: Hours
    appointments: Sequence[Appointment]
    closures: Sequence[Closure]
    holds: Sequence[SlotHold]

    @property
    def pieces(self) -> Sequence[Piece]:
        return self.hours.pieces

    def diary(self, viewer: User | None) -> Diary:
        """Return the same facts as the rules read them; the viewer's own hold is free to her."""
        held = [hold.block for hold in self.holds if viewer is None or hold.holder_id != viewer.pk]
        zone = self.calendar.zone
        visits = [(row.motive_id, row.starts_at) for row in self.appointments if row.motive_id]
        return Diary(
            zone=zone,
            pieces=self.pieces,
            taken=[appointment.block for appointment in self.appointments],
            absences=[closure.period for closure in self.closures if not closure.holiday],
            held=held,
            holidays=self.hours.holidays,
            booked=visits_by_day(visits, zone),
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
    hours = read_hours(calendars, first=start, until=end)
    appointments = _appointments(ids, start, end, briefly)
    absences = _absences(ids, start, end)
    holds = _holds(ids, now)
    return [
        CalendarRows(
            c, hours[c.pk], appointments[c.pk], _closures(hours[c.pk], absences[c.pk]), holds[c.pk]
        )
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
    """Return the single absences that reach into the period, and all recurring ones."""
    found: dict[int, list[Absence]] = defaultdict(list)
    rows = Absence.objects.in_force().filter(calendar__in=ids)
    rows = rows.filter(Q(starts_at__lt=end, ends_at__gt=start) | ~Q(recurrence=""))
    for row in rows.order_by("starts_at", "pk"):
        found[row.calendar_id].append(row)
    return found


def _closures(hours: Hours, absences: Sequence[Absence]) -> list[Closure]:
    recurring = {row.pk: row for row in absences if row.is_recurring}
    closures = [Closure(h.start, h.end, holiday=h.name) for h in hours.holidays]
    closures += [Closure(*row.period, row) for row in absences if not row.is_recurring]
    for start, end, _day, absence in hours.occurrences:
        if absence in recurring:  # else it was lifted between two queries
            closures.append(Closure(start, end, recurring[absence]))
    return sorted(closures, key=lambda closure: closure.starts_at)


def _holds(ids: Sequence[int], now: datetime) -> dict[int, list[SlotHold]]:
    found: dict[int, list[SlotHold]] = defaultdict(list)
    rows = SlotHold.objects.filter(calendar__in=ids, expires_at__gt=now)
    for row in rows.select_related("holder").order_by("starts_at", "pk"):
        found[row.calendar_id].append(row)
    return found
