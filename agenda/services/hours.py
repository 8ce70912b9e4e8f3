"""Tells that the hours of a calendar are others."""

from datetime import datetime

from django.db import transaction

from agenda.models import Calendar
from agenda.services.telling import publish_days
from clients.models import User
from clients.services.audit import record_audit


def note_changed_hours(*, calendar: Calendar, by: User | None, at: datetime) -> None:
    """Keep who changed a calendar's opening rules, and have open screens ask for it again."""
    with transaction.atomic():
        record_audit(by=by, action="hours.changed", target=calendar, client=calendar.client, at=at)
        publish_days(calendar, [])
