"""What was done in the agenda, in a sentence."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from agenda.models import Absence, Appointment, AppointmentChange
from agenda.queries import EmergencyRange
from agenda.reasons import clock

Kind = AppointmentChange.Kind

NEWS: dict[str, Callable[[], str]] = {
    Kind.BOOKED: lambda: _("new"),
    Kind.MOVED: lambda: _("moved"),
    Kind.CANCELLED: lambda: _("cancelled"),
    Kind.RESTORED: lambda: _("put back"),
    Kind.CAME: lambda: _("came"),
    Kind.NO_SHOW: lambda: _("did not come"),
}
DONE: dict[str, Callable[[dict[str, str]], str]] = {
    Kind.BOOKED: lambda a: _("%(name)s booked %(moment)s") % a,
    Kind.MOVED: lambda a: _("%(name)s moved to another day, %(moment)s") % a,
    Kind.CANCELLED: lambda a: _("%(name)s cancelled, %(moment)s") % a,
    Kind.RESTORED: lambda a: _("%(name)s put back, %(moment)s") % a,
    Kind.CAME: lambda a: _("%(name)s came, %(moment)s") % a,
    Kind.NO_SHOW: lambda a: _("%(name)s did not come, %(moment)s") % a,
}


def news_tag(kind: str) -> str:
    """Say in a word what the other side did."""
    return NEWS[kind]()


def day_words(day: date) -> str:
    """Write a day as it is said: « mardi 24 novembre »."""
    words = date_format(day, "l j F")
    return words.replace(" 1 ", " 1er ") if get_language() == "fr" else words


def short_day(day: date, pattern: str) -> str:
    """Write a day where room is short: « ven. », « 12 nov. »."""
    return format_date(day, pattern, locale=to_locale(get_language() or "fr"))


def moment_words(instant: datetime, zone: ZoneInfo) -> str:
    """Write an instant as it is said: « mardi 24 novembre à 9 h 40 »."""
    day = day_words(instant.astimezone(zone).date())
    return _("%(day)s at %(time)s") % {"day": day, "time": clock(instant, zone)}


def change_words(change: AppointmentChange) -> str:
    """Say whom a change is about, what it was and when it is now: « Mme Petit moved to … »."""
    appointment = change.appointment
    zone = appointment.zone
    after = start_in(change.after, appointment)
    words = {"name": appointment.shown_name or _("Appointment"), "moment": clock(after, zone)}
    if change.kind == Kind.MOVED:
        before = start_in(change.before, appointment)
        if before.astimezone(zone).date() == after.astimezone(zone).date():
            return _("%(name)s moved to %(moment)s") % words
    return DONE[change.kind](words | {"moment": moment_words(after, zone)})


def start_in(kept: dict[str, Any], appointment: Appointment) -> datetime:
    """Read when a visit began in a kept state; a change that kept nothing left it where it is."""
    return (
        datetime.fromisoformat(kept["starts_at"]) if "starts_at" in kept else appointment.starts_at
    )


def history_words(change: AppointmentChange) -> str:
    """Say what a change was, where its appointment is known: « Moved: Tuesday 24 November… »."""
    what = str(change.get_kind_display()).capitalize()
    if change.kind not in (Kind.BOOKED, Kind.MOVED, Kind.RESTORED):
        return what
    moment = moment_words(start_in(change.after, change.appointment), change.appointment.zone)
    return _("%(what)s: %(moment)s") % {"what": what, "moment": moment}


def absence_words(absence: Absence) -> str:
    """Say which time is blocked."""
    zone = absence.calendar.zone
    start, end = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
    words = {"day": day_words(start.date()), "start": clock(start, zone), "end": clock(end, zone)}
    if start.date() == end.date():
        return _("%(day)s from %(start)s to %(end)s") % words
    words |= {"from": moment_words(start, zone), "until": moment_words(end, zone)}
    return _("from %(from)s to %(until)s") % words


def emergency_words(hours: EmergencyRange) -> str:
    """Say how many places of the emergency hours are taken, and when they open to all."""
    taken = ngettext(
        "%(taken)d place of %(places)d taken", "%(taken)d places of %(places)d taken", hours.taken
    ) % {"taken": hours.taken, "places": hours.places}
    if hours.opens_at is None:
        return taken
    zone = hours.opens_at.tzinfo
    opens = clock(hours.opens_at, zone) if isinstance(zone, ZoneInfo) else ""
    if hours.opens_at.date() != hours.local_start.date():
        opens = f"{short_day(hours.opens_at, 'EEE d')} {opens}"
    return _("%(taken)s · open to all at %(time)s") % {"taken": taken, "time": opens}
