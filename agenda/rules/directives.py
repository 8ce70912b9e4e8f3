"""What a practitioner says of his hours, and the rule that keeps it.

A form says: on these weekdays, every so many weeks, from a day until another; or on single dates.
A stored rule is a recurrence with its first and last day. What the form can say goes both ways
without loss; `days_of` gives None for a recurrence that it cannot say.
"""

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

from agenda.rules.openings import NEVER, Release, Replaces

MOST_WEEKS = 4
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKLY = re.compile(
    r"RRULE:FREQ=WEEKLY(?:;INTERVAL=(?P<every>\d+))?(?P<wkst>;WKST=[A-Z]{2})?"
    r";BYDAY=(?P<days>[A-Z]{2}(?:,[A-Z]{2})*)"
)


class StoredRule(NamedTuple):
    """A recurrence as it is stored; without text it falls on each day of its span."""

    text: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class SaidDays:
    """Weekdays (0 is Monday) every so many weeks; without weekdays, each day of the span.

    "Every two weeks" counts from the week of the first day. Single dates have a last day.
    """

    first: date
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    every: int = 1

    @property
    def is_dated(self) -> bool:
        """Say whether single dates are meant."""
        return not self.weekdays


@dataclass(frozen=True, slots=True)
class SaidHours:
    """Hours that give slots; an end at or before the start is on the next day."""

    days: SaidDays
    start: time
    end: time
    slot_minutes: int = 20
    emergency: bool = False
    release: Release = NEVER
    motives: frozenset[int] = field(default_factory=frozenset)
    replaces: Replaces = Replaces.NOTHING


@dataclass(frozen=True, slots=True)
class SaidAbsence:
    """Time away again and again; without times, whole days."""

    days: SaidDays
    start: time | None = None
    end: time | None = None


def rule_of(days: SaidDays) -> StoredRule:
    """Return the rule that keeps the days."""
    if days.is_dated and days.last is None:
        raise ValueError("single dates have a last day")
    return StoredRule(_weekly_text(days), days.first, days.last)


def _weekly_text(days: SaidDays) -> str:
    if days.is_dated:
        return ""
    every = f";INTERVAL={days.every}" if days.every > 1 else ""
    return f"RRULE:FREQ=WEEKLY{every};BYDAY={','.join(_CODES[n] for n in days.weekdays)}"


def days_of(rule: StoredRule) -> SaidDays | None:
    """Return the days of a rule, or None where the form cannot say them."""
    if not rule.text:
        said_so = rule.valid_until is not None
        return SaidDays(rule.valid_from, rule.valid_until) if said_so else None
    match = _WEEKLY.fullmatch(rule.text)
    every = int(match["every"] or 1) if match else 0
    if match is None or not 1 <= every <= MOST_WEEKS or (every > 1 and _counts_oddly(match)):
        return None
    weekdays = tuple(sorted({_CODES.index(code) for code in match["days"].split(",")}))
    return SaidDays(rule.valid_from, rule.valid_until, weekdays, every)


def _counts_oddly(match: re.Match[str]) -> bool:
    """Say whether its weeks begin on another day than Monday: that changes which ones count."""
    return match["wkst"] not in (None, ";WKST=MO")


def next_day(days: SaidDays, day: date) -> date:
    """Return the first of the days at or after a day; the day itself where none is left soon."""
    start = max(day, days.first)
    if days.is_dated:
        return start
    monday = days.first - timedelta(days=days.first.weekday())
    for ahead in range(7 * days.every):
        found = start + timedelta(days=ahead)
        in_phase = (found - monday).days // 7 % days.every == 0
        if in_phase and found.weekday() in days.weekdays:
            return found
    return start


def last_day_kept(rule: StoredRule, from_day: date, today: date) -> date:
    """Return the last day on which a rule still counts once another takes its place.

    The past stays as it was. A recurring rule in force goes on until the new one begins; single
    dates, and a rule that has not begun, give way at once: a last day before the first means that
    nothing is left of it.
    """
    in_force = bool(rule.text) and rule.valid_from <= today
    return (from_day if in_force else min(from_day, today)) - timedelta(days=1)
