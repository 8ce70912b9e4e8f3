"""Working at a colleague's telephone."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from calls.models import StandIn
from calls.services import (
    TelephoneRefused,
    end_stand_in,
    lend_telephone,
    ring_own_too,
    take_telephone,
)
from clients.models import User
from desk.answers import is_htmx, say, trigger
from desk.context import figures_context
from desk.queries.presence import colleagues_telephones
from desk.scope import signed_in

REFUSED: dict[str, str | Promise] = {
    "own": gettext_lazy("This telephone is yours already."),
    "occupied": gettext_lazy("A colleague works at this telephone, or has asked to."),
}

# Whether her own telephones ring beside the colleague's.
OWN = {"own": True, "only": False}


@require_POST
def take(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Sign in at a colleague's telephone; if she takes calls herself she is asked."""
    user, now = signed_in(request), timezone.now()
    endpoint = get_object_or_404(colleagues_telephones(user), uuid=uuid)
    try:
        stay = take_telephone(endpoint=endpoint, by=user, at=now)
    except TelephoneRefused as error:
        return _answer(request, user, str(REFUSED[error.because]), error=True)
    name = {"name": endpoint.user.called}
    if stay.is_asked:
        return _answer(request, user, _("%(name)s takes calls: she is being asked.") % name)
    return _answer(request, user, _("You work at %(name)s’s telephone: it rings you.") % name)


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Lend one's telephone, have one's own ring too, or end a stay: leave, take back, refuse."""
    user, now = signed_in(request), timezone.now()
    stay = _stay(user, request.POST.get("stay", ""))
    if request.POST.get("do") == "lend":
        if stay.endpoint.user_id != user.pk:
            raise Http404
        lend_telephone(stand_in=stay, by=user, at=now)
        words = _("%(name)s works at your telephone.") % {"name": stay.user.called}
        return _answer(request, user, words)
    if request.POST.get("do") in OWN:
        return _ring_own(request, user, stay, OWN[request.POST["do"]])
    end_stand_in(stand_in=stay, by=user, at=now)
    return _answer(request, user, _("The telephone is as before."))


def _ring_own(request: HttpRequest, user: User, stay: StandIn, rings_own: bool) -> HttpResponse:
    if stay.user_id != user.pk:
        raise Http404
    ring_own_too(stand_in=stay, rings_own=rings_own, by=user, at=timezone.now())
    words = _("Your own telephone rings too.") if rings_own else _("Only this telephone rings you.")
    return _answer(request, user, words)


def _stay(user: User, uuid: str) -> StandIn:
    """Somebody's stay that concerns her; 404 for any other."""
    hers = StandIn.objects.open().filter(Q(user=user) | Q(endpoint__user=user))
    try:
        return get_object_or_404(hers.select_related("endpoint", "user"), uuid=uuid)
    except ValidationError as error:
        raise Http404 from error


def _answer(request: HttpRequest, user: User, words: str, *, error: bool = False) -> HttpResponse:
    if not is_htmx(request):
        return say(request, redirect("desk:home"), words, error=error)
    shown = figures_context(user, timezone.now()) | {"live": True}
    answer = render(request, "desk/desk.html#figures", shown)
    answer.write(render(request, "desk/desk.html#gone", shown).content)
    return say(request, trigger(answer, "presence:chosen"), words, error=error)
