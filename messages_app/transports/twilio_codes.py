"""What Twilio's error codes mean for us, as data.

Sources: https://www.twilio.com/docs/api/errors/<code>. Whatever is not named here is a permanent
refusal when it answers a request (4xx) and a reason for the other channel when it comes later.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from messages_app.rules.retries import FollowUp, Step


class Kind(StrEnum):
    """What an answer to « send this » proves about the text."""

    NEVER = "never"
    LATER = "later"
    CHANNEL_DOWN = "channel_down"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Meaning:
    """`alarms` when somebody must mend the configuration."""

    kind: Kind
    alarms: bool = False
    wait: timedelta | None = None


NEVER = Meaning(Kind.NEVER)
MISCONFIGURED = Meaning(Kind.NEVER, alarms=True)
CHANNEL_DOWN = Meaning(Kind.CHANNEL_DOWN, alarms=True, wait=timedelta(minutes=2))
BUSY = Meaning(Kind.LATER)
UNKNOWN = Meaning(Kind.UNKNOWN)

AT_REQUEST: dict[int, Meaning] = {
    20003: CHANNEL_DOWN,  # credentials refused
    20005: CHANNEL_DOWN,  # account suspended
    20404: CHANNEL_DOWN,  # the account itself is not found
    20429: BUSY,  # too many requests: not processed, safe to repeat
    20500: UNKNOWN,  # internal error: the text may have left
    21211: NEVER,  # invalid number
    21212: MISCONFIGURED,  # invalid sender
    21214: NEVER,  # unreachable number
    21217: NEVER,  # invalid number
    21408: MISCONFIGURED,  # country not enabled
    21606: MISCONFIGURED,  # sender not able to reach this destination
    21610: NEVER,  # the recipient opted out
    21611: BUSY,  # the sender's queue is full
    21612: MISCONFIGURED,  # sender and destination don't go together
    21614: NEVER,  # not a mobile
    21635: NEVER,  # a land line
}

BY_STATUS: dict[int, Meaning] = {401: CHANNEL_DOWN, 403: CHANNEL_DOWN, 429: BUSY}

NEXT_CHANNEL = FollowUp(Step.NEXT_CHANNEL)

AFTERWARDS: dict[int, FollowUp] = {
    30001: FollowUp(Step.SEND_AGAIN, after=timedelta(minutes=1)),  # queue overflow
    30003: FollowUp(Step.SEND_AGAIN, after=timedelta(minutes=5)),  # handset off
    30005: NEXT_CHANNEL,  # unknown handset
    30006: NEXT_CHANNEL,  # land line or unreachable carrier
    30007: NEXT_CHANNEL,  # filtered by the carrier
    30008: FollowUp(Step.SEND_AGAIN),  # unknown error
    30036: NEXT_CHANNEL,  # validity period over
    30500: FollowUp(Step.SEND_AGAIN),  # internal error
}


def meaning_of(status: int, code: int) -> Meaning:
    """What a refused request proves: the code speaks first, then the HTTP status."""
    if code in AT_REQUEST:
        return AT_REQUEST[code]
    if status >= 500:
        return UNKNOWN
    return BY_STATUS.get(status, NEVER)


def follow_up(code: str) -> FollowUp:
    """What to do about a text that was taken but did not arrive."""
    return AFTERWARDS.get(int(code), NEXT_CHANNEL) if code.isdigit() else NEXT_CHANNEL
