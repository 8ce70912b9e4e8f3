"""Who supervises a bureau sees its hand-overs, and ends one that nobody else can end."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.models.client import supervised_by
from clients.services.covers import CoverMoved, call_off_cover
from desk.answers import say
from desk.context import desk_context
from desk.queries.overseen import covers_overseen, overview
from desk.scope import signed_in


@require_GET
def covers(request: HttpRequest) -> HttpResponse:
    """List the hand-overs that stand in the bureaus that she supervises."""
    user, now = signed_in(request), timezone.now()
    if not supervised_by(user):
        raise Http404
    context = desk_context(user, now) | {"rows": overview(user, now), "page": "covers"}
    return render(request, "desk/overseen.html", context)


@require_POST
def call_off(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a hand-over, or take back one that has not begun; both are told at once."""
    user = signed_in(request)
    cover = get_object_or_404(covers_overseen(user), uuid=uuid)
    try:
        call_off_cover(cover=cover, by=user, at=timezone.now())
    except CoverMoved:
        words = _("Nothing was changed: it had been answered or ended meanwhile.")
        return say(request, redirect("desk:covers"), words, error=True)
    said = {"principal": cover.principal.called, "deputy": cover.deputy.called}
    words = _("Ended: %(deputy)s no longer answers for %(principal)s. Both have been told.") % said
    return say(request, redirect("desk:covers"), words)
