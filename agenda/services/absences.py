"""Blocks time and gives it back."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from typing import NamedTuple

from agenda.facts import AbsenceChanged
from agenda.models import Absence, Appointment, Calendar, Side
from agenda.queries.coverage import covered_by
from agenda.services.freeing import GAINED_WITHIN, noting_gained, review_period
from agenda.services.hours import count_revision
from agenda.services.locking import changing
from agenda.services.telling import publish_days
from agenda.services.worklist import list_displaced
from clients.models import User
from clients.services.audit import record_audit
from core.facts import emit
from core.periods import Period
from core.recurrences import rule_text

# Days named one by one in a live event; a longer absence names none, which means any.
_DAYS_NAMED = 14


class Blocked(NamedTuple):
    """A new absence, and the appointments that it covers and leaves standing."""

    absence: Absence
    covered: list[Appointment]


def block_period(
    *,
    calendar: Calendar,
    starts_at: datetime,
    ends_at: datetime,
    by: User | None,
    at: datetime,
    reason: str = "",
    reason_shared: bool = False,
    side: Side = Side.PORTAL,
) -> Blocked:
    """Give no slot in the period any more; list the appointments that somebody must deal with.

    The desk reads the reason only where it is shared, or the desk's own.
    """
    if starts_at >= ends_at:
        raise ValueError("an absence ends after it begins")
    with changing(calendar.pk) as calendars:
        absence = Absence.objects.create(
            calendar=calendars[calendar.pk],
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason,
            reason_shared=reason_shared,
            side=side,
            blocked_by=by,
            created_at=at,
        )
        covered = list(covered_by(absence))
        list_displaced(absence=absence, by=by, at=at)
        review_period(absence.calendar, absence.period, at=at)
        tell("absence.blocked", absence, by, at, side)
    return Blocked(absence, covered)


def unblock(
    *, absence: Absence, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> Absence:
    """Give the time back, a recurring absence's as a whole; a second time changes nothing."""
    with changing(absence.calendar_id):
        fresh = Absence.objects.select_related("calendar__client").get(pk=absence.pk)
        if fresh.lifted_at is None:
            within = None if fresh.is_recurring else fresh.period
            with noting_gained(fresh.calendar, at=at, within=within):
                fresh.lifted_at = at
                fresh.save(update_fields=["lifted_at"])
            if fresh.is_recurring:
                count_revision(fresh.calendar)
            list_displaced(absence=fresh, by=by, at=at)
            tell("absence.lifted", fresh, by, at, side)
    return fresh


@contextmanager
def rewriting_absence(
    absence: Absence, *, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> Iterator[None]:
    """Follow what it means that an absence is written otherwise meanwhile, or for the first time.

    What it covers then is the assistant's work, what it covers no more is done; the time it gives
    back is noted for those who wait.
    """
    was = Absence.objects.filter(pk=absence.pk).first()
    calendars = {one.calendar_id for one in (was, absence) if one}
    with changing(*calendars) as locked, ExitStack() as stack:
        for calendar in locked.values():
            stack.enter_context(noting_gained(calendar, at=at))
        yield
        fresh = Absence.objects.select_related("calendar__client").get(pk=absence.pk)
        count_revision(fresh.calendar)
        list_displaced(absence=fresh, by=by, at=at)
        for calendar in locked.values():
            review_period(calendar, Period(at, at + GAINED_WITHIN), at=at)
            publish_days(calendar, [])
        tell("absence.changed" if was else "absence.blocked", fresh, by, at, side)


def remove_absence(
    *, absence: Absence, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> None:
    """Take an absence away as if it had never been, with the work that it made."""
    with changing(absence.calendar_id):
        unblock(absence=absence, by=by, at=at, side=side).delete()


def tell(
    action: str,
    absence: Absence,
    by: User | None,
    at: datetime,
    side: Side,
    *,
    day: date | None = None,
) -> None:
    """Audit what was done to an absence, or to one day of it, and tell higher apps and screens."""
    calendar = absence.calendar
    detail = {
        "side": str(side),
        "starts_at": absence.starts_at.isoformat(),
        "ends_at": absence.ends_at.isoformat(),
    }
    if absence.is_recurring:
        detail |= _rule_of(absence)
    if day is not None:
        detail["day"] = day.isoformat()
    record_audit(by=by, action=action, target=absence, client=calendar.client, at=at, detail=detail)
    emit(
        AbsenceChanged(
            absence_id=absence.pk,
            absence_uuid=absence.uuid,
            client_uuid=calendar.client.uuid,
            calendar_uuid=calendar.uuid,
            lifted=absence.lifted_at is not None,
        )
    )
    publish_days(calendar, _days_of(absence))


def _rule_of(absence: Absence) -> dict[str, str]:
    days = {"valid_from": absence.valid_from, "valid_until": absence.valid_until}
    times = {"start_time": absence.start_time, "end_time": absence.end_time}
    said = {name: value.isoformat() for name, value in (days | times).items() if value is not None}
    return {"recurrence": rule_text(absence.recurrence)} | said


def _days_of(absence: Absence) -> list[date]:
    """Return the days to name in a live event; none, which means any, where they are many."""
    if absence.is_recurring:
        return []
    zone = absence.calendar.zone
    first = absence.starts_at.astimezone(zone).date()
    last = (absence.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    count = (last - first).days + 1
    return [first + timedelta(days=n) for n in range(count)] if count <= _DAYS_NAMED else []
