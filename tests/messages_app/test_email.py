"""What each answer of a mail server proves, with a real SMTP server on loopback."""

from __future__ import annotations

import asyncio
import email
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message as Mail
from typing import Any
from uuid import UUID

import pytest
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import Settings

from messages_app.rules.sending import (
    Accepted,
    CannotTell,
    Envelope,
    NotSent,
    Refused,
    SendResult,
    Unknown,
)
from messages_app.transports.email import EmailTransport, build_message, message_id
from tests.messages_app.smtp_server import SMTP, Controller, Session
from tests.messages_app.smtp_server import Envelope as SmtpEnvelope

UUID_A = UUID(int=10)
ENVELOPE = Envelope(
    delivery=UUID_A,
    address="cabinet@durand-avocat.example",
    subject="Message de Greffe TJ Lyon",
    text="Greffe TJ Lyon a appelé.\n",
    html="<p>Greffe TJ Lyon a appelé.</p>",
)


@dataclass
class Handler:
    """A mail server that answers what the test wants."""

    at_recipient: str = "250 OK"
    at_data: str = "250 OK"
    hangs_up_after_data: bool = False
    kept: list[Mail] = field(default_factory=list)
    addressed_to: list[str] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: SmtpEnvelope, address: str, options: Any
    ) -> str:
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
            self.addressed_to.append(address)
        return self.at_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: SmtpEnvelope) -> str:
        if self.at_data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.kept.append(email.message_from_bytes(envelope.content))
        if self.hangs_up_after_data:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return self.at_data


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[Handler]:
    handler = Handler()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_TIMEOUT = 2
    settings.DEFAULT_FROM_EMAIL = "Permanence <relais@permanence.example>"
    yield handler
    controller.stop()


def test_a_mail_that_is_taken_has_the_deliverys_own_message_id(mail_server: Handler) -> None:
    result = EmailTransport().send(ENVELOPE)

    mail = mail_server.kept[0]
    assert result == Accepted(f"<{UUID_A}@permanence.example>")
    assert mail["Message-ID"] == f"<{UUID_A}@permanence.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail_server.addressed_to == ["cabinet@durand-avocat.example"]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_every_attempt_at_one_delivery_has_the_same_message_id(mail_server: Handler) -> None:
    EmailTransport().send(ENVELOPE)
    EmailTransport().send(ENVELOPE)

    assert len({mail["Message-ID"] for mail in mail_server.kept}) == 1


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("550 no such user", Refused("550", "SMTPRecipientsRefused")),
        ("451 try later", NotSent("451", "SMTPRecipientsRefused")),
    ],
)
def test_a_refused_recipient_is_read_by_its_code(
    mail_server: Handler, answer: str, result: SendResult
) -> None:
    mail_server.at_recipient = answer

    assert EmailTransport().send(ENVELOPE) == result


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("554 spam", Refused("554", "SMTPDataError")),
        ("452 disk full", NotSent("452", "SMTPDataError")),
    ],
)
def test_a_refused_text_is_read_by_its_code(
    mail_server: Handler, answer: str, result: SendResult
) -> None:
    mail_server.at_data = answer

    assert EmailTransport().send(ENVELOPE) == result


def test_a_server_that_hangs_up_after_the_text_may_have_kept_it(mail_server: Handler) -> None:
    mail_server.hangs_up_after_data = True

    assert EmailTransport().send(ENVELOPE) == Unknown("dropped", "SMTPServerDisconnected")
    assert len(mail_server.kept) == 1


def test_a_server_that_is_not_there_certainly_sent_nothing(
    mail_server: Handler, settings: Settings
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = unused.getsockname()[1]

        result = EmailTransport().send(ENVELOPE)

    assert result == NotSent("unreachable", "ConnectionRefusedError")


def test_a_server_that_never_greets_certainly_sent_nothing(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", silent.getsockname()[1]

        result = EmailTransport().send(ENVELOPE)

    assert result == NotSent("unreachable", "SMTPServerDisconnected")


def test_a_subject_can_not_add_headers() -> None:
    sneaky = Envelope(UUID_A, "a@b.example", "x", subject="One\r\nBcc: everybody@b.example")

    assert build_message(sneaky).message()["Subject"] == "One Bcc: everybody@b.example"


class ProviderBackend(BaseEmailBackend):
    """A provider's backend, which raises what the test wants."""

    error: Exception | None = None

    def send_messages(self, email_messages: Any) -> int:
        if ProviderBackend.error:
            raise ProviderBackend.error
        return len(email_messages)


def api_error(status: int | None) -> AnymailAPIError:
    error = AnymailAPIError("no")
    error.status_code = status
    return error


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (None, Accepted(message_id(UUID_A))),
        (api_error(400), Refused("400", "AnymailAPIError")),
        (api_error(429), NotSent("429", "AnymailAPIError")),
        (api_error(502), Unknown("502", "AnymailAPIError")),
        (api_error(None), Unknown("provider", "AnymailAPIError")),
        (AnymailRecipientsRefused("no"), Refused("provider", "AnymailRecipientsRefused")),
    ],
)
def test_a_providers_answers_are_read_by_their_status(
    settings: Settings, error: Exception | None, result: SendResult
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.ProviderBackend"
    ProviderBackend.error = error

    assert EmailTransport().send(ENVELOPE) == result


def test_a_provider_that_refuses_our_key_stops_the_channel(settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.ProviderBackend"
    ProviderBackend.error = api_error(401)

    result = EmailTransport().send(ENVELOPE)

    assert isinstance(result, NotSent)
    assert result.stops_channel


def test_nobody_can_be_asked_about_a_mail() -> None:
    transport = EmailTransport()

    assert (transport.can_be_asked, transport.find(ENVELOPE)) == (False, CannotTell("mail"))
