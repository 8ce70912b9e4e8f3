"""A list of what happened says on which day, unless it is today."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from core.templatetags.moments import time_or_moment

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("language", "wall", "written"),
    [
        ("fr", "2026-11-23 09:05", "9:05"),
        ("fr", "2026-11-24 12:00", "24 nov. 12:00"),
        ("fr", "2026-11-22 23:59", "22 nov. 23:59"),
        ("fr", "2027-01-02 08:00", "2 janv. 2027 8:00"),
        ("en", "2026-11-24 12:00", "Nov 24 12:00"),
    ],
)
def test_the_day_stands_before_the_time_unless_it_is_today(
    language: str, wall: str, written: str
) -> None:
    at = datetime.fromisoformat(wall).replace(tzinfo=PARIS)
    # Half past midnight on the wall, and still the day before for UTC.
    now = datetime(2026, 11, 23, 0, 30, tzinfo=PARIS)

    with (
        time_machine.travel(now, tick=False),
        timezone.override(PARIS),
        translation.override(language),
    ):
        assert time_or_moment(at) == written
