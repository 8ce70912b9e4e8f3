"""Gathers what was kept for a digest, at the client's times."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import transaction

from messages_app.models import Delivery, Relay
from messages_app.rules.addressing import Channel
from messages_app.rules.relay_states import RelayStep
from messages_app.services.outbox import write_letter
from messages_app.services.relaying import channels_of, tell_screens
from messages_app.services.steps import give_up, plan_next


def send_digests(*, at: datetime) -> int:
    """Write the digests whose time has come; how many went into the outbox."""
    due = Relay.objects.waiting_for(RelayStep.DIGEST, at)
    recipients = due.order_by("recipient").values_list("recipient", flat=True).distinct()
    return sum(gather(recipient_id=recipient_id, at=at) for recipient_id in list(recipients))


@transaction.atomic
def gather(*, recipient_id: int, at: datetime) -> int:
    """One recipient's due relays in one letter per channel; another gatherer finds none left.

    What was acknowledged meanwhile is no longer open and is left out. What is owed to somebody who
    can't be reached any more goes to a human.
    """
    due = Relay.objects.select_for_update(of=("self",)).waiting_for(RelayStep.DIGEST, at)
    mine = due.filter(recipient_id=recipient_id).order_by("message__noted_at", "pk")
    relays = list(mine.select_related("message__client", "recipient__user"))
    for relay in relays:
        plan_next(relay, RelayStep.DIGEST, at)
        if not channels_of(relay):
            give_up(relay, at)
        tell_screens(relay.message)
    letters = list(_by_channel(relays))
    for channel, gathered in letters:
        write_letter(relays=gathered, channel=channel, purpose=Delivery.Purpose.DIGEST, at=at)
    return len(letters)


def _by_channel(relays: list[Relay]) -> Iterable[tuple[Channel, list[Relay]]]:
    pairs = [(channel, relay) for relay in relays for channel in channels_of(relay)]
    pairs.sort(key=lambda pair: pair[0])
    for channel, group in groupby(pairs, key=lambda pair: pair[0]):
        yield channel, [relay for _, relay in group]
