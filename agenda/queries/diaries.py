"""Reads what the rules need to know of some calendars, in two queries however many they are."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agenda.models import Appointment, Calendar, Motive
from agenda.models.appointment import LONGEST_BLOCK
from agenda.queries.engagements import Engagements, read_engagements
from agenda.queries.hours import Hours, read_hours
from agenda.rules import Diary
from clients.models import User

_DAY = timedelta(days=1)
HoursOf = Mapping[int, Hours]


def load_hours(calendar: Calendar, moment: datetime) -> HoursOf:
    """Return the hours that `load_diaries` wants for any visit that begins at the moment.

    Read before a calendar is locked, they make the time shorter for which others wait.
    """
    return read_hours(
        [calendar], first=moment - LONGEST_BLOCK - _DAY, until=moment + LONGEST_BLOCK + _DAY
    )


def load_diaries(
    calendars: Iterable[Calendar],
    *,
    first: datetime,
    until: datetime,
    now: datetime,
    viewer: User | None = None,
    without: Appointment | None = None,
    hours: HoursOf | None = None,
    motives: Iterable[Motive | None] = (),
) -> dict[int, Diary]:
    """Return each calendar's diary, good for slots that begin from `first` and before `until`.

    The viewer's own holds don't stand in her way, nor does the appointment `without`, which is
    about to move. The visits of those `motives` that have a limit are counted by day: name the
    motives that will be asked about. Whoever has read the hours already gives them; they are read
    again where a calendar has changed since.
    """
    by_id = {calendar.pk: calendar for calendar in calendars}
    start, end = first - _DAY, until + _DAY
    engagements = read_engagements(
        by_id,
        start=start,
        end=end,
        now=now,
        viewer=viewer,
        without=without,
        counting=_limited(motives),
    )
    if hours is None or any(hours[pk].revision != engagements[pk].revision for pk in by_id):
        hours = read_hours(by_id.values(), first=start, until=end)
    return {pk: _diary(one.zone, hours[pk], engagements[pk]) for pk, one in by_id.items()}


def _limited(motives: Iterable[Motive | None]) -> Collection[int]:
    return {motive.pk for motive in motives if motive and motive.most_per_day is not None}


def _diary(zone: ZoneInfo, hours: Hours, engagements: Engagements) -> Diary:
    absences = engagements.absences
    return Diary(
        zone=zone,
        pieces=hours.pieces,
        taken=engagements.taken,
        absences=sorted([*absences, *hours.away]) if hours.away else absences,
        held=engagements.held,
        holidays=hours.holidays,
        booked=visits_by_day(engagements.counted, zone),
    )


def visits_by_day(
    visits: Iterable[tuple[int, datetime]], zone: ZoneInfo
) -> dict[tuple[int, date], int]:
    """Count visits, given by motive and beginning, by motive and day on the wall of the zone."""
    return Counter((motive, start.astimezone(zone).date()) for motive, start in visits)
