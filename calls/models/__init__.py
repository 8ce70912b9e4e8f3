"""Tables of the calls app."""

from calls.models.call import Call, CallEvent, CallLeg
from calls.models.desk import Presence
from calls.models.refusal import WebhookRefusal

__all__ = ["Call", "CallEvent", "CallLeg", "Presence", "WebhookRefusal"]
