"""What opens and closes some calendars again and again, read in one query and expanded.

Opening rules, recurring absences and public holidays; what is booked, blocked once or held stands
in `agenda.queries.engagements`.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agenda.models import Calendar
from agenda.queries.closures import closed_holidays_in, occurrences_in
from agenda.queries.hours_rows import HoursRow, hours_rows
from agenda.queries.openings import openings_in
from agenda.rules import Holiday, Occurrence, Piece, open_pieces
from core.periods import Period

_DAY = timedelta(days=1)


class Hours(NamedTuple):
    """What opens and closes one calendar between two days.

    `away` are the periods of the `occurrences`; `revision` is the calendar's when it was read.
    """

    pieces: tuple[Piece, ...]
    occurrences: tuple[Occurrence, ...]
    away: tuple[Period, ...]
    holidays: tuple[Holiday, ...]
    revision: int


def read_hours(
    calendars: Iterable[Calendar], *, first: datetime, until: datetime
) -> dict[int, Hours]:
    """Return each calendar's hours between the instants, and some around them."""
    zones = {calendar.pk: calendar.zone for calendar in calendars}
    span = (first.date() - _DAY, until.date() + _DAY * 2)
    rows: dict[int, list[HoursRow]] = defaultdict(list)
    for row in hours_rows(zones, span[0]):
        rows[row.calendar_id].append(row)
    return {pk: _expanded(frozenset(rows[pk]), zone, *span) for pk, zone in zones.items()}


@lru_cache(maxsize=256)
def _expanded(rows: frozenset[HoursRow], zone: ZoneInfo, first: date, until: date) -> Hours:
    """Return the hours of one calendar's rows.

    Kept from call to call: the same rows open and close the same times, and screens ask for the
    same weeks again and again. A changed rule is another row.
    """
    by_what: dict[str, list[HoursRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.pk):
        by_what[row.what].append(row)
    away = tuple(occurrences_in(by_what["absence"], zone, first, until))
    of_calendar = by_what["calendar"]
    return Hours(
        pieces=tuple(open_pieces(openings_in(by_what["opening"], first, until), zone)),
        occurrences=away,
        away=tuple(occurrence.period for occurrence in away),
        holidays=tuple(closed_holidays_in(of_calendar, zone, first, until)),
        revision=of_calendar[0].pk if of_calendar else 0,
    )
