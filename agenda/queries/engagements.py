"""Reads what fills some calendars in one statement: appointments, absences and holds.

Slots are asked for while a caller waits, and by every open screen: measured, the ORM spends more
on building three queries and converting their rows than everything else together. So this one
read is written by hand; the tests compare it with the ORM's answer on both databases.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from agenda.models import Appointment
from agenda.models.appointment import LONGEST_BLOCK
from clients.models import User
from core.periods import Period

_STATEMENT = """
SELECT 't', calendar_id, block_starts_at AS start, block_ends_at FROM agenda_appointment
WHERE calendar_id IN ({ids}) AND status <> 'cancelled' AND id <> %s
  AND block_starts_at < %s AND block_starts_at >= %s AND block_ends_at > %s
UNION ALL
SELECT 'a', calendar_id, starts_at, ends_at FROM agenda_absence
WHERE calendar_id IN ({ids}) AND lifted_at IS NULL AND starts_at < %s AND ends_at > %s
UNION ALL
SELECT 'h', calendar_id, block_starts_at, block_ends_at FROM agenda_slothold
WHERE calendar_id IN ({ids}) AND expires_at > %s AND holder_id <> %s
ORDER BY 3
"""
_NOBODY = 0


@dataclass(frozen=True, slots=True)
class Engagements:
    """What fills one calendar, each list in order of its starts."""

    taken: list[Period] = field(default_factory=list)
    absences: list[Period] = field(default_factory=list)
    held: list[Period] = field(default_factory=list)


def read_engagements(
    calendars: Collection[int],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    viewer: User | None = None,
    without: Appointment | None = None,
) -> dict[int, Engagements]:
    """Return, by calendar, the engagements that reach into the period, and the holds of others."""
    found: dict[int, Engagements] = defaultdict(Engagements)
    if not calendars:
        return found
    ids = tuple(calendars)
    adapt = connection.ops.adapt_datetimefield_value
    first, until, earliest, at = map(adapt, (start, end, start - LONGEST_BLOCK, now))
    taken = (*ids, without.pk if without else _NOBODY, until, earliest, first)
    held = (*ids, at, viewer.pk if viewer else _NOBODY)
    statement = _STATEMENT.format(ids=",".join(["%s"] * len(ids)))
    with connection.cursor() as cursor:
        cursor.execute(statement, (*taken, *ids, until, first, *held))
        _sort_out(cursor.fetchall(), found)
    return found


def _sort_out(rows: Iterable[tuple[str, int, Any, Any]], found: dict[int, Engagements]) -> None:
    for kind, calendar, start, end in rows:
        engagements = found[calendar]
        if kind == "t":
            periods = engagements.taken
        else:
            periods = engagements.absences if kind == "a" else engagements.held
        periods.append(Period(_instant(start), _instant(end)))


def _instant(value: datetime | str) -> datetime:
    """Return the instant: SQLite keeps it as text in UTC."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read if read.tzinfo else read.replace(tzinfo=UTC)
