"""A client's calls, today and this month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calls.models import Call
from calls.queries.service import contacts_between
from calls.service_words import shown_service
from clients.models import Client
from core.wall_clock import day_bounds
from portal.rules.activity import CallFact, DayBar, Figures, day_bars, figures_of

BAR_WIDTH = 24
CHART_HEIGHT = 120


@dataclass(frozen=True)
class Activity:
    """What the activity page shows."""

    today: Figures
    month: Figures
    bars: list[DayBar]
    top: int  # calls of the fullest day: the scale of the chart
    width: int


def activity(client: Client, now: datetime) -> Activity:
    """Sum a client's calls up, today and since the first of the month, in the client's zone."""
    zone = ZoneInfo(client.timezone)
    today = now.astimezone(zone).date()
    days = [today.replace(day=1) + timedelta(days=nth) for nth in range(today.day)]
    calls = _calls_of(client, days, zone)
    bars = day_bars(calls, days, width=BAR_WIDTH, height=CHART_HEIGHT)
    return Activity(
        today=figures_of([call for call in calls if call.day == today]),
        month=figures_of(calls),
        bars=bars,
        top=max((bar.answered + bar.missed for bar in bars), default=0),
        width=len(days) * BAR_WIDTH,
    )


def service_this_month(client: Client, now: datetime) -> dict[str, Any]:
    """Give how a client's callers were served since the first of the month, by its own clock."""
    zone = ZoneInfo(client.timezone)
    start = day_bounds(now.astimezone(zone).date().replace(day=1), zone)[0]
    calls = Call.objects.filter(client=client)
    return shown_service(contacts_between(calls, start, now, zone))


def _calls_of(client: Client, days: list[date], zone: ZoneInfo) -> list[CallFact]:
    start, end = day_bounds(days[0], zone)[0], day_bounds(days[-1], zone)[1]
    rows = Call.objects.filter(
        client=client, started_at__gte=start, started_at__lt=end, direction=Call.Direction.IN
    )
    return [
        CallFact(
            day=started_at.astimezone(zone).date(),
            waited=answered_at - started_at if answered_at else None,
            is_over=state == Call.State.ENDED,
        )
        for started_at, answered_at, state in rows.order_by("started_at").values_list(
            "started_at", "answered_at", "state"
        )
    ]
