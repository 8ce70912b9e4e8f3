"""Celery's worker and beat as threads of the web process, for one computer.

Losing the in-memory broker with the process is harmless: the tables are the queues. Celery's own
embedded beat is another process by default, which an in-memory broker never reaches.
"""

import threading
from typing import Any

from celery.beat import EmbeddedService, Scheduler

from permanence.celery import app

# Beat looks up this often to see whether it must end; it would sleep until the next sweep is due.
LONGEST_SLEEP_SECONDS = 0.5


class InProcessWorker:
    """A Celery worker (thread pool) and a beat, started and stopped with the server."""

    def __init__(self) -> None:
        self.worker: Any = None
        self.beat: Any = None
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Start both; returns at once."""
        self.worker = app.WorkController(
            pool_cls="threads",
            concurrency=4,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self.thread = threading.Thread(target=self.worker.start, name="celery", daemon=True)
        self.thread.start()
        self.beat = EmbeddedService(
            app, max_interval=LONGEST_SLEEP_SECONDS, thread=True, scheduler_cls=Scheduler
        )
        self.beat.daemon = True
        self.beat.start()

    def stop(self) -> None:
        """Let running tasks end, for a few seconds at most."""
        if self.beat is not None:
            self.beat.stop()
        if self.worker is not None:
            self.worker.stop()
        if self.thread is not None:
            self.thread.join(timeout=5)
