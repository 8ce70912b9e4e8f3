"""Reads what the rules need to know of some calendars, in four queries however many they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from agenda.models import Absence, Appointment, Calendar, OpeningRule, SlotHold
from agenda.models.calendar import release_of
from agenda.rules import Diary, Opening, Piece, Replaces, open_pieces
from clients.models import User
from core.periods import Period
from core.recurrences import rule_days

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
    held = _held(by_id, start, end, now, viewer)
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


def load_pieces(
    calendars: Iterable[Calendar], *, first: datetime, until: datetime
) -> dict[int, list[Piece]]:
    """Return each calendar's open pieces between the instants, and some around them."""
    zones = {calendar.pk: calendar.zone for calendar in calendars}
    openings: dict[int, list[Opening]] = {pk: [] for pk in zones}
    span = (first.date() - _DAY, until.date() + _DAY * 2)
    for row in _rule_rows(zones, *span):
        openings[row["calendar_id"]].append(_opening(row, *span))
    return {pk: open_pieces(openings[pk], zone) for pk, zone in zones.items()}


def _rule_rows(calendars: Iterable[int], first: date, until: date) -> Iterable[dict[str, Any]]:
    """Return the rules in force as plain rows, each with the set of its motives."""
    rules = (
        OpeningRule.objects.filter(calendar__in=list(calendars), valid_from__lt=until)
        .exclude(valid_until__lt=first)
        .annotate(rule_text=Cast("recurrence", TextField()), motive=F("motives"))
        .order_by()
        .values(*_RULE_FIELDS, "rule_text", "motive")
    )
    by_id: dict[int, dict[str, Any]] = {}
    for row in rules:
        known = by_id.setdefault(row["pk"], row | {"motives": set()})
        if row["motive"] is not None:
            known["motives"].add(row["motive"])
    return by_id.values()


_RULE_FIELDS = (
    "pk",
    "calendar_id",
    "kind",
    "valid_from",
    "valid_until",
    "start_time",
    "end_time",
    "slot_minutes",
    "release",
    "release_time",
    "release_hours",
    "replaces",
)


def _opening(row: dict[str, Any], first: date, until: date) -> Opening:
    days = rule_days(
        row["rule_text"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        first=first,
        until=until,
    )
    return Opening(
        id=row["pk"],
        days=days,
        start=row["start_time"],
        end=row["end_time"],
        slot_minutes=row["slot_minutes"],
        emergency=row["kind"] == OpeningRule.Kind.EMERGENCY,
        release=release_of(row["release"], row["release_time"], row["release_hours"]),
        motives=frozenset(row["motives"]),
        dated=not row["rule_text"],
        replaces=Replaces(row["replaces"]),
        valid_from=row["valid_from"],
    )


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


def _held(
    calendars: Iterable[int], start: datetime, end: datetime, now: datetime, viewer: User | None
) -> Periods:
    holds = SlotHold.objects.filter(
        calendar__in=list(calendars),
        expires_at__gt=now,
        block_starts_at__lt=end,
        block_ends_at__gt=start,
    )
    if viewer is not None:
        holds = holds.exclude(holder=viewer)
    return _periods(holds, "block_starts_at", "block_ends_at")


def _periods(rows: QuerySet[Any], start: str, end: str) -> Periods:
    periods: dict[int, list[Period]] = defaultdict(list)
    for calendar, starts_at, ends_at in rows.order_by(start).values_list("calendar", start, end):
        periods[calendar].append(Period(starts_at, ends_at))
    return periods
