"""The header: her presence, her deputy, today's figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, F, Q
from django.utils import timezone

from calls.models import Call
from clients.models import User
from core.wall_clock import instant_of
from desk.queries.follow_up import count_to_follow_up
from desk.queries.presence import Colleague, DeputyPill, PresencePill, Stay, header_presence
from desk.queries.worklist import count_to_replace


@dataclass(frozen=True)
class Figures:
    """The header's figures, of calls since midnight, and what waits for a human."""

    presence: PresencePill
    deputy: DeputyPill | None
    gone: Sequence[Colleague]
    stays: Sequence[Stay]
    calls: int
    missed: int
    answered_in: int | None  # seconds, on average
    to_follow_up: int
    to_replace: int


def figures(user: User, now: datetime) -> Figures:
    """Give the header's figures for one person."""
    today = Call.objects.on_desk_of(user).filter(
        started_at__gte=_midnight(now), direction=Call.Direction.IN
    )
    lost = Q(state=Call.State.ENDED) & ~Q(ending=Call.Ending.ANSWERED)
    counted = today.order_by().aggregate(
        calls=Count("pk"),
        missed=Count("pk", filter=lost),
        answered_in=Avg(F("answered_at") - F("started_at")),
    )
    mean, people = counted["answered_in"], header_presence(user, now)
    return Figures(
        presence=people.own,
        deputy=people.deputy,
        gone=people.gone,
        stays=people.stays,
        calls=counted["calls"],
        missed=counted["missed"],
        answered_in=None if mean is None else round(mean.total_seconds()),
        to_follow_up=count_to_follow_up(user, now),
        to_replace=count_to_replace(user, now),
    )


def _midnight(now: datetime) -> datetime:
    zone = ZoneInfo(str(timezone.get_current_timezone()))
    return instant_of(now.astimezone(zone).date(), time(), zone)
