"""The life of a delivery: which step may follow which, and what a gateway's word changes.

due → sending → accepted → sent → delivered | undelivered | failed
       ↓ ↑ ↘ dead
     uncertain            due → cancelled | expired
"""

from enum import StrEnum


class DeliveryState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


S = DeliveryState

# What a gateway says of a text it has taken, from the least to the most conclusive. Its words come
# late, twice and in any order, so the state is the greatest ever heard: that needs no order.
GATEWAY_SCALE = (S.ACCEPTED, S.SENT, S.UNDELIVERED, S.FAILED, S.DELIVERED)

TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    S.DUE: frozenset({S.SENDING, S.CANCELLED, S.EXPIRED, *GATEWAY_SCALE}),
    S.SENDING: frozenset({S.DUE, S.UNCERTAIN, S.DEAD, *GATEWAY_SCALE}),
    S.UNCERTAIN: frozenset({S.DUE, S.DEAD, S.CANCELLED, *GATEWAY_SCALE}),
    S.ACCEPTED: frozenset(GATEWAY_SCALE[1:]),
    S.SENT: frozenset(GATEWAY_SCALE[2:]),
    S.UNDELIVERED: frozenset(GATEWAY_SCALE[3:]),
    S.FAILED: frozenset(GATEWAY_SCALE[4:]),
    S.DELIVERED: frozenset(),
    S.DEAD: frozenset(GATEWAY_SCALE),
    S.CANCELLED: frozenset(GATEWAY_SCALE),
    S.EXPIRED: frozenset(GATEWAY_SCALE),
}

GONE = frozenset({S.ACCEPTED, S.SENT, S.DELIVERED})
LOST = frozenset({S.UNDELIVERED, S.FAILED, S.DEAD, S.EXPIRED})

GATEWAY_WORDS = {
    "accepted": S.ACCEPTED,
    "scheduled": S.ACCEPTED,
    "queued": S.ACCEPTED,
    "sending": S.ACCEPTED,
    "sent": S.SENT,
    "partially_delivered": S.SENT,
    "delivered": S.DELIVERED,
    "read": S.DELIVERED,
    "undelivered": S.UNDELIVERED,
    "failed": S.FAILED,
    "canceled": S.FAILED,
}


def can_become(state: DeliveryState, next_state: DeliveryState) -> bool:
    """The step is one of the machine's; staying put is not a step."""
    return next_state in TRANSITIONS[state]


def sources(next_state: DeliveryState) -> frozenset[DeliveryState]:
    """The states from which this one may be entered: what a conditional UPDATE filters on."""
    return frozenset(state for state in DeliveryState if can_become(state, next_state))


def heard(word: str) -> DeliveryState | None:
    """What a gateway's own word means here; None for one that it has never used before."""
    return GATEWAY_WORDS.get(word.lower())


def after_hearing(state: DeliveryState, said: DeliveryState) -> DeliveryState:
    """The state once the gateway has said so: never backwards, whatever the order of its words."""
    return said if can_become(state, said) else state
