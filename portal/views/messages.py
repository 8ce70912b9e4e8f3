"""Reading and acknowledging messages."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from calls.playing import play
from clients.models import Client
from clients.services.audit import record_access
from messages_app.models import Message
from messages_app.rules.relay_states import Acknowledgement
from messages_app.services.acknowledge import acknowledge as acknowledge_message
from messages_app.services.acknowledge import mark_read
from portal.inbox import box_of, inbox_page, voicemail_of
from portal.scope import client_or_404, viewer


@require_safe
def messages(request: HttpRequest, client: UUID) -> HttpResponse:
    """List a client's messages."""
    return inbox_page(request, client_or_404(request, client))


@require_safe
def message(request: HttpRequest, message: UUID) -> HttpResponse:
    """Open one message beside the list."""
    found = message_or_404(request, message)
    user, now = viewer(request), timezone.now()
    mark_read(message=found, by=user, at=now)
    answer = inbox_page(request, found.client, found)
    record_access(by=user, targets=[found], client=found.client, at=now)
    return answer


@require_safe
def recording(request: HttpRequest, message: UUID) -> HttpResponse:
    """Give the sound of the voicemail that a message was noted from."""
    found = voicemail_of(message_or_404(request, message))
    if found is None:
        raise Http404
    return play(request, found, by=viewer(request), at=timezone.now())


@require_POST
def acknowledge(request: HttpRequest, message: UUID) -> HttpResponse:
    """Note that the client has seen it: nobody is reminded any more."""
    found = message_or_404(request, message)
    how, at = Acknowledgement.PORTAL, timezone.now()
    acknowledge_message(message=found, by=viewer(request), how=how, at=at)
    answer = redirect("portal:message", found.uuid)
    answer["Location"] += f"?box={box_of(request)}"
    return answer


def message_or_404(request: HttpRequest, message: UUID) -> Message:
    """Give a whole message of a client that this person belongs to."""
    mine = Message.objects.ready().filter(client__in=Client.objects.of_member(viewer(request)))
    everything = mine.select_related("client", "noted_by", "call", "follows")
    found: Message = get_object_or_404(everything, uuid=message)
    return found
