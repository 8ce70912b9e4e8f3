"""The operator's doors: each checks the signature, calls one service and answers TwiML.

Twilio waits fifteen seconds at most (docs/api/errors/11200); these answer at once, heavy work comes
after the commit.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.models import Call, WebhookRefusal
from calls.services import (
    UnknownLine,
    accept_call,
    next_step,
    receive_call,
    record_event,
    record_refusal,
    step_of,
)
from calls.telephony.twilio import twiml
from calls.telephony.twilio.forms import dialled_leg_event, read_event
from calls.telephony.twilio.signature import is_signed_by_twilio
from clients.models import Endpoint

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]


def operator_door(view: View[Arguments]) -> View[Arguments]:
    """Let only the operator's signed POST requests in; others get 403 and leave a trace."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def door(
        request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if not is_signed_by_twilio(request):
            _refuse(request, WebhookRefusal.Reason.SIGNATURE)
            return HttpResponseForbidden()
        # Sentences to callers are French whatever the operator's HTTP headers say.
        with translation.override("fr"):
            return view(request, *args, **kwargs)

    return door


def _refuse(request: HttpRequest, reason: str) -> None:
    record_refusal(
        reason=reason,
        path=request.path,
        at=timezone.now(),
        called=request.POST.get("To", ""),
        caller=request.POST.get("From", ""),
        address=request.META.get("REMOTE_ADDR"),
    )


def _answer(text: str = "") -> HttpResponse:
    return HttpResponse(text or twiml.bridge(), content_type="text/xml; charset=utf-8")


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
        _refuse(request, WebhookRefusal.Reason.UNKNOWN_LINE)
        return _answer(twiml.say_and_hang_up(_("The number you have dialled is not in service.")))
    return _ring_or_apologise(call, after=-1)


def _ring_or_apologise(call: Call, *, after: int) -> HttpResponse:
    step = next_step(call=call, after=after)
    if step is None:
        return _answer(twiml.say_and_hang_up(call.line.unanswered_text))
    return _answer(twiml.ring(call, step))


@operator_door
def status(request: HttpRequest) -> HttpResponse:
    """The caller's own leg ended (a number's status callback reports the end only)."""
    call = Call.objects.filter(legs__provider_id=request.POST.get("CallSid", "")).first()
    if call is not None:
        record_event(call=call, event=read_event(request.POST, at=timezone.now()))
    return _answer()


@operator_door
def leg(request: HttpRequest, call_uuid: UUID, endpoint_uuid: UUID) -> HttpResponse:
    """One of the telephones that we ring changed its state."""
    call = get_object_or_404(Call, uuid=call_uuid)
    event = read_event(request.POST, at=timezone.now(), endpoint_uuid=str(endpoint_uuid))
    record_event(call=call, event=event)
    return _answer()


@operator_door
def dialled(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """A step of the plan is over: both have talked, or the next is rung.

    "completed" alone proves no talk: an ordinary telephone may have picked up and not pressed 1.
    """
    call = get_object_or_404(Call.objects.select_related("line", "client"), uuid=call_uuid)
    index = _step_index(request)
    event = dialled_leg_event(
        request.POST, at=timezone.now(), endpoint_uuid=_rung_endpoint(call, index)
    )
    if event is not None:
        record_event(call=call, event=event)
        call.refresh_from_db(fields=["answered_at", "state"])
    if call.answered_at is not None or call.state == Call.State.ENDED:
        return _answer(twiml.hang_up())
    return _ring_or_apologise(call, after=index)


def _step_index(request: HttpRequest) -> int:
    step = request.GET.get("step", "0")
    return int(step) if step.isdigit() else 0


def _rung_endpoint(call: Call, index: int) -> str:
    """Give a telephone of the step: all of them are one person's."""
    step = step_of(call, index)
    return str(step.endpoints[0].uuid) if step and step.endpoints else ""


@operator_door
def whisper(request: HttpRequest, call_uuid: UUID, endpoint_uuid: UUID) -> HttpResponse:
    """An ordinary telephone picked up: say whose call it is and ask for a 1."""
    call = get_object_or_404(Call.objects.select_related("client"), uuid=call_uuid)
    endpoint = get_object_or_404(Endpoint, uuid=endpoint_uuid)
    text = _("A call for %(client)s. To take it, press 1.") % {"client": call.client.short_name}
    return _answer(twiml.whisper(call, endpoint, text))


@operator_door
def accept(request: HttpRequest, call_uuid: UUID, endpoint_uuid: UUID) -> HttpResponse:
    """The person at an ordinary telephone pressed a key."""
    if request.POST.get("Digits") != "1":
        return _answer(twiml.hang_up())
    call = get_object_or_404(Call, uuid=call_uuid)
    endpoint = get_object_or_404(Endpoint, uuid=endpoint_uuid)
    event = read_event(request.POST, at=timezone.now(), endpoint_uuid=str(endpoint_uuid))
    accept_call(call=call, endpoint=endpoint, event=event)
    return _answer()
