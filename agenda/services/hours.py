"""Tells that the hours of a calendar are others."""

from datetime import datetime

from django.db.models import F

from agenda.models import Calendar
from agenda.services.locking import locked
from agenda.services.telling import publish_days
from clients.models import User
from clients.services.audit import record_audit


def note_changed_hours(*, calendar: Calendar, by: User | None, at: datetime) -> None:
    """Keep who changed a calendar's opening rules, and have open screens ask for it again."""
    with locked(calendar.pk):
        count_revision(calendar)
        record_audit(by=by, action="hours.changed", target=calendar, client=calendar.client, at=at)
        publish_days(calendar, [])


def count_revision(calendar: Calendar) -> None:
    """Say that hours read before now are out of date; under the calendar's lock."""
    Calendar.objects.filter(pk=calendar.pk).update(revision=F("revision") + 1)
