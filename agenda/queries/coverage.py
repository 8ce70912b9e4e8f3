"""Which appointments lie in what closes a calendar, and when it closes again."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from agenda.models import Absence, Appointment, Calendar
from agenda.models.appointment import LONGEST_BLOCK
from agenda.rules import Holiday, Occurrence, Region, closed_holidays, occurrences, public_holidays
from core.periods import Period, first_overlap, union

_DAY = timedelta(days=1)
_Closing = Callable[[date, date], Iterable[Period]]


def covered_by(absence: Absence, *, since: datetime | None = None) -> QuerySet[Appointment]:
    """Return the active appointments whose visit lies, wholly or in part, in the absence.

    With `since`, only those that end after it. A recurring absence is followed as far ahead as
    anything is booked.
    """
    if absence.is_recurring:
        start = max(since or absence.starts_at, absence.starts_at)
        return _lying_in(
            absence.calendar, start, lambda a, b: [o.period for o in occurrences_of(absence, a, b)]
        )
    found = (
        Appointment.objects.filter(calendar=absence.calendar_id)
        .blocking(absence.starts_at, absence.ends_at)
        .filter(starts_at__lt=absence.ends_at, ends_at__gt=absence.starts_at)
    )
    return _in_order(found if since is None else found.filter(ends_at__gt=since))


def occurrences_of(absence: Absence, first: date, until: date) -> list[Occurrence]:
    """Return the times of a recurring absence on the days from `first` up to, not on, `until`."""
    days = absence.days_between(first, until)
    return list(occurrences(absence.recurring, days, absence.calendar.zone))


def covered_by_holidays(calendar: Calendar, *, since: datetime) -> QuerySet[Appointment]:
    """Return the active appointments, ending after `since`, on holidays that are closed."""
    return _lying_in(
        calendar, since, lambda a, b: [h.period for h in holidays_closed(calendar, a, b)]
    )


def holidays_closed(calendar: Calendar, first: date, until: date) -> list[Holiday]:
    """Return the public holidays from `first` up to, not on, `until` that close the calendar."""
    if not calendar.holidays_region:
        return []
    opened = set(calendar.holidays_opened.values_list("day", flat=True))
    named = public_holidays(Region(calendar.holidays_region), first, until)
    return closed_holidays([one for one in named if one.day not in opened], calendar.zone)


def _lying_in(calendar: Calendar, since: datetime, closing: _Closing) -> QuerySet[Appointment]:
    """Return the active appointments that end after `since` and lie in what closes."""
    booked = Appointment.objects.filter(calendar=calendar).active()
    booked = booked.filter(block_starts_at__gte=since - LONGEST_BLOCK, ends_at__gt=since)
    rows = list(booked.order_by("starts_at").values_list("pk", "starts_at", "ends_at"))
    found: list[int] = []
    if rows:
        closed = union(closing(rows[0][1].date() - _DAY * 2, rows[-1][1].date() + _DAY * 3))
        found = [pk for pk, start, end in rows if first_overlap(closed, Period(start, end))]
    return _in_order(Appointment.objects.filter(pk__in=found))


def _in_order(found: QuerySet[Appointment]) -> QuerySet[Appointment]:
    return found.select_related("correspondent", "motive").order_by("starts_at", "pk")
