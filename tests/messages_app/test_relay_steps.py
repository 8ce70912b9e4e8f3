"""What is planned while nobody acknowledges."""

from datetime import UTC, datetime, timedelta

import pytest

from messages_app.rules.relay_states import (
    NOTHING_PLANNED,
    Planned,
    RelayStep,
    first_step,
    step_after,
)

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("digest_at", "is_urgent", "remind_after", "planned"),
    [
        (None, True, QUARTER, Planned(RelayStep.REMIND, NOW + QUARTER)),
        (None, False, QUARTER, NOTHING_PLANNED),
        (None, True, None, NOTHING_PLANNED),
        (NOON, False, QUARTER, Planned(RelayStep.DIGEST, NOON)),
        (NOON, True, QUARTER, Planned(RelayStep.DIGEST, NOON)),
    ],
)
def test_the_first_step(
    digest_at: datetime | None, is_urgent: bool, remind_after: timedelta | None, planned: Planned
) -> None:
    found = first_step(digest_at=digest_at, is_urgent=is_urgent, remind_after=remind_after, at=NOW)

    assert found == planned


@pytest.mark.parametrize(
    ("step", "is_urgent", "remind_after", "planned"),
    [
        (RelayStep.DIGEST, True, QUARTER, Planned(RelayStep.REMIND, NOW + QUARTER)),
        (RelayStep.DIGEST, False, QUARTER, NOTHING_PLANNED),
        (RelayStep.REMIND, True, QUARTER, Planned(RelayStep.GIVE_UP, NOW + QUARTER)),
        (RelayStep.REMIND, True, None, NOTHING_PLANNED),
        (RelayStep.GIVE_UP, True, QUARTER, NOTHING_PLANNED),
    ],
)
def test_one_reminder_then_a_human(
    step: RelayStep, is_urgent: bool, remind_after: timedelta | None, planned: Planned
) -> None:
    assert step_after(step, is_urgent=is_urgent, remind_after=remind_after, at=NOW) == planned
