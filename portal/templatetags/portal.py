"""How the portal writes days, lengths, numbers and devices."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agenda.reasons import clock
from calls.models import Call
from core.phones import spoken
from messages_app.models import Message
from messages_app.queries.inbox import progress_of
from messages_app.queries.timeline import TimelineRow
from portal import wording
from portal.agenda_wording import day_words, short_day

register = template.Library()

BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def number(e164: object) -> str:
    """Write a telephone number as it is read aloud, never cut at the end of a line."""
    return spoken(str(e164)).replace(" ", "\N{NO-BREAK SPACE}") if e164 else ""


@register.filter
def hue(degrees: int) -> str:
    """Name the class of a client's colour, which comes in steps of five degrees."""
    return f"hue-{round(degrees / 5) * 5 % 360}"


@register.filter
def spoken_day(day: date) -> str:
    """Write a day as it is said: « mardi 24 novembre »."""
    return day_words(_local(day))


@register.filter
def weekday(day: date) -> str:
    """Write the day of the week where room is short: « ven. »."""
    return short_day(day, "EEE")


@register.filter
def spoken_time(instant: datetime) -> str:
    """Write a time as it stands in a sentence: « 9 h 40 »."""
    zone = timezone.get_current_timezone()
    return clock(instant, ZoneInfo(str(zone)))


@register.filter
def spoken_instant(instant: datetime) -> str:
    """Write an instant as it is said: « mardi 24 novembre à 9 h 40 »."""
    return _("%(day)s at %(time)s") % {"day": spoken_day(instant), "time": spoken_time(instant)}


@register.filter
def when(instant: datetime, now: datetime) -> str:
    """Write an instant where room is short: the time today, then yesterday, the day, the date."""
    local, today = timezone.localtime(instant), timezone.localtime(now).date()
    days = (today - local.date()).days
    if days == 0:
        return date_format(local, "G:i")
    if days == 1:
        return _("yesterday")
    return short_day(local.date(), "EEE" if 1 < days < 7 else "d MMM")


@register.filter
def talked(call: Call) -> str:
    """Write how long a call that is over lasted, from voice to end."""
    return lasting(call.talked_for(call.started_at))


def lasting(duration: timedelta) -> str:
    """Write how long something lasted: « 2 min 10 »."""
    minutes, seconds = divmod(max(round(duration.total_seconds()), 0), 60)
    if not minutes:
        return _("%(seconds)s s") % {"seconds": seconds}
    return _("%(minutes)s min %(seconds)02d") % {"minutes": minutes, "seconds": seconds}


@register.filter
def progress_words(message: Message) -> str:
    """Say how far a message has come."""
    return wording.PROGRESS[progress_of(message)]()


@register.filter
def sentence(row: TimelineRow) -> str:
    """Word one step of a message's way."""
    return wording.step_sentence(row)


@register.filter
def dot(row: TimelineRow) -> str:
    """Give the class of the step's dot."""
    return wording.step_state(row)


@register.filter
def initials(name: str) -> str:
    """Give the two letters that stand for a person."""
    words = [word for word in re.split(r"[\s-]+", name) if word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def device(user_agent: str) -> str:
    """Name a browser and its machine as people do: « Chrome · Windows »."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return " · ".join(part for part in (browser, system) if part) or _("Unknown browser")


def _local(moment: date) -> date:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment
