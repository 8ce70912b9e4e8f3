"""The caller may hang up at any moment: everything ends, and the product hears of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.telephones import Party
from tests.calls.interpreter.conftest import kinds
from tests.calls.interpreter.product import BASE, Product

Caller = Callable[..., Party]
LEA = "sip:lea@desk.permanence.example"
EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
RINGING = f'<Dial answerOnBridge="true" action="/fini"><Sip {EVENTS}>{LEA}</Sip></Dial>'


def test_before_the_product_has_answered(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call("<Say>Bonjour</Say>")
    party.hang_up()
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", "ended no-answer"] or kinds(party) == [
        "ringing",
        "said Bonjour",
        "ended completed",
    ]
    assert [one["CallStatus"] for one in product.at("/status")] == [party.state]


def test_while_it_rings(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(RINGING, seconds=3)
    party.hang_up()
    clock.run_until_quiet()
    assert exchange.telephone(LEA).ringing == []
    assert [one["CallStatus"] for one in product.at("/leg")] == [
        "initiated",
        "ringing",
        "no-answer",
    ]
    assert [(one["CallStatus"], one["DialCallStatus"]) for one in product.at("/fini")] == [
        ("no-answer", "no-answer")
    ]
    assert [one["CallStatus"] for one in product.at("/status")] == ["no-answer"]


def test_at_the_very_instant_of_the_answer(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(RINGING, seconds=3)
    exchange.telephone(LEA).answer()
    party.hang_up()
    clock.run_until_quiet()
    assert [leg.status for leg in exchange.legs.values()] == ["no-answer", "completed"]
    assert len(product.at("/fini")) == len(product.at("/status")) == 1


def test_during_the_conversation(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(RINGING, seconds=3)
    exchange.telephone(LEA).answer()
    clock.advance(30)
    party.hang_up()
    clock.run_until_quiet()
    assert exchange.telephone(LEA).connected == []
    assert [(one["DialCallStatus"], one["DialCallDuration"]) for one in product.at("/fini")] == [
        ("completed", "30")
    ]
    assert product.at("/leg")[-1]["CallStatus"] == "completed"


def test_while_the_called_party_listens_to_its_own_document(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/chuchote", '<Say loop="0">Un appel pour vous</Say>')
    party = call(f'<Dial action="/fini"><Sip url="/chuchote">{LEA}</Sip></Dial>', seconds=3)
    exchange.telephone(LEA).answer()
    clock.advance(2)
    party.hang_up()
    clock.run_until_quiet()
    assert exchange.telephone(LEA).connected == []
    assert [one["DialBridged"] for one in product.at("/fini")] == ["false"]


def test_during_a_gather_nothing_more_is_asked(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call('<Gather action="/menu" numDigits="1"><Say>Tapez</Say></Gather>', seconds=2)
    party.hang_up()
    party.press("1")
    clock.run_until_quiet()
    assert product.at("/menu") == []


def test_while_an_answer_of_the_product_is_awaited(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    from calls.telephony.interpreter.doors import Answer
    from tests.calls.interpreter.product import twiml

    slow = Answer(200, twiml("<Say>Trop tard</Say>"), seconds=5)
    product.on("/suite", slow)
    party = call("<Say>a</Say><Redirect>/suite</Redirect>", seconds=2)
    party.hang_up()
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", "said a", "ended completed"]
    assert len(product.at("/status")) == 1


def test_a_second_hang_up_changes_nothing(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call(RINGING, seconds=3)
    party.hang_up()
    party.hang_up()
    clock.run_until_quiet()
    assert len(product.at("/status")) == 1


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.2, 0.3, 1.0, 29.9, 30.0, 30.1, 31.0])
def test_whatever_the_moment_every_leg_ends_and_the_end_is_told_once(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock, seconds: float
) -> None:
    party = call(RINGING, seconds=seconds)
    party.hang_up()
    clock.run_until_quiet()
    assert all(leg.is_over for leg in exchange.legs.values())
    assert [one["CallSid"] for one in product.at("/status")] == [party.sid]
    assert len(product.at("/fini")) <= 1
    assert {alert.url for alert in exchange.alerts} <= {BASE}
