"""The header: her presence, her deputy, today's figures."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.models import Call, Presence
from clients.models import Assignment, User
from core.wall_clock import instant_of
from desk.queries.follow_up import count_to_follow_up
from desk.queries.worklist import count_to_replace


@dataclass(frozen=True)
class PresencePill:
    """What she says of herself, and what the key would say next."""

    label: str
    next: str
    hint: str
    is_available: bool
    is_busy: bool


@dataclass(frozen=True)
class DeputyPill:
    """Who would take over."""

    text: str
    is_available: bool


@dataclass(frozen=True)
class Figures:
    """The header's figures, of calls since midnight, and what waits for a human."""

    presence: PresencePill
    deputy: DeputyPill | None
    calls: int
    missed: int
    answered_in: int | None  # seconds, on average
    to_follow_up: int
    to_replace: int


def figures(user: User, now: datetime) -> Figures:
    """Give the header's figures for one person."""
    today = Call.objects.on_desk_of(user).filter(started_at__gte=_midnight(now))
    lost = Q(state=Call.State.ENDED) & ~Q(ending=Call.Ending.ANSWERED)
    counted = today.order_by().aggregate(
        calls=Count("pk"),
        missed=Count("pk", filter=lost),
        answered_in=Avg(F("answered_at") - F("started_at")),
    )
    mean = counted["answered_in"]
    return Figures(
        presence=presence_pill(user),
        deputy=deputy_pill(user),
        calls=counted["calls"],
        missed=counted["missed"],
        answered_in=None if mean is None else round(mean.total_seconds()),
        to_follow_up=count_to_follow_up(user, now),
        to_replace=count_to_replace(user, now),
    )


def _midnight(now: datetime) -> datetime:
    zone = ZoneInfo(str(timezone.get_current_timezone()))
    return instant_of(now.astimezone(zone).date(), time(), zone)


def presence_pill(user: User) -> PresencePill:
    """Say how she stands: being on a call is known from the calls."""
    states = Presence.objects.filter(user=user).values_list("state", flat=True)
    state = states.first() or Presence.State.AWAY
    is_available = state == Presence.State.AVAILABLE
    talks = Call.objects.filter(state=Call.State.IN_PROGRESS, answered_by=user).exists()
    label = _("on a call") if talks else str(Presence.State(state).label)
    return PresencePill(
        label=label.capitalize(),
        next=Presence.State.PAUSED if is_available else Presence.State.AVAILABLE,
        hint=_("Take a break") if is_available else _("Take calls"),
        is_available=is_available and not talks,
        is_busy=talks,
    )


def deputy_pill(user: User) -> DeputyPill | None:
    """Give the colleague who shares the most clients with her."""
    hers = Assignment.objects.filter(user=user).values("client")
    others = Assignment.objects.filter(client__in=hers, user__is_active=True).exclude(user=user)
    deputy = (
        others.values("user", "user__first_name", "user__full_name", "user__presence__state")
        .annotate(shared=Count("pk"))
        .order_by("-shared", "user")
        .first()
    )
    if deputy is None:
        return None
    name = deputy["user__first_name"] or deputy["user__full_name"]
    is_available = deputy["user__presence__state"] == Presence.State.AVAILABLE
    words = _("Deputy: %(name)s, ready") if is_available else _("Deputy: %(name)s, away")
    return DeputyPill(text=words % {"name": name}, is_available=is_available)
