"""Lets the sending threads of one process write to SQLite one after the other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Re-entrant: what is done after a commit may send the next text at once.
_turn = threading.RLock()


@contextmanager
def own_turn() -> Iterator[None]:
    """Wait for the other senders of this process, on SQLite only.

    It takes one writer at a time, and those who collide sleep up to a tenth of a second each time:
    threads that queue here are woken at once. PostgreSQL needs no such queue.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with _turn:
        yield
