"""The one way into the outbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from clients.models import Client, ClientMember
from messages_app.models import AppointmentNotice, Delivery, Relay
from messages_app.queries.filters import reachable, relay_settings
from messages_app.rules.addressing import Channel
from messages_app.rules.retries import EMAIL_LIFE, SMS_LIFE
from messages_app.services.texts import Letter, compose
from messages_app.services.wake import wake_after_commit


def write_delivery(
    *,
    client: Client,
    purpose: str,
    channel: Channel,
    address: str,
    letter: Letter,
    at: datetime,
    recipient: ClientMember | None = None,
    expires_at: datetime | None = None,
    wanted_until: datetime | None = None,
    notice: AppointmentNotice | None = None,
) -> Delivery:
    """Put a frozen text into the outbox, in the caller's transaction; it leaves after that.

    It is due `at`, worth sending until `expires_at`, and claimed by nobody from `wanted_until` on.
    """
    delivery = Delivery.objects.create(
        client=client,
        purpose=purpose,
        recipient=recipient,
        channel=channel.value,
        address=address,
        sender=relay_settings(client).sms_sender if channel is Channel.SMS else "",
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        due_at=at,
        expires_at=expires_at or at + life_of(channel),
        wanted_until=wanted_until,
        notice=notice,
    )
    wake_after_commit(delivery.pk)
    return delivery


def write_letter(
    *, relays: Sequence[Relay], channel: Channel, purpose: str, at: datetime
) -> Delivery:
    """Put the letter about these relays of one recipient into the outbox."""
    recipient = relays[0].recipient
    delivery = write_delivery(
        client=relays[0].message.client,
        purpose=purpose,
        channel=channel,
        address=reachable(recipient).address(channel),
        letter=compose(purpose, channel, relays),
        at=at,
        recipient=recipient,
    )
    delivery.messages.add(*(relay.message for relay in relays))
    return delivery


def write_replacement(*, delivery: Delivery, due_at: datetime) -> Delivery:
    """Put the same text into the outbox once more; the database allows one replacement only."""
    replacement = Delivery.objects.create(
        client_id=delivery.client_id,
        purpose=delivery.purpose,
        recipient_id=delivery.recipient_id,
        channel=delivery.channel,
        address=delivery.address,
        sender=delivery.sender,
        subject=delivery.subject,
        text=delivery.text,
        html=delivery.html,
        due_at=due_at,
        expires_at=delivery.expires_at,
        wanted_until=delivery.wanted_until,
        notice_id=delivery.notice_id,
        replaces=delivery,
    )
    replacement.messages.add(*delivery.messages.all())
    wake_after_commit(replacement.pk)
    return replacement


def life_of(channel: Channel) -> timedelta:
    """How long a text of this channel is still worth sending."""
    return SMS_LIFE if channel is Channel.SMS else EMAIL_LIFE
