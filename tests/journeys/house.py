"""The demonstration's bureau at work, as journeys need it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from calls.models import LineSchedule
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.running import exchange
from clients.models import User
from permanence.demo.people import DOMAIN
from permanence.demo.seed import seed

PARIS = ZoneInfo("Europe/Paris")
LEA_TELEPHONE = f"sip:lea@telephones.{DOMAIN}"
MARTIN_LINE = "+33199004010"
DURAND_LINE = "+33199004020"
COURT = "+33465717012"


def open_house() -> Exchange:
    """Write the demonstration, and give the operator that plays its calls.

    Its lines ring whoever answers at any hour: a journey goes by night as it goes by day.
    """
    seed(timezone.now())
    LineSchedule.objects.all().delete()
    return exchange()


def person(key: str) -> User:
    """Somebody of the demonstration."""
    return User.objects.get(email=f"{key}@{DOMAIN}")


def next_working_day(after: datetime | None = None) -> datetime:
    """The next Monday to Friday after today, in Paris."""
    day = (after or timezone.now()).astimezone(PARIS) + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def until(happens: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for what the operator does, which no page shows."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)
