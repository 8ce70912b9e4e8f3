"""Puts each refusal into a sentence, in the reader's language and the calendar's time."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.rules import Reason, Refusal
from agenda.services.refusals import AgendaRefusal
from core.periods import Period


def sentence(refused: Refusal | AgendaRefusal, zone: ZoneInfo) -> str:
    """Return what to tell the person who was refused."""
    if isinstance(refused, AgendaRefusal):
        refusal = refused.refusal
        if refusal is None:
            return _PLAIN[refused.reason]()
    else:
        refusal = refused
    explain = _KNOWING.get(refusal.reason)
    told = explain(refusal, zone) if explain else None
    return told or _PLAIN[refusal.reason]()


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """Return the time of day as it is said in a sentence: 9:40, in French 9 h 40."""
    local = instant.astimezone(zone)
    if local.minute:
        return _("%(hour)d:%(minute)02d") % {"hour": local.hour, "minute": local.minute}
    return _("%(hour)d:00") % {"hour": local.hour}


def _span(period: Period, zone: ZoneInfo) -> dict[str, str]:
    return {"start": clock(period.start, zone), "end": clock(period.end, zone)}


def _taken(refusal: Refusal, zone: ZoneInfo) -> str | None:
    if refusal.period is None:
        return None
    return _("Taken: there is an appointment from %(start)s to %(end)s.") % _span(
        refusal.period, zone
    )


def _absent(refusal: Refusal, zone: ZoneInfo) -> str | None:
    if refusal.period is None:
        return None
    end = refusal.period.end.astimezone(zone)
    until = {"day": date_format(end, "l j F"), "time": clock(refusal.period.end, zone)}
    return _("Away until %(day)s, %(time)s.") % until


def holiday_words(name: str) -> str:
    """Say that a day is a public holiday, and which."""
    return _("public holiday: %(name)s") % {"name": name}


def _holiday(refusal: Refusal, _zone: ZoneInfo) -> str | None:
    if not refusal.name:
        return None
    return _("Closed, public holiday: %(name)s.") % {"name": refusal.name}


def _most_per_day(refusal: Refusal, _zone: ZoneInfo) -> str | None:
    if refusal.most is None:
        return None
    return ngettext(
        "This motive is taken %(most)d time a day at most, and the day has it.",
        "This motive is taken %(most)d times a day at most, and the day has them.",
        refusal.most,
    ) % {"most": refusal.most}


def _emergency(refusal: Refusal, zone: ZoneInfo) -> str | None:
    if refusal.until is None:
        return None
    until = refusal.until.astimezone(zone)
    when = {"day": date_format(until, "l j F"), "time": clock(until, zone)}
    return _("Kept for emergencies until %(day)s, %(time)s.") % when


def _too_long(refusal: Refusal, zone: ZoneInfo) -> str | None:
    if refusal.period is None:
        return None
    minutes = int(refusal.period.length.total_seconds()) // 60
    return _("Too long: %(minutes)d minutes are left before closing.") % {"minutes": minutes}


def _notice(refusal: Refusal, zone: ZoneInfo) -> str | None:
    if refusal.until is None:
        return None
    until = refusal.until.astimezone(zone)
    when = {"day": date_format(until, "l j F"), "time": clock(until, zone)}
    return _("Too soon: this motive is booked from %(day)s, %(time)s.") % when


_KNOWING: dict[str, Callable[[Refusal, ZoneInfo], str | None]] = {
    Reason.TAKEN: _taken,
    Reason.ABSENCE: _absent,
    Reason.HOLIDAY: _holiday,
    Reason.MOST_PER_DAY: _most_per_day,
    Reason.EMERGENCY: _emergency,
    Reason.TOO_LONG: _too_long,
    Reason.NOTICE: _notice,
}

_PLAIN: dict[str, Callable[[], str]] = {
    Reason.TAKEN: lambda: _("This slot has just been taken."),
    Reason.HELD: lambda: _("A colleague is booking this slot."),
    Reason.ABSENCE: lambda: _("The practitioner is away."),
    Reason.OUTSIDE_OPENING: lambda: _("Outside opening hours."),
    Reason.EMERGENCY: lambda: _("Kept for emergencies."),
    Reason.OTHER_MOTIVES: lambda: _("This motive is not taken here at this time."),
    Reason.HOLIDAY: lambda: _("Closed, public holiday."),
    Reason.NEW_ONLY: lambda: _("This motive is for new patients only."),
    Reason.KNOWN_ONLY: lambda: _("This motive is for patients who have come before."),
    Reason.MOST_PER_DAY: lambda: _("The day has as many of this motive as it takes."),
    Reason.TOO_LONG: lambda: _("Too long for the time left."),
    Reason.OFF_GRID: lambda: _("No slot begins at this time."),
    Reason.PAST: lambda: _("This time has gone by."),
    Reason.NOTICE: lambda: _("Too soon for this motive."),
    Reason.HORIZON: lambda: _("Too far ahead for this motive."),
    "busy": lambda: _("The agenda is busy. Nothing was changed; try again."),
    "not_active": lambda: _("This appointment was cancelled."),
    "changed": lambda: _("Somebody has just moved this appointment. Look again."),
    "superseded": lambda: _("This can no longer be undone: something else was done since."),
}
