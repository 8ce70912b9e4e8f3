"""Hand-overs for tests."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from clients.models import Bureau, Client, Cover, Membership, User
from clients.models.bureau import Grant
from clients.services.covers import accept_cover, propose_cover
from tests.factories import make_user


def ask(
    principal: User,
    deputy: User,
    *,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    clients: Collection[Client] | None = None,
    note: str = "",
    tells_clients: bool = False,
) -> Cover:
    """A hand-over that was asked for, of her bureau's clients, from now on by default."""
    client = Client.objects.filter(assignments__user=principal).order_by("pk")[0]
    return propose_cover(
        principal=principal,
        deputy=deputy,
        bureau=client.bureau,
        clients=clients,
        starts_at=starts_at or at,
        ends_at=ends_at,
        note=note,
        tells_clients=tells_clients,
        by=principal,
        at=at,
    )


def agree(principal: User, deputy: User, *, at: datetime, **fields: object) -> Cover:
    """A hand-over that was asked for and accepted at once."""
    cover = ask(principal, deputy, at=at, **fields)  # type: ignore[arg-type]
    return accept_cover(cover=cover, by=deputy, at=at)


def make_colleague(bureau: Bureau, key: str = "") -> User:
    """Somebody of the bureau who answers no client."""
    user = make_user(key)
    Membership.objects.create(bureau=bureau, user=user, grants=[Grant.ANSWER])
    return user
