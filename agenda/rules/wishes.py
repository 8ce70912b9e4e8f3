"""When somebody can come, as people say it: mornings, after 17 h, Wednesdays, not before a day."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

_EARLY, _MIDDAY, _LATE = time(10), time(12), time(17)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody asks of the moment of a visit; what she does not say is None or empty.

    Times are readings of the calendar's wall: a visit begins at `after` at the soonest, and before
    `before`. Weekdays count from Monday, 0. Both days are included.
    """

    after: time | None = None
    before: time | None = None
    weekdays: frozenset[int] = frozenset()
    first_day: date | None = None
    last_day: date | None = None

    @property
    def are_none(self) -> bool:
        """Whether any moment will do."""
        return self == Wishes()

    def hold(self, local_start: datetime) -> bool:
        """Say whether a visit that begins at this moment of the wall is wished."""
        return self._hold_on(local_start.date()) and self._hold_at(local_start.time())

    def _hold_on(self, day: date) -> bool:
        return (
            (not self.weekdays or day.weekday() in self.weekdays)
            and (self.first_day is None or self.first_day <= day)
            and (self.last_day is None or day <= self.last_day)
        )

    def _hold_at(self, moment: time) -> bool:
        return (self.after is None or self.after <= moment) and (
            self.before is None or moment < self.before
        )


class PartOfDay(StrEnum):
    """When in the day: before 10, before 12, from 12, from 17, by the wall's clock."""

    ANY = ""
    EARLY = "early"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    LATE = "late"

    @property
    def hours(self) -> tuple[time | None, time | None]:
        """From when, and before when, a visit may begin."""
        return _HOURS[self]

    @classmethod
    def between(cls, after: time | None, before: time | None) -> "PartOfDay | None":
        """Return the part of the day that has these hours; None where no part has them."""
        return next((part for part in cls if part.hours == (after, before)), None)

    def holds(self, moment: time) -> bool:
        """Say whether a visit may begin at this reading of the clock."""
        after, before = self.hours
        return (after is None or after <= moment) and (before is None or moment < before)


_HOURS: dict[PartOfDay, tuple[time | None, time | None]] = {
    PartOfDay.ANY: (None, None),
    PartOfDay.EARLY: (None, _EARLY),
    PartOfDay.MORNING: (None, _MIDDAY),
    PartOfDay.AFTERNOON: (_MIDDAY, None),
    PartOfDay.LATE: (_LATE, None),
}
