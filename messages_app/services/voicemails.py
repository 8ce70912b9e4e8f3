"""What a caller left on the machine is a message that somebody must listen to, note and relay."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from calls.facts import VoicemailLeft
from calls.models import Call, Recording
from clients.models import Correspondent, User
from clients.queries import correspondents_on
from clients.services.audit import record_audit
from messages_app.models import CallFile, Message
from messages_app.services.files import tell_desks
from messages_app.services.relaying import tell_screens


def keep_voicemail(fact: VoicemailLeft) -> None:
    """Put a voicemail among what is to be finished; hearing of it twice keeps one.

    The client's filter decides once the assistant has noted what was said: a machine's words have
    neither urgency nor subject, and a message that goes out can't be called back.
    """
    call = Call.objects.select_related("client").get(pk=fact.call_id)
    list_voicemail(call=call, at=timezone.now())


@transaction.atomic
def list_voicemail(*, call: Call, at: datetime) -> Message:
    """Write the unfinished message and open the call's file, as a hang-up in mid-sentence does."""
    known = _only_one_on(call)
    message, is_new = Message.objects.get_or_create(
        call=call,
        state=Message.State.PARTIAL,
        defaults={
            "client": call.client,
            "correspondent": known,
            "caller_name": known.display_name[:150] if known else "",
            "callback_number": call.caller_number,
            "noted_at": at,
        },
    )
    if is_new:
        record_audit(
            by=None, action="message.voicemail_left", target=message, client=call.client, at=at
        )
        tell_desks(_unfinished_file(call, at))
        tell_screens(message)
    return message


def _only_one_on(call: Call) -> Correspondent | None:
    """Who calls where one person alone has the number: of several, nobody is picked."""
    if call.correspondent is not None:
        return call.correspondent
    found = list(correspondents_on(call.client, str(call.caller_number))[:2])
    return found[0] if len(found) == 1 else None


def _unfinished_file(call: Call, at: datetime) -> CallFile:
    partial = CallFile.State.PARTIAL
    file, _is_new = CallFile.objects.update_or_create(
        call=call,
        defaults={"state": partial},
        create_defaults={"client": call.client, "opened_at": at, "state": partial},
    )
    return file


@transaction.atomic
def set_voicemail_aside(*, call: Call, by: User, at: datetime) -> bool:
    """Drop the unfinished message of a voicemail that needs none; the recording stays its time.

    False where somebody has noted something in it, or it is no voicemail's.
    """
    voicemails = Recording.objects.voicemails().filter(call=OuterRef("call"))
    untouched = Message.objects.select_for_update().filter(
        Q(call__ending=Call.Ending.VOICEMAIL) | Exists(voicemails),
        call=call,
        state=Message.State.PARTIAL,
        body="",
        noted_by=None,
    )
    message = untouched.select_related("client").first()
    if message is None:
        return False
    record_audit(
        by=by, action="message.voicemail_set_aside", target=message, client=message.client, at=at
    )
    tell_screens(message)
    message.delete()
    return True
