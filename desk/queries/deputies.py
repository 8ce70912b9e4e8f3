"""Who might take over, and how she stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from calls.queries import standings
from clients.models import Bureau, User
from clients.queries import deputies_in
from desk.queries.presence import standing_words


@dataclass(frozen=True)
class Deputy:
    """A colleague, how she stands, and how many of the clients she knows already."""

    user: User
    words: str
    is_at_her_desk: bool
    shared: int


def possible_deputies(user: User, bureaus: Iterable[Bureau], now: datetime) -> list[Deputy]:
    """Give who may take over: those who know most of her clients first, by rank."""
    people = User.objects.none()
    for bureau in bureaus:
        people = people | deputies_in(bureau)
    hers = Q(assignments__client__in=user.assignments.values("client"))
    known = people.exclude(pk=user.pk).annotate(
        shared=Count("assignments", filter=hers, distinct=True),
        rank=Min("assignments__rank", filter=hers),
    )
    found = list(known.order_by("-shared", "rank", "full_name", "pk"))
    how = standings([one.pk for one in found], now)
    return [
        Deputy(
            user=one,
            words=standing_words(how[one.pk]),
            is_at_her_desk=how[one.pk].state in ("available", "busy", "wrap_up"),
            shared=one.shared,
        )
        for one in found
    ]
