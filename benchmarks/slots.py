"""Free slots of thirty days (W1), against one query with interval arithmetic."""

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from benchmarks import Aim, note
from benchmarks.stacks import DATABASES, on
from benchmarks.timing import in_turns, milliseconds, ratio

SIZES = (200, 2000, 20_000)
AIMS = {
    "slots.q30.*.x_orm_floor": Aim(most=3),
    "slots.x_django_appointment": Aim(least=50),
}


def measure(quick: bool) -> dict[str, float]:
    """Return the times and ratios on both databases, and against django-appointment."""
    from benchmarks import django_appointment

    figures: dict[str, float] = {}
    for database in DATABASES:
        found = on(database, "benchmarks.slots:on_database", quick)
        figures |= {f"slots.{key.format(db=database)}": value for key, value in found.items()}
    figures |= django_appointment.compare(quick)
    note("the floor knows the hours and absences by heart and reads the appointments only")
    return figures


def on_database(quick: bool) -> dict[str, float]:
    """Return the figures on this process's database, all answers checked first.

    Right after loading PostgreSQL has not yet counted the rows, and plans by guessing.
    """
    from django.db import connection

    from benchmarks.processes import w1

    sizes = SIZES[:2] if quick else SIZES
    agendas = {size: w1.make(size) for size in sizes}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    figures: dict[str, float] = {}
    for size, agenda in agendas.items():
        w1.check(*agenda)
        figures |= _timed(size, agenda, quick)
    return figures | {"q30.{db}.queries": _queries(partial(w1.q30, *agendas[sizes[-1]]))}


def _timed(size: int, agenda: tuple[Any, Any], quick: bool) -> dict[str, float]:
    from benchmarks.processes import w1

    works: dict[str, Callable[[], Any]] = {
        "ours": partial(w1.q30, *agenda),
        "floor": partial(w1.floor, agenda[0]),
    }
    taken = in_turns(works, passes=3, repetitions=10 if quick else 40)
    first = [milliseconds(partial(w1.q5, *agenda), 10 if quick else 40) for _ in range(3)]
    key = f"q30.{{db}}.{size}"
    return {
        f"{key}.ms": median(taken["ours"]),
        f"{key}.x_orm_floor": ratio(taken, "ours", "floor"),
        f"q5.{{db}}.{size}.ms": median(first),
    }


def _queries(work: Callable[[], Any]) -> float:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return float(len(captured))
