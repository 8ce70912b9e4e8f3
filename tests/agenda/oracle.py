"""The slow, plain way to say what is free: look at every minute of the window.

Shares no code with `agenda.rules`: clocks are read minute by minute, and each rule is asked
about each minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from agenda.rules import Opening, Patients, Replaces, Visit
from core.periods import Period

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Owner:
    """The rule that has the say on a minute, and the minute at which its range began."""

    opening: Opening
    day: date
    anchor: int


@dataclass(frozen=True)
class Away:
    """Every so many weeks on these weekdays, whole days unless it has times."""

    weekdays: frozenset[int]
    interval: int
    since: date
    until: date | None
    start: time | None
    end: time | None
    given_back: frozenset[date]

    def falls_on(self, day: date) -> bool:
        if day < self.since or (self.until and day > self.until) or day in self.given_back:
            return False
        weeks = (_monday(day) - _monday(self.since)).days // 7
        return day.weekday() in self.weekdays and weeks % self.interval == 0


def _monday(day: date) -> date:
    return day - DAY * day.weekday()


@dataclass(frozen=True)
class Closed:
    """What closes a calendar besides single absences, and the visits that its days have.

    A visit is its motive and the minute at which it begins.
    """

    away: tuple[Away, ...] = ()
    holidays: frozenset[date] = frozenset()
    visits: tuple[tuple[int, int], ...] = ()


@lru_cache(maxsize=64)
def clock_readings(zone: ZoneInfo, start: datetime, minutes: int) -> list[datetime]:
    """Return what the zone's clocks show at each minute from `start`."""
    instants = (start + MINUTE * n for n in range(minutes))
    return [instant.astimezone(zone).replace(tzinfo=None) for instant in instants]


class Oracle:
    """Every minute from `start`, for so many days."""

    def __init__(self, zone: ZoneInfo, start: datetime, days: int) -> None:
        self.zone, self.start, self.minutes = zone, start, days * 24 * 60
        self.shown = clock_readings(zone, start, self.minutes)

    def minute_showing(self, day: date, at: time) -> int:
        """Return the first minute at which clocks show this moment or a later one."""
        wanted = datetime.combine(day, at)
        return next((n for n, shown in enumerate(self.shown) if shown >= wanted), self.minutes)

    def owners(self, openings: Iterable[Opening]) -> list[Owner | None]:
        """Return, for each minute, the rule that has the say there, if any."""
        owners: list[Owner | None] = [None] * self.minutes
        closed = [False] * self.minutes
        ordered = sorted(openings, key=_say, reverse=True)
        for tier in (2, 1, 0):
            of_tier = [opening for opening in ordered if _tier(opening) == tier]
            for opening in of_tier:
                self._open(opening, owners, closed)
            for opening in of_tier:
                self._close(opening, closed)
        return owners

    def _open(self, opening: Opening, owners: list[Owner | None], closed: list[bool]) -> None:
        for day in opening.days:
            end_day = day + DAY if opening.end <= opening.start else day
            anchor = self.minute_showing(day, opening.start)
            for minute in range(anchor, self.minute_showing(end_day, opening.end)):
                if owners[minute] is None and not closed[minute]:
                    owners[minute] = Owner(opening, day, anchor)

    def _close(self, opening: Opening, closed: list[bool]) -> None:
        for day in opening.days:
            for minute, shown in enumerate(self.shown):
                if shown.date() == day and _replaced(opening.replaces, shown.time()):
                    closed[minute] = True

    def instant(self, minute: int) -> datetime:
        return self.start + MINUTE * minute

    def may_use(self, owner: Owner | None, visit: Visit, now: datetime) -> bool:
        if owner is None:
            return False
        opening = owner.opening
        if opening.motives and visit.motive not in opening.motives:
            return False
        return visit.urgent or not opening.emergency or self._is_released(owner, now)

    def _is_released(self, owner: Owner, now: datetime) -> bool:
        release = owner.opening.release
        if release.at is not None:
            return self.instant(self.minute_showing(owner.day, release.at)) <= now
        if release.hours_before is not None:
            return self.instant(owner.anchor) - timedelta(hours=release.hours_before) <= now
        return False

    def free_starts(
        self,
        openings: list[Opening],
        engaged: list[Period],
        visit: Visit,
        now: datetime,
        closed: Closed,
    ) -> list[datetime]:
        """Return the instants at which the visit may begin."""
        if not _is_welcome(visit):
            return []
        owners = self.owners(openings)
        busy = self._closed(closed)
        for minute in range(self.minutes):
            busy[minute] |= any(period.holds(self.instant(minute)) for period in engaged)
        usable = [self.may_use(owner, visit, now) for owner in owners]
        barred = [owner is not None and not may for owner, may in zip(owners, usable, strict=True)]
        length, before, after = (
            span // MINUTE for span in (visit.length, visit.before, visit.after)
        )
        found = []
        for minute in range(before, self.minutes - length - after):
            owner = owners[minute]
            block = range(minute - before, minute + length + after)
            if (
                owner is not None
                and (minute - owner.anchor) % owner.opening.slot_minutes == 0
                and all(usable[n] for n in range(minute, minute + length))
                and not any(busy[n] or barred[n] for n in block)
                and self._is_in_time(minute, visit, now)
                and not self._is_full(self.shown[minute].date(), visit, closed)
            ):
                found.append(self.instant(minute))
        return found

    def _closed(self, closed: Closed) -> list[bool]:
        """Return, for each minute, whether a recurring absence or a holiday lies on it."""
        found = [shown.date() in closed.holidays for shown in self.shown]
        for away in closed.away:
            for day in sorted({shown.date() for shown in self.shown}):
                if away.falls_on(day):
                    for minute in self._minutes_of(away, day):
                        found[minute] = True
        return found

    def _minutes_of(self, away: Away, day: date) -> Iterable[int]:
        if away.start is None or away.end is None:
            return [n for n, shown in enumerate(self.shown) if shown.date() == day]
        end_day = day + DAY if away.end <= away.start else day
        return range(self.minute_showing(day, away.start), self.minute_showing(end_day, away.end))

    def _is_full(self, day: date, visit: Visit, closed: Closed) -> bool:
        if visit.most_per_day is None:
            return False
        of_motive = [minute for motive, minute in closed.visits if motive == visit.motive]
        on_day = [minute for minute in of_motive if self.shown[minute].date() == day]
        return len(on_day) >= visit.most_per_day

    def _is_in_time(self, minute: int, visit: Visit, now: datetime) -> bool:
        if self.instant(minute) < now + visit.notice:
            return False
        if visit.horizon_days is None:
            return True
        today = now.astimezone(self.zone).date()
        return self.shown[minute].date() <= today + DAY * visit.horizon_days


def _is_welcome(visit: Visit) -> bool:
    if visit.known is None:
        return True
    return visit.patients != (Patients.NEW if visit.known else Patients.KNOWN)


def _tier(opening: Opening) -> int:
    return 2 if opening.dated else int(opening.replaces != Replaces.NOTHING)


def _say(opening: Opening) -> tuple[bool, date, int]:
    return (opening.emergency, opening.valid_from, opening.id)


def _replaced(replaces: Replaces, shown: time) -> bool:
    morning = shown < time(13)
    return {
        Replaces.NOTHING: False,
        Replaces.MORNING: morning,
        Replaces.AFTERNOON: not morning,
        Replaces.DAY: True,
    }[replaces]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
