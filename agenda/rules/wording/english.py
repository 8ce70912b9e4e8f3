"""How an English practice says its hours."""

from collections.abc import Sequence
from datetime import date, time

from agenda.rules.directives import SaidDays, SaidHours
from agenda.rules.openings import Release, Replaces

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
ALL_DAY = "all day"
_INSTEAD = {
    Replaces.MORNING: "instead of the morning",
    Replaces.AFTERNOON: "instead of the afternoon",
    Replaces.DAY: "instead of the day",
}


def days(said: SaidDays) -> str:
    """Say “every Monday and Thursday”, “every other Friday”, “on Thursday 3 December 2026”."""
    if said.is_dated:
        return _dates(said)
    if said.every == 2 and len(said.weekdays) == 1:
        return f"every other {WEEKDAYS[said.weekdays[0]]}"
    named = _weekdays(said.weekdays)
    return named if said.every == 1 else f"{named}, one week in {said.every}"


def _dates(said: SaidDays) -> str:
    if said.last is None or said.last == said.first:
        return f"on {_day(said.first)}"
    return f"from {_day(said.first)} to {_day(said.last)}"


def _weekdays(weekdays: Sequence[int]) -> str:
    first, last = weekdays[0], weekdays[-1]
    if len(weekdays) == 7:
        return "every day"
    if len(weekdays) > 2 and last - first == len(weekdays) - 1:
        return f"{WEEKDAYS[first]} to {WEEKDAYS[last]}"
    return "every " + listed([WEEKDAYS[n] for n in weekdays])


def listed(words: Sequence[str]) -> str:
    """Say “Monday, Tuesday and Thursday”."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def what(said: SaidHours) -> str:
    """Say “9:00–12:00, one patient every 20 minutes”, “emergencies 11:00–12:00, …”."""
    span, length = times(said.start, said.end), f"{said.slot_minutes} minutes"
    if not said.emergency:
        return f"{span}, one patient every {length}"
    return f"emergencies {span}, {_released(said.release)}, one every {length}"


def _released(release: Release) -> str:
    if release.at is not None:
        return f"open to all at {clock(release.at)} the same day"
    if release.hours_before is not None:
        hours = "hour" if release.hours_before == 1 else "hours"
        return f"open to all {release.hours_before} {hours} before"
    return "never open to all"


def times(start: time, end: time) -> str:
    """Say “9:00–12:30”."""
    span = f"{clock(start)}–{clock(end)}"
    return f"{span} the next day" if end <= start else span


def clock(at: time) -> str:
    """Say “9:40”."""
    return f"{at.hour}:{at.minute:02}"


def only_for(motives: Sequence[str]) -> str:
    """Say for which motives alone."""
    return "only for " + listed([f"“{name}”" for name in motives])


def instead_of(replaces: Replaces) -> str:
    """Say “instead of the morning”."""
    return _INSTEAD[replaces]


def since(day: date) -> str:
    """Say “from 1 December 2026”."""
    return f"from {_date(day)}"


def until(day: date) -> str:
    """Say “until 23 December 2026”."""
    return f"until {_date(day)}"


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {_date(day)}"


def _date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
