"""What is asked of Twilio, and what each of its answers proves, over a real loopback socket."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from pytest_django import Settings

from messages_app.rules.sending import (
    Absent,
    Accepted,
    CannotTell,
    Envelope,
    Found,
    NotSent,
    Refused,
    Unknown,
)
from messages_app.transports import twilio_client
from messages_app.transports.addresses import is_our_address, status_address
from messages_app.transports.twilio_sms import TwilioSms
from tests.messages_app.conftest import NOW

SID = "AC" + "1" * 32
UUID_A = UUID(int=10)
ENVELOPE = Envelope(
    delivery=UUID_A,
    address="+33639980018",
    text="Me Durand : Greffe a appelé. http://localhost:8000/p/m/x/",
    sender="DURAND",
    written_at=NOW,
    claimed_at=NOW,
    expires_at=NOW + timedelta(minutes=30),
)


@dataclass
class Request:
    method: str
    path: str
    form: dict[str, list[str]]
    authorization: str


@dataclass
class ScriptedServer:
    """Answers what the test has written, and remembers what it was asked."""

    url: str = ""
    status: int = 201
    body: Any = field(default_factory=lambda: {"sid": "SM9", "status": "queued"})
    headers: dict[str, str] = field(default_factory=dict)
    behaviour: str = "answer"
    requests: list[Request] = field(default_factory=list)

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        form = parse_qs(handler.rfile.read(length).decode())
        if handler.command == "GET":
            form = parse_qs(urlsplit(handler.path).query)
        authorization = handler.headers.get("Authorization", "")
        path = urlsplit(handler.path).path
        self.requests.append(Request(handler.command, path, form, authorization))
        if self.behaviour == "drop":
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        if self.behaviour == "silent":
            time.sleep(0.4)
            return
        self._answer(handler)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        content = text.encode()
        handler.send_response(self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


@pytest.fixture
def server(settings: Settings) -> Iterator[ScriptedServer]:
    script = ScriptedServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            script.handle(self)

        def do_GET(self) -> None:
            script.handle(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    script.url = f"http://127.0.0.1:{httpd.server_port}"
    settings.TWILIO_ACCOUNT_SID = SID
    settings.TWILIO_AUTH_TOKEN = "token"
    settings.TWILIO_API_BASE = f"{script.url}/operator"
    yield script
    twilio_client.forget_client()
    httpd.shutdown()
    thread.join()
    httpd.server_close()


# --- sending -------------------------------------------------------------------------------------


def test_the_request_is_twilios_at_the_configured_address(server: ScriptedServer) -> None:
    result = TwilioSms().send(ENVELOPE)

    request = server.requests[0]
    assert result == Accepted("SM9")
    assert (request.method, request.path) == (
        "POST",
        f"/operator/2010-04-01/Accounts/{SID}/Messages.json",
    )
    assert request.authorization == "Basic " + base64.b64encode(f"{SID}:token".encode()).decode()
    assert request.form == {
        "To": ["+33639980018"],
        "From": ["DURAND"],
        "Body": [ENVELOPE.text],
        "ValidityPeriod": ["1800"],
        "StatusCallback": [status_address(UUID_A)],
    }


@pytest.mark.parametrize(
    ("life", "seconds"),
    [
        (timedelta(hours=48), "36000"),
        (timedelta(minutes=15), "900"),
        (timedelta(seconds=0), "1"),
        (None, "36000"),
    ],
)
def test_an_sms_is_valid_as_long_as_it_is_useful_within_twilios_bounds(
    server: ScriptedServer, life: timedelta | None, seconds: str
) -> None:
    TwilioSms().send(
        Envelope(
            UUID_A,
            "+33639980018",
            "x",
            claimed_at=NOW,
            expires_at=None if life is None else NOW + life,
        )
    )

    assert server.requests[0].form["ValidityPeriod"] == [seconds]


def test_without_a_sender_of_the_clients_the_houses_name_is_used(
    server: ScriptedServer, settings: Settings
) -> None:
    settings.TWILIO_SMS_SENDER = "Permanence"

    TwilioSms().send(Envelope(UUID_A, "+33639980018", "x"))

    assert server.requests[0].form["From"] == ["Permanence"]


@pytest.mark.parametrize(
    ("status", "body", "headers", "result"),
    [
        (
            400,
            {"code": 21614, "message": "not mobile"},
            {},
            Refused("21614", "not mobile"),
        ),
        (
            400,
            {"code": 21408, "message": "country"},
            {},
            Refused("21408", "country", alarms=True),
        ),
        (
            429,
            {"code": 20429, "message": "slow down"},
            {"Retry-After": "40"},
            NotSent("20429", "slow down", retry_after=timedelta(seconds=40)),
        ),
        (
            429,
            {"code": 20429, "message": "slow down"},
            {},
            NotSent("20429", "slow down"),
        ),
        (
            401,
            {"code": 20003, "message": "authenticate"},
            {},
            NotSent("20003", "authenticate", retry_after=timedelta(minutes=2), stops_channel=True),
        ),
        (500, {"code": 20500, "message": "oops"}, {}, Unknown("20500", "oops")),
    ],
)
def test_each_answer_proves_what_it_proves(
    server: ScriptedServer, status: int, body: object, headers: dict[str, str], result: object
) -> None:
    server.status, server.body, server.headers = status, body, headers

    assert TwilioSms().send(ENVELOPE) == result


def test_a_gateway_that_is_not_there_certainly_sent_nothing(
    server: ScriptedServer, settings: Settings
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.TWILIO_API_BASE = f"http://127.0.0.1:{unused.getsockname()[1]}"

        result = TwilioSms().send(ENVELOPE)

    assert isinstance(result, NotSent)


def test_a_connection_cut_after_the_request_may_have_sent_it(server: ScriptedServer) -> None:
    server.behaviour = "drop"

    assert TwilioSms().send(ENVELOPE) == Unknown("dropped", "ConnectionError")


def test_a_gateway_that_stays_silent_may_have_sent_it(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.behaviour = "silent"
    monkeypatch.setattr(twilio_client, "TIME_OUT", 0.2)

    assert TwilioSms().send(ENVELOPE) == Unknown("dropped", "ReadTimeout")


def test_an_answer_that_is_no_json_may_have_sent_it(server: ScriptedServer) -> None:
    server.body = "<html>proxy</html>"

    assert isinstance(TwilioSms().send(ENVELOPE), Unknown)


def test_without_an_account_sms_are_refused_so_that_mail_goes_on(
    settings: Settings,
) -> None:
    settings.TWILIO_ACCOUNT_SID = ""

    assert isinstance(TwilioSms().send(ENVELOPE), Refused)


def test_the_clients_own_log_says_nothing_of_numbers(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="twilio.http_client"):
        TwilioSms().find(ENVELOPE)

    assert "33639980018" not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("twilio")
    )


# --- asking --------------------------------------------------------------------------------------


def listed(*messages: dict[str, object]) -> dict[str, object]:
    usual = {
        "sid": "SM1",
        "body": ENVELOPE.text,
        "status": "sent",
        "error_code": None,
        "date_created": format_datetime(NOW),
    }
    return {"messages": [usual | message for message in messages], "next_page_uri": None}


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ({}, Found("SM1", "sent")),
        ({"status": "undelivered", "error_code": 30003}, Found("SM1", "undelivered", "30003")),
        ({"body": f"Sent from a trial account - {ENVELOPE.text}"}, Found("SM1", "sent")),
        ({"body": "another text"}, Absent()),
        ({"sid": "SM-other"}, Absent()),
        ({"date_created": format_datetime(NOW - timedelta(minutes=6))}, Absent()),
        ({"date_created": format_datetime(NOW - timedelta(minutes=4))}, Found("SM1", "sent")),
    ],
)
def test_the_text_is_found_among_the_last_ones_to_the_number(
    server: ScriptedServer, message: dict[str, object], found: object
) -> None:
    server.status, server.body = 200, listed(message)
    asked = Envelope(
        UUID_A,
        ENVELOPE.address,
        ENVELOPE.text,
        written_at=NOW,
        foreign_ids=frozenset({"SM-other"}),
    )

    assert TwilioSms().find(asked) == found
    assert server.requests[0].form["To"] == ["+33639980018"]


def test_an_empty_list_says_that_it_was_never_taken(server: ScriptedServer) -> None:
    server.status, server.body = 200, listed()

    assert TwilioSms().find(ENVELOPE) == Absent()


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_question_without_an_answer_proves_nothing(server: ScriptedServer, status: int) -> None:
    server.status, server.body = status, {"code": 20500, "message": "oops"}

    assert isinstance(TwilioSms().find(ENVELOPE), CannotTell)


# --- the address of the callbacks ----------------------------------------------------------------


def test_the_callback_address_is_public_and_proved(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://permanence.example"

    address = status_address(UUID_A)

    prefix = f"https://permanence.example/telephony/twilio/messages/{UUID_A}/"
    signature = address.removeprefix(prefix).rstrip("/")
    assert address == f"{prefix}{signature}/"
    assert is_our_address(UUID_A, signature)
    assert not is_our_address(UUID(int=11), signature)
    assert not is_our_address(UUID_A, "x" * 43)


def test_an_address_made_before_the_key_was_replaced_still_counts(
    settings: Settings,
) -> None:
    signature = status_address(UUID_A).rstrip("/").rpartition("/")[2]

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key, long enough to be accepted"

    assert is_our_address(UUID_A, signature)
