"""How the pages about lines write days, bands and changes."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext as _

from clients.models import AuditEntry, Line
from desk.line_picture import Band
from desk.queries.lines import zone_of
from desk.wording import long_day, long_moment, short_weekday

register = template.Library()


@register.filter
def short_name(day: date) -> str:
    """« mar. »"""
    return short_weekday(day)


@register.filter
def at_hour(hour: int) -> str:
    """Name the classes of an hour on the picture's clock."""
    return f"q{hour * 4} x12"


@register.filter
def band_name(band: Band) -> str:
    """Name the hours of a band; without any, whoever answers is rung."""
    return band.hours.name if band.hours else _("as usual")


@register.filter
def moment_on(at: datetime, line: Line) -> str:
    """« mardi 24 novembre à 9 h 40 », on the line's wall."""
    return long_moment(at, zone_of(line))


@register.filter
def moment_in(at: datetime, zone: ZoneInfo) -> str:
    """« mardi 24 novembre à 9 h 40 », on the wall of a zone."""
    return long_moment(at, zone)


@register.filter
def line_span(line: Line) -> str:
    """Say from when, and until when, a line is the client's."""
    if line.valid_until is None:
        day = line.valid_from.astimezone(zone_of(line)).date()
        return _("since %(begins)s") % {"begins": long_day(day)}
    begins = moment_on(line.valid_from, line)
    ends = moment_on(line.valid_until, line)
    return _("from %(begins)s until %(ends)s") % {"begins": begins, "ends": ends}


@register.filter
def line_change(change: AuditEntry) -> str:
    """Say what was changed on a line."""
    words = {
        "line.schedule_published": _("Version from %(day)s on written"),
        "line.schedule_withdrawn": _("Version from %(day)s on given up"),
        "line.changed": _("Words, purpose or dates changed"),
        "line.crisis_started": _("Crisis started"),
        "line.crisis_ended": _("Crisis ended"),
        "line.caller_rule_added": _("Caller’s rule added"),
        "line.caller_rule_removed": _("Caller’s rule removed"),
    }.get(change.action, change.action)
    return words % {"day": change.detail.get("starts_on", "")}


@register.filter
def roster_change(change: AuditEntry) -> str:
    """Say what was changed in a roster."""
    return {
        "roster.shift_added": _("Turn added"),
        "roster.shift_changed": _("Turn changed"),
        "roster.shift_removed": _("Turn taken away"),
        "roster.person_added": _("Person on call added"),
        "roster.person_changed": _("Person on call changed"),
        "roster.person_removed": _("Person on call taken away"),
    }.get(change.action, change.action)
