"""What can be listened to of a call, and which voicemails nobody has noted yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from calls.models import Call, Recording
from clients.models import Client, User
from messages_app.models import Message


@dataclass(frozen=True)
class Heard:
    """One recording. `state` is waiting, kept, lost or forgotten."""

    uuid: UUID
    is_voicemail: bool
    at: datetime
    seconds: int
    state: str
    url: str

    @property
    def length(self) -> str:
        """« 1:05 »"""
        return f"{self.seconds // 60}:{self.seconds % 60:02}"


def recordings_of(call: Call, user: User) -> Sequence[Heard]:
    """Give what this person may hear of a call, in its order."""
    found = Recording.objects.on_desk_of(user).filter(call=call)
    audible = found.exclude(state=Recording.State.TOO_SHORT).order_by("recorded_at", "pk")
    return [_heard(one) for one in audible]


def _heard(recording: Recording) -> Heard:
    return Heard(
        uuid=recording.uuid,
        is_voicemail=recording.kind == Recording.Kind.VOICEMAIL,
        at=recording.recorded_at,
        seconds=recording.seconds,
        state=recording.state,
        url=reverse("desk:recording", args=[recording.uuid]),
    )


def unheard_voicemails(user: User) -> QuerySet[Message]:
    """Give the voicemails that nobody has noted yet, oldest first."""
    clients = Client.objects.answered_by(user)
    voicemails = Recording.objects.voicemails().filter(call=OuterRef("call"))
    waiting = Message.objects.filter(
        # Who had talked before he spoke to the machine has another ending.
        Q(call__ending=Call.Ending.VOICEMAIL) | Exists(voicemails),
        client__in=clients,
        state=Message.State.PARTIAL,
    )
    return waiting.select_related("client__bureau", "call").order_by("noted_at", "pk")
