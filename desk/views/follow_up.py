"""What waits for a human, and what she decides about it."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agenda.models import AppointmentChange, Side
from agenda.services import mark_seen_at_the_desk
from clients.models import Client, User
from desk.answers import is_htmx, say
from desk.context import desk_context, figures_context
from desk.queries.follow_up import follow_up as what_waits
from desk.scope import signed_in
from messages_app.models import Delivery, Message
from messages_app.rules.relay_states import Acknowledgement
from messages_app.services.acknowledge import acknowledge
from messages_app.services.reconcile import NotUncertain, decide_doubt
from messages_app.services.reconcile import dismiss as dismiss_delivery

PAGE = "desk/follow_up.html"
LIST = "desk/follow_up_list.html"


@require_GET
def follow_up(request: HttpRequest) -> HttpResponse:
    """List what waits for her; htmx gets the list alone."""
    user, now = signed_in(request), timezone.now()
    waits = {"follow_up": what_waits(user, now)}
    if is_htmx(request):
        return render(request, LIST, waits)
    return render(request, PAGE, desk_context(user, now) | waits | {"page": "follow_up"})


@require_POST
def resend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send a doubtful text once more."""
    return _decide(request, uuid, resend=True, words=_("Sent once more."))


@require_POST
def arrived(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hold a doubtful text to have arrived."""
    return _decide(request, uuid, resend=False, words=_("Filed: it arrived."))


@require_POST
def dismiss(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """File a text that reached nobody, now that she has seen to it."""
    user, now = signed_in(request), timezone.now()
    dismiss_delivery(delivery=_delivery(user, uuid), by=user, at=now)
    return _answer(request, user, now, _("Filed."))


@require_POST
def by_person_seen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that she has seen what a person did by her link."""
    user, now = signed_in(request), timezone.now()
    changes = AppointmentChange.objects.filter(
        client__in=Client.objects.answered_by(user), side=Side.PUBLIC
    )
    change = get_object_or_404(changes.select_related("client"), uuid=uuid)
    mark_seen_at_the_desk(change=change, by=user, at=now)
    return _answer(request, user, now, _("Filed."))


@require_POST
def told(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that she told the client of a message by telephone."""
    user, now = signed_in(request), timezone.now()
    messages = Message.objects.ready().filter(client__in=Client.objects.answered_by(user))
    message = get_object_or_404(messages.select_related("client"), uuid=uuid)
    acknowledge(message=message, by=user, how=Acknowledgement.PHONE, at=now)
    return _answer(request, user, now, _("Noted: told by telephone."))


def _decide(request: HttpRequest, uuid: UUID, *, resend: bool, words: str) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    try:
        decide_doubt(delivery=_delivery(user, uuid), resend=resend, by=user, at=now)
    except NotUncertain:
        settled = _("Nothing was changed: it had been settled meanwhile.")
        return _answer(request, user, now, settled, error=True)
    return _answer(request, user, now, words)


def _delivery(user: User, uuid: UUID) -> Delivery:
    """A delivery of a client on this person's desk; 404 for any other."""
    hers = Delivery.objects.filter(client__in=Client.objects.answered_by(user))
    return get_object_or_404(hers.select_related("client"), uuid=uuid)


def list_again(request: HttpRequest, user: User, now: datetime) -> HttpResponse:
    """Say that something was filed, with the list as it is now."""
    return _answer(request, user, now, _("Filed."))


def _answer(
    request: HttpRequest, user: User, now: datetime, words: str, *, error: bool = False
) -> HttpResponse:
    """The list as it is now, with the figure that counts it; without htmx, the page again."""
    if not is_htmx(request):
        return say(request, redirect("desk:follow_up"), words, error=error)
    answer = render(request, LIST, {"follow_up": what_waits(user, now)})
    live = figures_context(user, now) | {"live": True}
    answer.write(render(request, "desk/desk.html#figures", live).content)
    return say(request, answer, words, error=error)
