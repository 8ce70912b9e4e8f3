"""Whom a client's caller may be handed to, or who may be rung for the client."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from calls.models import Presence
from calls.queries.directing import on_call_now
from calls.queries.routing import candidates_for
from clients.models import Client, ClientMember, DirectoryEntry, OnCallPerson, User
from core.phones import may_be_mobile, parse_number
from core.text import folded


@dataclass(frozen=True)
class Aim:
    """Somebody to ring: outside, on a number, or a colleague on her telephones.

    `kind` is on_call, directory, member, colleague or number; `key` names the aim in a form. A
    colleague is ready when she is at her desk, with a telephone, and not talking.
    """

    kind: str
    key: str
    name: str
    number: str = ""
    note: str = ""
    colleague: User | None = None
    is_ready: bool = True

    @property
    def must_accept(self) -> bool:
        """Whether 1 must be pressed: a mobile's voicemail must not take a caller."""
        return bool(self.number) and may_be_mobile(self.number)


def aims_of(client: Client, by: User, at: datetime, query: str = "") -> list[Aim]:
    """Return whom a client's caller may be handed to; words of a name, or a number, choose."""
    typed = parse_number(query, client.bureau.region) if query else None
    known = [one for one in _known(client, by, at) if _fits(one, query, typed)]
    if typed and all(one.number != typed for one in known):
        known.append(_number(typed))
    return known


def aim_named(client: Client, by: User, at: datetime, key: str) -> Aim | None:
    """Return the aim that a key names, or None where it is nobody of this client's."""
    kind, _colon, rest = key.partition(":")
    if kind == "number":
        number = parse_number(rest, client.bureau.region)
        return _number(number) if number else None
    return next((one for one in _known(client, by, at) if one.key == key), None)


def _number(number: str) -> Aim:
    return Aim(kind="number", key=f"number:{number}", name="", number=number)


def _fits(aim: Aim, query: str, typed: str | None) -> bool:
    if typed:
        return aim.number == typed
    return all(word in folded(f"{aim.name} {aim.note}") for word in folded(query).split())


def _known(client: Client, by: User, at: datetime) -> Iterator[Aim]:
    yield from _on_call(client, at)
    for entry in DirectoryEntry.objects.filter(client=client):
        yield Aim(
            "directory", _key("directory", entry.uuid), entry.name, str(entry.number), entry.note
        )
    members = ClientMember.objects.filter(client=client, is_active=True).exclude(mobile="")
    for member in members.select_related("user"):
        note = str(member.get_role_display())
        yield Aim(
            "member", _key("member", member.uuid), member.user.full_name, str(member.mobile), note
        )
    yield from _colleagues(client, by, at)


def _on_call(client: Client, at: datetime) -> Iterator[Aim]:
    """Give whoever of the client's roster is on call at this instant, first of all."""
    ids = {one.person_id for one in on_call_now([client], at).get(client.pk, ())}
    for one in OnCallPerson.objects.filter(pk__in=ids).order_by("name", "pk"):
        note = gettext("on call now")
        yield Aim("on_call", _key("on_call", one.uuid), one.name, str(one.number), note)


def _colleagues(client: Client, by: User, at: datetime) -> Iterator[Aim]:
    """Give those who answer the same client, the file being theirs to see too."""
    candidates = {one.user_id: one for one in candidates_for(client, at) if one.user_id != by.pk}
    for user in User.objects.filter(pk__in=candidates).order_by("full_name", "pk"):
        one = candidates[user.pk]
        ready = one.presence == Presence.State.AVAILABLE and not one.is_talking
        if one.endpoint_ids:
            key = _key("colleague", user.uuid)
            yield Aim("colleague", key, user.full_name, colleague=user, is_ready=ready)


def _key(kind: str, uuid: UUID) -> str:
    return f"{kind}:{uuid.hex}"
