"""From the rows of opening rules to what the rules read."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter

from agenda.models import OpeningRule
from agenda.models.calendar import release_of
from agenda.queries.hours_rows import HoursRow
from agenda.rules import Opening, Replaces
from core.recurrences import rule_days


def openings_in(rows: Iterable[HoursRow], first: date, until: date) -> Iterator[Opening]:
    """Yield the openings of some rows, those of one rule together, with their days."""
    for _, of_rule in groupby(rows, key=attrgetter("pk")):
        same = list(of_rule)
        motives = frozenset(row.motive for row in same if row.motive is not None)
        yield _opening(same[0], motives, first, until)


def _opening(row: HoursRow, motives: frozenset[int], first: date, until: date) -> Opening:
    assert row.start is not None
    assert row.end is not None
    days = rule_days(
        row.rule_text, valid_from=row.begins_on, valid_until=row.ends_on, first=first, until=until
    )
    return Opening(
        id=row.pk,
        days=days,
        start=row.start,
        end=row.end,
        slot_minutes=row.slot_minutes,
        emergency=row.kind == OpeningRule.Kind.EMERGENCY,
        release=release_of(row.release, row.released_at, row.release_hours),
        motives=motives,
        dated=not row.rule_text,
        replaces=Replaces(row.replaces),
        valid_from=row.begins_on,
    )
