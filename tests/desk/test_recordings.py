"""Listening to what a caller left, on the desk and in the portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client as Browser
from django.urls import reverse

from calls.models import Call, Recording
from clients.models import AuditEntry, Membership, User
from clients.models.bureau import Grant
from desk.queries.board import board
from desk.queries.figures import figures
from desk.queries.follow_up import follow_up
from messages_app.models import Message
from messages_app.rules.fields import MessageFields
from messages_app.services.note import note_message
from messages_app.services.voicemails import list_voicemail
from tests.desk.calls import at, ring
from tests.people import NOW, Practice

SOUND = b"RIFF" + bytes(60)


@pytest.fixture
def left(practice: Practice) -> Call:
    """A call that ended on the machine and is listed."""
    call = ring(practice.client, ended=Call.Ending.VOICEMAIL)
    list_voicemail(call=call, at=NOW)
    return call


def record(call: Call, kind: str = "voicemail", state: str = "kept", name: str = "RE1") -> str:
    """The address of a recording of the call's."""
    made = Recording(call=call, kind=kind, state=state, provider="twilio", provider_id=name)
    made.recorded_at, made.seconds = NOW, 64
    if state == "kept":
        made.file.save("a.wav", ContentFile(SOUND), save=False)
    made.save()
    return reverse("desk:recording", args=[made.uuid])


def test_it_waits_on_the_board_and_in_the_list_and_leads_to_the_message_face(
    lea: User, left: Call
) -> None:
    [card] = board(lea, NOW).unfinished
    [listed] = follow_up(lea, NOW).voicemails

    assert card.url == listed.client.url == f"{at('call', left)}?face=message"
    assert "répondeur" in card.detail
    assert board(lea, NOW).callbacks == []
    assert figures(lea, NOW).to_follow_up == 1


def test_the_list_asks_as_often_for_three_voicemails_as_for_one(
    lea: User, practice: Practice, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    follow_up(lea, NOW)  # what she supervises is remembered on her object

    def add() -> None:
        list_voicemail(call=ring(practice.client, ended=Call.Ending.VOICEMAIL), at=NOW)

    assert_same_queries_at_1_and_3(add=add, show=lambda: follow_up(lea, NOW))


def test_the_message_face_has_a_player(desk: Browser, left: Call) -> None:
    url = record(left)

    page = desk.get(at("call", left))

    assert f'src="{url}"' in page.text
    assert "1:04" in page.text
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("state", "words", "asks_again"),
    [
        ("waiting", "L’enregistrement est demandé à l’opérateur.", True),
        ("lost", "L’opérateur n’a pas donné l’enregistrement", False),
        ("forgotten", "L’enregistrement a été effacé", False),
    ],
)
def test_a_recording_that_is_not_here_is_said_so_and_awaited(
    hx: Callable[..., Any], left: Call, state: str, words: str, asks_again: bool
) -> None:
    record(left, state=state)

    html = hx("get", at("recordings", left)).text

    assert words in html
    assert ("every 4s" in html, "<audio" in html) == (asks_again, False)


def test_parts_of_it_are_played_and_it_is_kept_who_listened(
    desk: Browser, lea: User, left: Call
) -> None:
    url = record(left)

    whole, part = desk.get(url), desk.get(url, headers={"Range": "bytes=0-3"})

    assert (whole.content, whole["Content-Type"]) == (SOUND, "audio/wav")
    assert (part.status_code, part.content) == (206, b"RIFF")
    entry = AuditEntry.objects.get(action="recording.listened_to")
    assert (entry.by, entry.client) == (lea, left.client)


def test_one_that_is_not_here_is_not_found_and_nobody_listened(desk: Browser, left: Call) -> None:
    assert desk.get(record(left, state="waiting")).status_code == 404
    assert not AuditEntry.objects.filter(action="recording.listened_to").exists()


def test_conversations_are_for_who_supervises(desk: Browser, lea: User, left: Call) -> None:
    url = record(left, kind="conversation")
    before = desk.get(url).status_code, desk.get(at("call", left)).text.count("<audio")

    Membership.objects.filter(user=lea).update(grants=[Grant.ANSWER, Grant.SUPERVISE])

    after = desk.get(url).status_code, desk.get(at("call", left)).text.count("<audio")
    assert (before, after) == ((404, 0), (200, 1))


def test_one_of_which_nothing_is_to_be_passed_on_is_filed(
    hx: Callable[..., Any], lea: User, left: Call
) -> None:
    message = Message.objects.get(call=left)

    hx("post", reverse("desk:voicemail_aside", args=[message.uuid]))

    assert (follow_up(lea, NOW).voicemails, board(lea, NOW).unfinished) == ([], [])


def test_saying_what_came_of_it_files_it_too(hx: Callable[..., Any], lea: User, left: Call) -> None:
    hx("post", at("disposition", left), {"disposition": "canvasser"})

    assert (follow_up(lea, NOW).voicemails, board(lea, NOW).unfinished) == ([], [])


def test_the_client_hears_it_in_the_portal_once_it_was_noted(
    practice: Practice, lea: User, left: Call
) -> None:
    record(left)
    doctor = Browser()
    doctor.force_login(practice.doctor)
    waiting = Message.objects.get(call=left)
    path = reverse("portal:recording", args=[waiting.uuid])
    before = doctor.get(path).status_code

    fields = MessageFields(body="Rappeler")
    note_message(client=practice.client, fields=fields, by=lea, at=NOW, call=left)

    page = doctor.get(reverse("portal:message", args=[waiting.uuid]))
    assert (before, doctor.get(path).content) == (404, SOUND)
    assert f'src="{path}"' in page.text


def test_the_client_never_hears_a_recorded_conversation(
    practice: Practice, lea: User, left: Call
) -> None:
    record(left, kind="conversation")
    fields = MessageFields(body="Rappeler")
    noted = note_message(client=practice.client, fields=fields, by=lea, at=NOW, call=left)
    doctor = Browser()
    doctor.force_login(practice.doctor)

    assert doctor.get(reverse("portal:recording", args=[noted.uuid])).status_code == 404
