"""Finds whatever is stuck: the reason why every lost wake-up and every death is harmless."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from messages_app.models import Delivery
from messages_app.rules.delivery_states import DeliveryState
from messages_app.rules.retries import ASK_AFTER
from messages_app.services.departures import withdraw_departed
from messages_app.services.dispatch import Clock
from messages_app.services.failures import fall_back
from messages_app.services.pausing import end_pauses
from messages_app.services.reconcile import reconcile
from messages_app.services.recording import move, note_event, tell_delivery
from messages_app.services.steps import take_steps
from messages_app.services.wake import wake

# A row younger than this has been woken a moment ago.
WOKEN = timedelta(seconds=10)
BATCH = 500
QUESTIONS = 20


@dataclass(frozen=True)
class Swept:
    """What one sweep found."""

    abandoned: int
    departed: int
    expired: int
    rested: int
    stepped: int
    woken: int
    asked: int


def sweep(*, clock: Clock = timezone.now, send: Callable[[int], object] = wake) -> Swept:
    """Put every stuck delivery and relay back on its way; running two at once is harmless.

    `send` gets the id of each delivery that is due: it wakes a worker, or dispatches at once. The
    gateway is asked last: its slowness holds up nothing else.
    """
    at = clock()
    return Swept(
        abandoned=doubt_abandoned(at=at),
        departed=withdraw_departed(at=at),
        expired=expire_late(at=at),
        rested=end_pauses(at=at),
        stepped=take_steps(at=at),
        woken=_wake_due(at, send),
        asked=_ask(clock),
    )


def doubt_abandoned(*, at: datetime) -> int:
    """Turn claims whose lease has run out into doubts: whoever held them may have sent the text."""
    left = Delivery.objects.abandoned(at).select_related("client")[:BATCH]
    return sum(_doubt(delivery, at) for delivery in left)


@transaction.atomic
def _doubt(delivery: Delivery, at: datetime) -> bool:
    still = Delivery.objects.abandoned(at).filter(pk=delivery.pk)
    asked_at = max(at, (delivery.claimed_at or at) + ASK_AFTER)
    if not move(still, DeliveryState.UNCERTAIN, due_at=asked_at, error_code="lease"):
        return False
    key = f"attempt {delivery.attempts} lease"
    note_event(delivery, DeliveryState.UNCERTAIN, at=at, key=key, code="lease")
    tell_delivery(delivery)
    return True


def expire_late(*, at: datetime) -> int:
    """Give up what could not be sent while it still made sense, and go on by the other channel."""
    late = Delivery.objects.too_late(at).select_related("client")[:BATCH]
    return sum(_expire(delivery, at) for delivery in late)


@transaction.atomic
def _expire(delivery: Delivery, at: datetime) -> bool:
    if not move(Delivery.objects.too_late(at).filter(pk=delivery.pk), DeliveryState.EXPIRED):
        return False
    note_event(delivery, DeliveryState.EXPIRED, at=at, key="expired")
    fall_back(delivery=delivery, at=at)
    tell_delivery(delivery)
    return True


def _ask(clock: Clock) -> int:
    doubts = Delivery.objects.to_ask_about(clock()).order_by("due_at")
    asked = list(doubts.values_list("pk", flat=True)[:QUESTIONS])
    for pk in asked:
        reconcile(delivery_id=pk, clock=clock)
    return len(asked)


def _wake_due(at: datetime, send: Callable[[int], object]) -> int:
    tried_before = Q(attempts__gt=0) | Q(due_at__lte=at - WOKEN)
    due = Delivery.objects.to_send(at).filter(tried_before).order_by("due_at")
    waiting = list(due.values_list("pk", flat=True)[:BATCH])
    for pk in waiting:
        send(pk)
    return len(waiting)
