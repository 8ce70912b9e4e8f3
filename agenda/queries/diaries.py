"""Reads what the rules need to know of some calendars, in four queries however many they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from agenda.models import Absence, Appointment, Calendar, SlotHold
from agenda.queries.openings import load_pieces
from agenda.rules import Diary
from clients.models import User
from core.periods import Period

_DAY = timedelta(days=1)
Periods = Mapping[int, Sequence[Period]]


def load_diaries(
    calendars: Iterable[Calendar],
    *,
    first: datetime,
    until: datetime,
    now: datetime,
    viewer: User | None = None,
    without: Appointment | None = None,
    taken: Periods | None = None,
) -> dict[int, Diary]:
    """Return each calendar's diary, good for slots that begin from `first` and before `until`.

    The viewer's own holds don't stand in her way, nor does the appointment `without`, which is
    about to move. Whoever has read the appointments already gives their blocks as `taken`.
    """
    by_id = {calendar.pk: calendar for calendar in calendars}
    start, end = first - _DAY, until + _DAY
    pieces = load_pieces(by_id.values(), first=start, until=end)
    absences = _absences(by_id, start, end)
    held = _held(by_id, now, viewer)
    if taken is None:
        taken = _taken(by_id, start, end, without)
    return {
        pk: Diary(
            zone=calendar.zone,
            pieces=pieces[pk],
            taken=taken.get(pk, ()),
            absences=absences.get(pk, ()),
            held=held.get(pk, ()),
        )
        for pk, calendar in by_id.items()
    }


def _taken(
    calendars: Iterable[int], start: datetime, end: datetime, without: Appointment | None
) -> Periods:
    appointments = Appointment.objects.filter(calendar__in=list(calendars)).blocking(start, end)
    if without is not None:
        appointments = appointments.exclude(pk=without.pk)
    return _periods(appointments, "block_starts_at", "block_ends_at")


def _absences(calendars: Iterable[int], start: datetime, end: datetime) -> Periods:
    absences = Absence.objects.in_force().filter(
        calendar__in=list(calendars), starts_at__lt=end, ends_at__gt=start
    )
    return _periods(absences, "starts_at", "ends_at")


def _held(calendars: Iterable[int], now: datetime, viewer: User | None) -> Periods:
    holds = SlotHold.objects.filter(calendar__in=list(calendars), expires_at__gt=now)
    if viewer is not None:
        holds = holds.exclude(holder=viewer)
    return _periods(holds, "block_starts_at", "block_ends_at")


def _periods(rows: QuerySet[Any], start: str, end: str) -> Periods:
    periods: dict[int, list[Period]] = defaultdict(list)
    for calendar, starts_at, ends_at in rows.order_by(start).values_list("calendar", start, end):
        periods[calendar].append(Period(starts_at, ends_at))
    return periods
