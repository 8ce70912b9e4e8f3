"""Reads what fills some calendars in one statement: appointments, absences and holds.

Slots are asked for while a caller waits, and by every open screen: measured, the ORM spends more
on building three queries and converting their rows than everything else together. So this one
read is written by hand; the tests compare it with the ORM's answer on both databases.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from agenda.models import Appointment
from agenda.models.appointment import LONGEST_BLOCK
from clients.models import User
from core.periods import Period

_TAKEN = """
SELECT 't', calendar_id, block_starts_at AS start, block_ends_at, 0 FROM agenda_appointment
WHERE calendar_id IN ({ids}) AND status <> 'cancelled' AND id <> %s
  AND block_starts_at < %s AND block_starts_at >= %s AND block_ends_at > %s
"""
_AWAY = """
SELECT 'a', calendar_id, starts_at, ends_at, 0 FROM agenda_absence
WHERE calendar_id IN ({ids}) AND lifted_at IS NULL AND recurrence = ''
  AND starts_at < %s AND ends_at > %s
"""
_HELD = """
SELECT 'h', calendar_id, block_starts_at, block_ends_at, 0 FROM agenda_slothold
WHERE calendar_id IN ({ids}) AND expires_at > %s AND holder_id <> %s
"""
# The visits of motives that a day takes only so many of.
_COUNTED = """
SELECT 'm', calendar_id, starts_at, ends_at, motive_id FROM agenda_appointment
WHERE calendar_id IN ({ids}) AND status <> 'cancelled' AND id <> %s
  AND block_starts_at < %s AND block_starts_at >= %s AND motive_id IN ({motives})
"""
_REVISIONS = """
SELECT 'v', id, NULL, NULL, revision FROM agenda_calendar WHERE id IN ({ids})
"""
_DAY = timedelta(days=1)
_NOBODY = 0


@dataclass(slots=True)
class Engagements:
    """What fills one calendar, each list in order of its starts.

    `counted` are motive and beginning of the visits that were to be counted.
    """

    taken: list[Period] = field(default_factory=list)
    absences: list[Period] = field(default_factory=list)
    held: list[Period] = field(default_factory=list)
    counted: list[tuple[int, datetime]] = field(default_factory=list)
    revision: int = 0


def read_engagements(
    calendars: Collection[int],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    viewer: User | None = None,
    without: Appointment | None = None,
    counting: Collection[int] = (),
) -> dict[int, Engagements]:
    """Return, by calendar, the engagements that reach into the period, and the holds of others.

    The visits of the motives `counting` are given for the local days that the period touches,
    in whatever zone. Each calendar's revision is that of the same moment.
    """
    found: dict[int, Engagements] = defaultdict(Engagements)
    if not calendars:
        return found
    ids = tuple(calendars)
    adapt = connection.ops.adapt_datetimefield_value
    first, until, earliest, at = map(adapt, (start, end, start - LONGEST_BLOCK, now))
    left_out = without.pk if without else _NOBODY
    taken = (*ids, left_out, until, earliest, first)
    held = (*ids, at, viewer.pk if viewer else _NOBODY)
    parts, parameters = (
        [_TAKEN, _AWAY, _HELD, _REVISIONS],
        [*taken, *ids, until, first, *held, *ids],
    )
    if counting:
        parts.append(_COUNTED)
        around = (adapt(end + _DAY), adapt(start - LONGEST_BLOCK - _DAY))
        parameters += [*ids, left_out, *around, *counting]
    statement = "UNION ALL".join(parts).format(ids=_marks(ids), motives=_marks(counting))
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY 3", parameters)
        _sort_out(cursor.fetchall(), found)
    return found


def _marks(values: Collection[int]) -> str:
    return ",".join(["%s"] * len(values))


def _sort_out(
    rows: Iterable[tuple[str, int, Any, Any, int]], found: dict[int, Engagements]
) -> None:
    for kind, calendar, start, end, number in rows:
        engagements = found[calendar]
        if kind == "v":
            engagements.revision = number
        elif kind == "m":
            engagements.counted.append((number, _instant(start)))
        else:
            _periods_of(engagements, kind).append(Period(_instant(start), _instant(end)))


def _periods_of(engagements: Engagements, kind: str) -> list[Period]:
    if kind == "t":
        return engagements.taken
    return engagements.absences if kind == "a" else engagements.held


def _instant(value: datetime | str) -> datetime:
    """Return the instant: SQLite keeps it as text in UTC."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read if read.tzinfo else read.replace(tzinfo=UTC)
