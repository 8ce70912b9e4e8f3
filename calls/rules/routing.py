"""Who is rung for a call, in which order, for how long, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

RING_FREE_SECONDS = 25
# She is talking: her telephone signals the second call, and the caller is given more time.
RING_BUSY_SECONDS = 60


@dataclass(frozen=True)
class Candidate:
    """Somebody assigned to the client, as things stand when the line rings."""

    user_id: int
    rank: int
    presence: str
    is_talking: bool
    endpoint_ids: tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """One person's telephones, rung together for so many seconds."""

    user_id: int
    endpoint_ids: tuple[int, ...]
    seconds: int
    because: str


@dataclass(frozen=True)
class Refused:
    """Why somebody is not rung."""

    user_id: int
    because: str


@dataclass(frozen=True)
class Plan:
    """Whom to ring one after the other; with no step left, the line's own sentence is said."""

    steps: tuple[Step, ...]
    refused: tuple[Refused, ...]


def ring_plan(candidates: Sequence[Candidate]) -> Plan:
    """Ring whoever is available and free, by rank; then those who are talking, by rank."""
    ordered = sorted(candidates, key=lambda one: (one.rank, one.user_id))
    refused = tuple(
        Refused(one.user_id, reason) for one in ordered if (reason := _why_not_rung(one))
    )
    rung = [one for one in ordered if not _why_not_rung(one)]
    free = [one for one in rung if not one.is_talking]
    talking = [one for one in rung if one.is_talking]
    return Plan(
        steps=tuple(_step(one) for one in free + talking),
        refused=refused,
    )


def _why_not_rung(candidate: Candidate) -> str:
    if candidate.presence != "available":
        return candidate.presence
    return "" if candidate.endpoint_ids else "no_telephone"


def _step(candidate: Candidate) -> Step:
    return Step(
        user_id=candidate.user_id,
        endpoint_ids=candidate.endpoint_ids,
        seconds=RING_BUSY_SECONDS if candidate.is_talking else RING_FREE_SECONDS,
        because="talking" if candidate.is_talking else "available",
    )
