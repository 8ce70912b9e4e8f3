"""Callers who wait, and calls that wait for a word: taken and named by key."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from calls.models import Call
from calls.services import CannotTake, take_waiting
from desk.answers import is_htmx, say
from desk.context import board_context, desk_context
from desk.queries.unsaid import to_qualify
from desk.scope import on_call, signed_in
from desk.services import end_work

PAGE = "desk/unsaid.html"
LIST = "desk/unsaid_list.html"
REFUSED: dict[str, str | Promise] = {
    "gone": gettext_lazy("This caller waits no more."),
    "offered": gettext_lazy("This caller rings at a colleague’s already."),
    "talking": gettext_lazy("You are on a call: end it first, or let the caller wait."),
    "rings": gettext_lazy("Your telephone rings already."),
    "no_telephone": gettext_lazy("You have no telephone that could ring."),
}


@require_POST
@on_call
def take(request: HttpRequest, call: Call) -> HttpResponse:
    """Have a waiting caller ring at her telephone now, out of his turn."""
    user, now = signed_in(request), timezone.now()
    refused: str | Promise = ""
    try:
        take_waiting(call=call, by=user, at=now)
    except CannotTake as error:
        refused = REFUSED[error.because]
    words = str(refused or _("Your telephone rings: pick up."))
    if not is_htmx(request):
        return say(request, redirect("desk:call", call.uuid), words, error=bool(refused))
    board = board_context(user, now) | {"live": True}
    answer = render(request, "desk/desk.html#board_now", board)
    return say(request, answer, words, error=bool(refused))


@require_GET
def unsaid(request: HttpRequest) -> HttpResponse:
    """List the calls of which she has not said what came; htmx gets the list alone."""
    user, now = signed_in(request), timezone.now()
    listed = {"unsaid": to_qualify(user, now)}
    if is_htmx(request):
        return render(request, LIST, listed)
    return render(request, PAGE, desk_context(user, now) | listed | {"page": "unsaid"})


@require_POST
@on_call
def qualify(request: HttpRequest, call: Call) -> HttpResponse:
    """Say from the list what came of a call; the next one is asked for."""
    user, now = signed_in(request), timezone.now()
    chosen = request.POST.get("disposition", "")
    if chosen not in Call.Disposition:
        raise Http404
    end_work(call=call, disposition=chosen, by=user, at=now)
    words = _("Noted: %(what)s.") % {"what": Call.Disposition(chosen).label}
    if not is_htmx(request):
        return say(request, redirect("desk:unsaid"), words)
    return say(request, render(request, LIST, {"unsaid": to_qualify(user, now)}), words)
