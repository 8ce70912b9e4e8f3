"""What changes calls. Their state changes through provider events only."""

from calls.services.desk import (
    NotTheAnswerer,
    choose_correspondent,
    request_hang_up,
    set_disposition,
    set_presence,
)
from calls.services.events import accept_call, record_event
from calls.services.incoming import UnknownLine, next_step, receive_call, step_of
from calls.services.purging import purge_calls
from calls.services.refusals import record_refusal
from calls.services.settling import settle_silent_calls

__all__ = [
    "NotTheAnswerer",
    "UnknownLine",
    "accept_call",
    "choose_correspondent",
    "next_step",
    "purge_calls",
    "receive_call",
    "record_event",
    "record_refusal",
    "request_hang_up",
    "set_disposition",
    "set_presence",
    "settle_silent_calls",
    "step_of",
]
