"""What routing must know when a line rings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from calls.models import Call, Presence, StandIn, Transfer
from calls.rules.routing import Candidate, with_cover
from clients.models import Assignment, Client, Cover, Endpoint, Line, User
from clients.rules.covers import last_in_chain

Row = dict[str, Any]


def line_at(number: str, at: datetime) -> Line | None:
    """Give the line in force on a number at an instant, or None where it is nobody's."""
    lines = Line.objects.in_force(at).filter(number=number, client__archived_at=None)
    return lines.select_related("client__bureau").order_by("-valid_from").first()


def candidates_for(client: Client, at: datetime) -> list[Candidate]:
    """Give everybody who answers a client at an instant, those who cover somebody in her place.

    With presence, telephones and whether she is talking. Two questions, and one more where somebody
    covers who is none of the client's own: a caller hears nothing until they are answered.
    """
    return candidates_of([client], at)[client.pk]


def candidates_of(clients: Sequence[Client], at: datetime) -> dict[int, list[Candidate]]:
    """Give who answers each of many clients, by their keys, with as many questions as for one."""
    rows: dict[int, list[Row]] = {client.pk: [] for client in clients}
    for row in _assigned(clients, at):
        rows[row["client"]].append(row)
    covers = {client: covers_among(people) for client, people in rows.items()}
    others = {
        client: sorted(set(covers[client].values()) - {row["user"] for row in people})
        for client, people in rows.items()
    }
    beside = _beside({user for of_client in others.values() for user in of_client})
    telephones = _telephones_of([row["user"] for row in (*chain(*rows.values()), *beside.values())])
    return {
        client: with_cover(
            [_candidate(row, telephones, at) for row in people],
            covers[client],
            [_candidate(beside[user], telephones, at) for user in others[client]],
        )
        for client, people in rows.items()
    }


def _beside(user_ids: Iterable[int]) -> dict[int, Row]:
    """Give what is known of those who cover somebody without answering the client themselves."""
    wanted = sorted(user_ids)
    return {row["user"]: row for row in _stand_ins(wanted)} if wanted else {}


def talking(user: OuterRef) -> Q:
    """Return the condition that somebody is on the telephone, or rings out."""
    calls = Exists(Call.objects.talked_by(user))
    return calls | Exists(Transfer.objects.spoken_in_by(user))


def is_talking(user: User) -> bool:
    """Tell whether somebody is on the telephone, or rings out."""
    talks = Call.objects.talked_by(user).exists()
    return talks or Transfer.objects.spoken_in_by(user).exists()


_FACTS = {
    "state": F("user__presence__state"),
    "since": F("user__presence__since"),
    "wrap_up": F("user__presence__wrap_up_until"),
    "gone": F("user__presence__gone_at"),
    "is_talking": talking(OuterRef("user")),
}


def with_deputies(clients: Sequence[int], at: datetime) -> "QuerySet[Assignment, Row]":
    """Return client, user, rank, and `deputy`: who covers her there at an instant."""
    holding = Cover.objects.holding(at).filter(
        Q(for_all=True) | Q(clients=OuterRef("client")),
        principal=OuterRef("user"),
        bureau=OuterRef("client__bureau"),
        deputy__is_active=True,
    )
    people = Assignment.objects.filter(client__in=clients, user__is_active=True).order_by("pk")
    columns: dict[str, Any] = {"deputy": Subquery(holding.order_by("pk").values("deputy")[:1])}
    return people.annotate(**columns).values("client", "user", "rank", *columns)


def covers_among(people: Iterable[Row]) -> dict[int, int]:
    """Give covered → who answers in the end, of those rows."""
    return last_in_chain({row["user"]: row["deputy"] for row in people if row["deputy"]})


def _assigned(clients: Sequence[Client], at: datetime) -> "QuerySet[Assignment, Row]":
    return with_deputies([client.pk for client in clients], at).annotate(**_FACTS)


def _stand_ins(user_ids: list[int]) -> "QuerySet[User, Row]":
    people = User.objects.filter(pk__in=user_ids).order_by("pk")
    facts = {
        "user": F("pk"),
        "rank": Value(0),
        "state": F("presence__state"),
        "since": F("presence__since"),
        "wrap_up": F("presence__wrap_up_until"),
        "gone": F("presence__gone_at"),
        "is_talking": talking(OuterRef("pk")),
    }
    return people.annotate(**facts).values(*facts)


def _candidate(row: Row, telephones: dict[int, list[int]], at: datetime) -> Candidate:
    is_since_known = row["since"] and row["state"] != Presence.State.AVAILABLE
    return Candidate(
        user_id=row["user"],
        rank=row["rank"],
        presence=_presence(row, at),
        is_talking=row["is_talking"],
        endpoint_ids=tuple(telephones[row["user"]]),
        since=row["since"].isoformat() if is_since_known else "",
    )


def _presence(row: Row, at: datetime) -> str:
    state = row["state"] or Presence.State.AWAY
    if state == Presence.State.AVAILABLE and row["wrap_up"] is not None and row["wrap_up"] > at:
        return "wrap_up"
    return "gone" if state == Presence.State.AWAY and row["gone"] else state


def _telephones_of(people: list[int]) -> dict[int, list[int]]:
    """Give the telephones that ring each person now.

    Her own, unless a stand-in sits there; and where she stands in, only that one, unless she chose
    that her own ring as well.
    """
    chose_both = StandIn.objects.at_work().filter(user=OuterRef("user"), rings_own=True)
    rows = Endpoint.objects.annotate(whom=Coalesce("occupant", "user"), both=Exists(chose_both))
    ringing = rows.filter(whom__in=people, is_active=True).order_by("pk")
    found = list(ringing.values_list("pk", "whom", "user", "both"))
    stand_in = {whom for _pk, whom, owner, _both in found if whom != owner}
    telephones: dict[int, list[int]] = defaultdict(list)
    for pk, whom, owner, both in found:
        if whom != owner or whom not in stand_in or both:
            telephones[whom].append(pk)
    return telephones


def telephones_of(user_id: int) -> list[Endpoint]:
    """Give the telephones that ring one person now."""
    ids = _telephones_of([user_id])[user_id]
    return list(Endpoint.objects.filter(pk__in=ids).order_by("pk"))
