"""The files of the calls of one desk."""

from calls.models import Call
from clients.models import Client, User
from messages_app.models import CallFile
from messages_app.models.call_file import CallFileQuerySet


def partial_files(*, user: User) -> CallFileQuerySet:
    """The files that hang-ups left unfinished on this person's desk, oldest first."""
    return _on_desk(user).partial().order_by("opened_at", "pk")


def recent_files(*, user: User, limit: int = 12) -> CallFileQuerySet:
    """The latest files of this person's desk, with all that a line of the list shows."""
    return _on_desk(user).order_by("-opened_at", "-pk")[:limit]


def file_of(call: Call) -> CallFile | None:
    """The call's file, when one was opened."""
    return CallFile.objects.select_related("client", "call").filter(call=call).first()


def draft_of(call: Call, face: str) -> dict[str, str]:
    """What a face of the call held when it was last typed in."""
    file = file_of(call)
    fields = file.drafts.get(face, {}) if file else {}
    return dict(fields)


def _on_desk(user: User) -> CallFileQuerySet:
    files = CallFile.objects.filter(client__in=Client.objects.answered_by(user))
    return files.select_related("client", "call__correspondent", "opened_by").prefetch_related(
        "call__messages__client__bureau",
        "call__messages__relays",
        "call__messages__deliveries",
        "appointments",
        "triages",
    )
