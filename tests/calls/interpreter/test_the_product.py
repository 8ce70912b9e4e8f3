"""The product itself at the other end: its doors accept what the interpreter sends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from random import Random

import pytest

from calls.models import Call
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.webhooks import Disturbance
from clients.models import Endpoint
from tests.calls.interpreter.conftest import kinds
from tests.calls.interpreter.product import CALLER
from tests.factories import make_assistant, make_client, make_line

LINE = "+33199004077"
Captured = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def exchange(real_exchange: Exchange) -> Exchange:
    return real_exchange


@pytest.fixture
def telephone_address(db: None) -> str:
    client = make_client()
    make_line(client, LINE)
    make_assistant(client, "lea")
    return Endpoint.objects.get().address


def test_a_call_is_answered_by_the_assistant_and_ends(
    exchange: Exchange, clock: VirtualClock, telephone_address: str
) -> None:
    party = exchange.place_call(LINE, CALLER)
    clock.advance(5)
    assert party.state == "ringing"
    exchange.telephone(telephone_address).answer()
    clock.advance(30)
    assert kinds(party)[-1] == f"connected {telephone_address}"
    party.hang_up()
    clock.run_until_quiet()
    call = Call.objects.get()
    assert (call.ending, call.caller_number) == ("answered", CALLER)
    assert list(exchange.alerts) == []


def test_a_caller_who_gives_up_leaves_a_missed_call(
    exchange: Exchange, clock: VirtualClock, telephone_address: str
) -> None:
    party = exchange.place_call(LINE, "anonymous")
    clock.advance(5)
    party.hang_up()
    clock.run_until_quiet()
    assert [call.caller_number for call in Call.objects.all()] == [""]
    assert Call.objects.exclude(ended_at=None).count() == 1
    assert exchange.telephone(telephone_address).ringing == []


def test_an_unknown_line_is_said_to_be_out_of_service(
    exchange: Exchange, clock: VirtualClock, db: None
) -> None:
    party = exchange.place_call("+33199004099", CALLER)
    clock.run_until_quiet()
    assert [one.kind for one in party.heard] == ["ringing", "said", "ended"]
    assert Call.objects.count() == 0


def test_bad_days_leave_the_same_call(
    exchange: Exchange, clock: VirtualClock, telephone_address: str
) -> None:
    exchange.courier.disturbance = Disturbance(duplicate=0.5, late=5, shuffle=True, rng=Random(3))
    party = exchange.place_call(LINE, CALLER)
    clock.advance(5)
    exchange.telephone(telephone_address).answer()
    clock.advance(20)
    party.hang_up()
    clock.run_until_quiet()
    [call] = Call.objects.all()
    assert call.ending == "answered"
    assert isinstance(call.ended_at, datetime)
