"""Reads opening rules and expands them, in one query."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from agenda.models import Calendar, OpeningRule
from agenda.models.calendar import release_of
from agenda.rules import Opening, Piece, Replaces, open_pieces
from core.recurrences import rule_days

_DAY = timedelta(days=1)


class _RuleRow(NamedTuple):
    """A rule as the database gives it, once for each of its motives."""

    calendar_id: int
    pk: int
    kind: str
    valid_from: date
    valid_until: date | None
    start_time: time
    end_time: time
    slot_minutes: int
    release: str
    release_time: time | None
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


def _rule_rows(calendars: Iterable[int], first: date) -> Iterable[tuple[object, ...]]:
    """Return the rules that are not over by then."""
    rules = OpeningRule.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=first), calendar__in=list(calendars)
    ).annotate(rule_text=Cast("recurrence", TextField()))
    return rules.order_by().values_list(*_RuleRow._fields)


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
    days = rule_days(
        row.rule_text,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        first=first,
        until=until,
    )
    return Opening(
        id=row.pk,
        days=days,
        start=row.start_time,
        end=row.end_time,
        slot_minutes=row.slot_minutes,
        emergency=row.kind == OpeningRule.Kind.EMERGENCY,
        release=release_of(row.release, row.release_time, row.release_hours),
        motives=motives,
        dated=not row.rule_text,
        replaces=Replaces(row.replaces),
        valid_from=row.valid_from,
    )
