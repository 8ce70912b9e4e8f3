"""What journeys share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from calls.telephony.interpreter.clock import RealClock


class Wall:
    """The clock on the wall, of the house and of its operator: it goes on from where it is set."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def set(self, at: datetime) -> None:
        """Let it be that time now."""
        self._ahead = at - datetime.now(UTC)

    def now(self) -> datetime:
        """What time it is."""
        return datetime.now(UTC) + self._ahead


@pytest.fixture
def wall() -> Iterator[Wall]:
    """A clock that the journey sets; ask for it before `site`."""
    wall = Wall()
    with (
        mock.patch("django.utils.timezone.now", wall.now),
        mock.patch.object(RealClock, "now", wall.now),
    ):
        yield wall
