"""What the holder of an appointment's link may see and do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# How long after the visit its link still says that it is over; then it opens nothing.
LINK_LIFE_AFTER = timedelta(days=7)


class Standing(StrEnum):
    """How things stand with the appointment that a text told of."""

    STANDS = "stands"
    MOVED = "moved"
    CANCELLED = "cancelled"
    OVER = "over"


@dataclass(frozen=True)
class Visit:
    """What the page shows of it and offers."""

    standing: Standing
    may_confirm: bool
    may_cancel: bool
    cancel_before: datetime | None


def visit_at(
    *,
    now: datetime,
    starts_at: datetime,
    tells_start: datetime,
    is_active: bool,
    is_confirmed: bool,
    cancel_hours: int | None,
) -> Visit:
    """How the appointment stands now for who holds a link to it.

    It may be confirmed until it begins, and cancelled until so many hours before; without hours
    the practice wants to be rung.
    """
    before = None if cancel_hours is None else starts_at - timedelta(hours=cancel_hours)
    if not is_active:
        return Visit(Standing.CANCELLED, False, False, before)
    if now >= starts_at:
        return Visit(Standing.OVER, False, False, before)
    standing = Standing.STANDS if tells_start == starts_at else Standing.MOVED
    return Visit(standing, not is_confirmed, before is not None and now <= before, before)
