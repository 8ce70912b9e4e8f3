"""The client's messages, as the portal and the desk list them."""

from dataclasses import dataclass

from django.db.models import Count, Q

from clients.models import Client, User
from messages_app.models import Message
from messages_app.models.message import MessageQuerySet
from messages_app.rules.filtering import Outcome, Urgency
from messages_app.rules.progress import Progress, progress

TO_READ = Q(read_at=None) & ~Q(outcome=Outcome.LOG_ONLY)
SHOWN = {
    "to_read": TO_READ,
    "urgent": Q(urgency=Urgency.URGENT),
    "filtered": Q(outcome__in=[Outcome.LOG_ONLY, Outcome.DIGEST]),
    "all": Q(),
}


@dataclass(frozen=True)
class InboxCounts:
    """How many messages stand behind each filter."""

    to_read: int
    urgent: int
    filtered: int
    all: int


def inbox(*, user: User, client: Client | None = None, shown: str = "all") -> MessageQuerySet:
    """The messages that this user may see, latest first, with what a list shows of each.

    `shown` is one of `SHOWN`; filtered ones are those that did not reach the client at once.
    """
    messages = _of(user, client).filter(SHOWN[shown])
    return messages.select_related(
        "client__bureau", "correspondent", "noted_by", "call", "read_by"
    ).prefetch_related("relays", "deliveries")


def inbox_counts(*, user: User, client: Client | None = None) -> InboxCounts:
    """The numbers beside the filters, in one query."""
    counted = {
        name: Count("pk", filter=condition) for name, condition in SHOWN.items() if condition
    }
    return InboxCounts(**_of(user, client).aggregate(all=Count("pk"), **counted))


def unfinished_messages(*, user: User) -> MessageQuerySet:
    """What hang-ups cut short for the clients that this person answers, oldest first."""
    clients = Client.objects.answered_by(user)
    waiting = Message.objects.filter(client__in=clients, state=Message.State.PARTIAL)
    return waiting.select_related("client__bureau", "call", "noted_by").order_by("noted_at", "pk")


def unacknowledged_messages(*, user: User) -> MessageQuerySet:
    """What nobody acknowledged although every automatic step is done: somebody must telephone."""
    clients = Client.objects.answered_by(user)
    left = Message.objects.ready().filter(client__in=clients, relays__state="exhausted")
    answered = left.exclude(relays__state="acknowledged")
    return answered.select_related("client__bureau").distinct().order_by("noted_at", "pk")


def progress_of(message: Message) -> Progress:
    """How far it has come; asks nothing when relays and deliveries were prefetched."""
    return progress(
        is_ready=message.state == Message.State.READY,
        is_read=message.read_at is not None,
        relays={relay.state for relay in message.relays.all()},
        deliveries={delivery.state for delivery in message.deliveries.all()},
    )


def _of(user: User, client: Client | None) -> MessageQuerySet:
    messages = Message.objects.visible_to(user).ready()
    return messages.filter(client=client) if client else messages
