"""A caller speaks to the machine; a conversation was recorded."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from calls.models import Call, Recording
from calls.services import note_recording
from calls.telephony.twilio import twiml
from calls.telephony.twilio.forms import read_recording
from calls.webhooks.door import answer, operator_door


@operator_door
def voicemail(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """The caller has spoken: by a key, by silence, or by hanging up."""
    call = _note(request, call_uuid, Recording.Kind.VOICEMAIL, is_ready=False)
    with translation.override(call.language or "fr"):
        thanks = _("Thank you, your message will be passed on. Goodbye.")
    return answer(twiml.say_and_hang_up(thanks, call.language))


@operator_door
def recorded(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """What a caller said can be fetched."""
    _note(request, call_uuid, Recording.Kind.VOICEMAIL, is_ready=True)
    return answer()


@operator_door
def conversation(request: HttpRequest, call_uuid: UUID) -> HttpResponse:
    """A conversation that a line records can be fetched."""
    _note(request, call_uuid, Recording.Kind.CONVERSATION, is_ready=True)
    return answer()


def _note(request: HttpRequest, call_uuid: UUID, kind: str, *, is_ready: bool) -> Call:
    call = get_object_or_404(Call, uuid=call_uuid)
    heard = read_recording(request.POST, is_ready=is_ready)
    if heard is not None:
        note_recording(call=call, heard=heard, kind=kind, at=timezone.now())
    return call
