"""The palette: clients, callers by name or number, their next appointments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.models import Appointment
from clients.models import Client, Correspondent, User
from clients.queries import search_correspondents
from core.phones import parse_number
from desk.queries.board import rounded_hue
from desk.queries.call import born
from desk.wording import short_moment

LIMIT = 6


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    key: str
    url: str
    hue: int
    title: str
    detail: str


@dataclass(frozen=True)
class HitGroup:
    """Things found of one kind."""

    label: str
    hits: Sequence[Hit]


def search(user: User, words: str, now: datetime) -> list[HitGroup]:
    """Find clients, callers and coming appointments of this person's desk, in four questions."""
    if not words:
        return []
    clients = Client.objects.answered_by(user).in_service()
    people = search_correspondents(clients, words, limit=LIMIT)
    return [
        HitGroup(_("Clients"), _clients(user, words)),
        HitGroup(_("Callers"), [_person(one) for one in people]),
        HitGroup(_("Appointments"), _appointments(people, now)),
    ]


def _clients(user: User, words: str) -> list[Hit]:
    clients = Client.objects.answered_by(user).in_service()
    named = Q(name__icontains=words) | Q(short_name__icontains=words)
    number = parse_number(words)
    if number:
        named |= Q(lines__number=number)
    return [_client(one) for one in clients.filter(named).distinct()[:LIMIT]]


def _client(client: Client) -> Hit:
    return Hit(
        key=f"client-{client.uuid}",
        url=reverse("desk:client", args=[client.uuid]),
        hue=rounded_hue(client),
        title=client.name,
        detail=str(client.get_trade_display()),
    )


def _person(correspondent: Correspondent) -> Hit:
    client = correspondent.client
    return Hit(
        key=f"person-{correspondent.uuid}",
        url=reverse("desk:correspondent", args=[correspondent.uuid]),
        hue=rounded_hue(client),
        title=correspondent.display_name,
        detail=" · ".join(part for part in (client.short_name, born(correspondent)) if part),
    )


def _appointments(people: Sequence[Correspondent], now: datetime) -> list[Hit]:
    coming = Appointment.objects.active().filter(correspondent__in=people, starts_at__gte=now)
    linked = coming.select_related("client", "correspondent", "calendar").order_by("starts_at")
    return [_appointment(one) for one in linked[:LIMIT]]


def _appointment(appointment: Appointment) -> Hit:
    assert appointment.correspondent is not None
    return Hit(
        key=f"appointment-{appointment.uuid}",
        url=reverse("desk:correspondent", args=[appointment.correspondent.uuid]),
        hue=rounded_hue(appointment.client),
        title=short_moment(appointment.starts_at, ZoneInfo(appointment.timezone)),
        detail=f"{appointment.shown_name} · {appointment.calendar.name}",
    )
