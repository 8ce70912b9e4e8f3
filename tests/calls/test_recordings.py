"""Recordings are fetched, the operator's copy goes, and ours goes after the client's days."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
import requests
from django.core.files.base import ContentFile
from pytest_django import Settings

from calls.models import Recording
from calls.services import forget_recordings, sweep_recordings
from calls.services import recordings as service
from calls.telephony.interpreter import running
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Account, Exchange
from calls.telephony.interpreter.speech import Recording as Left
from calls.telephony.twilio import recordings as operator
from calls.telephony.twilio.api import OperatorUnavailable
from calls.telephony.twilio.recordings import Sound, fetch_recording
from clients.models import Client
from tests.browser.server import Site
from tests.calls.interpreter.product import Product
from tests.desk.calls import ring
from tests.factories import make_client
from tests.people import NOW

DAY = timedelta(days=1)


class Operator:
    """Holds sounds by their names, and keeps what was asked for."""

    def __init__(self) -> None:
        self.sounds = {"RE1": b"RIFF...."}
        self.asked: list[str] = []
        self.is_down = False

    def fetch(self, name: str) -> Sound:
        self.asked.append(f"fetch {name}")
        if self.is_down or name not in self.sounds:
            raise OperatorUnavailable("HTTP 404")
        file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile()  # noqa: SIM115
        file.write(self.sounds[name])
        file.seek(0)
        return Sound(file, ".wav")

    def delete(self, name: str) -> None:
        self.asked.append(f"delete {name}")
        if self.is_down:
            raise OperatorUnavailable("HTTP 503")
        self.sounds.pop(name, None)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Operator:
    fake = Operator()
    monkeypatch.setattr(operator, "fetch_recording", fake.fetch)
    monkeypatch.setattr(operator, "delete_recording", fake.delete)
    return fake


@pytest.fixture
def client_called(db: None) -> Client:
    return make_client()


def recording(client: Client, **fields: Any) -> Recording:
    given: dict[str, Any] = {
        "call": ring(client, ended="voicemail"),
        "kind": "voicemail",
        "provider": "twilio",
        "provider_id": "RE1",
        "seconds": 9,
        "recorded_at": NOW,
        "next_attempt_at": NOW,
    }
    return Recording.objects.create(**given | fields)


def test_it_is_kept_here_before_the_operators_copy_goes(
    client_called: Client, held: Operator
) -> None:
    one = recording(client_called)

    sweep_recordings(at=NOW)
    one.refresh_from_db()
    assert (one.state, one.file.read(), held.asked) == ("kept", b"RIFF....", ["fetch RE1"])
    assert str(one.file.name).startswith("recordings/")

    sweep_recordings(at=NOW)
    one.refresh_from_db()
    assert held.asked == ["fetch RE1", "delete RE1"]
    assert (one.copy_deleted_at, one.next_attempt_at) == (NOW, None)
    assert sweep_recordings(at=NOW + DAY) == 0


def test_it_is_tried_again_later_and_later(client_called: Client, held: Operator) -> None:
    held.is_down = True
    one = recording(client_called)
    pauses = []
    at = NOW

    for _try in range(4):
        sweep_recordings(at=at)
        one.refresh_from_db()
        assert one.next_attempt_at is not None
        pauses.append((one.next_attempt_at - at).total_seconds())
        at = one.next_attempt_at

    assert pauses == [15, 45, 135, 405]
    held.is_down = False
    sweep_recordings(at=at)
    one.refresh_from_db()
    assert one.state == "kept"


def test_after_enough_tries_it_is_given_up_and_said_so(
    client_called: Client, held: Operator
) -> None:
    one = recording(client_called, provider_id="RE9", attempts=service.MOST_ATTEMPTS - 1)

    sweep_recordings(at=NOW)

    one.refresh_from_db()
    assert (one.state, one.next_attempt_at) == ("lost", None)


def test_nobody_else_takes_one_that_is_being_fetched(
    client_called: Client, held: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording(client_called)

    def fetch_meanwhile(name: str) -> Sound:
        assert sweep_recordings(at=NOW) == 0
        return held.fetch(name)

    monkeypatch.setattr(operator, "fetch_recording", fetch_meanwhile)
    sweep_recordings(at=NOW)

    assert held.asked == ["fetch RE1"]


def test_one_that_was_forgotten_while_it_was_fetched_leaves_no_file(
    client_called: Client, held: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = recording(client_called)

    def forgotten_meanwhile(name: str) -> Sound:
        forget_recordings(at=NOW + 91 * DAY)
        return held.fetch(name)

    monkeypatch.setattr(operator, "fetch_recording", forgotten_meanwhile)
    sweep_recordings(at=NOW)

    one.refresh_from_db()
    storage = one.file.storage
    assert (one.state, bool(one.file)) == ("forgotten", False)
    assert not storage.exists(f"recordings/2026/11/{one.uuid.hex}.wav")


def test_after_the_clients_days_file_and_copy_are_deleted(
    client_called: Client, held: Operator
) -> None:
    Client.objects.update(recordings_days=30)
    old = recording(client_called, state="kept", recorded_at=NOW - 31 * DAY, next_attempt_at=None)
    old.file.save("a.wav", ContentFile(b"RIFF"))
    young = recording(client_called, provider_id="RE2", recorded_at=NOW - 29 * DAY)
    name, storage = str(old.file.name), old.file.storage

    assert forget_recordings(at=NOW) == 1

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, bool(old.file), storage.exists(name)) == ("forgotten", False, False)
    assert young.state == "waiting"
    sweep_recordings(at=NOW)
    assert "delete RE1" in held.asked
    assert forget_recordings(at=NOW) == 0


def test_a_click_is_deleted_at_the_operators_and_never_fetched(
    client_called: Client, held: Operator
) -> None:
    recording(client_called, state="too_short", seconds=1)

    sweep_recordings(at=NOW)

    assert held.asked == ["delete RE1"]


class Reply:
    """What an operator may answer."""

    def __init__(self, status: int, kind: str, body: bytes) -> None:
        self.status_code, self.headers = status, {"Content-Type": kind}
        self.body = io.BytesIO(body)

    def __enter__(self) -> Reply:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def iter_content(self, size: int) -> Iterator[bytes]:
        while piece := self.body.read(size):
            yield piece


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (404, "audio/wav", b"RIFF"),
        (200, "text/html", b"RIFF"),
        (200, "audio/mpeg", b"<html>"),
        (200, "audio/wav", b"RIFF" + b"x" * 200),
    ],
)
def test_what_is_no_sound_or_too_long_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, status: int, kind: str, body: bytes
) -> None:
    monkeypatch.setattr(operator, "MOST_BYTES", 100)
    monkeypatch.setattr(requests, "get", lambda *_a, **_k: Reply(status, kind, body))

    with pytest.raises(OperatorUnavailable):
        fetch_recording("RE1")


def test_a_recordings_name_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(requests, "get", lambda url, **_k: asked.append(url))

    for name in ("../Calls", "RE1/../../x", "https://elsewhere.example", ""):
        with pytest.raises(OperatorUnavailable):
            fetch_recording(name)

    assert asked == []


def test_the_interpreters_recording_is_fetched_and_deleted_over_http(
    site: Site, settings: Settings, clock: VirtualClock
) -> None:
    account = Account(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    made = Exchange(account=account, numbers={}, clock=clock, doors=Product())
    made.recordings["RE7"] = Left("RE7", "CA7", 3, NOW)
    with running.replaced_by(made):
        one = recording(make_client(), provider_id="RE7")
        sweep_recordings(at=NOW)
        sweep_recordings(at=NOW)

    one.refresh_from_db()
    assert (one.state, one.copy_deleted_at) == ("kept", NOW)
    assert one.file.read(4) == b"RIFF"
    assert made.recordings == {}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)
