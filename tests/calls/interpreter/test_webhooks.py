"""How the product is asked: parameters, signature, limits, fallback, bad days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from twilio.request_validator import RequestValidator

from calls.telephony.interpreter.addresses import WITHHELD_FORMS
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.doors import Answer, DoorClosed
from calls.telephony.interpreter.exchange import Exchange, NumberSettings
from calls.telephony.interpreter.program import APOLOGY
from calls.telephony.interpreter.telephones import Party
from calls.telephony.interpreter.webhooks import Disturbance
from tests.calls.interpreter.conftest import START, kinds
from tests.calls.interpreter.product import BASE, CALLER, LINE, TOKEN, Product, twiml

Caller = Callable[..., Party]


def test_the_voice_webhook_carries_what_twilio_documents(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    party = exchange.place_call(LINE, CALLER, forwarded_from="+33199008888")
    clock.advance(0)
    [asked] = product.at("/voice")
    assert dict(asked.form) == {
        "AccountSid": exchange.account.sid,
        "ApiVersion": "2010-04-01",
        "CallSid": party.sid,
        "CallStatus": "ringing",
        "Called": LINE,
        "CalledCountry": "FR",
        "Caller": CALLER,
        "CallerCountry": "FR",
        "Direction": "inbound",
        "ForwardedFrom": "+33199008888",
        "From": CALLER,
        "FromCountry": "FR",
        "To": LINE,
        "ToCountry": "FR",
    }
    assert (len(party.sid), party.sid[:2]) == (34, "CA")


@pytest.mark.parametrize("form", WITHHELD_FORMS)
def test_a_withheld_number_arrives_as_the_operator_writes_it(
    call: Caller, product: Product, form: str
) -> None:
    call("<Say>Bonjour</Say>", from_=form)
    assert [(one["From"], one["Caller"]) for one in product.at("/voice")] == [(form, form)]


def test_signatures_are_those_of_the_account_and_of_no_other_token(
    call: Caller, product: Product
) -> None:
    call("<Say>Bonjour</Say>")
    [asked] = product.at("/voice")
    signature = asked.headers["X-Twilio-Signature"]
    assert RequestValidator(TOKEN).validate(f"{BASE}/voice", dict(asked.form), signature)
    assert not RequestValidator("x").validate(f"{BASE}/voice", dict(asked.form), signature)


def test_a_get_is_signed_over_its_query_and_the_fragment_is_not(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    exchange.numbers[LINE] = NumberSettings(f"{BASE}/voice?ligne=4#rt=4000")
    product.on("/voice", '<Redirect method="GET">/autre?a=1#rc=2</Redirect>')
    exchange.place_call(LINE, CALLER)
    clock.advance(0)
    assert [one["a"] for one in product.at("/autre")] == ["1"]
    assert product.at("/autre")[0]["From"] == CALLER


def test_each_webhook_carries_its_own_idempotency_token(call: Caller, product: Product) -> None:
    call("<Redirect>/autre</Redirect>")
    tokens = [one.headers["I-Twilio-Idempotency-Token"] for one in product.received]
    assert len(set(tokens)) == len(tokens) == 3


def test_an_answer_after_fifteen_seconds_comes_too_late(
    call: Caller, product: Product, exchange: Exchange, clock: VirtualClock
) -> None:
    product.on("/fallback", "<Say>Un instant</Say>")
    product.on("/voice", Answer(200, twiml("<Say>Tard</Say>"), seconds=15.1))
    party = exchange.place_call(LINE, CALLER)
    clock.advance(14.9)
    assert product.at("/fallback") == []
    clock.advance(0.2)
    [asked] = product.at("/fallback")
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == ("11205", f"{BASE}/voice")
    assert kinds(party) == ["ringing", "said Un instant"]
    assert (party.heard[-1].at - START).total_seconds() == 15


def test_an_answer_within_fifteen_seconds_counts(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", Answer(200, twiml("<Say>Enfin</Say>"), seconds=14.5))
    party = exchange.place_call(LINE, CALLER)
    clock.advance(15)
    assert kinds(party) == ["ringing", "said Enfin"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(500, "<Response/>"), "11200"),
        (Answer(404, ""), "11200"),
        (Answer(200, ""), "12100"),
        (Answer(200, "<Response><Say>"), "12100"),
        (Answer(200, "<Reponse/>"), "12100"),
        (Answer(200, "<!DOCTYPE x><Response/>"), "12100"),
        (Answer(200, '{"a": 1}', "application/json"), "12300"),
    ],
)
def test_what_is_not_twiml_goes_to_the_fallback(
    exchange: Exchange, product: Product, clock: VirtualClock, answer: Answer, code: str
) -> None:
    product.on("/voice", answer)
    exchange.place_call(LINE, CALLER)
    clock.advance(0)
    assert [one["ErrorCode"] for one in product.at("/fallback")] == [code]
    assert [alert.code for alert in exchange.alerts] == [int(code)]


def test_a_refused_connection_goes_to_the_fallback(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    def refused(_form: object) -> str:
        raise DoorClosed("connection refused")

    product.on("/voice", refused)
    exchange.place_call(LINE, CALLER)
    clock.advance(0)
    assert [one["ErrorCode"] for one in product.at("/fallback")] == ["11205"]


def test_without_a_fallback_the_caller_hears_the_recorded_error(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    exchange.numbers[LINE] = NumberSettings(f"{BASE}/voice", status_callback=f"{BASE}/status")
    product.on("/voice", Answer(500))
    party = exchange.place_call(LINE, CALLER)
    clock.run_until_quiet()
    assert kinds(party) == ["ringing", f"said {APOLOGY}", "ended completed"]
    assert [one["CallStatus"] for one in product.at("/status")] == ["completed"]


def test_a_broken_fallback_is_not_asked_again(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", Answer(500))
    product.on("/fallback", Answer(500))
    party = exchange.place_call(LINE, CALLER)
    clock.run_until_quiet()
    assert (len(product.at("/fallback")), kinds(party)[1]) == (1, f"said {APOLOGY}")


def test_a_fault_in_the_middle_of_a_call_goes_to_the_fallback_too(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/suite", Answer(503))
    call("<Say>Bonjour</Say><Redirect>/suite</Redirect>")
    clock.run_until_quiet()
    assert [one["ErrorUrl"] for one in product.at("/fallback")] == [f"{BASE}/suite"]


def test_no_content_is_an_empty_document(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", Answer(204, ""))
    party = exchange.place_call(LINE, CALLER)
    clock.run_until_quiet()
    assert (party.state, list(exchange.alerts)) == ("no-answer", [])


@pytest.mark.parametrize(
    ("status", "method", "parameters"), [(301, "GET", 0), (302, "GET", 0), (307, "POST", 14)]
)
def test_a_redirection_turns_a_post_into_an_empty_get(
    exchange: Exchange,
    product: Product,
    clock: VirtualClock,
    status: int,
    method: str,
    parameters: int,
) -> None:
    product.on("/voice", Answer(status, location="/ailleurs"))
    exchange.place_call(LINE, CALLER)
    clock.advance(0)
    [asked] = product.at("/ailleurs")
    assert asked.method == method
    assert bool(asked.form) == bool(parameters)


def test_redirections_without_end_are_a_failure(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", Answer(307, location="/voice"))
    exchange.place_call(LINE, CALLER)
    clock.advance(0)
    assert len(product.at("/voice")) == 10
    assert [one["ErrorCode"] for one in product.at("/fallback")] == ["11200"]


LEA = "sip:lea@desk.permanence.example"
EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'


def talk(exchange: Exchange, product: Product, clock: VirtualClock, calls: int) -> None:
    """So many short calls, answered and ended, on a bad day."""
    product.on("/voice", f"<Dial><Sip {EVENTS}>{LEA}</Sip></Dial>")
    exchange.telephone(LEA).auto_answer_after(1)
    for _call in range(calls):
        party = exchange.place_call(LINE, CALLER)
        clock.advance(3)
        party.hang_up()
        clock.run_until_quiet()


def test_bad_days_repeat_status_callbacks(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    exchange.courier.disturbance = Disturbance(duplicate=1, rng=Random(1))
    talk(exchange, product, clock, calls=1)
    seen = Counter((one["CallSid"], one["CallStatus"]) for one in product.at("/leg"))
    assert set(seen.values()) == {2}
    assert len(product.at("/voice")) == 1


def test_bad_days_lose_status_callbacks_and_never_the_voice_webhook(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    exchange.courier.disturbance = Disturbance(lose=1, rng=Random(1))
    talk(exchange, product, clock, calls=2)
    assert (len(product.at("/leg")), len(product.at("/status"))) == (0, 0)
    assert len(product.at("/voice")) == 2


def test_bad_days_let_status_callbacks_overtake_each_other(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    exchange.courier.disturbance = Disturbance(shuffle=True, rng=Random(1))
    talk(exchange, product, clock, calls=10)
    orders: dict[str, list[str]] = {}
    for one in product.at("/leg"):
        orders.setdefault(one["CallSid"], []).append(one["SequenceNumber"])
    assert all(sorted(order) == ["0", "1", "2", "3"] for order in orders.values())
    assert any(order != sorted(order) for order in orders.values())


def test_bad_days_delay_status_callbacks(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    exchange.courier.disturbance = Disturbance(late=600, rng=Random(1))
    talk(exchange, product, clock, calls=1)
    assert clock.now().timestamp() - START.timestamp() > 60


def test_the_same_seed_gives_the_same_trace_even_on_bad_days(clock: VirtualClock) -> None:
    def trace() -> list[object]:
        from calls.telephony.interpreter.exchange import Account

        own_clock, product = VirtualClock(START), Product()
        exchange = Exchange(
            account=Account("AC" + "1" * 32, TOKEN),
            numbers={LINE: NumberSettings(f"{BASE}/voice", status_callback=f"{BASE}/status")},
            clock=own_clock,
            doors=product,
            seed=7,
            disturbance=Disturbance(duplicate=0.4, late=30, lose=0.2, shuffle=True, rng=Random(7)),
        )
        talk(exchange, product, own_clock, calls=5)
        return [
            (entry.at, entry.request.url, entry.request.parameters, entry.request.token)
            for entry in exchange.courier.trace
        ]

    assert trace() == trace()


def test_the_trace_tells_each_webhook_with_its_answer(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/status", Answer(500, seconds=0.25))
    call("<Hangup/>")
    clock.run_until_quiet()
    told = [
        (one.kind, one.request.url, one.status, one.milliseconds) for one in exchange.courier.trace
    ]
    assert told == [("voice", f"{BASE}/voice", 200, 0), ("status", f"{BASE}/status", 500, 250)]
