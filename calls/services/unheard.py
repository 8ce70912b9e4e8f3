"""Contacts that came while we could not be reached: the operator tells of their end only."""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from calls.models import Call
from calls.rules.lifecycle import LEG_STATE_OF
from calls.services.events import record_event
from calls.services.incoming import UnknownLine, receive_call
from calls.telephony.events import ProviderEvent

UNHEARD = "unheard"


@transaction.atomic
def note_unheard(*, event: ProviderEvent, called: str, caller: str) -> Call | None:
    """Keep a caller of whose ring we never heard as a call that is over, to be rung back.

    None where the number was nobody's line, or the event is not an end. What he heard instead is
    the operator's fallback.
    """
    if LEG_STATE_OF.get(event.status) != "ended":
        return None
    began = event.at - timedelta(seconds=event.seconds or 0)
    ring = replace(event, status="ringing", key=UNHEARD, at=began, seconds=None)
    try:
        call = receive_call(event=ring, called=called, caller=caller, at=began)
    except UnknownLine:
        return None
    call.routing = {"because": UNHEARD, "steps": [], "refused": [], "exhausted": True}
    call.queued_at = None
    call.save(update_fields=["routing", "queued_at"])
    record_event(call=call, event=event)
    return call
