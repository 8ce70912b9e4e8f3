"""A conversation is recorded only where a line says so, and the caller hears that first."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from calls.models import Call, LineSchedule, Recording
from calls.rules.routing import Action
from calls.services import note_recording, receive_call
from calls.telephony.events import ProviderEvent, ProviderRecording
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.doors import DjangoClientDoors
from calls.telephony.interpreter.exchange import Account, Exchange, NumberSettings
from calls.telephony.interpreter.telephones import Party
from calls.telephony.moves import Move
from calls.telephony.twilio import twiml
from clients.models import Endpoint, Line, User
from tests.calls.lines import direct
from tests.calls.operator import post_signed, ring, voice_form
from tests.factories import make_assistant, make_client, make_line
from tests.people import NOW

pytestmark = pytest.mark.django_db

NUMBER = "+33199004010"
NOTICE = "Cet appel est enregistré."
STEPS: list[dict[str, Any]] = [
    {"action": "holder"},
    {"action": "queue", "seconds": 60},
    {"action": "forward", "numbers": ["+33639981001"]},
    {"action": "voicemail"},
]


@pytest.fixture
def line() -> Line:
    return make_line(make_client(), NUMBER)


@pytest.fixture
def lea(line: Line) -> User:
    return make_assistant(line.client, "lea")


def recorded(line: Line, *steps: dict[str, Any]) -> LineSchedule:
    return direct(line, *(steps or STEPS), records_calls=True, recording_notice=NOTICE)


def call_of(line: Line) -> Call:
    event = ProviderEvent(
        provider="twilio", leg_id="CA9", status="ringing", key="1", at=NOW, form={}
    )
    return receive_call(event=event, called=NUMBER, caller="+33639984410", at=NOW)


def every_document(call: Call) -> Iterator[ET.Element]:
    """All that the operator may be asked for about a call."""
    telephones = list(Endpoint.objects.all())
    for action in Action:
        for first in (True, False):
            move = Move(0, action.value, 25, telephones, ["+33639981001"], text="Bonjour")
            yield ET.fromstring(twiml.do(call, move, first=first))
    yield ET.fromstring(twiml.ring_from_queue(call, telephones, 25))
    yield ET.fromstring(twiml.whisper(call, telephones[0], "Bonjour"))
    yield ET.fromstring(twiml.third_whisper(call, "+33639981001", "Bonjour"))


def what_records(document: ET.Element) -> list[str]:
    asks = [one.tag for one in document.iter() if "record" in one.attrib]
    return asks + [one.tag for one in document.iter("Recording")]


def test_no_document_records_unless_the_line_says_so(line: Line, lea: User) -> None:
    direct(line, *STEPS)
    call = call_of(line)

    documents = list(every_document(call))

    assert len(documents) == 2 * len(Action) + 3
    assert [what_records(one) for one in documents] == [[]] * len(documents)
    assert NOTICE not in "".join(ET.tostring(one, "unicode") for one in documents)


def test_where_it_does_every_dial_records_and_nothing_else(line: Line, lea: User) -> None:
    recorded(line)
    call = call_of(line)

    dials = [dial for one in every_document(call) for dial in one.iter("Dial")]

    callback = f"http://localhost:8000{reverse('twilio:conversation', args=[call.uuid])}"
    assert {dial.get("record") for dial in dials} == {"record-from-answer-dual"}
    assert {dial.get("recordingStatusCallback") for dial in dials} == {callback}


@pytest.mark.parametrize(
    ("steps", "verbs"),
    [
        ([{"action": "holder"}], ["Say", "Dial"]),
        ([{"action": "queue"}], ["Say", "Enqueue"]),
        ([{"action": "voicemail"}], ["Say", "Record", "Hangup"]),
    ],
)
def test_the_caller_is_told_first_and_once(
    line: Line, lea: User, steps: list[dict[str, Any]], verbs: list[str]
) -> None:
    recorded(line, *steps, {"action": "voicemail"})

    answer = ET.fromstring(ring(NUMBER).content)

    assert [one.tag for one in answer] == verbs
    assert (answer.findtext("Say") == NOTICE) == (verbs[1] != "Record")
    path = reverse("twilio:dialled", args=[Call.objects.get().uuid])
    later = post_signed(f"{path}?step=0", voice_form(NUMBER) | {"DialCallStatus": "no-answer"})
    assert NOTICE not in later.content.decode()


def test_what_a_schedule_says_later_changes_no_call_under_way(line: Line, lea: User) -> None:
    schedule = direct(line, *STEPS)
    call = call_of(line)
    schedule.records_calls, schedule.recording_notice = True, NOTICE
    schedule.save()

    assert [what_records(one) for one in every_document(call) if what_records(one)] == []


def test_recording_without_a_notice_cannot_be_turned_on(line: Line) -> None:
    schedule = direct(line, *STEPS)
    schedule.records_calls = True

    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        schedule.save()


def test_a_line_does_not_record_of_itself(line: Line) -> None:
    assert LineSchedule(line=line).records_calls is False


def test_a_short_conversation_is_kept_and_is_no_voicemail(line: Line, lea: User) -> None:
    call = call_of(line)
    heard = ProviderRecording("twilio", "RE1", seconds=1, is_ready=True)

    note_recording(call=call, heard=heard, kind="conversation", at=NOW)

    recording = Recording.objects.get()
    assert (recording.state, recording.kind) == ("waiting", "conversation")
    assert not call.recordings.voicemails().exists()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def exchange(
    clock: VirtualClock,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> Exchange:
    base = settings.PUBLIC_BASE_URL
    doors = f"{base}/telephony/twilio"
    return Exchange(
        account=Account(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN),
        numbers={},
        anything=NumberSettings(f"{doors}/voice/", status_callback=f"{doors}/status/"),
        clock=clock,
        doors=DjangoClientDoors(
            base, around=lambda: django_capture_on_commit_callbacks(execute=True)
        ),
    )


def talk(exchange: Exchange, clock: VirtualClock, telephone: str, ended_by: str) -> Party:
    party = exchange.place_call(NUMBER, "+33639984410")
    clock.advance(5)
    exchange.telephone(telephone).answer()
    clock.advance(30)
    if ended_by == "caller":
        party.hang_up()
    else:
        exchange.telephone(telephone).hang_up()
    clock.run_until_quiet()
    return party


@pytest.mark.parametrize("ended_by", ["caller", "assistant"])
@pytest.mark.parametrize("records", [True, False])
def test_through_the_operator_a_conversation_is_kept_only_where_it_was_announced(
    exchange: Exchange, clock: VirtualClock, line: Line, lea: User, records: bool, ended_by: str
) -> None:
    if records:
        recorded(line)
    party = talk(exchange, clock, lea.endpoints.get().address, ended_by)

    said = [one.text for one in party.heard if one.kind == "said"]
    kept = list(Recording.objects.values_list("kind", "seconds"))
    assert list(exchange.alerts) == []
    assert Call.objects.get().ending == "answered"
    if records:
        assert (said[0], [kind for kind, _seconds in kept]) == (NOTICE, ["conversation"])
    else:
        assert (said, kept, exchange.recordings) == ([], [], {})


def test_through_the_operator_a_caller_leaves_a_voicemail_by_hanging_up(
    exchange: Exchange, clock: VirtualClock, line: Line
) -> None:
    direct(line, {"action": "voicemail", "text": "Parlez."})
    party = exchange.place_call(NUMBER, "+33639984410")
    clock.advance(12)
    party.hang_up()
    clock.run_until_quiet()

    assert [one.kind for one in party.heard] == ["ringing", "said", "beep", "ended"]
    assert (Call.objects.get().ending, Recording.objects.get().kind) == ("voicemail", "voicemail")
    assert list(exchange.alerts) == []


def test_through_the_operator_a_caller_who_says_nothing_is_missed(
    exchange: Exchange, clock: VirtualClock, line: Line
) -> None:
    direct(line, {"action": "voicemail", "text": "Parlez."})
    party = exchange.place_call(NUMBER, "+33639984410")
    clock.advance(1.5)
    party.hang_up()
    clock.run_until_quiet()

    assert Call.objects.get().ending == "missed"
    assert not Recording.objects.exclude(state="too_short").exists()
