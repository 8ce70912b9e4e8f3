"""A calendar that others keep locked."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import sleep

import pytest
from django.db import DatabaseError, connection

from agenda.models import Appointment, Calendar
from agenda.services import CalendarBusy, locking
from agenda.services.locking import changing
from agenda.services.refusals import refusal_in
from tests.agenda.factories import NOW, book, make_calendar, make_motive

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def locked_by_somebody_else(calendar: Calendar) -> Iterator[threading.Event]:
    """Keep the calendar locked as another program does, until the event yielded is set.

    On SQLite by a connection that is not Django's: writers of one process take turns before it.
    """
    locked, done = threading.Event(), threading.Event()

    def keep() -> None:
        if connection.vendor == "sqlite":
            name = str(connection.settings_dict["NAME"])
            with closing(sqlite3.connect(name, uri=name.startswith("file:"))) as other:
                other.execute("BEGIN IMMEDIATE")
                locked.set()
                done.wait(30)
            return
        with changing(calendar.pk):
            locked.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=keep)
    thread.start()
    assert locked.wait(30)
    try:
        yield done
    finally:
        done.set()
        thread.join()


def test_a_calendar_that_stays_locked_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = make_calendar()
    motive = make_motive(calendar.client)
    monkeypatch.setattr(locking, "LONGEST_WAIT", "100ms")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 100")

    with locked_by_somebody_else(calendar), pytest.raises(CalendarBusy):
        book(calendar, motive, "2027-03-15 09:00")
    connection.close()

    assert not Appointment.objects.exists()
    assert book(calendar, motive, "2027-03-15 09:00").created_at == NOW


def test_who_waits_for_a_calendar_looks_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = make_calendar()
    motive = make_motive(calendar.client)
    pauses: list[float] = []

    def noted(pause: float) -> None:
        pauses.append(pause)
        sleep(pause)

    monkeypatch.setattr(locking, "sleep", noted)
    with locked_by_somebody_else(calendar) as let_go:
        threading.Timer(0.05, let_go.set).start()
        booked = book(calendar, motive, "2027-03-15 09:00")

    assert list(Appointment.objects.all()) == [booked]
    if connection.vendor == "sqlite":
        assert pauses[:3] == [0.001, 0.002, 0.004]
        assert max(pauses) <= 0.004
    else:  # PostgreSQL keeps a queue
        assert pauses == []


def test_the_connections_own_patience_is_left_as_it_was() -> None:
    calendar = make_calendar()
    before = patience()

    with changing(calendar.pk):
        pass

    assert patience() == before


def patience() -> object:
    """Return how long a statement of this connection waits for a lock."""
    asked = "PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SHOW lock_timeout"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return cursor.fetchone()[0]


def test_errors_that_are_not_the_agendas_pass_unchanged() -> None:
    calendar = make_calendar()

    with (
        pytest.raises(DatabaseError, match="no such|does not exist") as raised,
        changing(calendar.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM nowhere")

    assert refusal_in(raised.value) is None
