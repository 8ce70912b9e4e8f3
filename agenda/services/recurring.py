"""Blocks time that comes again and again, and gives single days or the rest of it back."""

from datetime import date, datetime, time, timedelta

from agenda.models import Absence, Appointment, Calendar, DayGivenBack, Side
from agenda.queries.coverage import covered_by, occurrences_of
from agenda.rules import Occurrence
from agenda.services.absences import Blocked, tell
from agenda.services.freeing import noting_gained, review_period
from agenda.services.hours import count_revision
from agenda.services.locking import changing
from agenda.services.worklist import list_displaced
from clients.models import User
from core.periods import Period
from core.recurrences import check_bare_rule

_DAY = timedelta(days=1)
# A rule that has not fallen on a day by then says nothing of use.
_LONGEST_BEFORE_IT_FALLS = timedelta(days=366 * 5)
_FAR_AHEAD = timedelta(days=730)


def block_recurring(
    *,
    calendar: Calendar,
    recurrence: str,
    valid_from: date,
    by: User | None,
    at: datetime,
    valid_until: date | None = None,
    start_time: time | None = None,
    end_time: time | None = None,
    reason: str = "",
    reason_shared: bool = False,
    side: Side = Side.PORTAL,
) -> Blocked:
    """Give no slot on these days any more, between the times or, without them, at all.

    `recurrence` is a bare rule (`core.recurrences`); an end at or before the start is on the next
    day. Lists the appointments still to come that somebody must deal with. ValueError where no
    day is meant, ValidationError where the rule can't be read.
    """
    if not recurrence:
        raise ValueError("a recurring absence has a recurrence")
    check_bare_rule(recurrence)
    with changing(calendar.pk) as calendars:
        absence = Absence(
            calendar=calendars[calendar.pk],
            recurrence=recurrence,
            valid_from=valid_from,
            valid_until=valid_until,
            start_time=start_time,
            end_time=end_time,
            reason=reason,
            reason_shared=reason_shared,
            side=side,
            blocked_by=by,
            created_at=at,
        )
        first = _first_time(absence)
        absence.starts_at, absence.ends_at = first.start, first.end
        absence.save()
        covered = list(covered_by(absence, since=at))
        review_period(absence.calendar, Period(at, at + _FAR_AHEAD), at=at)
        _note("absence.blocked", absence, by, at, side)
    return Blocked(absence, covered)


def give_back_day(
    *, absence: Absence, day: date, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> Absence:
    """Give one day of a recurring absence back; a second time changes nothing.

    ValueError where the absence does not fall on the day.
    """
    with changing(absence.calendar_id):
        fresh = _fresh(absence)
        given = fresh.days_given_back.filter(day=day)
        if not given.exists():
            if not fresh.days_between(day, day + _DAY):
                raise ValueError("the absence does not fall on this day")
            with noting_gained(fresh.calendar, at=at):
                DayGivenBack.objects.create(absence=fresh, day=day, given_by=by, created_at=at)
            _note("absence.day_given_back", fresh, by, at, side, day=day)
    return fresh


def take_back_day(
    *, absence: Absence, day: date, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> Blocked:
    """Block a day that was given back again; list what was booked on it meanwhile."""
    with changing(absence.calendar_id):
        fresh = _fresh(absence)
        if fresh.days_given_back.filter(day=day).delete()[0]:
            _note("absence.day_taken_back", fresh, by, at, side, day=day)
        covered: list[Appointment] = []
        for start, end, _day, _absence in occurrences_of(fresh, day, day + _DAY):
            review_period(fresh.calendar, Period(start, end), at=at)
            covered += covered_by(fresh, since=start).filter(starts_at__lt=end)
    return Blocked(fresh, covered)


def end_recurring(
    *, absence: Absence, from_day: date, by: User | None, at: datetime, side: Side = Side.PORTAL
) -> Absence:
    """Let a recurring absence end before this day; what came before it stays.

    Where it would have no day left it is lifted as a whole. One that is over by then stays as it
    is.
    """
    with changing(absence.calendar_id):
        fresh = _fresh(absence)
        last = from_day - _DAY
        is_over = fresh.valid_until is not None and fresh.valid_until <= last
        if fresh.lifted_at is None and not is_over:
            with noting_gained(fresh.calendar, at=at):
                _end(fresh, last, at)
            _note("absence.ended", fresh, by, at, side, day=from_day)
    return fresh


def _end(absence: Absence, last: date, at: datetime) -> None:
    assert absence.valid_from is not None
    if last < absence.valid_from:
        absence.lifted_at = at
    else:
        absence.valid_until = last
    absence.save(update_fields=["lifted_at", "valid_until"])


def _first_time(absence: Absence) -> Occurrence:
    assert absence.valid_from is not None
    days = absence.days_between(absence.valid_from, absence.valid_from + _LONGEST_BEFORE_IT_FALLS)
    first = next(iter(days), None)
    times = occurrences_of(absence, first, first + _DAY) if first else []
    if not times:
        raise ValueError("the absence falls on no day")
    return times[0]


def _fresh(absence: Absence) -> Absence:
    fresh = Absence.objects.select_related("calendar__client").get(pk=absence.pk)
    if not fresh.is_recurring:
        raise ValueError("the absence comes once")
    return fresh


def _note(
    action: str,
    absence: Absence,
    by: User | None,
    at: datetime,
    side: Side,
    *,
    day: date | None = None,
) -> None:
    count_revision(absence.calendar)
    list_displaced(absence=absence, by=by, at=at)
    tell(action, absence, by, at, side, day=day)
