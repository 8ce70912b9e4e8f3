"""Celery's doors: ids in, one service call; whatever fails here, the sweep finds the row."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from celery.signals import worker_init
from django.db import DatabaseError, connection
from django.utils import timezone

from core import live
from messages_app.services import digests, forgetting, notice_sweep, purging
from messages_app.services import dispatch as dispatching
from messages_app.services import sweep as sweeping


@shared_task(name="messages_app.tasks.dispatch")
def dispatch(*, delivery_id: int) -> None:
    """Look at one delivery now."""
    with unbroken_connection():
        dispatching.dispatch(delivery_id=delivery_id)


@shared_task(name="messages_app.tasks.sweep")
def sweep() -> None:
    """Find what is stuck."""
    with unbroken_connection():
        sweeping.sweep()


@shared_task(name="messages_app.tasks.send_digests")
def send_digests() -> None:
    """Gather the digests whose time has come."""
    with unbroken_connection():
        digests.send_digests(at=timezone.now())


@shared_task(name="messages_app.tasks.purge_words")
def purge_words() -> None:
    """Forget the texts, drafts, messages and emergencies that were kept long enough."""
    now = timezone.now()
    with unbroken_connection():
        purging.purge_words(at=now)
        purging.purge_messages(at=now)
        purging.purge_triages(at=now)
        purging.purge_stops(at=now)


@shared_task(name="messages_app.tasks.forget_people")
def forget_people() -> None:
    """Forget whom nobody has heard of for years."""
    with unbroken_connection():
        forgetting.forget_people(at=timezone.now())


@shared_task(name="messages_app.tasks.sweep_notices")
def sweep_notices() -> None:
    """Send the reminders whose time has come."""
    with unbroken_connection():
        notice_sweep.sweep_notices()


@contextmanager
def unbroken_connection() -> Iterator[None]:
    """Let go of the thread's connection when the database fails: the next task makes a new one.

    Between tasks Celery may be told to keep connections (CELERY_DB_REUSE_MAX), broken ones too.
    """
    try:
        yield
    except DatabaseError:
        connection.close()
        raise


@worker_init.connect
def carry_live_events(**_: object) -> None:
    """Give a worker's process a loop: it has no server whose own could carry live events.

    Without one, each event would make a loop and, with Redis, a connection of its own.
    """
    live.use_loop(running_loop())


def running_loop() -> asyncio.AbstractEventLoop:
    """An event loop that runs in a thread as long as the process does."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="live events", daemon=True).start()
    return loop
