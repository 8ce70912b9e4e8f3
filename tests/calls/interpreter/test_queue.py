"""Enqueue and Dial Queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.telephones import Party
from tests.calls.interpreter.conftest import kinds
from tests.calls.interpreter.product import CALLER, LINE, Product

Caller = Callable[..., Party]
WAIT = '<Enqueue waitUrl="/musique" action="/sortie">attente</Enqueue><Say>Ensuite</Say>'
TAKE = '<Dial action="/pris"><Queue>attente</Queue></Dial>'
OTHER = "+33639980002"


def results(product: Product) -> list[tuple[str, str]]:
    return [(one["QueueResult"], one["QueueTime"]) for one in product.at("/sortie")]


def test_waiting_music_is_asked_again_each_time_it_ends(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/musique", "<Play>/attente.mp3</Play>")
    party = call(WAIT, seconds=14)
    assert kinds(party)[1:] == ["played https://permanence.example/attente.mp3"] * 3
    asked = product.at("/musique")
    assert [one["QueueTime"] for one in asked] == ["0", "5", "10"]
    assert {(one["QueuePosition"], one["CurrentQueueSize"]) for one in asked} == {("1", "1")}


def test_an_empty_waiting_document_is_asked_for_once_a_second(
    call: Caller, product: Product
) -> None:
    call(WAIT, seconds=10)
    assert len(product.at("/musique")) == 11


def test_without_a_wait_url_there_is_music(call: Caller) -> None:
    assert kinds(call("<Enqueue>attente</Enqueue>", seconds=300)) == ["ringing", "music"]


def test_positions_follow_the_order_of_arrival(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    call(WAIT, seconds=0)
    exchange.place_call(LINE, OTHER)
    clock.advance(0)
    assert [(one["From"], one["QueuePosition"]) for one in product.at("/musique")] == [
        (CALLER, "1"),
        (OTHER, "2"),
    ]


def test_the_first_in_line_is_taken_and_both_talk(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    waiting = call(WAIT, seconds=40)
    taker = call(TAKE, from_="sip:lea@desk.permanence.example", seconds=20)
    assert kinds(waiting)[-1] == "connected sip:lea@desk.permanence.example"
    assert kinds(taker)[-1] == f"connected {CALLER}"
    assert results(product) == []
    waiting.hang_up()
    clock.advance(0)
    assert results(product) == [("bridged", "60")]
    [taken] = product.at("/pris")
    assert (taken["DialCallStatus"], taken["DialCallSid"], taken["DialCallDuration"]) == (
        "completed",
        waiting.sid,
        "20",
    )


def test_the_waiting_caller_goes_on_when_the_other_hangs_up(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/sortie", "<Say>Au revoir</Say>")
    waiting = call(WAIT, seconds=10)
    taker = call(TAKE, seconds=20)
    taker.hang_up()
    clock.run_until_quiet()
    assert results(product) == [("bridged", "30")]
    assert kinds(waiting)[-2:] == ["said Au revoir", "ended completed"]
    assert [one["CallStatus"] for one in product.at("/pris")] == ["completed"]


def test_the_whisper_of_a_queue_is_played_to_the_waiting_caller(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/chuchote", "<Say>On vous répond</Say>")
    waiting = call(WAIT, seconds=10)
    taker = call('<Dial><Queue url="/chuchote">attente</Queue></Dial>', seconds=0.5)
    assert kinds(waiting)[-1] == "said On vous répond"
    assert "connected" not in kinds(taker)[-1]
    clock.advance(2)
    assert kinds(taker)[-1] == f"connected {CALLER}"
    assert [one["CallSid"] for one in product.at("/chuchote")] == [waiting.sid]


def test_a_caller_who_hangs_up_during_the_whisper_frees_the_taker(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/chuchote", "<Say loop='0'>On vous répond</Say>")
    waiting = call(WAIT, seconds=10)
    verb = '<Dial action="/pris"><Queue url="/chuchote">attente</Queue></Dial>'
    taker = call(verb, seconds=2)
    waiting.hang_up()
    clock.run_until_quiet()
    assert [one["DialCallStatus"] for one in product.at("/pris")] == ["no-answer"]
    assert taker.state == "completed"


def test_hanging_up_in_line_is_told(call: Caller, product: Product, clock: VirtualClock) -> None:
    party = call(WAIT, seconds=33)
    party.hang_up()
    clock.run_until_quiet()
    assert results(product) == [("hangup", "33")]
    assert len(product.at("/musique")) == 34


def test_leave_goes_on_after_the_queue(call: Caller, product: Product, clock: VirtualClock) -> None:
    product.on("/musique", "<Say>Personne</Say><Leave/>")
    party = call(WAIT.replace('action="/sortie"', ""))
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", "said Personne", "said Ensuite", "ended completed"]


def test_leave_is_told_to_the_action(call: Caller, product: Product, clock: VirtualClock) -> None:
    product.on("/musique", "<Leave/>")
    call(WAIT)
    clock.run_until_quiet()
    assert results(product) == [("leave", "0")]


def test_a_key_in_the_waiting_music_may_leave(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on(
        "/musique", '<Gather numDigits="1" action="/touche"><Play loop="0">a.mp3</Play></Gather>'
    )
    product.on("/touche", "<Leave/>")
    party = call(WAIT, seconds=12)
    party.press("2")
    clock.advance(0)
    assert results(product) == [("leave", "12")]


def test_a_full_queue_is_told_at_once(call: Caller, product: Product, clock: VirtualClock) -> None:
    call(WAIT, seconds=1)
    call(WAIT.replace("<Enqueue", '<Enqueue maxQueueSize="1"'), from_=OTHER, seconds=0)
    assert results(product) == [("queue-full", "0")]


def test_broken_waiting_music_is_an_error(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/musique", "<Response><Oops")
    call(WAIT)
    clock.run_until_quiet()
    assert results(product) == [("error", "0")]


def test_a_hang_up_in_the_waiting_music_ends_the_call(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/musique", "<Hangup/>")
    party = call(WAIT)
    clock.run_until_quiet()
    assert party.state == "completed"
    assert results(product) == [("hangup", "0")]


def test_a_caller_who_is_awaited_is_taken_without_any_music(call: Caller, product: Product) -> None:
    taker = call(TAKE, from_=OTHER, seconds=10)
    call(WAIT, seconds=1)
    assert kinds(taker)[-1] == f"connected {CALLER}"
    assert product.at("/musique") == []


def test_taking_from_an_empty_queue_gives_up_at_the_timeout(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    call(TAKE.replace("<Dial", '<Dial timeout="15"'))
    clock.run_until_quiet()
    assert [one["DialCallStatus"] for one in product.at("/pris")] == ["no-answer"]


def test_a_taker_who_gave_up_takes_nobody_later(
    call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    taker = call(TAKE, from_=OTHER, seconds=5)
    taker.hang_up()
    call(WAIT, seconds=5)
    [queue] = exchange.queues.values()
    assert [entry.leg.from_ for entry in queue.entries] == [CALLER]


@pytest.mark.parametrize("verb", [WAIT, TAKE])
def test_queues_answer_the_call(call: Caller, verb: str) -> None:
    assert call(verb, seconds=0).state == "in-progress"
