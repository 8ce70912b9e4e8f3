"""Somebody of the client's has seen the message."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from clients.models import User
from clients.services.audit import record_audit
from core.facts import emit
from messages_app.facts import MessageAcknowledged
from messages_app.models import Delivery, Message, Relay
from messages_app.queries.links import relay_by_token
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.relay_states import (
    CAN_BE_ACKNOWLEDGED,
    Acknowledgement,
    RelayState,
    RelayStep,
)
from messages_app.services.cancelling import cancel_unsent
from messages_app.services.relaying import tell_screens


@transaction.atomic
def acknowledge(
    *,
    message: Message,
    by: User | None,
    how: str,
    at: datetime,
    relay: Relay | None = None,
) -> bool:
    """Meet the duty to reach somebody about a message; False when it was already met so.

    One person's acknowledgement is enough: the others are reminded no more, but still receive what
    their digest owes them. Without `relay`, the member's own is meant; when `by` has none (the
    assistant who reached the client by telephone), all of them. Repeating changes nothing.
    """
    met = _to_meet(message, by, relay).filter(state__in=CAN_BE_ACKNOWLEDGED)
    met_ids = list(met.select_for_update().values_list("pk", flat=True))
    mark_read(message=message, by=by, at=at)
    if not met_ids:
        return False
    Relay.objects.filter(pk__in=met_ids).update(
        state=RelayState.ACKNOWLEDGED.value,
        acknowledged_at=at,
        acknowledged_by=by,
        acknowledged_how=Acknowledgement(how).value,
        next_step=RelayStep.NOTHING.value,
        next_step_at=None,
    )
    _stand_down(message, met_ids, at)
    record_audit(
        by=by,
        action="message.acknowledged",
        target=message,
        client=message.client,
        at=at,
        detail={"how": str(how)},
    )
    emit(MessageAcknowledged(message.pk, message.uuid, message.client.uuid))
    tell_screens(message)
    return True


def acknowledge_by_token(*, token: str, at: datetime) -> Message | None:
    """Acknowledge through the link of an SMS or e-mail; None when the link opens nothing."""
    relay = relay_by_token(token)
    if relay is None:
        return None
    acknowledge(
        message=relay.message,
        by=relay.recipient.user,
        how=Acknowledgement.LINK,
        at=at,
        relay=relay,
    )
    return relay.message


@transaction.atomic
def mark_read(*, message: Message, by: User | None, at: datetime) -> bool:
    """Note the first time that somebody of the client's opened the message."""
    unread = Message.objects.filter(pk=message.pk, state=Message.State.READY, read_at=None)
    if not unread.update(read_at=at, read_by=by):
        return False
    message.read_at, message.read_by = at, by
    tell_screens(message)
    return True


def _to_meet(message: Message, by: User | None, relay: Relay | None) -> QuerySet[Relay]:
    relays = Relay.objects.filter(message=message)
    if relay is not None:
        return relays.filter(pk=relay.pk)
    own = relays.filter(recipient__user=by)
    return own if by is not None and own.exists() else relays


def _stand_down(message: Message, met_ids: list[int], at: datetime) -> None:
    """Stop what the acknowledgement has made useless: reminders, and texts not yet sent."""
    reminded = [RelayStep.REMIND, RelayStep.GIVE_UP]
    others = Relay.objects.open().filter(message=message, next_step__in=reminded)
    others.exclude(pk__in=met_ids).update(
        state=RelayState.CANCELLED.value, next_step=RelayStep.NOTHING.value, next_step_at=None
    )
    waiting = Delivery.objects.filter(messages=message, state=DeliveryState.DUE)
    met_members = Relay.objects.filter(pk__in=met_ids).values("recipient")
    useless = waiting.filter(purpose=Delivery.Purpose.REMINDER) | waiting.filter(
        purpose=Delivery.Purpose.MESSAGE, recipient__in=met_members
    )
    for delivery in useless.distinct():
        cancel_unsent(delivery=delivery, at=at)
