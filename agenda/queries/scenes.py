"""What opens and closes one calendar over some days, and which visits that leaves outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agenda.models import Absence, Appointment, Calendar
from agenda.queries.closures import closed_holidays_in, occurrences_in
from agenda.queries.hours_rows import HoursRow, hours_rows
from agenda.queries.openings import openings_in
from agenda.rules import Holiday, Piece, open_pieces
from agenda.rules.conflicts import Closing, Standing, troubles
from core.periods import Period
from core.wall_clock import day_bounds

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scene:
    """A calendar's hours on some days, and what closes them."""

    pieces: list[Piece]
    away: list[Period]
    holidays: list[Holiday]

    @property
    def closing(self) -> Closing:
        return Closing(self.pieces, self.away, [one.period for one in self.holidays])


def scene_between(calendar: Calendar, first: date, until: date) -> Scene:
    """Return what is stored now between two days, and a day around them."""
    rows, singles = calendar_rows(calendar, first), single_absences(calendar, first, until)
    return scene_of_rows(calendar, rows, singles, first, until)


def outside_hours(calendar: Calendar, visits: Sequence[Appointment]) -> list[Appointment]:
    """Return those of the visits that stand outside the calendar's hours, or on a holiday.

    Absences are not looked at: who lifts one finds the hours behind it. Hours kept for
    emergencies, or for other motives, are hours all the same.
    """
    if not visits:
        return []
    days = [one.local_day for one in visits]
    closing = scene_between(calendar, min(days), max(days) + _DAY).closing._replace(absences=[])
    standing = [Standing(one.period, None) for one in visits]
    reasons = zip(visits, troubles(closing, standing), strict=True)
    return [one for one, reason in reasons if reason is not None]


def visits_to_come(calendar: Calendar, at: datetime) -> list[Appointment]:
    """Return what is booked in a calendar and has not begun, in order."""
    rows = Appointment.objects.filter(calendar=calendar, status=Appointment.Status.BOOKED)
    return list(rows.filter(starts_at__gt=at).order_by("starts_at", "pk"))


def calendar_rows(calendar: Calendar, first: date) -> list[HoursRow]:
    """Return the rows that are not over on the day before the first."""
    return hours_rows([calendar.pk], first - _DAY)


def scene_of_rows(
    calendar: Calendar,
    rows: Sequence[HoursRow],
    singles: Sequence[Period],
    first: date,
    until: date,
) -> Scene:
    """Return what the rows say between two days, and a day around them."""
    ordered = sorted(rows, key=lambda row: row.pk)
    own = [row for row in rows if row.what == "calendar"]
    zone, span = calendar.zone, (first - _DAY, until + _DAY)
    away = occurrences_in([row for row in ordered if row.what == "absence"], zone, *span)
    openings = openings_in([row for row in ordered if row.what == "opening"], *span)
    return Scene(
        pieces=open_pieces(openings, zone),
        away=sorted([*(one.period for one in away), *singles]),
        holidays=closed_holidays_in(own, zone, *span),
    )


def single_absences(calendar: Calendar, first: date, until: date) -> list[Period]:
    """Return the absences that come once between two days, and a day around them."""
    start, end = day_bounds(first - _DAY, calendar.zone)[0], day_bounds(until, calendar.zone)[1]
    rows = Absence.objects.in_force().single().filter(calendar=calendar)
    rows = rows.filter(starts_at__lt=end, ends_at__gt=start).order_by("starts_at", "pk")
    return [Period(*bounds) for bounds in rows.values_list("starts_at", "ends_at")]
