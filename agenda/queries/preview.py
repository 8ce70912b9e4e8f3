"""What a calendar would look like under directives that nobody has saved; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agenda.models import Appointment, Calendar, Displaced, SlotHold
from agenda.queries.proposals import Proposal, changed_rows
from agenda.queries.scenes import (
    Scene,
    calendar_rows,
    outside_hours,
    scene_between,
    scene_of_rows,
    single_absences,
)
from agenda.rules import Diary, Piece, Reason
from agenda.rules.conflicts import Standing, troubles
from agenda.rules.load import places_of
from clients.models import AuditEntry
from core.periods import Period, subtract, union
from core.wall_clock import day_bounds, instant_of

WEEKS = 4
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Conflict:
    """A booked visit, or a slot that somebody holds, that could not stay."""

    starts_at: datetime
    reason: Reason
    appointment: Appointment | None = None
    hold: SlotHold | None = None


@dataclass(frozen=True)
class PreviewDay:
    """One day, before and after: what is open, when somebody is away, which visits are troubled."""

    day: date
    before: list[Piece]
    after: list[Piece]
    away: list[Period]
    holiday: str
    conflicts: list[Conflict]


@dataclass(frozen=True)
class WeekCount:
    """How many places a week has, before and after."""

    monday: date
    before: int
    after: int


@dataclass(frozen=True)
class Preview:
    """The week in which a change first shows, and what it would do from its first day on.

    `gained` and `lost` are the days of the weeks counted that have hours only after, only before.
    """

    week: list[PreviewDay]
    conflicts: list[Conflict]
    holds: list[Conflict]
    weeks: list[WeekCount]
    gained: list[date]
    lost: list[date]


def week_as_it_is(calendar: Calendar, monday: date) -> list[PreviewDay]:
    """Return a week under the directives in force."""
    scene = scene_between(calendar, monday, monday + _WEEK)
    return _week(calendar, monday, scene, scene, [])


def preview(calendar: Calendar, proposal: Proposal, *, now: datetime) -> Preview:
    """Return what the proposal would do to the calendar."""
    first = proposal.from_day - timedelta(days=proposal.from_day.weekday())
    since = max(now, instant_of(proposal.from_day, time(), calendar.zone))
    visits = _visits(calendar, since)
    counted_until = first + _WEEK * WEEKS
    until = max([counted_until, *(one.local_day + _DAY for one in visits[-1:])])
    rows, singles = calendar_rows(calendar, first), single_absences(calendar, first, until)
    before = scene_of_rows(calendar, rows, singles, first, until)
    changed = changed_rows(rows, proposal)
    after = scene_of_rows(calendar, changed, [*singles, *proposal.away], first, until)
    conflicts = _conflicts(visits, before, after)
    mondays = [first + _WEEK * n for n in range(WEEKS)]
    return Preview(
        week=_week(calendar, first, before, after, conflicts),
        conflicts=conflicts,
        holds=_holds(calendar, since, now, before, after),
        weeks=[_count(calendar, monday, before, after) for monday in mondays],
        gained=_days_only_in(calendar, after, before, first, counted_until),
        lost=_days_only_in(calendar, before, after, first, counted_until),
    )


def left_outside(calendar: Calendar, change: AuditEntry, *, now: datetime) -> list[Appointment]:
    """Return the visits that a change troubled and that still stand outside opening hours.

    Those on the assistant's worklist, also for an absence, are left out.
    """
    troubled = troubled_by(change, now=now)
    outside = {one.pk for one in outside_hours(calendar, troubled)}
    listed = Displaced.objects.open().filter(appointment__in=outside)
    left = outside.difference(listed.values_list("appointment", flat=True))
    return [one for one in troubled if one.pk in left]


def troubled_by(change: AuditEntry, *, now: datetime) -> list[Appointment]:
    """Return the visits to come that a change troubled, as they stand now."""
    rows = Appointment.objects.filter(
        client=change.client_id,
        uuid__in=change.detail.get("troubled", []),
        status=Appointment.Status.BOOKED,
        starts_at__gt=now,
    )
    linked = rows.select_related("correspondent", "motive", "calendar")
    return list(linked.order_by("starts_at", "pk"))


def _visits(calendar: Calendar, since: datetime) -> list[Appointment]:
    rows = Appointment.objects.filter(calendar=calendar, status=Appointment.Status.BOOKED)
    rows = rows.filter(starts_at__gte=since).select_related("correspondent", "motive")
    return list(rows.order_by("starts_at", "pk"))


def _conflicts(visits: Sequence[Appointment], before: Scene, after: Scene) -> list[Conflict]:
    standing = [Standing(one.period, one.motive.visit if one.motive else None) for one in visits]
    reasons = _new_troubles(standing, before, after)
    return [
        Conflict(one.starts_at, reason, appointment=one)
        for one, reason in zip(visits, reasons, strict=True)
        if reason is not None
    ]


def _holds(
    calendar: Calendar, since: datetime, now: datetime, before: Scene, after: Scene
) -> list[Conflict]:
    rows = SlotHold.objects.filter(calendar=calendar, expires_at__gt=now, starts_at__gte=since)
    held = list(rows.select_related("holder").order_by("starts_at", "pk"))
    standing = [Standing(Period(one.starts_at, one.ends_at), None) for one in held]
    return [
        Conflict(one.starts_at, reason, hold=one)
        for one, reason in zip(held, _new_troubles(standing, before, after), strict=True)
        if reason is not None
    ]


def _new_troubles(standing: Sequence[Standing], before: Scene, after: Scene) -> list[Reason | None]:
    """Return what troubles each visit after the change; what did so before is no news."""
    was, will_be = troubles(before.closing, standing), troubles(after.closing, standing)
    return [new if new != old else None for old, new in zip(was, will_be, strict=True)]


def _week(
    calendar: Calendar,
    monday: date,
    before: Scene,
    after: Scene,
    conflicts: Sequence[Conflict],
) -> list[PreviewDay]:
    return [_day(calendar, monday + _DAY * n, before, after, conflicts) for n in range(7)]


def _day(
    calendar: Calendar,
    day: date,
    before: Scene,
    after: Scene,
    conflicts: Sequence[Conflict],
) -> PreviewDay:
    bounds = Period(*day_bounds(day, calendar.zone))
    holiday = next((one.name for one in after.holidays if one.day == day), "")
    clipped = (period.clipped(bounds) for period in union(after.away))
    return PreviewDay(
        day=day,
        before=[piece for piece in before.pieces if bounds.holds(piece.start)],
        after=[piece for piece in after.pieces if bounds.holds(piece.start)],
        away=[period for period in clipped if period is not None],
        holiday=holiday,
        conflicts=[one for one in conflicts if bounds.holds(one.starts_at)],
    )


def _count(calendar: Calendar, monday: date, before: Scene, after: Scene) -> WeekCount:
    week = Period(
        day_bounds(monday, calendar.zone)[0], day_bounds(monday + _WEEK, calendar.zone)[0]
    )
    return WeekCount(monday, _places(calendar, before, week), _places(calendar, after, week))


def _places(calendar: Calendar, scene: Scene, within: Period) -> int:
    diary = Diary(
        calendar.zone,
        [piece for piece in scene.pieces if piece.period.overlaps(within)],
        absences=scene.away,
        holidays=scene.holidays,
    )
    return sum(1 for place in places_of(diary) if within.holds(place.start))


def _days_only_in(
    calendar: Calendar, scene: Scene, other: Scene, first: date, until: date
) -> list[date]:
    """Return the days that the first scene opens, and the other does not."""
    days = _open_days(calendar, scene) - _open_days(calendar, other)
    return sorted(day for day in days if first <= day < until)


def _open_days(calendar: Calendar, scene: Scene) -> set[date]:
    closed = union([*scene.away, *(one.period for one in scene.holidays)])
    opened = subtract([piece.period for piece in scene.pieces], closed)
    return {period.start.astimezone(calendar.zone).date() for period in opened}
