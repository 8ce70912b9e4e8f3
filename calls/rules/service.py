"""What a client was served: how soon callers were answered, and after how long they were lost."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

# What the trade promises, in seconds.
QUICK = 20
# After how many seconds callers were lost: the bounds of the groups, the last is open.
LOST_BOUNDS = (5, 10, 20, 40, 60, 120)

Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class Contact:
    """One incoming call as figures need it: answered, or over.

    `hour` is the hour in which it came, by the client's clock; `waited` are seconds until a voice,
    or until the end where none came.
    """

    client_id: int
    hour: int
    waited: float
    was_answered: bool
    answered_by: int | None = None
    has_spoken_to_the_machine: bool = False


@dataclass(frozen=True)
class Service:
    """Figures over some calls. Shares are in percent of all calls, waits in whole seconds.

    None where there is nothing to divide. `lost` are all that nobody answered; `voicemails` those
    of them who left a message.
    """

    calls: int
    answered: int
    lost: int
    voicemails: int
    rate: int | None
    median: int | None
    p90: int | None
    quick: int | None
    lost_median: int | None
    lost_p90: int | None


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the least value that at least this share of the values does not exceed.

    The nearest rank, so that it is a wait that somebody had; None of nothing.
    """
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(1, ceil(share * len(ordered))) - 1]


def service_of(contacts: Iterable[Contact]) -> Service:
    """Sum calls up."""
    every = list(contacts)
    answered = [one.waited for one in every if one.was_answered]
    lost = [one.waited for one in every if not one.was_answered]
    return Service(
        calls=len(every),
        answered=len(answered),
        lost=len(lost),
        voicemails=sum(one.has_spoken_to_the_machine for one in every if not one.was_answered),
        rate=_percent(len(answered), len(every)),
        median=_seconds(answered, 0.5),
        p90=_seconds(answered, 0.9),
        quick=_percent(sum(wait <= QUICK for wait in answered), len(every)),
        lost_median=_seconds(lost, 0.5),
        lost_p90=_seconds(lost, 0.9),
    )


def grouped(contacts: Iterable[Contact], key: Callable[[Contact], Key]) -> dict[Key, Service]:
    """Sum calls up by client, hour or whatever a key names, in the key's order."""
    groups: dict[Key, list[Contact]] = {}
    for one in contacts:
        groups.setdefault(key(one), []).append(one)
    return {each: service_of(groups[each]) for each in sorted(groups)}


def by_hour(contacts: Iterable[Contact]) -> dict[int, Service]:
    """Sum calls up by the hour of the day, without a gap from the first to the last."""
    found = grouped(contacts, lambda one: one.hour)
    if not found:
        return {}
    hours = range(min(found), max(found) + 1)
    return {hour: found.get(hour) or service_of([]) for hour in hours}


def lost_after(contacts: Iterable[Contact]) -> list[int]:
    """Count the callers whom nobody answered by how long they waited: one count per bound, one more
    for those who waited longer than the last."""
    counts = [0] * (len(LOST_BOUNDS) + 1)
    for one in contacts:
        if not one.was_answered:
            counts[sum(one.waited >= bound for bound in LOST_BOUNDS)] += 1
    return counts


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def _seconds(values: Sequence[float], share: float) -> int | None:
    value = percentile(values, share)
    return None if value is None else round(value)
