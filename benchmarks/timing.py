"""How long things take, fairly compared."""

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any


def milliseconds(work: Callable[[], Any], repetitions: int) -> float:
    """Return the median time of one call, by the clock on the wall."""
    times = []
    for _ in range(repetitions):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return median(times) * 1000


def in_turns(
    works: Mapping[str, Callable[[], Any]], *, passes: int, repetitions: int
) -> dict[str, list[float]]:
    """Return each work's median time in every pass; within a pass single calls take turns.

    So both sides of a ratio meet the same disturbances of the machine.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(passes):
        times: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(repetitions):
            for name, work in works.items():
                times[name].append(milliseconds(work, 1))
        for name, each in times.items():
            taken[name].append(median(each))
    return taken


def ratio(taken: Mapping[str, list[float]], one: str, other: str) -> float:
    """Return the median, over the passes, of how many times as long `one` takes."""
    return median(a / b for a, b in zip(taken[one], taken[other], strict=True))


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
