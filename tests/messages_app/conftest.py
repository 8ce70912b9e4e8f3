"""A lawyer, his assistant, and a gateway that does what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from calls.models import Call
from clients.models import Client, ClientMember, User
from messages_app.models import Delivery, Message
from messages_app.rules.addressing import Channel
from messages_app.rules.fields import MessageFields
from messages_app.rules.retries import FollowUp, Step
from messages_app.rules.sending import (
    Absent,
    Accepted,
    Envelope,
    Found,
    LookUp,
    SendResult,
)
from messages_app.services.note import note_message
from messages_app.transports import registry
from messages_app.transports.twilio_codes import follow_up
from tests.factories import make_assistant, make_client, make_line, make_member

# A Monday, 10:42 in Paris.
NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)


class Killed(BaseException):
    """The process dies here; nothing of ours catches it."""


@dataclass
class FakeGateway:
    """Keeps what it took, answers what the test has written, in order, then accepts."""

    can_be_asked: bool = True
    script: list[SendResult | type[Killed]] = field(default_factory=list)
    takes: list[bool] = field(default_factory=list)
    taken: list[Envelope] = field(default_factory=list)
    asked: int = 0
    says: list[LookUp] = field(default_factory=list)

    def will(self, result: SendResult | type[Killed], *, takes: bool) -> FakeGateway:
        """The next send gives this result; `takes` says whether the text leaves all the same."""
        self.script.append(result)
        self.takes.append(takes)
        return self

    def send(self, envelope: Envelope) -> SendResult:
        result: SendResult | type[Killed] | None = self.script.pop(0) if self.script else None
        if self.takes.pop(0) if self.takes else True:
            self.taken.append(envelope)
        if isinstance(result, type):
            raise result
        return result or Accepted(f"SM{len(self.taken)}")

    def find(self, envelope: Envelope) -> LookUp:
        self.asked += 1
        if self.says:
            return self.says.pop(0)
        matches = [sent for sent in self.taken if sent.delivery == envelope.delivery]
        return Found("SM-found", "sent") if matches else Absent()

    def follow_up(self, code: str) -> FollowUp:
        return follow_up(code) if self.can_be_asked else FollowUp(Step.NEXT_CHANNEL)


@dataclass
class Gateways:
    """Both channels' gateways."""

    sms: FakeGateway = field(default_factory=FakeGateway)
    email: FakeGateway = field(default_factory=lambda: FakeGateway(can_be_asked=False))


@pytest.fixture
def gateways() -> Iterator[Gateways]:
    """Gateways that do what they are told, in place of Twilio and the mail server."""
    fakes = Gateways()
    chosen = {Channel.SMS: fakes.sms, Channel.EMAIL: fakes.email}
    with mock.patch.dict(registry.TRANSPORTS, chosen):
        yield fakes


@dataclass
class Clock:
    """Time stands still until the test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Lawyer:
    """Maître Durand, who answers for him, and how he is reached."""

    client: Client
    assistant: User
    member: ClientMember

    def note(self, *, at: datetime = NOW, call: Call | None = None, **fields: str) -> Message:
        """An urgent message of the court's, unless the test says otherwise."""
        words = {
            "caller_name": "Greffe TJ Lyon",
            "callback_number": "04 65 71 70 12",
            "subject": "Morel c/ SARL Aubépine",
            "body": "Audience avancée au 2 décembre à 9 heures.",
            "urgency": "urgent",
        }
        return note_message(
            client=self.client,
            fields=MessageFields(**{**words, **fields}),  # type: ignore[arg-type]
            call=call,
            by=self.assistant,
            at=at,
        )

    def call(self, *, at: datetime = NOW) -> Call:
        """A call on his line, picked up by his assistant."""
        return Call.objects.create(
            bureau=self.client.bureau,
            client=self.client,
            line=self.client.lines.get(),
            caller_number="+33465717012",
            state=Call.State.IN_PROGRESS,
            started_at=at,
            answered_at=at,
            answered_by=self.assistant,
        )


@pytest.fixture
def lawyer(db: None) -> Lawyer:
    client = make_client(
        name="Cabinet Durand", short_name="Me Durand", trade=Client.Trade.LAWYER, hue=340
    )
    make_line(client)
    assistant = make_assistant(client, "lea", telephone="none")
    member = make_member(
        client,
        "durand",
        mobile="+33639980018",
        notify_email="cabinet@durand-avocat.example",
    )
    return Lawyer(client, assistant, member)


def only(channel: str, message: Message | None = None) -> Delivery:
    """The one delivery of that channel."""
    deliveries = Delivery.objects.filter(channel=channel)
    return (deliveries.filter(messages=message) if message else deliveries).get()
