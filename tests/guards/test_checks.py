"""Django's own checks find nothing, whatever the hour."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
import time_machine
from django.core import checks
from django.db import models

from tests.house import our_models

HOURS = sorted(
    {
        field.default
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.TimeField) and isinstance(field.default, time)
    }
)


@pytest.mark.parametrize("hour", HOURS, ids=str)
def test_the_hour_of_a_default_is_no_reason_to_warn(hour: time) -> None:
    with time_machine.travel(datetime.combine(datetime(2026, 11, 23), hour, UTC), tick=False):
        found = checks.run_checks(tags=[checks.Tags.models])

    assert [message for message in found if not message.is_silenced()] == []
