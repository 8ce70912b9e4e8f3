"""How the desk writes durations and telephone numbers."""

from datetime import datetime

from django import template

from core.phones import spoken

register = template.Library()


@register.filter
def clock(since: datetime, until: datetime) -> str:
    """Write the time between two instants as a stopwatch does: 0:07, 12:40, 1:02:09."""
    minutes, seconds = divmod(max(int((until - since).total_seconds()), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def number(e164: str) -> str:
    """Write a telephone number as it is read aloud, never cut at the end of a line."""
    return spoken(str(e164)).replace(" ", "\N{NO-BREAK SPACE}") if e164 else ""
