"""How somebody who answers stands, and whether she can still be reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# A desk beats every ten seconds; one that is silent for so long is closed, or cut off.
SILENT_AFTER = timedelta(seconds=90)
# How a path to a telephone ended that nobody took up. Others prove nothing: the caller had hung up
# before (canceled), or the telephone was alive and engaged (busy).
_IN_VAIN = {"failed", "no-answer", "completed"}


@dataclass(frozen=True)
class Ring:
    """One ring of a person's telephone: whether she took the call, and how the path ended."""

    was_taken: bool
    end_cause: str


def is_telephone_gone(rings: Iterable[Ring], *, has_telephone: bool) -> bool:
    """Tell whether somebody's telephone can't be counted on; `rings` come newest first.

    Without a ring that proves it either way, a telephone counts as there.
    """
    if not has_telephone:
        return True
    for ring in rings:
        if ring.was_taken:
            return False
        if ring.end_cause in _IN_VAIN:
            return True
    return False


def standing_of(
    state: str, *, is_talking: bool, is_gone: bool, wrap_up_until: datetime | None, at: datetime
) -> str:
    """Name how somebody stands: available, busy, wrap_up, paused, away or gone."""
    if is_talking:
        return "busy"
    if state == "available" and wrap_up_until is not None and wrap_up_until > at:
        return "wrap_up"
    return "gone" if is_gone and state == "away" else state
