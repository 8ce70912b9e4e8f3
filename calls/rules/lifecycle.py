"""What becomes of legs and calls as the provider's events come in, in whatever order."""

from dataclasses import dataclass
from datetime import timedelta

# A caller who hangs up this soon gave nobody the time to pick up: abandoned, not missed.
ABANDONED_WITHIN = timedelta(seconds=5)

LEG_STATES = ("queued", "ringing", "in_progress", "ended")

# A shorter recording is a click or a breath.
SHORTEST_VOICEMAIL = timedelta(seconds=2)

# Twilio's CallStatus (twilio.com/docs/voice/api/call-resource), and what it means for a leg.
LEG_STATE_OF = {
    "queued": "queued",
    "initiated": "queued",
    "ringing": "ringing",
    "in-progress": "in_progress",
    "answered": "in_progress",
    "completed": "ended",
    "busy": "ended",
    "failed": "ended",
    "no-answer": "ended",
    "canceled": "ended",
}


@dataclass(frozen=True)
class Contact:
    """What is known of a caller's contact when it ends."""

    was_answered: bool
    waited: timedelta
    has_failed: bool
    plan_exhausted: bool
    has_left_voicemail: bool = False


def later_state(current: str, reported: str) -> str:
    """Give the further of two leg states: a late event never moves a leg backwards."""
    return max(current, reported, key=LEG_STATES.index)


def ending_of(contact: Contact) -> str:
    """Name how a contact ended.

    `voicemail` when the caller left words on the machine; `missed` when nobody answered although
    there was time to; `abandoned` when the caller left within ABANDONED_WITHIN; `failed` when the
    operator could not carry the call.
    """
    if contact.was_answered:
        return "answered"
    if contact.has_left_voicemail:
        return "voicemail"
    if contact.has_failed:
        return "failed"
    if not contact.plan_exhausted and contact.waited < ABANDONED_WITHIN:
        return "abandoned"
    return "missed"
