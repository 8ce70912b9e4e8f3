"""Dial: telephones ring, the first to answer wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

import pytest

from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.telephones import Party
from tests.calls.interpreter.conftest import START, kinds
from tests.calls.interpreter.product import CALLER, LINE, Product

Caller = Callable[..., Party]
LEA, PAUL = "sip:lea@desk.permanence.example", "sip:paul@desk.permanence.example"
DOCTOR = "+33639980077"
EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'


def dial(*addresses: str, more: str = "", callbacks: str = EVENTS) -> str:
    nouns = "".join(f"<Sip {callbacks}>{address}</Sip>" for address in addresses)
    return f'<Dial action="/fini" {more}>{nouns}</Dial>'


def outcome(product: Product) -> Mapping[str, str]:
    """What the action was told, the standard parameters left out."""
    [told] = product.at("/fini")
    wanted = ("DialCallStatus", "DialCallDuration", "DialBridged")
    return {name: told[name] for name in wanted if name in told.form}


def test_the_two_parties_talk_until_the_telephone_hangs_up(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(dial(LEA, more='answerOnBridge="true"'), seconds=5)
    telephone = exchange.telephone(LEA)
    assert (party.state, [leg.from_ for leg in telephone.ringing]) == ("ringing", [CALLER])
    telephone.answer()
    clock.advance(60)
    telephone.hang_up()
    clock.run_until_quiet()
    assert outcome(product) == {
        "DialCallStatus": "completed",
        "DialCallDuration": "60",
        "DialBridged": "true",
    }
    assert kinds(party) == ["ringing", "ringing", f"connected {LEA}", "ended completed"]
    assert [leg.heard[1].text for leg in exchange.legs.values() if leg.to == LEA] == [CALLER]


def test_without_answer_on_bridge_the_call_is_answered_at_once(call: Caller) -> None:
    assert call(dial(LEA), seconds=1).state == "in-progress"


def test_a_leg_tells_its_progress_in_numbered_and_dated_callbacks(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(dial(LEA), seconds=4)
    exchange.telephone(LEA).answer()
    clock.advance(90)
    party.hang_up()
    clock.run_until_quiet()
    told = product.at("/leg")
    assert [(one["CallStatus"], one["SequenceNumber"]) for one in told] == [
        ("initiated", "0"),
        ("ringing", "1"),
        ("in-progress", "2"),
        ("completed", "3"),
    ]
    assert {one["ParentCallSid"] for one in told} == {party.sid}
    assert {one["CallSid"] for one in told} == {told[0]["CallSid"]} != {party.sid}
    assert (told[3]["CallDuration"], told[3]["Duration"]) == ("90", "2")
    assert (parsedate_to_datetime(told[3]["Timestamp"]) - START).total_seconds() == 94
    assert {one["Direction"] for one in told} == {"outbound-dial"}


def test_a_callback_without_a_list_of_events_hears_of_the_end_only(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    call(dial(LEA, callbacks='statusCallback="/leg"'))
    clock.run_until_quiet()
    assert [one["CallStatus"] for one in product.at("/leg")] == ["no-answer"]


def test_the_number_itself_reports_the_end_only(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    party = call(dial(LEA), seconds=3)
    party.hang_up()
    clock.run_until_quiet()
    [told] = product.at("/status")
    assert (told["CallStatus"], told["CallDuration"], told["CallSid"]) == (
        "completed",
        "3",
        party.sid,
    )


def test_the_first_to_answer_wins_and_the_others_stop_ringing(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(dial(LEA, PAUL), seconds=3)
    assert len(exchange.telephone(LEA).ringing) == len(exchange.telephone(PAUL).ringing) == 1
    exchange.telephone(PAUL).answer()
    clock.advance(1)
    ended = {leg.to: leg.status for leg in exchange.legs.values()}
    assert ended == {LINE: "in-progress", LEA: "no-answer", PAUL: "in-progress"}
    assert kinds(party)[-1] == f"connected {PAUL}"


def test_losing_legs_may_be_reported_as_canceled(
    call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    exchange.given_up_status = "canceled"
    call(dial(LEA, PAUL), seconds=3)
    exchange.telephone(PAUL).answer()
    clock.advance(1)
    assert [leg.status for leg in exchange.legs.values() if leg.to == LEA] == ["canceled"]


def test_nobody_answering_ends_at_the_timeout(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(dial(LEA, PAUL, more='timeout="20"') + "<Say>Jamais</Say>", seconds=19.9)
    assert product.at("/fini") == []
    clock.advance(0.2)
    assert outcome(product) == {"DialCallStatus": "no-answer", "DialBridged": "false"}
    assert exchange.telephone(LEA).ringing == []
    assert "said Jamais" not in kinds(party)


def test_without_an_action_the_next_verb_follows(call: Caller, clock: VirtualClock) -> None:
    party = call(f'<Dial timeout="10"><Sip>{LEA}</Sip></Dial><Say>Personne</Say>')
    clock.run_until_quiet()
    assert "said Personne" in kinds(party)


@pytest.mark.parametrize(
    ("address", "status"), [(LEA, "failed"), ("client:lea", "no-answer"), (DOCTOR, "no-answer")]
)
def test_a_telephone_that_is_off_ends_the_dial_at_once(
    call: Caller,
    exchange: Exchange,
    product: Product,
    clock: VirtualClock,
    address: str,
    status: str,
) -> None:
    exchange.telephone(address).offline = True
    nouns = {
        LEA: f"<Sip>{LEA}</Sip>",
        "client:lea": "<Client>lea</Client>",
        DOCTOR: f"<Number>{DOCTOR}</Number>",
    }
    call(f'<Dial action="/fini">{nouns[address]}</Dial>', seconds=1)
    assert outcome(product) == {"DialCallStatus": status, "DialBridged": "false"}


def test_declining_is_busy(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    call(dial(LEA), seconds=2)
    exchange.telephone(LEA).decline()
    clock.advance(0)
    assert outcome(product) == {"DialCallStatus": "busy", "DialBridged": "false"}


def test_sequential_telephones_ring_one_after_the_other(
    call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    call(dial(LEA, PAUL, more='sequential="true" timeout="15"'), seconds=10)
    assert exchange.telephone(PAUL).ringing == []
    clock.advance(6)
    assert (len(exchange.telephone(LEA).ringing), len(exchange.telephone(PAUL).ringing)) == (0, 1)


def test_the_star_ends_the_conversation_when_asked_for(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(dial(LEA, more='hangupOnStar="true"'), seconds=2)
    exchange.telephone(LEA).answer()
    clock.advance(10)
    party.press("1*")
    clock.advance(0)
    assert outcome(product)["DialCallDuration"] == "10"
    assert exchange.telephone(LEA).connected == []


def test_the_star_while_it_rings_cancels_the_legs(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(dial(LEA, more='hangupOnStar="true"'), seconds=2)
    party.press("*")
    clock.advance(0)
    assert outcome(product)["DialCallStatus"] == "canceled"


def test_the_star_is_only_a_digit_otherwise(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(dial(LEA), seconds=2)
    exchange.telephone(LEA).answer()
    party.press("*")
    clock.advance(10)
    assert product.at("/fini") == []


def test_a_conversation_ends_at_its_time_limit(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    call(dial(LEA, more='timeLimit="120"'), seconds=2)
    exchange.telephone(LEA).answer()
    clock.run_until_quiet()
    assert outcome(product)["DialCallDuration"] == "120"


def test_the_caller_identity_shown_is_the_one_given(
    call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    call(f'<Dial callerId="{LINE}"><Number>{DOCTOR}</Number></Dial>', seconds=1)
    assert [leg.from_ for leg in exchange.telephone(DOCTOR).ringing] == [LINE]


@pytest.mark.parametrize("identity", ["", 'callerId="+33199008888"'])
def test_a_withheld_or_foreign_identity_fails_towards_a_number(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock, identity: str
) -> None:
    verb = f'<Dial action="/fini" {identity}><Number>{DOCTOR}</Number></Dial>'
    call(verb, seconds=1, from_="anonymous")
    assert [one["DialCallStatus"] for one in product.at("/fini")] == ["failed"]
    assert [alert.code for alert in exchange.alerts] == [13214]


def test_a_withheld_identity_reaches_a_softphone_as_it_is(call: Caller, exchange: Exchange) -> None:
    call(dial(LEA), seconds=1, from_="anonymous")
    assert [leg.from_ for leg in exchange.telephone(LEA).ringing] == ["anonymous"]


WHISPER = f'<Dial action="/fini"><Number url="/chuchote">{DOCTOR}</Number><Sip>{LEA}</Sip></Dial>'


def test_a_called_party_is_put_through_once_its_own_document_ends(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/chuchote", '<Gather numDigits="1" action="/accepte"/><Hangup/>')
    party = call(WHISPER, seconds=2)
    exchange.telephone(DOCTOR).answer()
    clock.advance(1)
    assert (kinds(party)[-1], len(exchange.telephone(LEA).ringing)) == ("ringing", 1)
    exchange.telephone(DOCTOR).press("1")
    clock.advance(0)
    assert kinds(party)[-1] == f"connected {DOCTOR}"
    assert exchange.telephone(LEA).ringing == []
    [asked] = product.at("/accepte")
    assert (asked["Digits"], asked["ParentCallSid"]) == ("1", party.sid)


def test_a_voicemail_that_presses_nothing_is_not_put_through(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/chuchote", '<Gather numDigits="1" action="/accepte"/><Hangup/>')
    verb = f'<Dial action="/fini"><Number url="/chuchote">{DOCTOR}</Number></Dial>'
    call(verb, seconds=2)
    exchange.telephone(DOCTOR).answer()
    clock.run_until_quiet()
    # The leg was answered and Twilio says so: only DialBridged tells that nobody talked.
    assert outcome(product) == {"DialCallStatus": "completed", "DialBridged": "false"}


def test_a_broken_whisper_drops_that_telephone_only(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/chuchote", "<Response><Oops")
    call(WHISPER, seconds=2)
    exchange.telephone(DOCTOR).answer()
    clock.advance(1)
    assert exchange.telephone(DOCTOR).connected == []
    assert len(exchange.telephone(LEA).ringing) == 1


def test_a_plain_number_in_dial_is_rung(call: Caller, exchange: Exchange) -> None:
    call(f"<Dial>{DOCTOR}</Dial>", seconds=1)
    assert len(exchange.telephone(DOCTOR).ringing) == 1


def test_a_telephone_that_answers_and_hangs_up_at_once_is_not_put_through(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = call(dial(LEA), seconds=2)
    exchange.telephone(LEA).answer()
    exchange.telephone(LEA).hang_up()
    clock.advance(0)
    assert outcome(product) == {"DialCallStatus": "completed", "DialBridged": "false"}
    assert party.state == "completed"
