"""A recording's sound, for a browser."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse

from calls.models import Recording
from clients.models import User
from clients.services.audit import record_access
from core.ranges import sound_response

CONTENT_TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav"}


def play(request: HttpRequest, recording: Recording, *, by: User, at: datetime) -> HttpResponse:
    """Give the sound, and keep that this person listened; Http404 where it is not here.

    Who may hear it was decided by the query that found the recording.
    """
    name = recording.file.name or ""
    if not recording.is_playable or not recording.file.storage.exists(name):
        raise Http404
    content_type = CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    with recording.file.open("rb") as file:
        answer = sound_response(request, file, recording.file.size, content_type)
    record_access(
        by=by, targets=[recording], client=recording.call.client, at=at, how="listened_to"
    )
    return answer
