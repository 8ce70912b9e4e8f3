"""When a client's digests leave: wall-clock times in its own zone, once a day each."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

USUAL_TIMES = (time(12, 0), time(18, 0))


def digest_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of that wall-clock time on that day.

    A time that the clocks jump over in spring comes as much later as they jumped; one that comes
    twice in autumn is meant the first time.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def next_digest(times: Iterable[time], zone: ZoneInfo, after: datetime) -> datetime:
    """The first digest strictly after the instant; the usual times when none are given."""
    wanted = sorted(set(times)) or list(USUAL_TIMES)
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=offset) for offset in range(-1, 3))
    instants = (digest_instant(day, at, zone) for day in days for at in wanted)
    return min(instant for instant in instants if instant > after)
