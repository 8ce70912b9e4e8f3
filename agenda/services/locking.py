"""One writer at a time in a calendar."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from agenda.models import Calendar
from agenda.services.refusals import refusal_in

# Longer than any booking takes, shorter than a caller's patience.
LONGEST_WAIT = "3s"


@contextmanager
def changing(*calendar_ids: int) -> Iterator[dict[int, Calendar]]:
    """Open a transaction in which nobody else changes these calendars, and yield them by id.

    Raises CalendarBusy when others don't let go in time, SlotTaken when the database has the
    last word against what was written. On SQLite the transaction itself shuts out all other
    writers from its first statement (`transaction_mode` is IMMEDIATE).
    """
    try:
        with transaction.atomic():
            yield lock_calendars(*calendar_ids)
    except DatabaseError as error:
        refusal = refusal_in(error)
        if refusal is None:
            raise
        raise refusal from error


def lock_calendars(*calendar_ids: int) -> dict[int, Calendar]:
    """Lock the calendars' rows, in the order of their ids so that no two lockers cross."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
    calendars = Calendar.objects.select_related("client").filter(pk__in=set(calendar_ids))
    locked = calendars.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {calendar.pk: calendar for calendar in locked}
