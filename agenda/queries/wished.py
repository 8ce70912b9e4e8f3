"""The first free slots among those that somebody wishes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from agenda.models import Calendar, Motive
from agenda.queries.slots import OpenSlot, open_slots
from agenda.rules.wishes import Wishes
from clients.models import Correspondent, User

# Days that are looked through at once: most wishes are met in the first weeks.
_STRETCHES = (28, 56, 98)


def wished_slots(
    calendars: Sequence[Calendar],
    motive: Motive,
    wishes: Wishes,
    *,
    first_day: date,
    now: datetime,
    limit: int,
    viewer: User | None = None,
    person: Correspondent | None = None,
) -> list[OpenSlot]:
    """Return the first so many free slots that are wished, within half a year of `first_day`.

    They are looked for from the first day wished, where that is later.
    """
    found: list[OpenSlot] = []
    begin = max(first_day, wishes.first_day or first_day)
    for days in _STRETCHES:
        slots = open_slots(
            calendars,
            motive,
            first_day=begin,
            days=days,
            now=now,
            limit=limit if wishes.are_none else None,
            viewer=viewer,
            person=person,
        )
        wished = (slot for slot in slots if wishes.hold(slot.local_start))
        found += islice(wished, limit - len(found))
        begin += timedelta(days=days)
        if len(found) == limit or (wishes.last_day and begin > wishes.last_day):
            break
    return found
