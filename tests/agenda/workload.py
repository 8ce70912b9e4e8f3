"""W1: a month of one practitioner with a known right answer, shared by tests and benchmarks.

Monday to Friday 9–12 and 14–18 in Paris, 20 minutes, 11–12 kept for emergencies and never
released; the window holds the change of clock of 28 March 2027; three absences; 200
appointments in the window whatever the history.
"""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.periods import Period
from core.wall_clock import day_bounds, instant_of

PARIS = ZoneInfo("Europe/Paris")
FIRST_DAY = date(2027, 3, 15)
END_DAY = date(2027, 4, 14)
FIRST = day_bounds(FIRST_DAY, PARIS)[0]
UNTIL = day_bounds(END_DAY, PARIS)[0]
RANGES = ((time(9), time(12)), (time(14), time(18)))
EMERGENCY_RANGE = (time(11), time(12))
STEP = timedelta(minutes=20)
IN_WINDOW = 200
FREE_SLOTS = 148
FIRST_FREE = [
    datetime(2027, 3, 23, hour, minute)
    for hour, minute in ((9, 0), (9, 40), (10, 0), (10, 20), (10, 40))
]


def absences() -> list[Period]:
    """Return the two days and the afternoon without slots."""
    whole_days = [Period(*day_bounds(day, PARIS)) for day in (date(2027, 3, 22), date(2027, 3, 29))]
    afternoon = date(2027, 4, 1)
    return [
        *whole_days,
        Period(*(instant_of(afternoon, at, PARIS) for at in (time(14), time(18)))),
    ]


def capacity() -> list[datetime]:
    """Return the local starts of the window's slots, absences out."""
    days = [FIRST_DAY + timedelta(days=n) for n in range((END_DAY - FIRST_DAY).days)]
    return [start for day in days for start in _starts_of(day) if not _is_absent(start)]


def appointment_starts(total: int) -> list[datetime]:
    """Return the local starts of the `total` appointments, the window's 200 first."""
    slots = capacity()
    first_week = [start for start in slots if start.date() < FIRST_DAY + timedelta(days=7)]
    rest = [start for start in slots if start.date() >= FIRST_DAY + timedelta(days=7)]
    in_window = first_week + random.Random(42).sample(rest, IN_WINDOW - len(first_week))
    return in_window + _history(total - IN_WINDOW)


def _history(wanted: int) -> list[datetime]:
    keep = random.Random(43)
    found: list[datetime] = []
    day = FIRST_DAY
    while len(found) < wanted:
        day -= timedelta(days=1)
        found += [start for start in _starts_of(day) if keep.random() < 0.9]
    return found[:wanted]


def _starts_of(day: date) -> list[datetime]:
    if day.weekday() > 4:
        return []
    return [
        start
        for opens, closes in RANGES
        for start in _steps(datetime.combine(day, opens), datetime.combine(day, closes))
        if not EMERGENCY_RANGE[0] <= start.time() < EMERGENCY_RANGE[1]
    ]


def _steps(start: datetime, end: datetime) -> list[datetime]:
    return [start + STEP * n for n in range((end - start) // STEP)]


def _is_absent(start: datetime) -> bool:
    instant = instant_of(start.date(), start.time(), PARIS)
    return any(absence.holds(instant) for absence in absences())
