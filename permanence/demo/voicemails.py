"""What callers left on the machine in the demonstration; nobody speaks: a tone stands for them."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.core.files.base import ContentFile

from calls.models import Call, CallLeg, Recording
from calls.telephony.interpreter.sounds import tone
from clients.models import Correspondent, Line, User
from messages_app.rules.fields import MessageFields
from messages_app.services.note import note_message
from messages_app.services.voicemails import list_voicemail

SECONDS = 14


def add_voicemails(line: Line, known: list[Correspondent], lea: User, now: datetime) -> None:
    """One that waits to be listened to, and one that was noted and stands in the portal."""
    waiting = _left(line, known[3], now - timedelta(minutes=52))
    list_voicemail(call=waiting, at=now - timedelta(minutes=51))
    noted = _left(line, known[5], now - timedelta(hours=5))
    fields = MessageFields(
        caller_name=known[5].display_name,
        callback_number=str(noted.caller_number),
        subject="Réf. 88-1432",
        body="A laissé un message vocal : souhaite savoir si l’expertise du 8 est maintenue.",
        category="current_case",
    )
    list_voicemail(call=noted, at=now - timedelta(hours=5))
    note_message(
        client=line.client,
        fields=fields,
        by=lea,
        at=now - timedelta(hours=4),
        call=noted,
        correspondent=known[5],
    )


def _left(line: Line, caller: Correspondent, at: datetime) -> Call:
    number = caller.numbers.first()
    call = Call.objects.create(
        bureau_id=line.client.bureau_id,
        client=line.client,
        line=line,
        caller_number=str(number.number) if number else "",
        state=Call.State.ENDED,
        started_at=at,
        ended_at=at + timedelta(seconds=SECONDS + 12),
        ending=Call.Ending.VOICEMAIL,
        shown={"greeting": line.greeting, "instructions": []},
    )
    leg = CallLeg.objects.create(
        call=call,
        role=CallLeg.Role.CALLER,
        provider="demonstration",
        provider_id=uuid4().hex,
        state=CallLeg.State.ENDED,
        started_at=at,
        ended_at=call.ended_at,
    )
    recording = Recording(
        call=call,
        kind=Recording.Kind.VOICEMAIL,
        provider=leg.provider,
        provider_id=leg.provider_id,
        seconds=SECONDS,
        recorded_at=at + timedelta(seconds=12),
        state=Recording.State.KEPT,
        copy_deleted_at=at + timedelta(minutes=1),
    )
    recording.file.save(f"{recording.uuid.hex}.wav", ContentFile(tone(SECONDS)))
    return call
