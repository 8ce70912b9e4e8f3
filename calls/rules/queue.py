"""Who waits, who may take whom, and how long it may take."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from calls.rules.routing import Candidate, why_not_rung

# Who let it ring is not rung for the same caller again before this.
AGAIN_AFTER = timedelta(seconds=30)
# What keeps an assistant for a moment only: her deputies need not step in at once.
_AT_HER_DESK = {"available", "wrap_up"}


@dataclass(frozen=True)
class Waiting:
    """A caller in the queue.

    `deputies_after` are seconds of waiting after which deputies are rung too, None: never while an
    assistant of the first rank is at her desk. `declined` tells when somebody let him ring.
    """

    call_id: int
    since: datetime
    priority: int
    candidates: tuple[Candidate, ...]
    deputies_after: int | None = None
    declined: tuple[tuple[int, datetime], ...] = ()


@dataclass(frozen=True)
class Match:
    """A caller for somebody who is free."""

    call_id: int
    candidate: Candidate


def in_turn(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Order callers: by their client's priority, then the longest wait first."""
    return sorted(waiting, key=lambda one: (-one.priority, one.since, one.call_id))


def matches(waiting: Sequence[Waiting], now: datetime, rung: Collection[int] = ()) -> list[Match]:
    """Give waiting callers to people who are free, each to one, in turn.

    `rung` are those whose telephones ring for other waiting callers already.
    """
    taken = set(rung)
    found = []
    for one in in_turn(waiting):
        free = (each for each in may_take(one, now) if each.user_id not in taken)
        candidate = next(free, None)
        if candidate is not None:
            taken.add(candidate.user_id)
            found.append(Match(one.call_id, candidate))
    return found


def may_take(waiting: Waiting, now: datetime) -> list[Candidate]:
    """Name who may be rung for a caller now, by rank."""
    ordered = sorted(waiting.candidates, key=lambda one: (one.rank, one.user_id))
    asked = ordered if _deputies_too(waiting, ordered, now) else _first(ordered)
    lately = {user_id for user_id, at in waiting.declined if now - at < AGAIN_AFTER}
    return [one for one in asked if is_free(one) and one.user_id not in lately]


def is_free(candidate: Candidate) -> bool:
    """Whether somebody may be rung for a caller who waits."""
    return not why_not_rung(candidate) and not candidate.is_talking


def _first(ordered: Sequence[Candidate]) -> list[Candidate]:
    return [one for one in ordered if one.rank == ordered[0].rank]


def _deputies_too(waiting: Waiting, ordered: Sequence[Candidate], now: datetime) -> bool:
    if not any(one.presence in _AT_HER_DESK for one in _first(ordered)):
        return True
    after = waiting.deputies_after
    return after is not None and now - waiting.since >= timedelta(seconds=after)


def position_of(call_id: int, waiting: Sequence[Waiting]) -> int:
    """Count a caller's place, from 1, among those whom the same people may take; 0: not there."""
    ordered = in_turn(waiting)
    own = next((one for one in ordered if one.call_id == call_id), None)
    if own is None:
        return 0
    ahead = ordered[: ordered.index(own)]
    return 1 + sum(1 for one in ahead if _share_people(one, own))


def _share_people(one: Waiting, other: Waiting) -> bool:
    return not set(_people(one)).isdisjoint(_people(other))


def _people(waiting: Waiting) -> Iterator[int]:
    return (one.user_id for one in waiting.candidates)


def minutes_to_wait(position: int, people: int, mean_talk: timedelta) -> int:
    """Estimate a wait in whole minutes, at least one: those ahead talk one after the other.

    `people` is how many answer at once; nobody counts as one.
    """
    seconds = position * mean_talk.total_seconds() / max(people, 1)
    return max(1, round(seconds / 60))
