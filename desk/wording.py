"""Dates and people as the desk writes them."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from agenda.reasons import clock
from clients.models import Correspondent
from core.phones import spoken


def short_moment(at: datetime, zone: ZoneInfo) -> str:
    """« mar. 24 nov. 9:40 », where room is short."""
    local = at.astimezone(zone)
    return f"{short_day(local.date())} {local:%-H:%M}"


def hours_words(after: time | None, before: time | None) -> str:
    """« après 17 h », « avant 10 h », « 9 h à 11 h », for hours of the wall."""
    hours = {"start": hour_words(after), "end": hour_words(before)}
    if after and before:
        return _("%(start)s to %(end)s") % hours
    return (_("after %(start)s") if after else _("before %(end)s")) % hours


def hour_words(moment: time | None) -> str:
    """« 17 h 30 », as a wall shows it; nothing for no hour."""
    utc = ZoneInfo("UTC")
    return clock(datetime.combine(date.min.replace(year=2000), moment, utc), utc) if moment else ""


def short_day(day: date) -> str:
    """« mar. 24 nov. »"""
    return format_date(day, "EEE d MMM", locale=locale())


def long_day(day: date) -> str:
    """« 14 mars 1961 », and « 1er mars » as the French say it."""
    written = date_format(day, "j F Y")
    return written.replace("1 ", "1er ", 1) if day.day == 1 and locale() == "fr" else written


def short_weekday(day: date) -> str:
    """« mar. »"""
    return format_date(day, "EEE", locale=locale())


def locale() -> str:
    """The reader's language, as Babel names it."""
    return to_locale(get_language() or "fr")


def long_moment(at: datetime, zone: ZoneInfo) -> str:
    """« mardi 24 novembre à 9 h 40 », in a sentence."""
    local = at.astimezone(zone)
    return _("%(day)s at %(time)s") % {
        "day": date_format(local.date(), "l j F"),
        "time": clock(at, zone),
    }


def caller_words(correspondent: Correspondent | None, number: str, names: list[str]) -> str:
    """Say who calls where one line must do: a name, several matches, a number, or nothing known."""
    if correspondent is not None:
        return correspondent.listed_name
    if len(names) == 1:
        return names[0]
    if len(names) > 1:
        several = ngettext("%(count)d match", "%(count)d matches", len(names))
        return f"{spoken(number)} · {several % {'count': len(names)}}"
    unknown = _("unknown")
    return f"{spoken(number)} · {unknown}" if number else _("withheld number")
