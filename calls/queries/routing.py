"""What routing must know when a line rings."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Exists, OuterRef

from calls.models import Call, Presence
from calls.rules.routing import Candidate
from clients.models import Assignment, Client, Line


def line_at(number: str, at: datetime) -> Line | None:
    """Give the line in force on a number at an instant, or None where it is nobody's."""
    lines = Line.objects.in_force(at).filter(number=number, client__archived_at=None)
    return lines.select_related("client__bureau").order_by("-valid_from").first()


def candidates_for(client: Client) -> list[Candidate]:
    """Give everybody assigned to a client, with presence, telephones and whether she is talking.

    One question: a caller hears nothing until it is answered.
    """
    talks = Call.objects.filter(state=Call.State.IN_PROGRESS, answered_by=OuterRef("user"))
    rows = (
        Assignment.objects.filter(client=client, user__is_active=True)
        .annotate(is_talking=Exists(talks))
        .order_by("pk", "user__endpoints__pk")
        .values_list(
            "user",
            "rank",
            "user__presence__state",
            "is_talking",
            "user__endpoints",
            "user__endpoints__is_active",
        )
    )
    people: dict[int, tuple[int, str, bool]] = {}
    telephones: dict[int, list[int]] = defaultdict(list)
    for user_id, rank, presence, is_talking, endpoint_id, is_active in rows:
        people[user_id] = rank, presence or Presence.State.AWAY, is_talking
        if is_active:
            telephones[user_id].append(endpoint_id)
    return [
        Candidate(user_id, rank, presence, is_talking, tuple(telephones[user_id]))
        for user_id, (rank, presence, is_talking) in people.items()
    ]
