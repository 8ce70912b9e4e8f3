"""Days and instants as addresses and forms carry them: read without trust.

The first and the last days of the calendar are dates like any other until something asks for the
day before or the instant elsewhere; then the year 1 or 9999 is an OverflowError, or a time zone
that PostgreSQL does not know. No agenda reaches so far.
"""

from datetime import UTC, date, datetime

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


def written_day(text: str) -> date | None:
    """Give the day that an ISO text names; None for anything else, or a day out of reach."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def written_instant(text: str) -> datetime | None:
    """Give, in UTC, the instant that an ISO text names with its offset; None for anything else."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            return None
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if FIRST <= instant.date() <= LAST else None
