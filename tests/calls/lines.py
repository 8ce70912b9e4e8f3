"""Schedules of lines for tests."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from calls.models import LineHours, LineSchedule, LineStep
from clients.models import Line


def direct(
    line: Line, *steps: dict[str, Any], kind: str = "otherwise", **fields: Any
) -> LineSchedule:
    """Direct what a line does, from long ago: all the time, or as `hours` in the fields say."""
    hours = dict(fields.pop("hours", {}))
    starts_on = fields.pop("starts_on", date(2024, 1, 1))
    schedule, _ = LineSchedule.objects.get_or_create(
        line=line, starts_on=starts_on, defaults=fields
    )
    position = schedule.hours.count()
    row = LineHours.objects.create(
        schedule=schedule, position=position, name=hours.pop("name", kind), kind=kind, **hours
    )
    for place, step in enumerate(steps):
        LineStep.objects.create(hours=row, position=place, **step)
    return schedule


WORKING = {"name": "Journée", "weekdays": [0, 1, 2, 3, 4], "starts": time(8), "ends": time(18)}
