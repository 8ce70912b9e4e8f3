"""She says how she stands: taking calls, on a break, away, done writing up."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from calls.models import Presence
from calls.services import end_wrap_up, set_presence
from desk.answers import is_htmx, trigger
from desk.context import figures_context
from desk.queries.alone import left_alone
from desk.queries.presence import (
    REASONS,
    WRITTEN,
    colleagues_of,
    header_presence,
    telephones_to_take,
)
from desk.scope import signed_in
from desk.shortcuts import printed_keys

LONGEST_REASON = 80
# Of the clients whose callers would reach nobody, so many are named before one asks for more.
ALONE_SHOWN = 6


@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """Say that she takes calls, a break, leaves, or has written up her last call."""
    user, now = signed_in(request), timezone.now()
    state = request.POST.get("state", "")
    if state == WRITTEN:
        end_wrap_up(user=user, at=now)
    elif state in Presence.State:
        reason = _reason(request) if state == Presence.State.PAUSED else ""
        set_presence(user=user, state=state, by=user, at=now, reason=reason)
    else:
        raise Http404
    if not is_htmx(request):
        return redirect("desk:home")
    shown = figures_context(user, now) | {"live": True}
    answer = render(request, "desk/desk.html#figures", shown)
    answer.write(render(request, "desk/desk.html#gone", shown).content)
    return trigger(answer, "presence:chosen")


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:LONGEST_REASON]


@require_GET
def choices(request: HttpRequest) -> HttpResponse:
    """Let her choose how she stands, and show how her colleagues do."""
    user, now = signed_in(request), timezone.now()
    alone = left_alone(user, now)
    context = {
        "own": header_presence(user, now).own,
        "reasons": REASONS.items(),
        "colleagues": colleagues_of(user, now),
        "telephones": telephones_to_take(user),
        "alone": alone[:ALONE_SHOWN],
        "alone_more": alone[ALONE_SHOWN:],
        "keys": printed_keys(user),
    }
    return render(request, "desk/presence.html", context)
