"""Reads what opens and closes some calendars again and again: few rows, that say much."""

from collections.abc import Collection
from datetime import date, time
from typing import NamedTuple

from django.db import connection

# Written by hand: the ORM takes longer to build it than the database to answer.
_STATEMENT = """
SELECT 'opening', rule.calendar_id, rule.id, rule.kind, rule.valid_from, rule.valid_until,
    rule.start_time, rule.end_time, rule.slot_minutes, rule."release", rule.release_time,
    rule.release_hours, rule."replaces", rule.recurrence, wanted.motive_id, CAST(NULL AS date)
FROM agenda_openingrule AS rule
LEFT JOIN agenda_openingrule_motives AS wanted ON wanted.openingrule_id = rule.id
WHERE (rule.valid_until IS NULL OR rule.valid_until >= %s) AND rule.calendar_id IN ({ids})
UNION ALL
SELECT 'absence', away.calendar_id, away.id, '', away.valid_from, away.valid_until,
    away.start_time, away.end_time, 0, '', NULL, NULL, '', away.recurrence, NULL, given_back.day
FROM agenda_absence AS away
LEFT JOIN agenda_daygivenback AS given_back ON given_back.absence_id = away.id
WHERE NOT (away.recurrence = '') AND away.lifted_at IS NULL
  AND (away.valid_until IS NULL OR away.valid_until >= %s) AND away.calendar_id IN ({ids})
UNION ALL
SELECT 'calendar', calendar.id, calendar.revision, calendar.holidays_region, NULL, NULL,
    NULL, NULL, 0, '', NULL, NULL, '', '', NULL, opened.day
FROM agenda_calendar AS calendar
LEFT JOIN agenda_holidayopened AS opened
    ON opened.calendar_id = calendar.id AND calendar.holidays_region <> ''
WHERE calendar.id IN ({ids})
"""


class HoursRow(NamedTuple):
    """A row as the database gives it; SQLite keeps days and times as text.

    An opening comes once for each of its motives, a recurring absence once for each `day` given
    back, a calendar once for each holiday opened, with its revision as `pk`.
    """

    what: str
    calendar_id: int
    pk: int
    kind: str
    valid_from: date | str | None
    valid_until: date | str | None
    start_time: time | str | None
    end_time: time | str | None
    slot_minutes: int
    release: str
    release_time: time | str | None
    release_hours: int | None
    replaces: str
    rule_text: str
    motive: int | None
    day: date | str | None

    @property
    def begins_on(self) -> date:
        """The first day of an opening or a recurring absence."""
        assert self.valid_from is not None
        return read_day(self.valid_from)

    @property
    def ends_on(self) -> date | None:
        """The last day of an opening or a recurring absence."""
        return None if self.valid_until is None else read_day(self.valid_until)

    @property
    def start(self) -> time | None:
        return _clock(self.start_time)

    @property
    def end(self) -> time | None:
        return _clock(self.end_time)

    @property
    def released_at(self) -> time | None:
        return _clock(self.release_time)


def hours_rows(calendars: Collection[int], first: date) -> list[HoursRow]:
    """Return what is not over by then."""
    if not calendars:
        return []
    statement = _STATEMENT.format(ids=",".join(["%s"] * len(calendars)))
    first_day = connection.ops.adapt_datefield_value(first)
    with connection.cursor() as cursor:
        cursor.execute(statement, (first_day, *calendars, first_day, *calendars, *calendars))
        return [HoursRow._make(row) for row in cursor.fetchall()]


def read_day(value: date | str) -> date:
    """Return the day as a day."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _clock(value: time | str | None) -> time | None:
    return time.fromisoformat(value) if isinstance(value, str) else value
