"""SMS: messages with Twilio's states, receipts, refusals and bad moments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from calls.telephony.interpreter.addresses import (
    is_alphanumeric_sender,
    is_e164,
    is_french_landline,
)

if TYPE_CHECKING:
    from calls.telephony.interpreter.exchange import Exchange

SENDING_SECONDS, SENT_SECONDS = 0.2, 0.4
LONGEST_BODY = 1600
VALIDITY_OVER = 30036


@dataclass(frozen=True)
class Outcome:
    """What happens to the messages for one recipient."""

    kind: str
    code: int = 0
    seconds: float = 1.0


deliver = Outcome("deliver")
"""Delivered after a second."""
no_receipt = Outcome("no_receipt")
"""Sent, and nothing more is ever known."""
server_error_but_sent = Outcome("server_error_but_sent")
"""The API answers 500, and the message leaves all the same."""
accept_then_drop = Outcome("accept_then_drop")
"""The message leaves, and the connection is cut before the answer."""


def undelivered(code: int) -> Outcome:
    """Sent, then not delivered."""
    return Outcome("undelivered", code)


def failed(code: int) -> Outcome:
    """Accepted, then never sent."""
    return Outcome("failed", code)


def refuse(code: int) -> Outcome:
    """Refused by the API, nothing is created."""
    return Outcome("refuse", code)


def slow(seconds: float) -> Outcome:
    """Delivered after so many seconds; beyond the validity it is undelivered (30036)."""
    return Outcome("slow", seconds=seconds)


class Refused(Exception):
    """The API refuses the request with one of Twilio's codes."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(reason or f"refused with {code}")
        self.code = code


class ConnectionDropped(Exception):
    """The request was carried out and the connection cut before the answer."""


@dataclass
class Message:
    """One message resource."""

    sid: str
    to: str
    from_: str
    body: str
    status: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    callback: str = ""
    service_sid: str = ""
    error_code: int | None = None


class SmsCentre:
    """The messages of the account and what becomes of them."""

    def __init__(self, exchange: Exchange) -> None:
        self.messages: dict[str, Message] = {}
        self._exchange = exchange
        self._scripts: dict[str, list[Outcome]] = {}

    def script(self, to: str, *outcomes: Outcome) -> None:
        """What happens to the next messages for `to`, in order; the last one goes on for ever."""
        self._scripts[to] = list(outcomes)

    def create(self, form: Mapping[str, str]) -> Message:
        """Accept a message; raises Refused or ConnectionDropped."""
        self._check(form)
        outcome = self._next_outcome(form["To"])
        if outcome.kind == "refuse":
            raise Refused(outcome.code)
        now = self._exchange.clock.now()
        message = Message(
            sid=self._exchange.sids.new("SM"),
            to=form["To"],
            from_=form.get("From", ""),
            body=form["Body"],
            status="queued",
            created_at=now,
            updated_at=now,
            callback=form.get("StatusCallback", ""),
            service_sid=form.get("MessagingServiceSid", ""),
        )
        self.messages[message.sid] = message
        self._plan(message, outcome, float(form.get("ValidityPeriod") or 36000))
        if outcome.kind == "server_error_but_sent":
            raise Refused(20500, "An internal server error has occurred")
        if outcome.kind == "accept_then_drop":
            raise ConnectionDropped(message.sid)
        return message

    def _next_outcome(self, to: str) -> Outcome:
        outcomes = self._scripts.get(to, [])
        if len(outcomes) > 1:
            return outcomes.pop(0)
        return outcomes[0] if outcomes else deliver

    def _check(self, form: Mapping[str, str]) -> None:
        to, sender = form.get("To", ""), form.get("From", "")
        if not to:
            raise Refused(21604, "A 'To' phone number is required")
        if not is_e164(to):
            raise Refused(21211, f"Invalid 'To' Phone Number: {to}")
        if is_french_landline(to):
            raise Refused(21635, f"'To' number cannot be a landline: {to}")
        if not form.get("Body"):
            raise Refused(21602, "Message body is required")
        if len(form["Body"]) > LONGEST_BODY:
            raise Refused(21617, "The message body exceeds the 1600 character limit")
        if not form.get("MessagingServiceSid"):
            self._check_sender(sender)

    def _check_sender(self, sender: str) -> None:
        if not sender:
            raise Refused(21603, "A 'From' phone number is required")
        if is_alphanumeric_sender(sender):
            return
        if not is_e164(sender):
            raise Refused(21212, f"Invalid 'From' number: {sender}")
        if not self._exchange.owns(sender):
            raise Refused(21606, f"The 'From' number {sender} is not owned by this account")

    def _plan(self, message: Message, outcome: Outcome, validity: float) -> None:
        clock = self._exchange.clock
        for delay, status, code in _course(outcome, validity):
            clock.schedule(delay, partial(self._move, message, status, code))

    def _move(self, message: Message, status: str, code: int | None) -> None:
        if message.status == "canceled":
            return
        message.status, message.error_code = status, code
        message.updated_at = self._exchange.clock.now()
        if status == "sent":
            message.sent_at = message.updated_at
        if message.callback:
            self._tell(message)

    def _tell(self, message: Message) -> None:
        values = {
            "AccountSid": self._exchange.account.sid,
            "ApiVersion": "2010-04-01",
            "From": message.from_,
            "MessageSid": message.sid,
            "MessageStatus": message.status,
            "SmsSid": message.sid,
            "SmsStatus": message.status,
            "To": message.to,
        }
        if message.service_sid:
            values["MessagingServiceSid"] = message.service_sid
        if message.error_code is not None:
            values["ErrorCode"] = str(message.error_code)
        self._exchange.courier.notify(message.callback, "POST", values)


def _course(outcome: Outcome, validity: float) -> list[tuple[float, str, int | None]]:
    """The states after `queued`, each with its delay and error code."""
    sending: list[tuple[float, str, int | None]] = [(SENDING_SECONDS, "sending", None)]
    if outcome.kind == "failed":
        return [*sending, (SENT_SECONDS, "failed", outcome.code)]
    sent = [*sending, (SENT_SECONDS, "sent", None)]
    if outcome.kind == "no_receipt":
        return sent
    if outcome.kind == "undelivered":
        return [*sent, (outcome.seconds, "undelivered", outcome.code)]
    if outcome.seconds > validity:
        return [*sent, (validity, "undelivered", VALIDITY_OVER)]
    return [*sent, (outcome.seconds, "delivered", None)]
