"""A week of 300 appointments, three practitioners: made by the server, painted by Chromium."""

from benchmarks import Aim, note
from benchmarks.stacks import on

AIMS = {
    "week.server_ms": Aim(most=40),
    "week.painted_ms": Aim(most=300),
}


def measure(quick: bool) -> dict[str, float]:
    """Return how long the server and the browser take, and how many queries are asked."""
    figures: dict[str, float] = on("sqlite", "benchmarks.processes.week:on_database", quick)
    unpainted = figures.pop("unpainted", 0)
    note("server_ms and queries are those of the week that the desk's grid fetches, on SQLite")
    if unpainted:
        note("week.painted_ms: no Chromium is installed here ($CHROMIUM names one elsewhere)")
    else:
        note("painted_ms: from asking for the whole page of the call to its largest part painted")
    return {f"week.{key}": value for key, value in figures.items()}
