"""What a human must look at in the outbox."""

from datetime import datetime

from django.db.models import QuerySet

from clients.models import Client, User
from messages_app.models import ChannelPause, Delivery
from messages_app.models.delivery import DeliveryQuerySet
from messages_app.rules.retries import PAUSE_GRACE


def unsettled_deliveries(*, user: User) -> DeliveryQuerySet:
    """Doubts, and texts that reached nobody, of the clients that this person answers."""
    mine = Delivery.objects.unsettled().filter(client__in=Client.objects.answered_by(user))
    linked = mine.select_related("client", "recipient__user", "notice__person")
    return linked.prefetch_related("messages", "notice__person__numbers")


def resting_channels(*, at: datetime) -> QuerySet[ChannelPause]:
    """The channels whose gateway refuses us now: their deliveries wait, or are just tried again."""
    return ChannelPause.objects.filter(until__gt=at - PAUSE_GRACE)
