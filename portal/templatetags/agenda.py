"""How the portal words the agenda."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from agenda.models import Absence, AppointmentChange, Displaced
from agenda.reasons import clock
from portal import agenda_wording, diary, waiting

register = template.Library()


@register.filter
def done_words(change: AppointmentChange) -> str:
    """Say whom a change is about, what it was and when."""
    return agenda_wording.change_words(change)


@register.filter
def history_words(change: AppointmentChange) -> str:
    """Say what a change was, where its appointment is known."""
    return agenda_wording.history_words(change)


@register.filter
def blocked_words(absence: Absence) -> str:
    """Say which time is blocked."""
    return agenda_wording.absence_words(absence)


@register.filter
def displaced_words(displaced: Displaced) -> str:
    """Say how far the assistant has got with a visit that an absence covers."""
    return waiting.displaced_words(displaced)


@register.filter
def moment_in(instant: datetime, zone: ZoneInfo) -> str:
    """Write an instant as it is said, on a calendar's wall."""
    return agenda_wording.moment_words(instant, zone)


@register.filter
def clock_in(instant: datetime, zone: ZoneInfo) -> str:
    """Write a time as it stands in a sentence, on a calendar's wall."""
    return clock(instant, zone)


@register.filter
def wall_in(instant: datetime, zone: ZoneInfo) -> str:
    """Write a time as lists do, on a calendar's wall."""
    return diary.wall(instant, zone)


@register.filter
def percent(part: int) -> int:
    """Keep a share within what a bar can show."""
    return max(0, min(part, 100))
