"""Ring somebody from the desk: who called, somebody in a file, somebody in a directory."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from calls.models import Call
from calls.services import CannotRing, promise_callback, ring_out
from calls.telephony.twilio.api import OperatorBusy, OperatorUnavailable
from clients.models import Client, Correspondent, CorrespondentNumber, DirectoryEntry, User
from desk.answers import fragment_or_page, is_htmx, say
from desk.context import head_context
from desk.queries.call import calls_on_desk
from desk.scope import on_call, signed_in

REFUSED = {
    "nobody": gettext_lazy("The number was withheld: nobody can be rung."),
    "no_line": gettext_lazy("This client has no line in force whose number could be shown."),
    "not_at_desk": gettext_lazy("Say first that you are at your desk."),
    "no_telephone": gettext_lazy("No telephone rings you: have one set up first."),
    "talking": gettext_lazy("You are on a call already: end it first."),
}


@dataclass(frozen=True)
class Whom:
    """Somebody to ring for a client."""

    client: Client
    number: str
    person: Correspondent | None = None
    call: Call | None = None


@require_POST
def ring(request: HttpRequest) -> HttpResponse:
    """Ring somebody, and show the call; where it can't be, say why and stay."""
    user, now = signed_in(request), timezone.now()
    kind, _colon, key = request.POST.get("whom", "").partition(":")
    if kind not in _FINDERS:
        raise Http404
    whom = _FINDERS[kind](user, _uuid(key))
    try:
        call = ring_out(
            client=whom.client,
            number=whom.number,
            by=user,
            at=now,
            correspondent=whom.person,
            rings_back=whom.call,
        )
    except CannotRing as refused:
        return _stay(request, whom, str(REFUSED[refused.reason]))
    except OperatorBusy:
        busy = _("The operator takes one new call a second, and others came first: try again.")
        return _stay(request, whom, busy)
    except OperatorUnavailable:
        return _stay(request, whom, _("The operator did not answer: nobody was rung. Try again."))
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": reverse("desk:call", args=[call.uuid])})
    return redirect("desk:call", call.uuid)


@require_POST
@on_call
def promise(request: HttpRequest, call: Call) -> HttpResponse:
    """Note that the caller was promised to be rung back, or that he no longer waits for it."""
    user, now = signed_in(request), timezone.now()
    promised = request.POST.get("promised") == "yes"
    call = promise_callback(call=call, promised=promised, by=user, at=now)
    context = head_context(user, calls_on_desk(user).get(pk=call.pk), now) | {"live": True}
    answer = fragment_or_page(request, call, "desk/call.html#callhead", context)
    words = _("Noted: to call back.") if promised else _("Noted: no longer to be called back.")
    return say(request, answer, words)


def _stay(request: HttpRequest, whom: Whom, words: str) -> HttpResponse:
    """Say why nobody is rung; what she has open stays open."""
    if is_htmx(request):
        return say(request, HttpResponse(status=204), words, error=True)
    messages.error(request, words)
    if whom.call is not None:
        return redirect("desk:call", whom.call.uuid)
    if whom.person is not None:
        return redirect("desk:correspondent", whom.person.uuid)
    return redirect("desk:client", whom.client.uuid)


def _uuid(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError as error:
        raise Http404 from error


def _who_called(user: User, uuid: UUID) -> Whom:
    calls = Call.objects.at_hand_of(user).select_related("client__bureau", "line", "correspondent")
    call = get_object_or_404(calls, uuid=uuid)
    return Whom(call.client, str(call.caller_number), call.correspondent, call)


def _person(user: User, uuid: UUID) -> Whom:
    numbers = CorrespondentNumber.objects.filter(
        correspondent__client__in=Client.objects.answered_by(user), correspondent__erased_at=None
    )
    found = get_object_or_404(numbers.select_related("correspondent__client"), uuid=uuid)
    return Whom(found.correspondent.client, str(found.number), found.correspondent)


def _listed(user: User, uuid: UUID) -> Whom:
    entries = DirectoryEntry.objects.filter(client__in=Client.objects.answered_by(user))
    entry = get_object_or_404(entries.select_related("client"), uuid=uuid)
    return Whom(entry.client, str(entry.number))


_FINDERS: dict[str, Callable[[User, UUID], Whom]] = {
    "call": _who_called,
    "number": _person,
    "directory": _listed,
}
