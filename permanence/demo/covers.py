"""Hand-overs of the demonstration: one of the last working day, one agreed for the next."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clients.models import Bureau, User
from clients.services.covers import accept_cover, note_turns, propose_cover
from core.wall_clock import instant_of

_DAY = timedelta(days=1)
NOON, TWO = time(12), time(14)


def add_covers(bureau: Bureau, lea: User, claire: User, now: datetime) -> None:
    """Have Claire answer for Léa over lunch: it was so, and it will be so again."""
    zone = ZoneInfo(bureau.timezone)
    today = now.astimezone(zone).date()
    before, after = _working_day(today, -_DAY), _working_day(today, _DAY)
    _over_lunch(bureau, lea, claire, before, zone, "Mme Roux rappelle vers 13 h pour son arrêt.")
    note_turns(at=instant_of(before, NOON, zone))
    note_turns(at=instant_of(before, TWO, zone))
    _over_lunch(bureau, lea, claire, after, zone, "Le Dr Martin est en visite jusqu’à 15 h.")


def _over_lunch(
    bureau: Bureau, lea: User, claire: User, day: date, zone: ZoneInfo, note: str
) -> None:
    at = instant_of(day - _DAY, time(17, 40), zone)
    cover = propose_cover(
        principal=lea,
        deputy=claire,
        bureau=bureau,
        clients=None,
        starts_at=instant_of(day, NOON, zone),
        ends_at=instant_of(day, TWO, zone),
        note=note,
        by=lea,
        at=at,
    )
    accept_cover(cover=cover, by=claire, at=at + timedelta(minutes=4))


def _working_day(day: date, step: timedelta) -> date:
    day += step
    while day.weekday() > 4:
        day += step
    return day
