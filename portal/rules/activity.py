"""What calls came to: counts, speed of answer, and the bars that show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

QUICK = timedelta(seconds=20)


@dataclass(frozen=True)
class CallFact:
    """One call as figures need it; `waited` is None while nobody has answered."""

    day: date
    waited: timedelta | None
    is_over: bool


@dataclass(frozen=True)
class Figures:
    """Sums over some calls. A share is in percent; None where there is nothing to divide."""

    calls: int
    answered: int
    missed: int
    median_wait: int | None  # seconds
    under_20: int | None  # percent of all calls that are settled


@dataclass(frozen=True)
class DayBar:
    """One day of the chart, in its own units: a bar reaches from `top` down to `floor`."""

    day: date
    answered: int
    missed: int
    x: int
    answered_y: int
    answered_height: int
    missed_y: int
    missed_height: int


def figures_of(calls: Sequence[CallFact]) -> Figures:
    """Sum calls up. A call that still rings counts as a call, and as neither of the others."""
    waits = [call.waited for call in calls if call.waited is not None]
    missed = sum(call.waited is None and call.is_over for call in calls)
    settled = len(waits) + missed
    quick = sum(wait <= QUICK for wait in waits)
    return Figures(
        calls=len(calls),
        answered=len(waits),
        missed=missed,
        median_wait=round(median(waits).total_seconds()) if waits else None,  # type: ignore[type-var]
        under_20=round(100 * quick / settled) if settled else None,
    )


def day_bars(
    calls: Iterable[CallFact], days: Sequence[date], *, width: int, height: int
) -> list[DayBar]:
    """Give one bar per day, `width` units apart, the fullest day `height` units high."""
    by_day: dict[date, list[CallFact]] = {day: [] for day in days}
    for call in calls:
        if call.day in by_day:
            by_day[call.day].append(call)
    sums = [(day, figures_of(of_day)) for day, of_day in by_day.items()]
    unit = height / fullest(figures for _, figures in sums)
    return [
        _bar(day, sums_of, nth * width, height, unit) for nth, (day, sums_of) in enumerate(sums)
    ]


def fullest(days: Iterable[Figures]) -> int:
    """Give the height of the fullest day in calls, at least one."""
    return max((day.answered + day.missed for day in days), default=0) or 1


def _bar(day: date, sums: Figures, x: int, floor: int, unit: float) -> DayBar:
    answered, missed = round(sums.answered * unit), round(sums.missed * unit)
    return DayBar(
        day=day,
        answered=sums.answered,
        missed=sums.missed,
        x=x,
        answered_y=floor - answered,
        answered_height=answered,
        missed_y=floor - answered - missed,
        missed_height=missed,
    )
