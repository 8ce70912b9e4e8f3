"""A voicemail is a message that somebody listens to, notes, and only then relays."""

from __future__ import annotations

from typing import Any

import pytest

from calls.facts import VoicemailLeft
from calls.models import Call
from clients.models import AuditEntry, Client, User
from core.facts import emit
from messages_app.models import CallFile, Delivery, Message
from messages_app.queries.call_files import partial_files
from messages_app.queries.inbox import inbox, unfinished_messages
from messages_app.rules.fields import MessageFields
from messages_app.services.note import note_message
from messages_app.services.voicemails import list_voicemail, set_voicemail_aside
from tests.desk.calls import ring
from tests.factories import make_assistant, make_client, make_correspondent, make_member
from tests.people import NOW

NUMBER = "+33639984410"


@pytest.fixture
def client_called(db: None) -> Client:
    client = make_client()
    make_member(client)
    return client


@pytest.fixture
def lea(client_called: Client) -> User:
    return make_assistant(client_called, "lea")


@pytest.fixture
def call(client_called: Client) -> Call:
    return ring(client_called, NUMBER, ended="voicemail")


def left(call: Call) -> Message:
    emit(VoicemailLeft(call.pk, call.uuid, call.client.uuid, 0))
    return Message.objects.get(call=call, state="partial")


def test_it_stands_in_the_list_of_what_is_to_be_finished_and_nothing_leaves(
    call: Call, lea: User
) -> None:
    message = left(call)

    assert list(unfinished_messages(user=lea)) == [message]
    assert [file.call for file in partial_files(user=lea)] == [call]
    assert (str(message.callback_number), message.noted_by) == (NUMBER, None)
    assert list(inbox(user=lea)) == []
    assert not Delivery.objects.exists()


def test_told_twice_it_stands_there_once(call: Call, lea: User) -> None:
    left(call)
    left(call)

    assert (Message.objects.count(), CallFile.objects.count()) == (1, 1)


@pytest.mark.parametrize(("people", "named"), [(0, ""), (1, "Lefèvre"), (2, "")])
def test_it_is_from_whom_the_client_knows_alone_on_the_number(
    client_called: Client, call: Call, people: int, named: str
) -> None:
    for _one in range(people):
        make_correspondent(client_called, number=NUMBER)

    message = left(call)

    assert named in message.caller_name
    assert (message.correspondent is not None) == bool(named)


def test_noting_it_relays_it_and_takes_it_off_the_list(call: Call, lea: User) -> None:
    message = left(call)

    noted = note_message(
        client=call.client, fields=MessageFields(body="Rappeler"), by=lea, at=NOW, call=call
    )

    assert noted == message
    assert (noted.state, noted.noted_by) == ("ready", lea)
    assert (list(unfinished_messages(user=lea)), list(partial_files(user=lea))) == ([], [])
    assert Delivery.objects.count() == 1


def test_one_of_which_nothing_is_to_be_passed_on_is_set_aside(call: Call, lea: User) -> None:
    message = left(call)

    assert set_voicemail_aside(call=call, by=lea, at=NOW)

    assert list(unfinished_messages(user=lea)) == []
    entry = AuditEntry.objects.get(action="message.voicemail_set_aside")
    assert (entry.by, entry.target_uuid) == (lea, message.uuid)
    assert not set_voicemail_aside(call=call, by=lea, at=NOW)


@pytest.mark.parametrize(
    "fields", [{"body": "Rappelez-moi"}, {"noted_by": "lea"}, {"ending": "answered"}]
)
def test_what_somebody_typed_is_never_set_aside(
    call: Call, lea: User, fields: dict[str, Any]
) -> None:
    message = list_voicemail(call=call, at=NOW)
    if "ending" in fields:
        Call.objects.update(**fields)
    else:
        Message.objects.update(**fields | ({"noted_by": lea} if "noted_by" in fields else {}))

    assert not set_voicemail_aside(call=call, by=lea, at=NOW)
    assert Message.objects.filter(pk=message.pk).exists()
