"""Listening to what a caller left."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from calls.models import Call, Recording
from calls.playing import play
from desk.queries.recordings import recordings_of, unheard_voicemails
from desk.scope import on_call, signed_in
from desk.services import end_voicemail
from desk.views.follow_up import list_again


@require_safe
def recording(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a recording's sound to who may hear it."""
    user = signed_in(request)
    found = get_object_or_404(
        Recording.objects.on_desk_of(user).select_related("call__client"), uuid=uuid
    )
    return play(request, found, by=user, at=timezone.now())


@require_safe
@on_call
def recordings(request: HttpRequest, call: Call) -> HttpResponse:
    """List a call's recordings; a page that waits for one asks again."""
    heard = recordings_of(call, signed_in(request))
    if not heard:
        raise Http404
    return render(request, "desk/recordings.html", {"recordings": heard, "recordings_of": call})


@require_POST
def aside(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """File a voicemail of which nothing is to be passed on."""
    user, now = signed_in(request), timezone.now()
    message = get_object_or_404(unheard_voicemails(user), uuid=uuid)
    assert message.call is not None
    end_voicemail(call=message.call, by=user, at=now)
    return list_again(request, user, now)
