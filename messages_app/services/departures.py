"""Takes back what still waited to be sent to somebody who has left the client meanwhile."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from messages_app.models import Delivery, Relay
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.relay_states import RelayStep
from messages_app.services.cancelling import cancel_unsent
from messages_app.services.recording import tell_delivery
from messages_app.services.relaying import tell_screens
from messages_app.services.steps import give_up, plan_next

BATCH = 500


def withdraw_departed(*, at: datetime) -> int:
    """Cancel what the claim refuses because its recipient has left; a human hears of each message.

    Gives how many deliveries were cancelled.
    """
    gone = Q(recipient__is_active=False) | Q(recipient__user__is_active=False)
    waiting = Delivery.objects.filter(gone, state=DeliveryState.DUE)
    return sum(_withdraw(one, at) for one in waiting.select_related("client")[:BATCH])


@transaction.atomic
def _withdraw(delivery: Delivery, at: datetime) -> bool:
    if not cancel_unsent(delivery=delivery, at=at):
        return False
    owed = Relay.objects.open().select_for_update(of=("self",))
    about = owed.filter(message__in=delivery.messages.all(), recipient_id=delivery.recipient_id)
    for relay in about.select_related("message__client"):
        plan_next(relay, RelayStep.GIVE_UP, at)
        give_up(relay, at)
        tell_screens(relay.message)
    tell_delivery(delivery)
    return True
