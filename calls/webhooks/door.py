"""Who is let in at the operator's doors, and in which language they speak."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.models import WebhookRefusal
from calls.services import record_refusal
from calls.telephony.twilio import twiml
from calls.telephony.twilio.signature import is_signed_by_twilio

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
            refuse(request, WebhookRefusal.Reason.SIGNATURE)
            return HttpResponseForbidden()
        # Sentences to callers are French whatever the operator's HTTP headers say.
        with translation.override("fr"):
            return view(request, *args, **kwargs)

    return door


def refuse(request: HttpRequest, reason: str) -> None:
    """Leave a trace of what was not let in."""
    record_refusal(
        reason=reason,
        path=request.path,
        at=timezone.now(),
        called=request.POST.get("To", ""),
        caller=request.POST.get("From", ""),
        address=request.META.get("REMOTE_ADDR"),
    )


def answer(text: str = "") -> HttpResponse:
    """Give TwiML back; none joins both or goes on."""
    return HttpResponse(text or twiml.bridge(), content_type="text/xml; charset=utf-8")
