"""Who is on call when: turns once or every so many weeks, and what is wrong with one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise

from core.periods import Period, subtract, union

MOST_WEEKS = 12
_WEEK = 7


@dataclass(frozen=True)
class Turn:
    """One turn of somebody on call, as instants; `is_once` goes before what repeats."""

    shift_id: int
    person_id: int
    number: str
    period: Period
    is_once: bool


@dataclass(frozen=True)
class Stretch:
    """A time in which the same people are on call; nobody where `turns` is empty."""

    period: Period
    turns: tuple[Turn, ...]


def on_call_at(turns: Sequence[Turn], at: datetime) -> tuple[Turn, ...]:
    """Return the turns that count at an instant, by number of turn.

    What was said for once goes before what repeats, so that a swap needs one row only. Several
    alike count together: they are rung together.
    """
    held = sorted((one for one in turns if one.period.holds(at)), key=lambda one: one.shift_id)
    once = tuple(one for one in held if one.is_once)
    return once or tuple(held)


def stretches(turns: Sequence[Turn], window: Period) -> list[Stretch]:
    """Cut a time into stretches with the same people on call, those with nobody included."""
    edges = {edge for one in turns for edge in one.period if window.holds(edge)}
    ordered = [*sorted(edges | {window.start}), window.end]
    found: list[Stretch] = []
    for start, end in pairwise(ordered):
        held = on_call_at(turns, start)
        if found and _people(found[-1].turns) == _people(held):
            found[-1] = Stretch(Period(found[-1].period.start, end), found[-1].turns)
        else:
            found.append(Stretch(Period(start, end), held))
    return found


def uncovered(turns: Sequence[Turn], wanted: Sequence[Period]) -> list[Period]:
    """Return the times, of merged wanted ones, in which no turn counts."""
    return subtract(wanted, union(one.period for one in turns))


def _people(turns: Sequence[Turn]) -> list[int]:
    return [one.person_id for one in turns]


@dataclass(frozen=True)
class WishedShift:
    """A shift as it is wanted, in days and hours of the client's wall.

    `every_weeks` 0: once. `repeats_until` is the last day on which a turn may begin.
    """

    first_day: date
    starts: time
    last_day: date
    ends: time
    every_weeks: int = 0
    repeats_until: date | None = None


class ShiftFault(StrEnum):
    """What may be wrong with a shift."""

    BACKWARDS = "backwards"
    # Said of what is once only: nothing of it would come.
    OVER = "over"
    # The next turn would begin before this one is over.
    MEETS_ITSELF = "meets_itself"
    TOO_SELDOM = "too_seldom"
    STOPS_BEFORE = "stops_before"


def faults_of_shift(wished: WishedShift, now: datetime) -> list[ShiftFault]:
    """Name all that is wrong with a shift; `now` is what the client's wall shows."""
    return list(_faults(wished, now))


def _faults(wished: WishedShift, now: datetime) -> Iterator[ShiftFault]:
    begins = datetime.combine(wished.first_day, wished.starts)
    ends = datetime.combine(wished.last_day, wished.ends)
    if ends <= begins:
        yield ShiftFault.BACKWARDS
    elif not wished.every_weeks and ends <= now:
        yield ShiftFault.OVER
    if wished.every_weeks and (ends - begins).total_seconds() > wished.every_weeks * _WEEK * 86400:
        yield ShiftFault.MEETS_ITSELF
    if wished.every_weeks > MOST_WEEKS:
        yield ShiftFault.TOO_SELDOM
    if wished.every_weeks and wished.repeats_until and wished.repeats_until < wished.first_day:
        yield ShiftFault.STOPS_BEFORE
