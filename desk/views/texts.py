"""What a person has said about confirmations and reminders, kept in her file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calls.queries import in_reach_of
from clients.models import Correspondent
from desk.answers import say
from desk.scope import signed_in
from messages_app.services.agreement import note_agreement

ANSWERS = {"agreed": True, "refused": False}


@require_POST
def texts(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that she agrees, or does not want any."""
    user = signed_in(request)
    known = Correspondent.objects.filter(in_reach_of(user))
    person = get_object_or_404(known.select_related("client"), uuid=uuid, erased_at=None)
    agrees = ANSWERS.get(request.POST.get("answer", ""))
    if agrees is None:
        return HttpResponseBadRequest()
    note_agreement(person=person, agrees=agrees, by=user, at=timezone.now())
    return say(request, redirect("desk:correspondent", person.uuid), _("Noted."))
