"""Reads what the rules need to know of some calendars, in two queries however many they are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from agenda.models import Appointment, Calendar
from agenda.models.appointment import LONGEST_BLOCK
from agenda.queries.engagements import read_engagements
from agenda.queries.openings import load_pieces
from agenda.rules import Diary, Piece
from clients.models import User

_DAY = timedelta(days=1)
Hours = Mapping[int, Sequence[Piece]]


def load_hours(calendar: Calendar, moment: datetime) -> Hours:
    """Return the hours that `load_diaries` wants for any visit that begins at the moment.

    Read before a calendar is locked, they make the time shorter for which others wait.
    """
    return load_pieces(
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
    hours: Hours | None = None,
) -> dict[int, Diary]:
    """Return each calendar's diary, good for slots that begin from `first` and before `until`.

    The viewer's own holds don't stand in her way, nor does the appointment `without`, which is
    about to move. Whoever has read the hours already gives them.
    """
    by_id = {calendar.pk: calendar for calendar in calendars}
    start, end = first - _DAY, until + _DAY
    pieces = hours or load_pieces(by_id.values(), first=start, until=end)
    engagements = read_engagements(
        by_id, start=start, end=end, now=now, viewer=viewer, without=without
    )
    return {
        pk: Diary(
            zone=calendar.zone,
            pieces=pieces[pk],
            taken=engagements[pk].taken,
            absences=engagements[pk].absences,
            held=engagements[pk].held,
        )
        for pk, calendar in by_id.items()
    }
