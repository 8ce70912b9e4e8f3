"""An exchange with a virtual clock before a product played by the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings as configured
from pytest_django import Settings

from calls.services import join_three
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.doors import DjangoClientDoors
from calls.telephony.interpreter.exchange import Account, Exchange, NumberSettings
from calls.telephony.interpreter.telephones import Party
from clients.models import User
from tests.calls.interpreter.product import BASE, CALLER, LINE, TOKEN, Product
from tests.calls.interpreter.talks import LINE as TALK_LINE
from tests.calls.interpreter.talks import Talk, operator_at, talking
from tests.factories import make_assistant, make_client, make_correspondent, make_line

Captured = Callable[..., AbstractContextManager[object]]
START = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    """The exchange's time; the product's own begins at the same instant, whatever today is."""
    with time_machine.travel(START):
        yield VirtualClock(START)


@pytest.fixture
def product() -> Product:
    return Product()


@pytest.fixture
def exchange(clock: VirtualClock, product: Product) -> Exchange:
    line = NumberSettings(
        voice_url=f"{BASE}/voice",
        voice_fallback_url=f"{BASE}/fallback",
        status_callback=f"{BASE}/status",
    )
    return Exchange(
        account=Account("AC" + "0" * 32, TOKEN), numbers={LINE: line}, clock=clock, doors=product
    )


@pytest.fixture
def lea(db: None) -> User:
    """An assistant whose client's line is called by somebody whom it knows."""
    client = make_client(name="Cabinet Morel")
    make_line(client, LINE)
    make_correspondent(client, "Lefèvre", number=CALLER)
    return make_assistant(client, "lea")


@pytest.fixture
def call(exchange: Exchange, clock: VirtualClock, product: Product) -> Callable[..., Party]:
    """Call the line, which answers with the given TwiML, and let `seconds` pass."""

    def place(answer: str, *, seconds: float = 0.0, from_: str = CALLER) -> Party:
        product.on("/voice", answer)
        party = exchange.place_call(LINE, from_)
        clock.advance(seconds)
        return party

    return place


@pytest.fixture
def real_exchange(
    db: None, clock: VirtualClock, django_capture_on_commit_callbacks: Captured
) -> Exchange:
    """The exchange before the product itself."""
    base = configured.PUBLIC_BASE_URL

    def committed() -> AbstractContextManager[object]:
        return django_capture_on_commit_callbacks(execute=True)

    return Exchange(
        account=Account(configured.TWILIO_ACCOUNT_SID, configured.TWILIO_AUTH_TOKEN),
        numbers={},
        anything=NumberSettings(
            f"{base}/telephony/twilio/voice/",
            status_callback=f"{base}/telephony/twilio/status/",
        ),
        clock=clock,
        doors=DjangoClientDoors(base, around=committed),
    )


@pytest.fixture
def talk(real_exchange: Exchange, clock: VirtualClock) -> Iterator[Talk]:
    """A caller and Léa talk; our own requests reach the exchange."""
    client = make_client()
    make_line(client, TALK_LINE)
    lea = make_assistant(client, "lea")
    with operator_at(real_exchange):
        yield talking(real_exchange, clock, lea)


@pytest.fixture(params=["by her dial", "in a room"])
def consulting(talk: Talk, request: pytest.FixtureRequest) -> Talk:
    """She speaks with the lawyer, the caller hears music; the worker was not there yet, or was."""
    talk.announce()
    talk.other().answer()
    talk.wait()
    if request.param == "in a room":
        talk.tidy()
    return talk


@pytest.fixture
def meeting(talk: Talk) -> Talk:
    """She speaks with the lawyer, and the worker has let them meet in a room."""
    talk.announce()
    talk.other().answer()
    talk.wait()
    talk.tidy()
    return talk


@pytest.fixture
def three(meeting: Talk) -> Talk:
    meeting.do(join_three)
    return meeting


def kinds(party: Party) -> list[str]:
    """What a caller heard, without instants: `said Bonjour`, `ringing`…"""
    return [f"{one.kind} {one.text}".strip() for one in party.heard]


@pytest.fixture(autouse=True)
def _demonstration(settings: Settings) -> None:
    """Everybody may play, as in the demonstration."""
    settings.DEMO = True
