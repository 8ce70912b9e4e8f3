"""Appointments written past the services, to meet the database alone."""

from datetime import timedelta
from typing import Any

from agenda.models import Appointment, Calendar
from tests.agenda.factories import paris


def make_row(calendar: Calendar, at: str, minutes: int = 20, **fields: Any) -> Appointment:
    """An unsaved appointment whose block is its visit."""
    start = paris(at)
    end = start + timedelta(minutes=minutes)
    local = start.astimezone(calendar.zone)
    return Appointment(
        calendar=calendar,
        client=calendar.client,
        starts_at=start,
        ends_at=end,
        block_starts_at=fields.pop("block_starts_at", start),
        block_ends_at=fields.pop("block_ends_at", end),
        local_day=local.date(),
        local_time=local.time(),
        timezone=calendar.timezone,
        **fields,
    )
