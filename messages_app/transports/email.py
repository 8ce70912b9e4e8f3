"""E-mail through Django's mail: SMTP, or a provider through django-anymail."""

import logging
from datetime import timedelta
from email.utils import parseaddr
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from uuid import UUID

from anymail.exceptions import AnymailAPIError, AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from messages_app.rules.gsm7 import one_line
from messages_app.rules.retries import FollowUp, Step
from messages_app.rules.sending import (
    Accepted,
    CannotTell,
    Envelope,
    LookUp,
    NotSent,
    Refused,
    SendResult,
    Unknown,
)

logger = logging.getLogger(__name__)

MAIL_DOWN = timedelta(minutes=2)


class EmailTransport:
    """One message per connection. Nobody can be asked what became of a cut one."""

    can_be_asked = False

    def send(self, envelope: Envelope) -> SendResult:
        """Open first, then send: what fails before the text is offered certainly did not leave."""
        try:
            message = build_message(envelope)
            connection = get_connection()
            connection.open()
        except SMTPAuthenticationError as error:
            return NotSent(
                str(error.smtp_code), "login refused", retry_after=MAIL_DOWN, stops_channel=True
            )
        except (SMTPException, OSError) as error:
            return NotSent("unreachable", type(error).__name__)
        try:
            return _offer(connection, message, envelope.delivery)
        finally:
            _close(connection)

    def find(self, envelope: Envelope) -> LookUp:
        """Mail servers can't be asked; the fixed Message-ID lets mailboxes spot a duplicate."""
        return CannotTell("mail")

    def follow_up(self, code: str) -> FollowUp:
        """A bounce is final."""
        return FollowUp(Step.NEXT_CHANNEL)


def message_id(delivery: UUID) -> str:
    """The same for every attempt at one delivery."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{delivery}@{domain}>"


def build_message(envelope: Envelope) -> EmailMultiAlternatives:
    """The mail as it leaves; providers get the delivery's uuid as metadata."""
    message = EmailMultiAlternatives(
        subject=one_line(envelope.subject),
        body=envelope.text,
        to=[envelope.address],
        headers={"Message-ID": message_id(envelope.delivery), "Auto-Submitted": "auto-generated"},
    )
    if envelope.html:
        message.attach_alternative(envelope.html, "text/html")
    message.metadata = {"delivery": str(envelope.delivery)}  # type: ignore[attr-defined]
    return message


def _offer(
    connection: BaseEmailBackend, message: EmailMultiAlternatives, delivery: UUID
) -> SendResult:
    try:
        connection.send_messages([message])
    except SMTPRecipientsRefused as error:
        return _by_code(min((code for code, _ in error.recipients.values()), default=550), error)
    except SMTPDataError as error:
        return _by_code(error.smtp_code, error)
    except SMTPResponseException as error:
        return _by_code(error.smtp_code, error)
    except AnymailError as error:
        return _by_provider(error)
    except (SMTPException, OSError) as error:
        # Measured: a server that drops the line after DATA may have kept the mail.
        return Unknown("dropped", type(error).__name__)
    except ValueError as error:
        return Refused("address", type(error).__name__)
    status = getattr(message, "anymail_status", None)
    return Accepted(getattr(status, "message_id", None) or message_id(delivery))


def _by_code(code: int, error: SMTPException) -> SendResult:
    """RFC 5321 §4.2.1: 5yz is permanent, 4yz may pass; both mean that it was not taken."""
    detail = type(error).__name__
    return Refused(str(code), detail) if code >= 500 else NotSent(str(code), detail)


def _by_provider(error: AnymailError) -> SendResult:
    status = error.status_code if isinstance(error, AnymailAPIError) else None
    name, detail = str(status or "provider"), type(error).__name__
    if status in (401, 403):
        return NotSent(name, detail, retry_after=MAIL_DOWN, stops_channel=True)
    if status == 429:
        return NotSent(name, detail)
    if isinstance(error, AnymailAPIError) and (status is None or status >= 500):
        return Unknown(name, detail)
    return Refused(name, detail)


def _close(connection: BaseEmailBackend) -> None:
    """A quarrel at QUIT changes nothing about a mail that was taken."""
    try:
        connection.close()
    except (SMTPException, OSError):
        logger.info("mail server left without a word")
