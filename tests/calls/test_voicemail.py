"""A caller speaks to the machine, and what he said is kept."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.urls import reverse

from calls.facts import CallEnded, VoicemailLeft
from calls.models import Call, Recording
from calls.rules.lifecycle import Contact, ending_of
from clients.models import Line
from core import facts
from tests.calls.lines import direct
from tests.calls.operator import post_signed, ring, voice_form
from tests.factories import make_client, make_line
from tests.wake_ups import WakeUp

NUMBER = "+33199004010"


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_client(), NUMBER)


@pytest.fixture
def heard() -> Iterator[list[object]]:
    """The facts told, without anybody who acts on them."""
    told: list[object] = []
    kinds = {CallEnded: (told.append,), VoicemailLeft: (told.append,)}
    with mock.patch.dict(facts._wires, kinds):
        yield told


def rings(line: Line, **step: Any) -> tuple[Call, ET.Element]:
    direct(line, {"action": "voicemail", **step})
    answer = ET.fromstring(ring(NUMBER).content)
    return Call.objects.get(), answer


def spoken(call: Call, door: str = "voicemail", seconds: int = 9, **more: str) -> ET.Element:
    form = voice_form(NUMBER) | {
        "RecordingSid": "RE1",
        "RecordingDuration": str(seconds),
        "RecordingUrl": "https://elsewhere.example/RE1",
        **more,
    }
    return ET.fromstring(post_signed(reverse(f"twilio:{door}", args=[call.uuid]), form).content)


def hang_up(call: Call) -> Call:
    form = voice_form(NUMBER) | {"CallStatus": "completed", "SequenceNumber": "9"}
    post_signed(reverse("twilio:status"), form)
    call.refresh_from_db()
    return call


def test_the_caller_hears_the_steps_sentence_and_may_speak_after_the_tone(line: Line) -> None:
    call, answer = rings(line, text="Parlez, nous écoutons.", seconds=90)

    base = "http://localhost:8000/telephony/twilio/calls"
    record = answer.find("Record")
    assert [one.tag for one in answer] == ["Say", "Record", "Hangup"]
    assert answer.findtext("Say") == "Parlez, nous écoutons."
    assert record is not None
    assert record.get("maxLength") == "90"
    assert record.get("action") == f"{base}/{call.uuid}/voicemail/"
    assert record.get("recordingStatusCallback") == f"{base}/{call.uuid}/recorded/"


@pytest.mark.parametrize(
    ("language", "said"), [("", "Laissez-nous un mot."), ("en", "Leave a word.")]
)
def test_without_a_sentence_of_its_own_the_lines_is_said_in_the_callers_language(
    line: Line, language: str, said: str
) -> None:
    direct(
        line,
        {"action": "voicemail"},
        hours={"language": language},
        voicemail_text="Laissez-nous un mot.",
        voicemail_text_en="Leave a word.",
    )

    answer = ET.fromstring(ring(NUMBER).content)

    assert answer.findtext("Say") == said


def test_a_line_without_any_sentence_still_says_what_to_do(line: Line) -> None:
    assert rings(line)[1].findtext("Say")


def test_what_he_said_makes_the_calls_ending_voicemail(line: Line, heard: list[object]) -> None:
    call, _answer = rings(line)

    thanks = spoken(call)
    hang_up(call)

    recording = Recording.objects.get()
    assert [one.tag for one in thanks] == ["Say", "Hangup"]
    assert (call.ending, recording.seconds, recording.state) == ("voicemail", 9, "waiting")
    left = VoicemailLeft(call.pk, call.uuid, line.client.uuid, recording.pk)
    ended = CallEnded(call.pk, call.uuid, line.client.uuid, "voicemail", None)
    assert heard == [left, ended]


def test_what_is_told_after_the_end_still_names_the_ending(line: Line, heard: list[object]) -> None:
    call, _answer = rings(line)
    assert hang_up(call).ending == "missed"

    spoken(call, "recorded", RecordingStatus="completed")

    call.refresh_from_db()
    assert call.ending == "voicemail"


def test_told_twice_and_by_both_doors_it_is_one_recording_and_one_fact(
    line: Line, heard: list[object]
) -> None:
    call, _answer = rings(line)
    for door in ("recorded", "voicemail", "voicemail", "recorded"):
        spoken(call, door)

    assert Recording.objects.count() == 1
    assert [type(fact) for fact in heard] == [VoicemailLeft]


def test_a_click_is_no_voicemail_and_its_copy_at_the_operators_goes(
    line: Line, heard: list[object]
) -> None:
    call, _answer = rings(line)

    spoken(call, seconds=1)
    hang_up(call)

    recording = Recording.objects.get()
    assert (call.ending, recording.state) == ("missed", "too_short")
    assert recording.next_attempt_at is not None
    assert not any(isinstance(fact, VoicemailLeft) for fact in heard)


@pytest.mark.parametrize("status", ["absent", "failed"])
def test_a_recording_that_the_operator_has_not_is_none(line: Line, status: str) -> None:
    call, _answer = rings(line)

    spoken(call, "recorded", RecordingStatus=status)

    assert not Recording.objects.exists()


def test_an_answered_call_stays_answered(line: Line) -> None:
    call, _answer = rings(line)
    hang_up(call)
    Call.objects.update(ending="answered", answered_at=call.started_at)

    spoken(call)

    call.refresh_from_db()
    assert call.ending == "answered"


def test_the_worker_is_woken_once_it_can_be_fetched(
    line: Line, wake_ups: list[WakeUp], django_capture_on_commit_callbacks: Any
) -> None:
    call, _answer = rings(line)
    now = datetime.now(UTC)

    with django_capture_on_commit_callbacks(execute=True):
        spoken(call)
    before = list(wake_ups)
    soon = Recording.objects.get().next_attempt_at
    with django_capture_on_commit_callbacks(execute=True):
        spoken(call, "recorded")
    at_once = Recording.objects.get().next_attempt_at

    fetch = WakeUp("calls.tasks.sweep_recordings")
    assert (fetch in before, fetch in wake_ups) == (False, True)
    assert soon is not None
    assert at_once is not None
    assert soon >= now + timedelta(seconds=5) > at_once


def test_words_on_the_machine_go_before_a_failure() -> None:
    contact = Contact(False, timedelta(seconds=3), True, True, has_left_voicemail=True)

    assert ending_of(contact) == "voicemail"


def test_it_needs_the_operators_signature(line: Line, client: Any) -> None:
    call, _answer = rings(line)
    for door in ("voicemail", "recorded", "conversation"):
        path = reverse(f"twilio:{door}", args=[call.uuid])
        assert client.post(path, {"RecordingSid": "RE1"}).status_code == 403

    assert not Recording.objects.exists()
