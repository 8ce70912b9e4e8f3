"""What routing must know when a line rings."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from calls.models import Call, Presence
from calls.rules.routing import Candidate
from clients.models import Assignment, Client, Endpoint, Line


def line_at(number: str, at: datetime) -> Line | None:
    """Give the line in force on a number at an instant, or None where it is nobody's."""
    lines = Line.objects.in_force(at).filter(number=number, client__archived_at=None)
    return lines.select_related("client__bureau").order_by("-valid_from").first()


def talking_users(user_ids: Iterable[int]) -> set[int]:
    """Give those who are on a call now."""
    talking = Call.objects.filter(state=Call.State.IN_PROGRESS, answered_by__in=list(user_ids))
    return set(talking.values_list("answered_by_id", flat=True))


def candidates_for(client: Client) -> list[Candidate]:
    """Give everybody assigned to a client, with presence, telephones and whether she is talking."""
    ranks = dict(
        Assignment.objects.filter(client=client, user__is_active=True).values_list("user", "rank")
    )
    states = dict(Presence.objects.filter(user__in=ranks).values_list("user", "state"))
    telephones: dict[int, list[int]] = defaultdict(list)
    for user_id, endpoint_id in (
        Endpoint.objects.filter(user__in=ranks, is_active=True)
        .order_by("pk")
        .values_list("user", "pk")
    ):
        telephones[user_id].append(endpoint_id)
    talking = talking_users(ranks)
    return [
        Candidate(
            user_id=user_id,
            rank=rank,
            presence=states.get(user_id, Presence.State.AWAY),
            is_talking=user_id in talking,
            endpoint_ids=tuple(telephones[user_id]),
        )
        for user_id, rank in ranks.items()
    ]
