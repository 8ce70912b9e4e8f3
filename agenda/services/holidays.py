"""Closes a calendar on public holidays, and opens it on single ones."""

from datetime import date, datetime, timedelta

from agenda.facts import HolidaysChanged
from agenda.models import Appointment, Calendar, HolidayOpened, Side
from agenda.queries.coverage import covered_by_holidays, holidays_closed
from agenda.rules import HolidayName, Region, public_holidays
from agenda.services.hours import changing_hours, count_revision
from agenda.services.locking import changing
from agenda.services.telling import publish_days
from clients.models import User
from clients.services.audit import record_audit
from core.facts import emit

_DAY = timedelta(days=1)


def set_holidays_region(
    *,
    calendar: Calendar,
    region: Region | None,
    by: User | None,
    at: datetime,
    side: Side = Side.PORTAL,
) -> list[Appointment]:
    """Close the calendar on this region's holidays, or on none; return what is booked on them.

    Holidays opened one by one stay open.
    """
    wanted = Calendar.Holidays(region.value if region else "")
    with changing(calendar.pk) as calendars:
        fresh = calendars[calendar.pk]
        if fresh.holidays_region != wanted:
            with changing_hours(fresh, by=by, at=at):
                fresh.holidays_region = wanted
                fresh.save(update_fields=["holidays_region"])
            _tell("holidays.region_set", fresh, [], by, at, side)
        covered = list(covered_by_holidays(fresh, since=at))
    return covered


def open_holiday(
    *, calendar: Calendar, day: date, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> HolidayOpened:
    """Let the calendar give slots on one public holiday; ValueError where the day is none."""
    with changing(calendar.pk) as calendars:
        fresh = calendars[calendar.pk]
        _holiday_on(fresh, day)
        with changing_hours(fresh, by=by, at=at):
            opened, is_new = HolidayOpened.objects.get_or_create(
                calendar=fresh, day=day, defaults={"opened_by": by, "created_at": at}
            )
        if is_new:
            _tell("holiday.opened", fresh, [day], by, at, side)
    return opened


def close_holiday(
    *, calendar: Calendar, day: date, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> list[Appointment]:
    """Close a holiday that was opened; return what was booked on it meanwhile."""
    with changing(calendar.pk) as calendars:
        fresh = calendars[calendar.pk]
        _holiday_on(fresh, day)
        with changing_hours(fresh, by=by, at=at):
            count, _rows = HolidayOpened.objects.filter(calendar=fresh, day=day).delete()
        if count:
            _tell("holiday.closed", fresh, [day], by, at, side)
        (closed,) = holidays_closed(fresh, day, day + _DAY)
        covered = covered_by_holidays(fresh, since=closed.start).filter(starts_at__lt=closed.end)
        return list(covered)


def _holiday_on(calendar: Calendar, day: date) -> HolidayName:
    region = calendar.holidays_region
    named = public_holidays(Region(region), day, day + _DAY) if region else []
    if not named:
        raise ValueError("this day is no public holiday of the calendar's")
    return named[0]


def _tell(
    action: str, calendar: Calendar, days: list[date], by: User | None, at: datetime, side: Side
) -> None:
    count_revision(calendar)
    detail = {"side": str(side), "region": calendar.holidays_region}
    if days:
        detail["day"] = days[0].isoformat()
    client = calendar.client
    record_audit(by=by, action=action, target=calendar, client=client, at=at, detail=detail)
    emit(HolidaysChanged(client_uuid=client.uuid, calendar_uuid=calendar.uuid, days=tuple(days)))
    publish_days(calendar, days)
