"""Telephones that are nobody's here: the client's own team, whoever is on call, another number."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.models import Call
from calls.services import accept_third, record_event
from calls.telephony.twilio import twiml
from calls.telephony.twilio.forms import read_event
from calls.webhooks.door import answer, operator_door


def _call(call_uuid: UUID) -> Call:
    return get_object_or_404(Call.objects.select_related("client"), uuid=call_uuid)


def _number(request: HttpRequest) -> str:
    return request.GET.get("number", "")


@operator_door
def third(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """A third person's telephone changed its state."""
    event = read_event(request.POST, at=timezone.now(), third_number=_number(request))
    call = _call(call_uuid)
    record_event(call=call, event=event)
    return answer()


@operator_door
def third_whisper(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """Somebody on call picked up: say whose caller it is and ask for a 1."""
    call = _call(call_uuid)
    text = _("A call for %(client)s. To take it, press 1.") % {"client": call.client.short_name}
    return answer(twiml.third_whisper(call, _number(request), text))


@operator_door
def third_accept(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """Somebody on call pressed a key."""
    if request.POST.get("Digits") != "1":
        return answer(twiml.hang_up())
    event = read_event(request.POST, at=timezone.now(), third_number=_number(request))
    accept_third(call=_call(call_uuid), event=event)
    return answer()
