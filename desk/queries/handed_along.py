"""What is open of the clients handed over, and who did what meanwhile."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from agenda.models import AppointmentChange, FreedSlot, Side
from agenda.queries import count_displaced
from calls.models import Call
from clients.models import Client, Cover, User
from desk.queries.board import Card, callback_cards, cards_of, unfinished_cards
from desk.queries.callbacks import callbacks
from desk.queries.covers import clients_shown
from messages_app.models import Message
from messages_app.queries.inbox import unacknowledged_messages

SHOWN = 30


@dataclass(frozen=True)
class Deeds:
    """What one person did."""

    name: str
    calls: int
    messages: int
    booked: int
    moved: int
    cancelled: int


@dataclass(frozen=True)
class HandedAlong:
    """What stands open, with where to see to it, and what was done; none of closed clients."""

    callbacks: Sequence[Card]
    unfinished: Sequence[Card]
    to_replace: int
    to_follow_up: int
    to_offer: int
    deeds: Sequence[Deeds]
    calls: Sequence[Card]
    is_closed: bool

    @property
    def is_clear(self) -> bool:
        """Whether nothing is open."""
        numbers = self.to_replace + self.to_follow_up + self.to_offer
        return not (self.callbacks or self.unfinished or numbers)


def handed_along(cover: Cover, user: User, now: datetime) -> HandedAlong:
    """Give what this person may see of a hand-over's clients: nothing where it opens none now."""
    clients = clients_shown(cover, user)
    ids = list(clients.values_list("pk", flat=True))
    mine = Client.objects.filter(pk__in=ids)
    calls = _calls_meanwhile(cover, ids, now)
    return HandedAlong(
        callbacks=_callbacks(ids, user, now),
        unfinished=unfinished_cards(user, ids, now)[:SHOWN],
        to_replace=count_displaced(mine, now),
        to_follow_up=unacknowledged_messages(user=user).filter(client__in=ids).count(),
        to_offer=FreedSlot.objects.open(now).filter(client__in=ids).count(),
        deeds=_deeds(cover, ids, now),
        calls=cards_of(calls[:SHOWN], user, now),
        is_closed=not ids,
    )


def _callbacks(clients: Sequence[int], user: User, now: datetime) -> list[Card]:
    calls = callbacks(clients, now, SHOWN)
    cards = cards_of(calls, user, now)
    return callback_cards(calls, dict(zip((one.pk for one in calls), cards, strict=True)), now)


def _span(cover: Cover, now: datetime) -> tuple[datetime, datetime]:
    return cover.starts_at, min(cover.ended_at or cover.ends_at or now, now)


def _calls_meanwhile(cover: Cover, clients: Sequence[int], now: datetime) -> QuerySet[Call]:
    start, end = _span(cover, now)
    calls = Call.objects.filter(client__in=clients, started_at__gte=start, started_at__lt=end)
    linked = calls.select_related("client", "line", "correspondent", "answered_by")
    return linked.order_by("-started_at", "-pk")


def _deeds(cover: Cover, clients: Sequence[int], now: datetime) -> list[Deeds]:
    """Count what each person did for these clients, the busiest first."""
    start, end = _span(cover, now)
    talked = _counted(
        _calls_meanwhile(cover, clients, now).order_by().exclude(answered_by=None), "answered_by"
    )
    noted = Message.objects.filter(client__in=clients, noted_at__gte=start, noted_at__lt=end)
    written = _counted(noted.order_by(), "noted_by")
    changes = AppointmentChange.objects.filter(
        client__in=clients, side=Side.DESK, at__gte=start, at__lt=end
    )
    done = {
        kind: _counted(changes.filter(kind=kind).order_by(), "by")
        for kind in ("booked", "moved", "cancelled")
    }
    people = {pk for counted in (talked, written, *done.values()) for pk in counted if pk}
    rows = [
        Deeds(
            name=one.called,
            calls=talked[one.pk],
            messages=written[one.pk],
            **{kind: counted[one.pk] for kind, counted in done.items()},
        )
        for one in User.objects.filter(pk__in=people).order_by("full_name", "pk")
    ]
    return sorted(rows, key=lambda one: -one.calls)


def _counted(rows: "QuerySet[Any]", by: str) -> Counter[int]:
    """Count rows by person."""
    return Counter(dict(rows.values_list(by).annotate(many=Count("pk"))))
