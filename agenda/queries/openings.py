"""Reads opening rules and expands them, in one query."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from agenda.models import Calendar, OpeningRule
from agenda.models.calendar import release_of
from agenda.rules import Opening, Piece, Replaces, open_pieces
from core.recurrences import rule_days

_DAY = timedelta(days=1)


# Written by hand: the ORM takes longer to build it than the database to answer.
_STATEMENT = """
SELECT rule.calendar_id, rule.id, rule.kind, rule.valid_from, rule.valid_until, rule.start_time,
    rule.end_time, rule.slot_minutes, rule."release", rule.release_time, rule.release_hours,
    rule."replaces", rule.recurrence, wanted.motive_id
FROM agenda_openingrule AS rule
LEFT JOIN agenda_openingrule_motives AS wanted ON wanted.openingrule_id = rule.id
WHERE (rule.valid_until IS NULL OR rule.valid_until >= %s) AND rule.calendar_id IN ({ids})
"""


class _RuleRow(NamedTuple):
    """A rule as the database gives it, once for each of its motives; SQLite keeps days as text."""

    calendar_id: int
    pk: int
    kind: str
    valid_from: date | str
    valid_until: date | str | None
    start_time: time | str
    end_time: time | str
    slot_minutes: int
    release: str
    release_time: time | str | None
    release_hours: int | None
    replaces: str
    rule_text: str
    motives: int | None


def load_pieces(
    calendars: Iterable[Calendar], *, first: datetime, until: datetime
) -> dict[int, tuple[Piece, ...]]:
    """Return each calendar's open pieces between the instants, and some around them."""
    zones = {calendar.pk: calendar.zone for calendar in calendars}
    span = (first.date() - _DAY, until.date() + _DAY * 2)
    rows: dict[int, list[_RuleRow]] = defaultdict(list)
    for row in map(_RuleRow._make, _rule_rows(zones, span[0])):
        rows[row.calendar_id].append(row)
    return {pk: _expanded(frozenset(rows[pk]), zone, *span) for pk, zone in zones.items()}


def _rule_rows(calendars: Collection[int], first: date) -> list[tuple[Any, ...]]:
    """Return the rules that are not over by then."""
    if not calendars:
        return []
    statement = _STATEMENT.format(ids=",".join(["%s"] * len(calendars)))
    with connection.cursor() as cursor:
        cursor.execute(statement, (connection.ops.adapt_datefield_value(first), *calendars))
        return cursor.fetchall()


@lru_cache(maxsize=256)
def _expanded(
    rows: frozenset[_RuleRow], zone: ZoneInfo, first: date, until: date
) -> tuple[Piece, ...]:
    """Return the pieces of one calendar's rules.

    Kept from call to call: the same rows open the same pieces, and screens ask for the same
    weeks again and again. A changed rule is another row.
    """
    ordered = sorted(rows, key=attrgetter("pk"))
    return tuple(open_pieces(_openings(ordered, first, until), zone))


def _openings(rows: Iterable[_RuleRow], first: date, until: date) -> Iterator[Opening]:
    for _, of_rule in groupby(rows, key=attrgetter("pk")):
        same = list(of_rule)
        motives = frozenset(row.motives for row in same if row.motives is not None)
        yield _opening(same[0], motives, first, until)


def _opening(row: _RuleRow, motives: frozenset[int], first: date, until: date) -> Opening:
    valid_from = _day(row.valid_from)
    days = rule_days(
        row.rule_text,
        valid_from=valid_from,
        valid_until=None if row.valid_until is None else _day(row.valid_until),
        first=first,
        until=until,
    )
    release_time = None if row.release_time is None else _clock(row.release_time)
    return Opening(
        id=row.pk,
        days=days,
        start=_clock(row.start_time),
        end=_clock(row.end_time),
        slot_minutes=row.slot_minutes,
        emergency=row.kind == OpeningRule.Kind.EMERGENCY,
        release=release_of(row.release, release_time, row.release_hours),
        motives=motives,
        dated=not row.rule_text,
        replaces=Replaces(row.replaces),
        valid_from=valid_from,
    )


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _clock(value: time | str) -> time:
    return time.fromisoformat(value) if isinstance(value, str) else value
