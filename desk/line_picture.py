"""A week of a line as a picture: a band for each stretch of a day, on the line's own wall clock."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from calls.rules.drafts import Draft, DraftHours
from calls.rules.hours import stretches_of_day
from calls.rules.routing import LAST, OF_PEOPLE, Action

QUARTERS = 96
_QUARTER = 15  # minutes
_DAY = timedelta(days=1)
DraftOn = Callable[[date], Draft | None]


@dataclass(frozen=True)
class Band:
    """A stretch of a day, in quarters of an hour: `kind` is ours, team, on_call, forward, closed.

    `hours` is None where nothing is directed: whoever answers is rung.
    """

    kind: str
    start: int
    length: int
    span: str
    hours: DraftHours | None


@dataclass(frozen=True)
class DayPicture:
    """One day and its bands, which cover it whole."""

    day: date
    holiday: str
    is_today: bool
    bands: tuple[Band, ...]


def week_picture(
    draft_on: DraftOn, monday: date, holidays: dict[date, str], today: date
) -> list[DayPicture]:
    """Draw seven days; `draft_on` gives the version that holds on a day, None where none does."""
    days = [monday + _DAY * nth for nth in range(7)]
    return [
        DayPicture(
            day, holidays.get(day, ""), day == today, tuple(_bands(draft_on(day), day, holidays))
        )
        for day in days
    ]


def _bands(draft: Draft | None, day: date, holidays: Collection[date]) -> Iterator[Band]:
    hours = draft.hours if draft else ()
    rules = [one.rule(key) for key, one in enumerate(hours)]
    stretches = stretches_of_day(rules, day, holidays)
    ends = [*(start for start, _held in stretches[1:]), time()]
    for (start, held), end in zip(stretches, ends, strict=True):
        yield _band(start, end, hours[held.key] if held else None)


def _band(start: time, end: time, hours: DraftHours | None) -> Band:
    first, last = _quarter(start), _quarter(end) or QUARTERS
    until = f"{end.hour or 24}:{end.minute:02}" if end == time() else f"{end.hour}:{end.minute:02}"
    return Band(
        kind=kind_of(hours),
        start=min(first, QUARTERS - 1),
        length=max(last - first, 1),
        span=f"{start.hour}:{start.minute:02}–{until}",
        hours=hours,
    )


def _quarter(at: time) -> int:
    return (at.hour * 60 + at.minute) // _QUARTER


def kind_of(hours: DraftHours | None) -> str:
    """Name what a caller meets first in some hours."""
    action = hours.steps[0].action if hours and hours.steps else Action.ASSISTANTS
    if action in OF_PEOPLE or action == Action.QUEUE:
        return "ours"
    return "closed" if action in LAST else action.value
