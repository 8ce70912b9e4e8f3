"""Opens the duty to reach somebody about a message, and what leaves for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from clients.models import ClientMember
from core.live import client_group, publish
from messages_app.models import Delivery, Message, Relay
from messages_app.queries.filters import digest_times, members_to_reach, reachable, relay_settings
from messages_app.queries.zones import zone_of
from messages_app.rules.addressing import Channel, channels_to_use
from messages_app.rules.digests import next_digest
from messages_app.rules.filtering import Decision
from messages_app.rules.relay_states import first_step
from messages_app.services.exceptions import NoRecipient
from messages_app.services.outbox import write_letter


def recipients_of(message: Message, decision: Decision) -> list[ClientMember]:
    """Whom the decision wants reached; NoRecipient where it wants somebody and nobody can be."""
    if not decision.relays:
        return []
    members = members_to_reach(message.client, decision)
    if not members:
        raise NoRecipient
    return members


def open_relays(
    *, message: Message, decision: Decision, members: Sequence[ClientMember], at: datetime
) -> list[Relay]:
    """Write one relay per recipient, and its deliveries unless it waits for a digest."""
    digest_at = _digest_at(message, decision, at)
    planned = first_step(
        digest_at=digest_at,
        is_urgent=message.is_urgent,
        remind_after=remind_after(message),
        at=at,
    )
    relays = []
    for member in members:
        relay = Relay.objects.create(
            message=message,
            recipient=member,
            by_sms=decision.by_sms,
            by_email=decision.by_email,
            next_step=planned.step.value,
            next_step_at=planned.at,
        )
        if digest_at is None:
            write_to_recipient(relays=[relay], purpose=Delivery.Purpose.MESSAGE, at=at)
        relays.append(relay)
    return relays


def write_to_recipient(*, relays: Sequence[Relay], purpose: str, at: datetime) -> list[Delivery]:
    """Write the letter about these relays of one recipient, on each of its channels."""
    return [
        write_letter(relays=relays, channel=channel, purpose=purpose, at=at)
        for channel in sorted(channels_of(relays[0]))
    ]


def channels_of(relay: Relay) -> frozenset[Channel]:
    """The relay's channels that its recipient has."""
    member = reachable(relay.recipient)
    return channels_to_use(member, by_sms=relay.by_sms, by_email=relay.by_email)


def remind_after(message: Message) -> timedelta | None:
    """How long an urgent message may stay without an acknowledgement; None for no reminder."""
    minutes = relay_settings(message.client).remind_after_minutes
    return None if minutes is None else timedelta(minutes=minutes)


def _digest_at(message: Message, decision: Decision, at: datetime) -> datetime | None:
    if not decision.waits_for_digest:
        return None
    times = [digest.at for digest in digest_times(message.client)]
    return next_digest(times, zone_of(message.client), at)


def tell_screens(message: Message) -> None:
    """Let open screens know, after the commit, that something about this message has changed."""
    client = message.client
    publish(
        client_group(client.uuid),
        "message.changed",
        client=str(client.uuid),
        message=str(message.uuid),
    )
