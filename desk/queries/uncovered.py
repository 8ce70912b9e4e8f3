"""When nobody is on call in the days to come though a line asks for somebody: for supervisors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.urls import reverse

from calls.queries import uncovered_on_call
from clients.models import Client, User
from clients.models.client import supervised_by
from core.periods import Period
from desk.queries.board import rounded_hue
from desk.rosters import SOON, span_words, zone_of_client

# The header counts them on every desk page: it may be this late where nobody forgets it before.
_COUNTED_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Uncovered:
    """A time in which callers would ring nobody on call; it goes once somebody is entered."""

    client: str
    hue: int
    url: str
    when: str
    is_now: bool


def uncovered_turns(user: User, now: datetime) -> list[Uncovered]:
    """Give those of the next seven days in the bureaus that she supervises, the soonest first."""
    window = Period(now, now + SOON)
    return [
        Uncovered(
            client=client.short_name or client.name,
            hue=rounded_hue(client),
            url=reverse("desk:roster", args=[client.uuid]),
            when=span_words(period, window, zone_of_client(client)),
            is_now=period.holds(now),
        )
        for client, period in _uncovered(supervised_by(user), window)
    ]


def count_uncovered(user: User, now: datetime) -> int:
    """Count them, for the header; asks the database once in a while only."""
    bureaus = supervised_by(user)
    if not bureaus:
        return 0
    key, lasts = _key(bureaus), _COUNTED_FOR.total_seconds()
    known: int | None = cache.get(key)
    if known is None:
        known = len(_uncovered(bureaus, Period(now, now + SOON)))
        cache.set(key, known, lasts)
    return known


def forget_uncovered(user: User) -> None:
    """Have them counted anew: a roster, or what a line does, has changed."""
    bureaus = supervised_by(user)
    if bureaus:
        cache.delete(_key(bureaus))


def _uncovered(bureaus: Sequence[int], window: Period) -> list[tuple[Client, Period]]:
    if not bureaus:
        return []
    clients = {one.pk: one for one in Client.objects.in_service().filter(bureau__in=bureaus)}
    found = uncovered_on_call(clients.values(), window)
    pairs = [(clients[key], period) for key, times in found.items() for period in times]
    return sorted(pairs, key=lambda pair: (pair[1], pair[0].pk))


def _key(bureaus: Sequence[int]) -> str:
    return f"uncovered.{'-'.join(map(str, sorted(bureaus)))}"
