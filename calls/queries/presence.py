"""Who is at her desk, as colleagues see it and as the sweep has to know it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from calls.models import Call, CallLeg, Presence, Transfer
from calls.queries.routing import is_talking, telephones_of
from calls.rules.presence import SILENT_AFTER, Ring, is_telephone_gone, standing_of
from clients.models import Endpoint

# More rings than prove anything; a silent desk is looked at every few seconds.
_LAST_RINGS = 20


@dataclass(frozen=True)
class Standing:
    """How somebody stands, since when, and what she said of it; `until` ends a wrap-up.

    `said` is what she chose herself: what she will be once a call or a wrap-up is over.
    """

    state: str = "away"
    said: str = "away"
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""


def standings(users: Iterable[int], at: datetime) -> dict[int, Standing]:
    """Tell how each of these people stands; who never came is away. One question."""
    wanted = set(users)
    rows = Presence.objects.filter(user__in=wanted).annotate(talks_since=_talks_since())
    known = {row.user_id: _standing(row, row.talks_since, at) for row in rows}
    return {user: known.get(user, Standing()) for user in wanted}


def _talks_since() -> Coalesce:
    """Return since when somebody is on the telephone, or rings out; nothing where she is not."""
    calls = Call.objects.talked_by(OuterRef("user")).annotate(
        since=Coalesce("answered_at", "started_at")
    )
    spoken = Transfer.objects.spoken_in_by(OuterRef("user")).order_by("taken_at")
    return Coalesce(
        Subquery(calls.order_by("since").values("since")[:1]),
        Subquery(spoken.values("taken_at")[:1]),
    )


def _standing(row: Presence, talks_since: datetime | None, at: datetime) -> Standing:
    state = standing_of(
        row.state,
        is_talking=talks_since is not None,
        is_gone=row.gone_at is not None,
        wrap_up_until=row.wrap_up_until,
        at=at,
    )
    return Standing(
        state=state,
        said=row.state,
        since=talks_since or row.since,
        until=row.wrap_up_until if state == "wrap_up" else None,
        reason=row.reason if state == row.state else "",
    )


def silent_presences(at: datetime) -> QuerySet[Presence]:
    """Return those who count as available, though their desk has been silent for long."""
    limit = at - SILENT_AFTER
    silent = Q(seen_at=None) | Q(seen_at__lte=limit)
    return Presence.objects.filter(silent, state=Presence.State.AVAILABLE, since__lte=limit)


def is_gone(presence: Presence) -> bool:
    """Tell whether somebody whose desk is silent can't be reached by telephone either."""
    user = presence.user_id
    if is_talking(presence.user):
        return False
    telephones = telephones_of(user)
    silent_since = max(presence.since, presence.seen_at or presence.since)
    rings = CallLeg.objects.filter(
        role=CallLeg.Role.ASSISTANT, endpoint__in=telephones, started_at__gt=silent_since
    )
    last = rings.select_related("call", "endpoint").order_by("-started_at", "-pk")[:_LAST_RINGS]
    return is_telephone_gone((_ring(leg, user) for leg in last), has_telephone=bool(telephones))


def _ring(leg: CallLeg, user: int) -> Ring:
    """An ordinary number may have been picked up by a machine: only a 1 pressed is hers."""
    is_ip = leg.endpoint is not None and leg.endpoint.kind == Endpoint.Kind.SIP
    picked_up = is_ip and leg.answered_at is not None
    return Ring(was_taken=picked_up or leg.call.answered_by_id == user, end_cause=leg.end_cause)
