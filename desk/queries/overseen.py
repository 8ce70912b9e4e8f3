"""The hand-overs of a bureau, as who supervises it sees them: everything but what the two noted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clients.models import Assignment, Cover, User
from clients.models.client import supervised_by
from clients.models.cover import CoverQuerySet
from desk.queries.covers import named_clients, when_words


@dataclass(frozen=True)
class OverseenCover:
    """One line of the overview; `kind` is holds, asked or coming."""

    uuid: UUID
    kind: str
    principal: str
    deputy: str
    whose: str
    when: str


def covers_overseen(user: User) -> CoverQuerySet:
    """Give the hand-overs of the bureaus that this person supervises."""
    covers = Cover.objects.filter(bureau__in=supervised_by(user))
    return covers.select_related("principal", "deputy")


def overview(user: User, now: datetime) -> list[OverseenCover]:
    """Give what stands, what holds now first, then what waits for an answer."""
    covers = list(covers_overseen(user).standing(now).prefetch_related("clients"))
    clients = _clients_of([cover.principal_id for cover in covers])
    rows = [_row(cover, clients, now, user) for cover in covers]
    order = ("holds", "asked", "coming")
    return sorted(rows, key=lambda row: order.index(row.kind))


def _clients_of(people: Sequence[int]) -> dict[tuple[int, int], dict[int, str]]:
    """Name the clients of each of these people in each bureau, by their keys."""
    found: dict[tuple[int, int], dict[int, str]] = defaultdict(dict)
    hers = Assignment.objects.filter(user__in=people, client__archived_at=None)
    for one in hers.select_related("client").order_by("client__name", "client"):
        client = one.client
        found[one.user_id, client.bureau_id][client.pk] = client.short_name or client.name
    return found


def _row(
    cover: Cover, clients: dict[tuple[int, int], dict[int, str]], now: datetime, user: User
) -> OverseenCover:
    hers = clients[cover.principal_id, cover.bureau_id]
    chosen = {one.pk for one in cover.clients.all()}
    names = [name for pk, name in hers.items() if cover.for_all or pk in chosen]
    return OverseenCover(
        uuid=cover.uuid,
        kind=_kind(cover, now),
        principal=cover.principal.full_name,
        deputy=cover.deputy.full_name,
        whose=named_clients(cover, names),
        when=when_words(cover, now, user),
    )


def _kind(cover: Cover, now: datetime) -> str:
    if cover.state == Cover.State.PROPOSED:
        return "asked"
    return "holds" if cover.holds(now) else "coming"
