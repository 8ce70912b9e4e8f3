"""How far a message has come, in one word for a list."""

from collections.abc import Collection
from enum import StrEnum

from messages_app.rules.delivery_states import GONE, LOST, DeliveryState
from messages_app.rules.relay_states import RelayState


class Progress(StrEnum):
    UNFINISHED = "unfinished"
    LOGGED = "logged"
    WAITING_FOR_DIGEST = "waiting_for_digest"
    ON_ITS_WAY = "on_its_way"
    IN_TROUBLE = "in_trouble"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"


def progress(
    *,
    is_ready: bool,
    is_read: bool,
    relays: Collection[str],
    deliveries: Collection[str],
) -> Progress:
    """The furthest thing that is certain: seen before arrived, arrived before sent."""
    if not is_ready:
        return Progress.UNFINISHED
    if RelayState.ACKNOWLEDGED in relays:
        return Progress.ACKNOWLEDGED
    if is_read:
        return Progress.READ
    if RelayState.EXHAUSTED in relays:
        return Progress.UNACKNOWLEDGED
    return _sent(deliveries) if deliveries else _unsent(relays)


def _unsent(relays: Collection[str]) -> Progress:
    return Progress.WAITING_FOR_DIGEST if relays else Progress.LOGGED


def _sent(deliveries: Collection[str]) -> Progress:
    if DeliveryState.DELIVERED in deliveries:
        return Progress.DELIVERED
    if any(state in GONE for state in deliveries):
        return Progress.SENT
    stuck = {*LOST, DeliveryState.UNCERTAIN, DeliveryState.CANCELLED}
    is_stuck = all(state in stuck for state in deliveries)
    return Progress.IN_TROUBLE if is_stuck else Progress.ON_ITS_WAY
