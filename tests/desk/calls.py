"""Calls as the desk meets them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from calls.models import Call, CallLeg
from clients.models import Client, User
from clients.queries import instructions_in_force
from tests.factories import make_line
from tests.people import NOW


def ring(
    client: Client,
    number: str = "+33639984410",
    *,
    by: User | None = None,
    ago: int = 30,
    ended: str = "",
    **fields: Any,
) -> Call:
    """A call that rings; with `by` it was answered; with `ended` it is over with that ending."""
    line = client.lines.first() or make_line(client)
    started_at = NOW - timedelta(seconds=ago)
    answered_at = started_at + timedelta(seconds=6) if by else None
    state = Call.State.IN_PROGRESS if by else Call.State.RINGING
    instructions = instructions_in_force(client, NOW)
    call = Call.objects.create(
        bureau=client.bureau,
        client=client,
        line=line,
        caller_number=number,
        state=Call.State.ENDED if ended else state,
        started_at=started_at,
        answered_at=answered_at,
        answered_by=by,
        ended_at=NOW if ended else None,
        ending=ended,
        shown={
            "greeting": line.greeting,
            "instructions": [{"mark": one.mark, "text": one.text} for one in instructions],
        },
        **fields,
    )
    CallLeg.objects.create(
        call=call,
        role=CallLeg.Role.CALLER,
        provider="twilio",
        provider_id=f"CA{call.uuid.hex[:30]}",
        started_at=started_at,
    )
    return call


def at(name: str, call: Call, *rest: str) -> str:
    """An address of a call's."""
    return reverse(f"desk:{name}", args=[call.uuid, *rest])
