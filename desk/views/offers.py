"""Offering a freed slot: whom to ring, what to say, and what she answers."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agenda.models import FreedSlot, SlotOffer
from agenda.queries import Candidate, who_waits
from agenda.reasons import sentence
from agenda.services import (
    AgendaRefusal,
    BeingAsked,
    NoLongerWaiting,
    OfferClosed,
    accept_offer,
    decline_offer,
    leave_offer,
    offer_slot,
    put_aside,
)
from clients.models import Client, User
from desk.answers import is_htmx, say, trigger
from desk.queries.waiting import shown_offer
from desk.scope import signed_in
from desk.shortcuts import printed_keys
from desk.wording import long_moment

DIALOG = "desk/offer.html"
NOBODY = "desk/offer_none.html"


@require_POST
def offer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hold a freed slot for the first whom it suits, and show whom to ring."""
    user = signed_in(request)
    hers = FreedSlot.objects.filter(client__in=Client.objects.answered_by(user))
    freed = get_object_or_404(hers.select_related("calendar__client"), uuid=uuid)
    return _offer_next(request, freed, user, timezone.now())


def _offer_next(request: HttpRequest, freed: FreedSlot, user: User, now: datetime) -> HttpResponse:
    """Offer it to the first who was not asked about it yet; say so where there is nobody."""
    for candidate in _candidates(freed, user, now):
        try:
            made = offer_slot(
                freed=freed, entry=candidate.entry, starts_at=candidate.starts_at, by=user, at=now
            )
        except (BeingAsked, NoLongerWaiting):
            continue
        except AgendaRefusal as refused:
            return _nobody(request, freed, sentence(refused, freed.calendar.zone))
        return _shown(request, made, user, now)
    return _nobody(request, freed, "")


def _candidates(freed: FreedSlot, user: User, now: datetime) -> list[Candidate]:
    """Those whom it suits, without who was just rung in vain; whom she is asking stands first."""
    mine = SlotOffer.objects.filter(freed=freed, answer="", offered_by=user)
    asking = mine.select_related("entry__motive", "entry__correspondent", "entry__client").first()
    if asking is not None and freed.closed_at is None:
        return [Candidate(asking.entry, asking.starts_at, asking.ends_at)]
    if freed.closed_at is not None or freed.ends_at <= now:
        return []
    [suited] = who_waits([freed], now=now, viewer=user)
    in_vain = freed.offers.filter(answer=SlotOffer.Answer.UNREACHED)
    rung = set(in_vain.values_list("entry", flat=True))
    return [one for one in suited if one.entry.pk not in rung] or suited


def _shown(request: HttpRequest, made: SlotOffer, user: User, now: datetime) -> HttpResponse:
    [then] = who_waits([made.freed], now=now, viewer=user)
    context = {"offer": shown_offer(made, then), "keys": printed_keys(user)}
    return render(request, DIALOG, context)


def _nobody(request: HttpRequest, freed: FreedSlot, why: str) -> HttpResponse:
    moment = long_moment(freed.starts_at, freed.calendar.zone)
    return render(request, NOBODY, {"moment": moment, "why": why})


@require_POST
def accept(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Book the slot for who accepts it."""
    user, found = signed_in(request), _offer(request, uuid)
    try:
        booked = accept_offer(offer=found, by=user, at=timezone.now())
    except AgendaRefusal as refused:
        return _nobody(request, found.freed, sentence(refused, found.calendar.zone))
    except (OfferClosed, NoLongerWaiting):
        return _nobody(request, found.freed, _("This offer is over: somebody dealt with it."))
    moment = long_moment(booked.starts_at, booked.zone)
    words = _("Booked: %(who)s, %(moment)s.") % {"who": booked.shown_name, "moment": moment}
    if not is_htmx(request):
        return say(request, redirect("desk:waiting"), words)
    answer = trigger(HttpResponse(), "agenda:changed")
    return say(request, answer, words, undo=reverse("desk:undo", args=[booked.uuid]))


@require_POST
def decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what she answered, or that nobody did, and go on to the next."""
    user, now, found = signed_in(request), timezone.now(), _offer(request, uuid)
    unreached = request.POST.get("answer") == SlotOffer.Answer.UNREACHED
    try:
        decline_offer(offer=found, by=user, at=now, unreached=unreached)
    except OfferClosed:
        return _nobody(request, found.freed, _("This offer is over: somebody dealt with it."))
    found.freed.refresh_from_db()
    asked = found.freed.offers.filter(answer=SlotOffer.Answer.UNREACHED)
    rung = set(asked.values_list("entry", flat=True))
    [suited] = who_waits([found.freed], now=now, viewer=user)
    if all(one.entry.pk in rung for one in suited):
        return _nobody(request, found.freed, "")
    return _offer_next(request, found.freed, user, now)


@require_POST
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let the slot go without an answer: the dialog was closed."""
    leave_offer(offer=_offer(request, uuid), by=signed_in(request), at=timezone.now())
    return HttpResponse(status=204)


@require_POST
def aside(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Offer a freed slot to nobody."""
    user = signed_in(request)
    hers = FreedSlot.objects.filter(client__in=Client.objects.answered_by(user))
    put_aside(freed=get_object_or_404(hers, uuid=uuid), by=user, at=timezone.now())
    if not is_htmx(request):
        return redirect("desk:waiting")
    return say(request, HttpResponse(headers={"HX-Reswap": "none"}), _("Left free."))


def _offer(request: HttpRequest, uuid: UUID) -> SlotOffer:
    """An offer of a client's on this person's desk; 404 for any other."""
    clients = Client.objects.answered_by(signed_in(request))
    rows = SlotOffer.objects.filter(calendar__client__in=clients)
    linked = rows.select_related("calendar__client", "freed__calendar__client", "entry")
    return get_object_or_404(linked, uuid=uuid)
