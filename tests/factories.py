"""Small people and clients for tests; every number is of a range kept for fiction."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from calls.models import Presence
from clients.models import (
    Assignment,
    Bureau,
    Client,
    ClientMember,
    Correspondent,
    CorrespondentNumber,
    Endpoint,
    Line,
    Membership,
    User,
)
from clients.models.bureau import Grant
from clients.services.correspondents import search_text_of

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
_numbers = count(1)


def make_bureau(name: str = "Bureau des Tilleuls") -> Bureau:
    """A bureau whose assistants are rung again as soon as a call is over."""
    return Bureau.objects.create(name=name, wrap_up_seconds=0)


def make_user(key: str = "", **fields: Any) -> User:
    """A person who signs in as key@tests.example, without a password."""
    key = key or f"person{next(_numbers)}"
    fields.setdefault("full_name", key.title())
    return User.objects.create_user(f"{key}@tests.example", **fields)


def make_client(bureau: Bureau | None = None, **fields: Any) -> Client:
    """A client with an agenda of ours."""
    name = fields.pop("name", f"Cabinet {next(_numbers)}")
    return Client.objects.create(
        bureau=bureau or make_bureau(),
        name=name,
        short_name=fields.pop("short_name", name[:40]),
        hue=fields.pop("hue", 212),
        **fields,
    )


def make_line(client: Client, number: str = "", **fields: Any) -> Line:
    """A line of a client's, in force for long."""
    return Line.objects.create(
        client=client,
        number=number or f"+33199007{next(_numbers) % 1000:03d}",
        label=fields.pop("label", "Secrétariat"),
        valid_from=fields.pop("valid_from", LONG_AGO),
        greeting=fields.pop("greeting", "Cabinet, bonjour !"),
        unanswered_text=fields.pop("unanswered_text", "Merci de rappeler plus tard."),
        **fields,
    )


def make_assistant(
    client: Client,
    key: str = "",
    *,
    rank: int = 1,
    presence: str = Presence.State.AVAILABLE,
    telephone: str = "sip",
) -> User:
    """A person who answers a client, at her desk, with a telephone (sip, number or none)."""
    user = make_user(key)
    Membership.objects.create(bureau=client.bureau, user=user, grants=[Grant.ANSWER])
    Assignment.objects.create(client=client, user=user, rank=rank)
    Presence.objects.create(user=user, state=presence)
    if telephone == Endpoint.Kind.SIP:
        address = f"sip:{user.email.split('@')[0]}@telephones.example"
        Endpoint.objects.create(user=user, kind=Endpoint.Kind.SIP, address=address)
    elif telephone == Endpoint.Kind.NUMBER:
        number = f"+336399810{next(_numbers) % 100:02d}"
        Endpoint.objects.create(user=user, kind=Endpoint.Kind.NUMBER, address=number)
    return user


def make_member(client: Client, key: str = "", **fields: Any) -> ClientMember:
    """A person of a client's, reached by SMS and e-mail."""
    user = make_user(key)
    fields.setdefault("mobile", "+33639983418")
    fields.setdefault("notify_email", user.email)
    return ClientMember.objects.create(client=client, user=user, **fields)


def make_correspondent(
    client: Client, last_name: str = "Lefèvre", *, number: str = "", **fields: Any
) -> Correspondent:
    """Somebody whom a client knows, on a number where one is given."""
    correspondent = Correspondent(client=client, last_name=last_name, **fields)
    correspondent.search_text = search_text_of(correspondent)
    correspondent.save()
    if number:
        CorrespondentNumber.objects.create(correspondent=correspondent, number=number)
    return correspondent
