"""The way that one message went: plain rows, worded by the templates."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from messages_app.models import Delivery, Message, Relay
from messages_app.rules.addressing import masked
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.relay_states import RelayState

TAKEN = frozenset({DeliveryState.ACCEPTED, DeliveryState.SENT})
KINDS = {
    DeliveryState.DUE: "retried",
    DeliveryState.UNCERTAIN: "uncertain",
    DeliveryState.ACCEPTED: "sent",
    DeliveryState.SENT: "sent",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.UNDELIVERED: "undelivered",
    DeliveryState.FAILED: "failed",
    DeliveryState.DEAD: "refused",
    DeliveryState.CANCELLED: "cancelled",
    DeliveryState.EXPIRED: "expired",
}


@dataclass(frozen=True)
class TimelineRow:
    """One step. `kind` is noted, corrected, read, acknowledged, exhausted, planned_digest,
    planned_remind, planned_give_up, or one of `KINDS`.

    `args` holds what its sentence needs: channel, address (a masked number), purpose, code, name,
    how, minutes.
    """

    kind: str
    at: datetime
    args: dict[str, str] = field(default_factory=dict)
    is_planned: bool = False


def message_timeline(message: Message) -> list[TimelineRow]:
    """Every step that was taken, in its order, then those that are planned."""
    relays = list(
        message.relays.select_related("recipient__user", "acknowledged_by").order_by("pk")
    )
    deliveries = message.deliveries.prefetch_related("events").order_by("pk")
    done = [*_of_message(message), *_of_relays(relays)]
    for delivery in deliveries:
        done.extend(_of_delivery(delivery))
    planned = [row for relay in relays for row in _planned(relay)]
    return sorted(done, key=_by_instant) + sorted(planned, key=_by_instant)


def _by_instant(row: TimelineRow) -> datetime:
    return row.at


def _of_message(message: Message) -> Iterator[TimelineRow]:
    noted_by = message.noted_by.called if message.noted_by else ""
    yield TimelineRow("noted", message.noted_at, {"name": noted_by})
    if message.read_at:
        read_by = message.read_by.full_name if message.read_by else ""
        yield TimelineRow("read", message.read_at, {"name": read_by})
    for correction in message.corrections.order_by("noted_at"):
        yield TimelineRow("corrected", correction.noted_at, {"message": str(correction.uuid)})


def _of_relays(relays: list[Relay]) -> Iterator[TimelineRow]:
    for relay in relays:
        if relay.exhausted_at:
            name = relay.recipient.user.full_name
            yield TimelineRow("exhausted", relay.exhausted_at, {"name": name})
        if relay.acknowledged_at:
            by = relay.acknowledged_by or relay.recipient.user
            args = {"name": by.full_name, "how": relay.acknowledged_how}
            yield TimelineRow("acknowledged", relay.acknowledged_at, args)


def _of_delivery(delivery: Delivery) -> Iterator[TimelineRow]:
    """Its events; « taken by the operator » and « sent » are one step for the reader."""
    args = {
        "channel": delivery.channel,
        "address": masked(delivery.channel, delivery.address),
        "purpose": delivery.purpose,
        "code": "",
    }
    was_sent = delivery.accepted_at is not None
    if delivery.accepted_at:
        yield TimelineRow("sent", delivery.accepted_at, args)
    for event in delivery.events.all():
        state = DeliveryState(event.state)
        if state in TAKEN and was_sent:
            continue
        was_sent = was_sent or state in TAKEN
        yield TimelineRow(KINDS[state], event.at, {**args, "code": event.code})


def _planned(relay: Relay) -> Iterator[TimelineRow]:
    """What comes next while nobody acknowledges."""
    if relay.state == RelayState.OPEN and relay.next_step and relay.next_step_at:
        since = relay.next_step_at - relay.message.noted_at
        args = {
            "name": relay.recipient.user.full_name,
            "minutes": str(round(since.total_seconds() / 60)),
        }
        yield TimelineRow(f"planned_{relay.next_step}", relay.next_step_at, args, is_planned=True)
