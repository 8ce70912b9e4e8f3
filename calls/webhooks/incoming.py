"""A line rings, telephones are rung, both talk.

Twilio waits fifteen seconds at most (docs/api/errors/11200); these answer at once, heavy work comes
after the commit.
"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.models import Call, CallerRule, WebhookRefusal
from calls.services import (
    UnknownLine,
    accept_call,
    move_of,
    note_unheard,
    receive_call,
    record_event_of,
)
from calls.telephony.twilio import twiml
from calls.telephony.twilio.forms import read_event
from calls.webhooks.door import answer, operator_door, refuse
from calls.webhooks.plan import begin, go_on, has_talked, is_of_plan, step_index
from calls.webhooks.talk import follow
from clients.models import Endpoint


@operator_door
def voice(request: HttpRequest) -> HttpResponse:
    """A line rings."""
    now = timezone.now()
    try:
        call = receive_call(
            event=read_event(request.POST, at=now),
            called=request.POST.get("To", ""),
            caller=request.POST.get("From", ""),
            at=now,
        )
    except UnknownLine:
        refuse(request, WebhookRefusal.Reason.UNKNOWN_LINE)
        return answer(twiml.say_and_hang_up(_("The number you have dialled is not in service.")))
    if call.routing.get("because") == CallerRule.Verdict.BLOCKED:
        return answer(twiml.reject())
    return begin(call)


@operator_door
def status(request: HttpRequest) -> HttpResponse:
    """The caller's own leg ended (a number's status callback reports the end only)."""
    event = read_event(request.POST, at=timezone.now())
    try:
        record_event_of(Call.objects.on_path(event.provider, event.leg_id), event=event)
    except Call.DoesNotExist:
        if request.POST.get("Direction") == "inbound":
            note_unheard(
                event=event, called=request.POST.get("To", ""), caller=request.POST.get("From", "")
            )
    return answer()


@operator_door
def leg(request: HttpRequest, call_uuid: UUID, endpoint_uuid: UUID) -> HttpResponse:
    """One of the telephones that we ring changed its state."""
    event = read_event(request.POST, at=timezone.now(), endpoint_uuid=str(endpoint_uuid))
    try:
        record_event_of(Call.objects.filter(uuid=call_uuid), event=event)
    except Call.DoesNotExist as unknown:
        raise Http404 from unknown
    return answer()


@operator_door
def dialled(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """A step of the plan is over: both have talked, or the next is rung.

    "completed" alone proves no talk: an ordinary telephone may have picked up and not pressed 1.
    """
    call = get_object_or_404(Call.objects.select_related("line", "client"), uuid=call_uuid)
    index = step_index(request)
    if not is_of_plan(call, index):
        # The Dial says "completed" of a leg that our own request has only moved.
        return follow(request, call)
    endpoint_uuid, number = _rung(call, index)
    if has_talked(request, call, endpoint_uuid=endpoint_uuid, third_number=number):
        return answer(twiml.hang_up())
    return go_on(call, after=index)


def _rung(call: Call, index: int) -> tuple[str, str]:
    """Give a telephone of the step (all of them are one person's), or a third person's number."""
    step = move_of(call, index)
    endpoint = str(step.endpoints[0].uuid) if step and step.endpoints else ""
    return endpoint, step.numbers[0] if step and step.numbers else ""


@operator_door
def whisper(request: HttpRequest, call_uuid: UUID, endpoint_uuid: UUID) -> HttpResponse:
    """An ordinary telephone picked up: say whose call it is and ask for a 1."""
    call = get_object_or_404(Call.objects.select_related("client"), uuid=call_uuid)
    endpoint = get_object_or_404(Endpoint, uuid=endpoint_uuid)
    text = _("A call for %(client)s. To take it, press 1.") % {"client": call.client.short_name}
    return answer(twiml.whisper(call, endpoint, text))


@operator_door
def accept(request: HttpRequest, call_uuid: UUID, endpoint_uuid: UUID) -> HttpResponse:
    """The person at an ordinary telephone pressed a key."""
    if request.POST.get("Digits") != "1":
        return answer(twiml.hang_up())
    call = get_object_or_404(Call, uuid=call_uuid)
    endpoint = get_object_or_404(Endpoint, uuid=endpoint_uuid)
    event = read_event(request.POST, at=timezone.now(), endpoint_uuid=str(endpoint_uuid))
    accept_call(call=call, endpoint=endpoint, event=event)
    return answer()
