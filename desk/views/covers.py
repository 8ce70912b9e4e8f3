"""Handing over to a colleague, answering such a request, coming back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Bureau, Client, Cover, User
from clients.services.covers import (
    CoverClashes,
    CoverMoved,
    CoverRefused,
    NotHers,
    accept_cover,
    come_back,
    decline_cover,
    propose_cover,
    withdraw_cover,
)
from desk.answers import is_htmx, say, trigger
from desk.context import covers_context, desk_context
from desk.cover_form import CoverForm
from desk.cover_words import refused_words
from desk.queries.covers import band_of, can_withdraw, covers_ahead, kind_of
from desk.queries.deputies import possible_deputies
from desk.queries.handed_along import handed_along
from desk.scope import signed_in
from desk.shortcuts import printed_keys

FORM = "desk/hand_over_form.html"
PAGE = "desk/hand_over.html"
STRIP = "desk/desk.html#covers"


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """Ask a colleague to answer her clients, from now or from a date."""
    user, now = signed_in(request), timezone.now()
    form = _form(request, user, now)
    if request.method == "POST" and form.is_valid():
        try:
            cover = _ask(form, user, now)
        except CoverRefused as refused:
            form.add_error(None, _why(refused, user, now))
        else:
            return _asked(request, cover)
    return _ask_again(request, form, user, now)


def _form(request: HttpRequest, user: User, now: datetime) -> CoverForm:
    hers = Client.objects.in_service().filter(assignments__user=user)
    clients = list(hers.select_related("bureau").order_by("name", "pk"))
    bureaus: Sequence[Bureau] = list({one.bureau_id: one.bureau for one in clients}.values())
    deputies = possible_deputies(user, bureaus, now)
    data = request.POST if request.method == "POST" else None
    inside = is_htmx(request)
    return CoverForm(data, deputies=deputies, clients=clients, now=now, in_dialog=inside)


def _ask(form: CoverForm, user: User, now: datetime) -> Cover:
    given = form.cleaned_data
    chosen = form.chosen(given)
    return propose_cover(
        principal=user,
        deputy=form.deputy_chosen(),
        bureau=chosen[0].bureau,
        clients=None if len(chosen) == len(form.hers) else chosen,
        starts_at=given["starts_at"] or now,
        ends_at=given["ends_at"],
        note=given["note"],
        tells_clients=given["tells_clients"],
        by=user,
        at=now,
    )


def _why(refused: CoverRefused, user: User, now: datetime) -> str:
    other = refused.other if isinstance(refused, CoverClashes) else None
    return refused_words(refused.code, other, user, now)


def _asked(request: HttpRequest, cover: Cover) -> HttpResponse:
    words = _("%(name)s is asked.") % {"name": cover.deputy.called}
    if not is_htmx(request):
        return say(request, redirect("desk:hand_over"), words)
    answer = _strip(request)
    answer.headers["HX-Reswap"] = "none"
    return say(request, trigger(answer, "cover:done"), words)


def _ask_again(request: HttpRequest, form: CoverForm, user: User, now: datetime) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "ahead": covers_ahead(user, now)}
    if is_htmx(request):
        return render(request, FORM, context, status=status)
    whole = desk_context(user, now) | context | {"page": "hand_over"}
    return render(request, PAGE, whole, status=status)


@require_GET
def cover(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a hand-over: what is open of it, and who did what while it lasted."""
    user, now = signed_in(request), timezone.now()
    found = _cover(user, uuid)
    context = {
        "band": band_of(found, kind_of(found, user, now) or found.state, user, now),
        "handed": handed_along(found, user, now),
        "can_withdraw": can_withdraw(found, user, now),
        "page": "cover",
    }
    return render(request, "desk/cover.html", desk_context(user, now) | context)


@require_POST
def accept(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Agree to answer for a colleague; what is open of her clients is shown."""
    return _act(request, uuid, accept_cover, _("You answer for her."), shows=True)


@require_POST
def decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that she can't."""
    return _act(request, uuid, decline_cover, _("Declined; she has been told."))


@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back what was asked or agreed and has not begun."""
    return _act(request, uuid, withdraw_cover, _("Taken back."))


@require_POST
def back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take her clients back; what happened meanwhile is shown."""
    return _act(request, uuid, come_back, _("Your callers come to you again."), shows=True)


def _act(
    request: HttpRequest,
    uuid: UUID,
    service: Callable[..., Cover],
    words: str,
    *,
    shows: bool = False,
) -> HttpResponse:
    """Do one thing with a hand-over; refused with a sentence, nothing else is changed."""
    user, now = signed_in(request), timezone.now()
    found, refused = _cover(user, uuid), ""
    try:
        service(cover=found, by=user, at=now)
    except NotHers:
        refused = _("It is for your colleague to do this.")
    except CoverMoved:
        refused = _("Nothing was changed: it had been answered or ended meanwhile.")
    except CoverClashes as clash:
        refused = _why(clash, user, now)
    return _answer(request, found, refused or words, error=bool(refused), shows=shows)


def _answer(
    request: HttpRequest, found: Cover, words: str, *, error: bool, shows: bool
) -> HttpResponse:
    page = redirect("desk:cover", found.uuid) if shows else redirect("desk:home")
    if not is_htmx(request):
        return say(request, page, words, error=error)
    answer = _strip(request)
    if shows and not error:
        # The page that it leads to opens in place, unless she is in the middle of a call.
        trigger(answer, "cover:show", url=page.url)
    return say(request, answer, words, error=error)


def _strip(request: HttpRequest) -> HttpResponse:
    shown: dict[str, Any] = covers_context(signed_in(request), timezone.now()) | {"live": True}
    return render(request, STRIP, shown | {"keys": printed_keys(signed_in(request))})


def _cover(user: User, uuid: UUID) -> Cover:
    """A hand-over that she gives or takes; 404 for any other."""
    people = Cover.objects.of(user.pk).select_related("principal", "deputy", "bureau")
    return get_object_or_404(people, uuid=uuid)
