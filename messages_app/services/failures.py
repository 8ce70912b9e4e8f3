"""What follows a text that reached nobody: once more, the other channel, or a human."""

from datetime import datetime

from django.db.models import QuerySet

from messages_app.models import Delivery, Relay
from messages_app.queries.filters import reachable
from messages_app.queries.notices import is_still_true
from messages_app.rules.addressing import Channel, other_channel
from messages_app.rules.delivery_states import LOST
from messages_app.rules.retries import Step
from messages_app.services.notice_failures import fall_back_notice
from messages_app.services.outbox import write_letter, write_replacement
from messages_app.transports.registry import transport_for


def follow_failure(*, delivery: Delivery, code: str, at: datetime) -> None:
    """Act on a text that the gateway took and could not bring home; in the caller's transaction."""
    if not is_wanted(delivery):
        return
    follow_up = transport_for(delivery.channel).follow_up(code)
    due_at = at + follow_up.after
    in_time = delivery.expires_at is None or due_at < delivery.expires_at
    if follow_up.step is Step.SEND_AGAIN and _may_replace(delivery) and in_time:
        write_replacement(delivery=delivery, due_at=due_at)
    else:
        fall_back(delivery=delivery, at=at)


def is_wanted(delivery: Delivery) -> bool:
    """Whether anybody would still want it: not about an appointment that has changed since."""
    return delivery.notice is None or is_still_true(delivery.notice)


def _may_replace(delivery: Delivery) -> bool:
    """Once: a replacement is not replaced."""
    has_one = Delivery.objects.filter(replaces=delivery).exists()
    return delivery.replaces_id is None and not has_one


def fall_back(*, delivery: Delivery, at: datetime) -> Delivery | None:
    """Go on by the recipient's other channel; in the caller's transaction.

    Nothing is written when nobody waits any more or the other channel carries it already. A human
    is asked when there is no other way, or it has failed too: the two never take turns for ever.
    """
    if delivery.notice is not None:
        return fall_back_notice(delivery=delivery, notice=delivery.notice, at=at)
    relays = _still_open(delivery)
    if delivery.messages.exists() and not relays:
        return None
    channel = other_channel(Channel(delivery.channel))
    others = _by(channel, delivery)
    if relays and others.exclude(state__in=LOST).exists():
        return None
    if relays and not others.exists() and reachable(relays[0].recipient).address(channel):
        return write_letter(relays=relays, channel=channel, purpose=delivery.purpose, at=at)
    Delivery.objects.filter(pk=delivery.pk).update(needs_human=True)
    return None


def _still_open(delivery: Delivery) -> list[Relay]:
    relays = Relay.objects.open().filter(
        message__in=delivery.messages.all(), recipient_id=delivery.recipient_id
    )
    return list(relays.select_related("message__client", "recipient__user").order_by("pk"))


def _by(channel: Channel, delivery: Delivery) -> QuerySet[Delivery]:
    """What the channel carries, or has failed to carry, for the same purpose about the same."""
    return Delivery.objects.filter(
        messages__in=delivery.messages.all(),
        recipient_id=delivery.recipient_id,
        purpose=delivery.purpose,
        channel=channel.value,
    )
