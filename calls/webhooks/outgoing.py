"""Her telephone picked up: whom she rings is rung."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.models import Call
from calls.services.outgoing import note_callee
from calls.telephony.twilio import talk, twiml
from calls.telephony.twilio.forms import read_event
from calls.webhooks.door import answer, operator_door
from clients.models import Endpoint


def _call(call_uuid: UUID) -> Call:
    return get_object_or_404(Call.objects.select_related("client", "line"), uuid=call_uuid)


@operator_door
def ring_out(request: HttpRequest, call_uuid: UUID, endpoint_uuid: UUID) -> HttpResponse:
    """Ring whom she wants; an ordinary telephone presses 1 first: its voicemail rings nobody."""
    call = _call(call_uuid)
    endpoint = get_object_or_404(Endpoint, uuid=endpoint_uuid)
    if call.state == Call.State.ENDED:
        return answer(twiml.hang_up())
    if endpoint.kind == Endpoint.Kind.NUMBER and request.POST.get("Digits") != "1":
        if "Digits" in request.POST:
            return answer(twiml.hang_up())
        text = _("Your call for %(client)s. To ring, press 1.") % {"client": call.client.short_name}
        return answer(talk.ask_for_1(call, endpoint, text))
    return answer(talk.ring_callee(call))


@operator_door
def callee(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """The path to whom she rings changed its state."""
    note_callee(call=_call(call_uuid), event=read_event(request.POST, at=timezone.now()))
    return answer()
