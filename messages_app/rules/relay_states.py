"""The duty to reach somebody: open until acknowledged, exhausted, or no longer owed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class RelayState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"


class RelayStep(StrEnum):
    NOTHING = ""
    DIGEST = "digest"
    REMIND = "remind"
    GIVE_UP = "give_up"


class Acknowledgement(StrEnum):
    LINK = "link"
    PORTAL = "portal"
    PHONE = "phone"


# An acknowledgement always counts, however late it comes.
CAN_BE_ACKNOWLEDGED = frozenset({RelayState.OPEN, RelayState.EXHAUSTED, RelayState.CANCELLED})


@dataclass(frozen=True)
class Planned:
    step: RelayStep
    at: datetime | None


NOTHING_PLANNED = Planned(RelayStep.NOTHING, None)


def first_step(
    *, digest_at: datetime | None, is_urgent: bool, remind_after: timedelta | None, at: datetime
) -> Planned:
    """A digest waits for its time; an urgent message is sent again when nobody acknowledges."""
    if digest_at is not None:
        return Planned(RelayStep.DIGEST, digest_at)
    if is_urgent and remind_after is not None:
        return Planned(RelayStep.REMIND, at + remind_after)
    return NOTHING_PLANNED


def step_after(
    step: RelayStep, *, is_urgent: bool, remind_after: timedelta | None, at: datetime
) -> Planned:
    """A reminder is sent once; after the same delay again the duty passes to a human."""
    if remind_after is None or not is_urgent:
        return NOTHING_PLANNED
    if step is RelayStep.DIGEST:
        return Planned(RelayStep.REMIND, at + remind_after)
    if step is RelayStep.REMIND:
        return Planned(RelayStep.GIVE_UP, at + remind_after)
    return NOTHING_PLANNED
