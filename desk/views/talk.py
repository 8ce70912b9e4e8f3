"""During a call: hold, hand on, three together, take back."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from calls.models import Call, Transfer
from calls.queries.aims import Aim, aim_named, aims_of
from calls.services import (
    CallerFollows,
    NotNow,
    NotTheAnswerer,
    hold,
    join_three,
    put_through,
    resume,
    take_back,
)
from calls.services import transfer as hand_on
from calls.telephony.twilio.api import OperatorUnavailable
from core.phones import parse_number
from desk.answers import fragment_or_page, is_htmx, say, trigger
from desk.context import head_context
from desk.queries.call import calls_on_desk
from desk.scope import on_call, signed_in

GESTURES: dict[str, Callable[..., None]] = {
    "hold": hold,
    "resume": resume,
    "put_through": put_through,
    "join": join_three,
    "take_back": take_back,
}
SHOWN = 12


@require_POST
@on_call
def talk(request: HttpRequest, call: Call) -> HttpResponse:
    """Do one of the gestures."""
    gesture = GESTURES.get(request.POST.get("gesture", ""))
    if gesture is None:
        return HttpResponseBadRequest()
    user, now = signed_in(request), timezone.now()
    return _answer(request, call, _tried(lambda: gesture(call=call, by=user, at=now)))


@require_POST
@on_call
def transfer(request: HttpRequest, call: Call) -> HttpResponse:
    """Ring somebody for the caller, announced unless it was asked to be direct."""
    user, now = signed_in(request), timezone.now()
    aim = _aim(request, call)
    if aim is None:
        refused = _("Choose somebody from the list, or type a whole number.")
        return say(request, _head(request, call), refused, error=True)
    kind = request.POST.get("kind") or Transfer.Kind.ANNOUNCED
    if kind not in Transfer.Kind:
        raise Http404
    words = _tried(lambda: hand_on(call=call, aim=aim, kind=kind, by=user, at=now))
    return _answer(request, call, words)


@require_GET
@on_call
def aims(request: HttpRequest, call: Call) -> HttpResponse:
    """Find whom the caller may be handed to, as one types."""
    query = request.GET.get("aim_query", "").strip()
    found = aims_of(call.client, signed_in(request), timezone.now(), query)[:SHOWN]
    return render(request, "desk/aims.html", {"aims": found})


def _aim(request: HttpRequest, call: Call) -> Aim | None:
    user, now = signed_in(request), timezone.now()
    chosen, typed = request.POST.get("aim", ""), request.POST.get("aim_query", "").strip()
    if chosen:
        return aim_named(call.client, user, now, chosen)
    found = aims_of(call.client, user, now, typed) if typed else []
    is_number = parse_number(typed, call.client.bureau.region) is not None
    return found[0] if found and (is_number or len(found) == 1) else None


def _tried(gesture: Callable[[], object]) -> tuple[str, bool]:
    """Give what is to be said of it, and whether it failed."""
    try:
        gesture()
    except NotTheAnswerer:
        return _("Only the person who is talking can do this."), True
    except NotNow:
        return _("The call has moved on meanwhile: look at it again."), True
    except OperatorUnavailable:
        return _("The operator did not answer: nothing was changed. Try again."), True
    except CallerFollows:
        return _("Done. The caller follows within seconds."), False
    return "", False


def _answer(request: HttpRequest, call: Call, said: tuple[str, bool]) -> HttpResponse:
    answer, (words, failed) = _head(request, call), said
    if not failed and is_htmx(request):
        trigger(answer, "talk:moved")
    return say(request, answer, words, error=failed) if words else answer


def _head(request: HttpRequest, call: Call) -> HttpResponse:
    user = signed_in(request)
    call = calls_on_desk(user).get(pk=call.pk)
    context = head_context(user, call, timezone.now()) | {"live": True}
    return fragment_or_page(request, call, "desk/call.html#callhead", context)
