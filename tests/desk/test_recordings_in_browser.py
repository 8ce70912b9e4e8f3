"""Listening in a real browser: the player comes before the form, and only playing is listening."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from calls.models import Call, Recording
from clients.models import AuditEntry
from messages_app.services.voicemails import list_voicemail
from tests.desk.calls import at, ring
from tests.people import NOW, Practice


def a_second_of_silence() -> bytes:
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16000))
    return kept.getvalue()


@pytest.mark.look
def test_on_a_telephone_she_plays_a_voicemail_above_the_form_and_only_that_is_listening(
    page: Page, sign_in: Callable[[Page, Any], None], practice: Practice
) -> None:
    call = ring(practice.client, ended=Call.Ending.VOICEMAIL)
    list_voicemail(call=call, at=NOW)
    made = Recording(call=call, kind="voicemail", state="kept", provider="twilio", seconds=1)
    made.recorded_at = NOW
    made.file.save("a.wav", ContentFile(a_second_of_silence()))
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, practice.lea)
    page.goto(f"{at('call', call)}?face=message")

    player = page.get_by_label("Message vocal")
    form = page.locator(".message-form")
    tops = [one.bounding_box() for one in (player, form)]
    assert tops[0]
    assert tops[1]
    assert tops[0]["y"] + tops[0]["height"] <= tops[1]["y"]
    listened = AuditEntry.objects.filter(action="recording.listened_to")
    assert not listened.exists()

    with page.expect_response("**/recordings/**") as answered:
        player.evaluate("sound => sound.play()")
    assert answered.value.status == 206
    expect(player).to_have_js_property("ended", value=True)
    assert listened.get().by == practice.lea
