"""A call between a caller and Léa, through the product's own doors and the interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

from django.utils import timezone
from twilio.rest import Client as Sdk

from calls.models import Call, CallLeg, Transfer
from calls.queries.aims import Aim
from calls.services import tidy_talk, transfer
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.loopback import LoopbackHttpClient
from calls.telephony.interpreter.telephones import Party, Telephone
from calls.telephony.twilio import api
from clients.models import User
from tests.calls.interpreter.product import CALLER

LINE = "+33199004077"
LAWYER = "+33199004055"
MOBILE = "+33639980055"


@dataclass
class Talk:
    """What a test of a call under way holds in its hands."""

    exchange: Exchange
    clock: VirtualClock
    lea: User
    party: Party

    @property
    def call(self) -> Call:
        return Call.objects.latest("pk")

    @property
    def telephone(self) -> Telephone:
        return self.exchange.telephone(self.lea.endpoints.get().address)

    def other(self, address: str = LAWYER) -> Telephone:
        return self.exchange.telephone(address)

    def wait(self, seconds: float = 2) -> None:
        self.clock.advance(seconds)

    def tidy(self) -> None:
        """What the worker does after each commit that asked for it."""
        tidy_talk(call=self.call)
        self.wait()

    def do(self, service: object, **more: object) -> None:
        service(call=self.call, by=self.lea, at=timezone.now(), **more)  # type: ignore[operator]
        self.wait()

    def announce(self, number: str = LAWYER) -> None:
        self.do(transfer, aim=aim(number), kind=Transfer.Kind.ANNOUNCED)

    def send(self, number: str = LAWYER) -> None:
        self.do(transfer, aim=aim(number), kind=Transfer.Kind.DIRECT)

    def caller_hears(self) -> str:
        last = self.party.heard[-1]
        return f"{last.kind} {last.text.rpartition('/')[2]}".strip()

    @property
    def outcome(self) -> str:
        return Transfer.objects.latest("pk").outcome


def aim(number: str) -> Aim:
    return Aim(kind="number", key=f"number:{number}", name="Me Durand", number=number)


def hears(telephone: Telephone) -> str:
    """What is heard last at a telephone."""
    last = telephone.legs[-1].heard[-1]
    return f"{last.kind} {last.text}".strip()


def open_legs() -> int:
    """How many telephone paths have no end yet."""
    return CallLeg.objects.exclude(state=CallLeg.State.ENDED).count()


@contextmanager
def operator_at(exchange: Exchange) -> Iterator[None]:
    """Let our own requests reach the exchange, through the real SDK."""
    account = exchange.account
    client = Sdk(account.sid, account.auth_token, http_client=LoopbackHttpClient(exchange))
    with mock.patch.object(api, "configured_client", return_value=client):
        yield


def talking(exchange: Exchange, clock: VirtualClock, lea: User) -> Talk:
    """Let somebody call, and Léa answer."""
    party = exchange.place_call(LINE, CALLER)
    talk = Talk(exchange, clock, lea, party)
    clock.advance(2)
    talk.telephone.answer()
    clock.advance(5)
    return talk
