"""One writer at a time in a calendar."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic, sleep
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction

from agenda.models import Calendar
from agenda.services.refusals import refusal_in

# Longer than any booking takes, shorter than a caller's patience.
LONGEST_WAIT = "3s"
# How soon SQLite is asked again whether nobody writes any more, in seconds: at first, at most.
_SOON, _LATER = 0.001, 0.004


@contextmanager
def changing(*calendar_ids: int) -> Iterator[dict[int, Calendar]]:
    """Do as `locked` does, and yield the calendars by id, as they stand under the lock."""
    with locked(*calendar_ids):
        rows = Calendar.objects.select_related("client").filter(pk__in=set(calendar_ids))
        yield {calendar.pk: calendar for calendar in rows}


@contextmanager
def locked(*calendar_ids: int) -> Iterator[None]:
    """Open a transaction in which nobody else changes these calendars.

    Raises CalendarBusy when others don't let go in time, SlotTaken when the database has the
    last word against what was written. On SQLite the transaction itself shuts out all other
    writers from its first statement (`transaction_mode` is IMMEDIATE).
    """
    try:
        with _transaction():
            if connection.vendor == "postgresql":
                _lock_rows(sorted(set(calendar_ids)))
            yield
    except DatabaseError as error:
        refusal = refusal_in(error)
        if refusal is None:
            raise
        raise refusal from error


def _lock_rows(calendar_ids: list[int]) -> None:
    """Lock the calendars' rows, in the order of their ids so that no two lockers cross.

    Both statements go to PostgreSQL at once: each journey lengthens what the others wait for.
    """
    if not calendar_ids:
        return
    ids = ",".join(str(int(calendar_id)) for calendar_id in calendar_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET LOCAL lock_timeout = '{LONGEST_WAIT}';"
            f"SELECT 1 FROM agenda_calendar WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE"
        )


@contextmanager
def _transaction() -> Iterator[None]:
    with ExitStack() as stack:
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            with _short_waits():
                stack.enter_context(transaction.atomic())
        else:
            stack.enter_context(transaction.atomic())
        yield


@contextmanager
def _short_waits() -> Iterator[None]:
    """Make SQLite's statements look again soon when somebody else writes.

    Left to itself SQLite sleeps longer and longer between two looks, up to a tenth of a second,
    while a booking takes a few thousandths. The longest wait stays the connection's.
    """
    with connection.cursor() as cursor:
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            with connection.execute_wrapper(_looking_again(patience / 1000)):
                yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")


def _looking_again(patience: float) -> Callable[..., Any]:
    give_up = monotonic() + patience

    def execute_soon(execute: Callable[..., Any], *statement: Any) -> Any:
        pause = _SOON
        while True:
            try:
                return execute(*statement)
            except OperationalError as error:
                if "database is locked" not in str(error) or monotonic() > give_up:
                    raise
            sleep(pause)
            pause = min(pause * 2, _LATER)

    return execute_soon
