"""From the rows of recurring absences and calendars to what closes them."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from agenda.queries.hours_rows import HoursRow, read_day
from agenda.rules import (
    Holiday,
    Occurrence,
    Recurring,
    Region,
    closed_holidays,
    occurrences,
    public_holidays,
)
from core.recurrences import rule_days


def occurrences_in(
    rows: Iterable[HoursRow], zone: ZoneInfo, first: date, until: date
) -> list[Occurrence]:
    """Return what the recurring absences of some rows close, those of one absence together."""
    absences = [list(of_one) for _, of_one in groupby(rows, key=attrgetter("pk"))]
    return sorted(chain.from_iterable(_of(rows, zone, first, until) for rows in absences))


def _of(rows: list[HoursRow], zone: ZoneInfo, first: date, until: date) -> Iterator[Occurrence]:
    row, given_back = rows[0], _days_of(rows)
    days = rule_days(
        row.rule_text, valid_from=row.begins_on, valid_until=row.ends_on, first=first, until=until
    )
    kept = (day for day in days if day not in given_back)
    return occurrences(Recurring(row.pk, row.start, row.end), kept, zone)


def closed_holidays_in(
    rows: list[HoursRow], zone: ZoneInfo, first: date, until: date
) -> list[Holiday]:
    """Return the holidays on which the calendar of these rows is closed."""
    region = rows[0].kind if rows else ""
    if not region:
        return []
    opened = _days_of(rows)
    named = public_holidays(Region(region), first, until)
    return closed_holidays([holiday for holiday in named if holiday.day not in opened], zone)


def _days_of(rows: Iterable[HoursRow]) -> set[date]:
    return {read_day(row.day) for row in rows if row.day is not None}
