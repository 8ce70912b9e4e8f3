"""Moves a delivery from state to state, by conditional UPDATE, and writes down what happened."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core.live import client_group, publish
from messages_app.models import Delivery, DeliveryEvent
from messages_app.rules.delivery_states import DeliveryState, sources


def move(rows: QuerySet[Delivery], state: DeliveryState, **changes: Any) -> bool:
    """Enter a state, only from those that may precede it; False when another was faster."""
    allowed = rows.filter(state__in=sources(state))
    return bool(allowed.update(state=state.value, lease_until=None, **changes))


def note_event(
    delivery: Delivery, state: DeliveryState, *, at: datetime, key: str, code: str = ""
) -> None:
    """Add one event; an equal one that was told before stays as it is."""
    event = DeliveryEvent(delivery=delivery, state=state.value, at=at, key=key, code=code)
    DeliveryEvent.objects.bulk_create([event], ignore_conflicts=True)


def is_first_told(
    delivery: Delivery, state: DeliveryState, *, at: datetime, key: str, code: str
) -> bool:
    """Add one event; False when its key was told before. The caller holds the delivery's lock."""
    _, is_new = DeliveryEvent.objects.get_or_create(
        delivery=delivery, key=key, defaults={"at": at, "state": state.value, "code": code}
    )
    return is_new


def tell_delivery(delivery: Delivery) -> None:
    """Let open screens know, after the commit, that what they show of it has changed."""
    client = client_uuid_of(delivery)
    publish(
        client_group(client), "delivery.changed", client=str(client), delivery=str(delivery.uuid)
    )


def client_uuid_of(delivery: Delivery) -> UUID:
    """The client's uuid, from the claim where the delivery comes from one."""
    known = getattr(delivery, "client_uuid", None)
    return UUID(str(known)) if known else delivery.client.uuid
