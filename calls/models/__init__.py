"""Tables of the calls app."""

from calls.models.call import Call, CallEvent, CallLeg
from calls.models.cti import CtiConnection
from calls.models.desk import Presence
from calls.models.recording import Recording
from calls.models.refusal import WebhookRefusal
from calls.models.schedule import CallerRule, Crisis, LineHours, LineSchedule, LineStep
from calls.models.stand_in import StandIn
from calls.models.transfer import Transfer

__all__ = [
    "Call",
    "CallEvent",
    "CallLeg",
    "CallerRule",
    "Crisis",
    "CtiConnection",
    "LineHours",
    "LineSchedule",
    "LineStep",
    "Presence",
    "Recording",
    "StandIn",
    "Transfer",
    "WebhookRefusal",
]
