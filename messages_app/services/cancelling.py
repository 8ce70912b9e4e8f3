"""Takes back what has not left."""

from datetime import datetime

from django.db import transaction

from messages_app.models import Delivery
from messages_app.rules.delivery_states import DeliveryState
from messages_app.services.recording import move, note_event


@transaction.atomic
def cancel_unsent(*, delivery: Delivery, at: datetime) -> bool:
    """Cancel a delivery that still waits; False when it has already been claimed or has left."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.DUE)
    if not move(waiting, DeliveryState.CANCELLED):
        return False
    note_event(delivery, DeliveryState.CANCELLED, at=at, key="cancelled")
    return True
