"""A series of visits: on which days they fall, and what is free for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from agenda.rules.diary import Diary, Slot, Visit, free_slots
from agenda.rules.nearby import nearest
from agenda.rules.refusals import Refusal, why_not
from core.wall_clock import day_bounds, instant_of

LONGEST_SERIES = 60
OFFERED = 4
_DAY = timedelta(days=1)
_SHORTEST_REACH, _LONGEST_REACH = 1, 3


@dataclass(frozen=True, slots=True)
class Rhythm:
    """So many visits, the first on a day, one every so many days, at a time of the wall."""

    first_day: date
    at: time
    count: int
    every_days: int = 7

    def __post_init__(self) -> None:
        if not 1 <= self.count <= LONGEST_SERIES or self.every_days < 1:
            raise ValueError("a series has 1 to 60 visits, a day apart at least")

    @property
    def days(self) -> list[date]:
        """The days on which the visits are wished, in order."""
        return [self.first_day + _DAY * self.every_days * n for n in range(self.count)]

    @property
    def reach(self) -> timedelta:
        """How far around a wished day another is looked for: never as far as the next visit."""
        return _DAY * min(max(self.every_days // 2, _SHORTEST_REACH), _LONGEST_REACH)


class Sitting(NamedTuple):
    """One visit of a proposed series.

    `refusals` say what stands in the way of the moment wished; `slot` is what is proposed instead,
    the moment itself where nothing does, None where nothing near is free. `others` are further
    free slots around it, in order.
    """

    wished: datetime
    refusals: Sequence[Refusal]
    slot: Slot | None
    others: Sequence[Slot]

    @property
    def is_as_wished(self) -> bool:
        return not self.refusals


def propose(
    rhythm: Rhythm,
    diary: Diary,
    visit: Visit,
    *,
    now: datetime,
    tolerance: timedelta = timedelta(),
) -> list[Sitting]:
    """Return a proposal for each visit of the series; no two of them share time.

    What is proposed in place of a moment that is refused begins on the same day of the wall and at
    most `tolerance` from it. The diary must reach as far around the days as the rhythm does.
    """
    sittings = []
    for day in rhythm.days:
        sitting = _sitting(day, rhythm, diary, visit, now, tolerance)
        if sitting.slot is not None:
            diary = _with(diary, visit, sitting.slot)
        sittings.append(sitting)
    return sittings


def _sitting(
    day: date, rhythm: Rhythm, diary: Diary, visit: Visit, now: datetime, tolerance: timedelta
) -> Sitting:
    wished = instant_of(day, rhythm.at, diary.zone)
    refusals = why_not(diary, visit, wished, now=now)
    first, until = wished - rhythm.reach, wished + rhythm.reach + _DAY
    free = list(free_slots(diary, visit, now=now, first=first, until=until))
    slot = _proposed(free, wished, day_bounds(day, diary.zone), tolerance)
    others = [one for one in nearest(free, wished, OFFERED + 1) if one != slot][:OFFERED]
    return Sitting(wished, refusals, slot, others)


def _proposed(
    free: Sequence[Slot],
    wished: datetime,
    day: tuple[datetime, datetime],
    tolerance: timedelta,
) -> Slot | None:
    near = [
        slot
        for slot in free
        if day[0] <= slot.starts_at < day[1] and abs(slot.starts_at - wished) <= tolerance
    ]
    return next(iter(nearest(near, wished, 1)), None)


def _with(diary: Diary, visit: Visit, slot: Slot) -> Diary:
    """Return the diary once the visit stands in it."""
    key = (visit.motive, slot.starts_at.astimezone(diary.zone).date())
    return replace(
        diary,
        taken=sorted([*diary.taken, visit.block(slot.starts_at)]),
        booked={**diary.booked, key: diary.booked.get(key, 0) + 1},
    )
