"""Which free slots lie nearest to a moment that can't be kept."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

from agenda.rules.diary import Slot


def nearest(slots: Sequence[Slot], moment: datetime, count: int) -> list[Slot]:
    """Return so many of the slots, which are in order, that begin nearest to the moment.

    They stay in order; of two equally near the later is taken.
    """
    nth = bisect_left(slots, moment, key=lambda slot: slot.starts_at)
    around = slots[max(nth - count, 0) : nth + count]
    closest = sorted(
        around, key=lambda slot: (abs(slot.starts_at - moment), moment > slot.starts_at)
    )
    return sorted(closest[:count])
