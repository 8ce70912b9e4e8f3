"""Eight processes that book at once: the same slot, then one agenda, then fifty."""

import multiprocessing
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from benchmarks import Aim, exactly, note
from benchmarks.stacks import DATABASES, on
from benchmarks.timing import percentile

AIMS = {
    "booking.*.doubles": exactly(0),
    "booking.*.deadlocks": exactly(0),
    "booking.*.p95_ms": Aim(most=20),
}
PROCESSES = 8
FIFTY = 50
NOW = datetime(2027, 1, 4, tzinfo=UTC)
FIRST = datetime(2027, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENCE = 120
# What one process does at a time: the calendar, the motive, the moment.
Order = tuple[int, int, datetime]


def measure(quick: bool) -> dict[str, float]:
    """Return, for both databases, what was booked twice and how fast it goes."""
    figures: dict[str, float] = {}
    for database in DATABASES:
        found = on(database, "benchmarks.booking:on_database", quick)
        figures |= {f"booking.{database}.{key}": value for key, value in found.items()}
    note("p95_ms is that of all eight attempts at the same slot, the seven refused included")
    note(
        "per_s is at fifty agendas, one_agenda.per_s with all eight at one; commits reach the disk"
    )
    return figures


def on_database(quick: bool) -> dict[str, float]:
    """Return the figures on this process's database."""
    rounds, each = (20, 10) if quick else (200, 50)
    agendas = [make_agenda(number) for number in range(1 + FIFTY)]
    crew = Crew()
    try:
        same = [[(*agendas[0], FIRST + HOUR * n)] * PROCESSES for n in range(rounds)]
        attempts = crew.run([list(orders) for orders in zip(*same, strict=True)], together=True)
        doubles = overlaps(agendas[0][0])
        after = FIRST + HOUR * (rounds + 1)
        one = crew.rate([_spread([agendas[0]], after, k, each) for k in range(PROCESSES)])
        fifty = crew.rate([_spread(agendas[1:], FIRST, k, each) for k in range(PROCESSES)])
    finally:
        crew.stop()
    booked = sum(outcome == "booked" for outcome, _ in attempts)
    assert booked + doubles >= rounds, f"{booked} of {rounds} slots were given"
    return {
        "rounds": rounds,
        "doubles": doubles + sum(overlaps(calendar) for calendar, _ in agendas),
        "deadlocks": sum(outcome == "deadlock" for outcome, _ in attempts),
        "p95_ms": percentile([taken for _, taken in attempts], 0.95),
        "per_s": fifty,
        "one_agenda.per_s": one,
    }


def make_agenda(number: int) -> tuple[int, int]:
    """Write an agenda that is always open, and return the ids of calendar and motive."""
    from agenda.models import Calendar, Motive, OpeningRule
    from clients.models import Bureau, Client
    from core.recurrences import weekly

    bureau = Bureau.objects.first() or Bureau.objects.create(name="Mesure")
    name = f"Cabinet {number}"
    client = Client.objects.create(bureau=bureau, name=name, short_name=name, hue=200)
    calendar = Calendar.objects.create(client=client, name=name)
    motive = Motive.objects.create(client=client, name="Consultation", minutes=20)
    midnight = datetime.min.time()
    OpeningRule.objects.create(
        calendar=calendar,
        recurrence=weekly(range(7)),
        valid_from=date(2027, 1, 1),
        start_time=midnight,
        end_time=midnight,
    )
    return calendar.pk, motive.pk


def _spread(
    agendas: list[tuple[int, int]], first: datetime, process: int, count: int
) -> list[Order]:
    """Return one process's orders: slots of its own, over the agendas in turn."""
    return [
        (*agendas[n % len(agendas)], first + HOUR * (process + PROCESSES * n)) for n in range(count)
    ]


def overlaps(calendar: int) -> int:
    """Return how many active appointments of the calendar overlap the one before."""
    from agenda.models import Appointment

    rows = Appointment.objects.filter(calendar=calendar).active().order_by("block_starts_at")
    return sum(1 for one, other in pairwise(rows) if one.block.overlaps(other.block))


class Crew:
    """Eight processes with the product set up and one connection each."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        # Kept: a barrier that nobody here refers to is gone before the processes find it.
        self._barrier = context.Barrier(PROCESSES)
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []
        for _ in range(PROCESSES):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, self._barrier), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        for pipe in self._pipes:
            self._answer(pipe)  # ready

    def run(self, orders: list[list[Order]], *, together: bool = False) -> list[tuple[str, float]]:
        """Return outcome and milliseconds of every order; `together`, all begin each at once."""
        for pipe, own in zip(self._pipes, orders, strict=True):
            pipe.send((own, together))
        return [tuple(attempt) for pipe in self._pipes for attempt in self._answer(pipe)]

    def rate(self, orders: list[list[Order]]) -> float:
        """Return how many orders are carried out in a second."""
        started = time.perf_counter()
        attempts = self.run(orders)
        seconds = time.perf_counter() - started
        refused = [outcome for outcome, _ in attempts if outcome != "booked"]
        assert not refused, refused[:3]
        return len(attempts) / seconds

    def stop(self) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(PATIENCE)

    @staticmethod
    def _answer(pipe: Connection) -> Any:
        assert pipe.poll(PATIENCE), "a process gave no answer"
        return pipe.recv()


def _work(pipe: Connection, barrier: Barrier) -> None:
    import django

    django.setup()
    from django.db import connection

    connection.ensure_connection()
    pipe.send("ready")
    while (task := pipe.recv()) is not None:
        orders, together = task
        pipe.send([_attempt(order, barrier if together else None) for order in orders])
    connection.close()


def _attempt(order: Order, barrier: Barrier | None) -> tuple[str, float]:
    """Book as a screen does: find the calendar and the motive, then ask the service."""
    from agenda.models import Calendar, Motive
    from agenda.services import AgendaRefusal, book_appointment

    calendar, motive, starts_at = order
    if barrier is not None:
        barrier.wait(PATIENCE)
    started = time.perf_counter()
    try:
        book_appointment(
            calendar=Calendar.objects.get(pk=calendar),
            motive=Motive.objects.get(pk=motive),
            starts_at=starts_at,
            by=None,
            at=NOW,
        )
        outcome = "booked"
    except AgendaRefusal as error:
        outcome = "deadlock" if _is_deadlock(error) else type(error).__name__
    return outcome, (time.perf_counter() - started) * 1000


def _is_deadlock(error: BaseException) -> bool:
    cause = error.__cause__.__cause__ if error.__cause__ else None
    return getattr(cause, "sqlstate", None) == "40P01"
