"""How the desk writes moments, durations and telephone numbers."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from calls.models import Recording
from core.phones import spoken
from desk.queries.recordings import Heard
from desk.wording import short_moment

register = template.Library()


@register.filter
def clock(since: datetime, until: datetime) -> str:
    """Write the time between two instants as a stopwatch does: 0:07, 12:40, 1:02:09."""
    minutes, seconds = divmod(max(int((until - since).total_seconds()), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def moment(at: datetime) -> str:
    """« mar. 24 nov. 9:40 », on the current wall."""
    return short_moment(at, ZoneInfo(timezone.get_current_timezone_name()))


@register.filter
def is_awaited(recording: Heard) -> bool:
    """Whether its sound is still to come from the operator."""
    return recording.state == Recording.State.WAITING


@register.filter
def number(e164: str) -> str:
    """Write a telephone number as it is read aloud, never cut at the end of a line."""
    return spoken(str(e164)).replace(" ", "\N{NO-BREAK SPACE}") if e164 else ""
