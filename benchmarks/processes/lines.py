"""How a timed process talks: a number of calls comes in, their median time goes out."""

import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any


def serve(work: Callable[[], Any]) -> None:
    """Time the work as often as each line on standard input says, until there is none."""
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            started = time.perf_counter()
            work()
            times.append(time.perf_counter() - started)
        sys.stdout.write(json.dumps(median(times) * 1000) + "\n")
        sys.stdout.flush()
