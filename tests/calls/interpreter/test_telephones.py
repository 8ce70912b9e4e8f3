"""Telephones: several calls at once, holding, picking up alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.telephones import Party, Telephone
from tests.calls.interpreter.conftest import kinds
from tests.calls.interpreter.product import CALLER

Caller = Callable[..., Party]
LEA = "sip:lea@desk.permanence.example"
RING = f'<Dial answerOnBridge="true"><Sip>{LEA}</Sip></Dial>'
OTHER = "+33639980002"


@pytest.fixture
def telephone(exchange: Exchange) -> Telephone:
    return exchange.telephone(LEA)


def test_several_calls_ring_at_once_and_are_picked_up_in_any_order(
    call: Caller, telephone: Telephone, clock: VirtualClock
) -> None:
    first, second = call(RING, seconds=2), call(RING, from_=OTHER, seconds=2)
    assert [leg.from_ for leg in telephone.ringing] == [CALLER, OTHER]
    telephone.answer(telephone.ringing[1])
    clock.advance(1)
    assert (first.state, second.state) == ("ringing", "in-progress")


def test_answering_a_second_call_holds_the_first(
    call: Caller, telephone: Telephone, clock: VirtualClock
) -> None:
    first, second = call(RING, seconds=2), call(RING, from_=OTHER, seconds=2)
    telephone.answer()
    clock.advance(5)
    telephone.answer()
    clock.advance(5)
    assert [leg.from_ for leg in telephone.held] == [CALLER]
    assert (kinds(first)[-1], kinds(second)[-1]) == (f"held {LEA}", f"connected {LEA}")
    telephone.hang_up()
    clock.advance(0)
    telephone.resume(telephone.held[0])
    assert (kinds(first)[-1], second.state) == (f"resumed {LEA}", "completed")
    assert (telephone.held, first.state) == ([], "in-progress")


def test_a_telephone_without_call_waiting_is_busy(
    call: Caller, telephone: Telephone, clock: VirtualClock
) -> None:
    telephone.call_waiting = False
    call(RING, seconds=2)
    telephone.answer()
    second = call(RING, from_=OTHER, seconds=1)
    clock.run_until_quiet(5)
    assert second.state == "no-answer"
    assert [leg.from_ for leg in telephone.connected] == [CALLER]


def test_a_telephone_may_pick_up_by_itself(
    call: Caller, telephone: Telephone, clock: VirtualClock
) -> None:
    telephone.auto_answer_after(4)
    party = call(RING, seconds=4.1)
    assert party.state == "ringing"
    clock.advance(0.2)
    assert party.state == "in-progress"


def test_picking_up_alone_begins_with_what_rings_already_and_stops_when_told(
    call: Caller, telephone: Telephone, clock: VirtualClock
) -> None:
    first = call(RING, seconds=2)
    telephone.auto_answer_after(1)
    clock.advance(1)
    telephone.auto_answer_after(None)
    second = call(RING, from_=OTHER, seconds=10)
    assert (first.state, second.state) == ("in-progress", "ringing")


def test_an_address_has_one_telephone_whatever_its_spelling(exchange: Exchange) -> None:
    assert exchange.telephone("sip:Lea@desk.permanence.example;transport=tls") is (
        exchange.telephone(LEA)
    )
    assert exchange.telephone("+33 6 39 98 00 02") is exchange.telephone(OTHER)


@pytest.mark.parametrize("act", ["answer", "decline", "hang_up", "press_nothing"])
def test_acts_without_a_call_change_nothing(telephone: Telephone, act: str) -> None:
    if act == "press_nothing":
        telephone.press("1")
    else:
        getattr(telephone, act)()
    assert (telephone.ringing, telephone.connected, telephone.held) == ([], [], [])


def test_a_call_that_has_ended_can_be_neither_answered_nor_declined(
    call: Caller, telephone: Telephone, clock: VirtualClock
) -> None:
    party = call(RING, seconds=2)
    [leg] = telephone.ringing
    party.hang_up()
    telephone.answer(leg)
    telephone.decline(leg)
    clock.run_until_quiet()
    assert (leg.status, party.state) == ("no-answer", "no-answer")


def test_a_leg_that_has_ended_is_never_answered_again(
    call: Caller, telephone: Telephone, clock: VirtualClock
) -> None:
    party = call(RING, seconds=2)
    party.hang_up()
    party.leg.answer()
    assert (party.state, party.leg.answered_at) == ("no-answer", None)


def test_answering_the_same_call_twice_does_not_hold_it(
    call: Caller, telephone: Telephone, clock: VirtualClock
) -> None:
    party = call(RING, seconds=2)
    [leg] = telephone.ringing
    telephone.answer(leg)
    clock.advance(1)
    telephone.answer(leg)
    assert kinds(party)[-1] == f"connected {LEA}"
