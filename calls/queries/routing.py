"""What routing must know when a line rings."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from calls.models import Call, Presence
from calls.rules.routing import Candidate
from clients.models import Assignment, Client, Endpoint, Line


def line_at(number: str, at: datetime) -> Line | None:
    """Give the line in force on a number at an instant, or None where it is nobody's."""
    lines = Line.objects.in_force(at).filter(number=number, client__archived_at=None)
    return lines.select_related("client__bureau").order_by("-valid_from").first()


def candidates_for(client: Client, at: datetime) -> list[Candidate]:
    """Give everybody assigned to a client, with presence, telephones and whether she is talking.

    Two questions: a caller hears nothing until they are answered.
    """
    talks = Call.objects.filter(state=Call.State.IN_PROGRESS, answered_by=OuterRef("user"))
    people = list(
        Assignment.objects.filter(client=client, user__is_active=True)
        .annotate(is_talking=Exists(talks))
        .order_by("pk")
        .values_list(
            "user",
            "rank",
            "user__presence__state",
            "user__presence__since",
            "user__presence__wrap_up_until",
            "is_talking",
        )
    )
    telephones = _telephones_of([user_id for user_id, *_ in people])
    return [
        Candidate(
            user_id,
            rank,
            _presence(state, wrap_up, at),
            is_talking,
            tuple(telephones[user_id]),
            since=since.isoformat() if since and state != Presence.State.AVAILABLE else "",
        )
        for user_id, rank, state, since, wrap_up, is_talking in people
    ]


def _presence(state: str | None, wrap_up_until: datetime | None, at: datetime) -> str:
    if state == Presence.State.AVAILABLE and wrap_up_until is not None and wrap_up_until > at:
        return "wrap_up"
    return state or Presence.State.AWAY


def _telephones_of(people: list[int]) -> dict[int, list[int]]:
    """Give the telephones that ring each person now: her own, unless a stand-in sits there."""
    whom = Coalesce("occupant", "user")
    rows = Endpoint.objects.annotate(whom=whom).filter(whom__in=people, is_active=True)
    telephones: dict[int, list[int]] = defaultdict(list)
    for endpoint_id, user_id in rows.order_by("pk").values_list("pk", "whom"):
        telephones[user_id].append(endpoint_id)
    return telephones


def telephones_of(user_id: int) -> list[Endpoint]:
    """Give the telephones that ring one person now."""
    ids = _telephones_of([user_id])[user_id]
    return list(Endpoint.objects.filter(pk__in=ids).order_by("pk"))
