"""Messages: what the API refuses, and what becomes of what it accepts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calls.telephony.interpreter import sms
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.segments import segment_count
from tests.calls.interpreter.product import BASE, LINE, Product

LAWYER = "+33639980055"
Send = Callable[..., tuple[int, dict[str, object]]]


@pytest.fixture
def send(exchange: Exchange) -> Send:
    def post(**form: str) -> tuple[int, dict[str, object]]:
        given = {
            "To": LAWYER,
            "From": "Permanence",
            "Body": "Un message vous attend",
            "StatusCallback": f"{BASE}/sms",
        } | form
        account = exchange.account
        path = f"/2010-04-01/Accounts/{account.sid}/Messages.json"
        return exchange.rest(
            "POST",
            path,
            {name: value for name, value in given.items() if value},
            (account.sid, account.auth_token),
        )

    return post


def told(product: Product) -> list[tuple[str, str | None]]:
    return [(one["MessageStatus"], one.form.get("ErrorCode")) for one in product.at("/sms")]


def test_a_message_is_accepted_sent_and_delivered(
    send: Send, product: Product, clock: VirtualClock
) -> None:
    status, created = send()
    assert (status, created["status"], created["error_code"]) == (201, "queued", None)
    clock.run_until_quiet()
    assert told(product) == [("sending", None), ("sent", None), ("delivered", None)]
    assert {one["MessageSid"] for one in product.at("/sms")} == {created["sid"]}


def test_the_resource_is_written_as_twilio_writes_it(send: Send, exchange: Exchange) -> None:
    _status, created = send(Body="Bonjour", MessagingServiceSid="MG1")
    sid, account = created["sid"], exchange.account.sid
    assert created == {
        "sid": sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": "Bonjour",
        "date_created": "Tue, 24 Nov 2026 08:40:00 +0000",
        "date_sent": None,
        "date_updated": "Tue, 24 Nov 2026 08:40:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": "Permanence",
        "messaging_service_sid": "MG1",
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "status": "queued",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json"},
        "to": LAWYER,
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{sid}.json",
    }
    assert (len(str(sid)), str(sid)[:2]) == (34, "SM")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "hello"}, 21211),
        ({"To": "0639980055"}, 21211),
        ({"To": "+33199004001"}, 21635),
        ({"Body": ""}, 21602),
        ({"Body": "a" * 1601}, 21617),
        ({"From": ""}, 21603),
        ({"From": "Permanence12"}, 21212),
        ({"From": "12345"}, 21212),
        ({"From": "+33639980099"}, 21606),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code_and_nothing_is_created(
    send: Send, exchange: Exchange, form: dict[str, str], code: int
) -> None:
    status, body = send(**form)
    assert (status, body["code"], body["status"]) == (400, code, 400)
    assert exchange.sms.messages == {}


@pytest.mark.parametrize("sender", ["Permanence", "Cabinet 12", "A", LINE])
def test_names_of_eleven_characters_and_own_numbers_may_send(send: Send, sender: str) -> None:
    assert send(From=sender)[0] == 201


def test_a_service_sends_without_a_sender(send: Send) -> None:
    assert send(From="", MessagingServiceSid="MG1")[0] == 201


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (
            sms.undelivered(30003),
            [("sending", None), ("sent", None), ("undelivered", "30003")],
        ),
        (sms.failed(30001), [("sending", None), ("failed", "30001")]),
        (sms.no_receipt, [("sending", None), ("sent", None)]),
        (sms.deliver, [("sending", None), ("sent", None), ("delivered", None)]),
    ],
)
def test_the_outcome_of_a_recipient_is_played(
    send: Send,
    exchange: Exchange,
    product: Product,
    clock: VirtualClock,
    outcome: sms.Outcome,
    expected: list[tuple[str, str | None]],
) -> None:
    exchange.sms.script(LAWYER, outcome)
    send()
    clock.run_until_quiet()
    assert told(product) == expected


@pytest.mark.parametrize(("code", "status"), [(21610, 400), (20429, 429), (20003, 401)])
def test_a_refusal_creates_nothing(send: Send, exchange: Exchange, code: int, status: int) -> None:
    exchange.sms.script(LAWYER, sms.refuse(code))
    answered, body = send()
    assert (answered, body["code"], exchange.sms.messages) == (status, code, {})


def test_a_server_error_may_hide_a_message_that_leaves(
    send: Send, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    exchange.sms.script(LAWYER, sms.server_error_but_sent)
    status, body = send()
    clock.run_until_quiet()
    assert (status, body["code"]) == (500, 20500)
    assert [one.status for one in exchange.sms.messages.values()] == ["delivered"]
    assert told(product)[-1] == ("delivered", None)


def test_a_dropped_connection_hides_a_message_that_leaves(
    send: Send, exchange: Exchange, clock: VirtualClock
) -> None:
    exchange.sms.script(LAWYER, sms.accept_then_drop)
    with pytest.raises(sms.ConnectionDropped):
        send()
    clock.run_until_quiet()
    assert [one.status for one in exchange.sms.messages.values()] == ["delivered"]


def test_a_slow_message_is_delivered_later(
    send: Send, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    exchange.sms.script(LAWYER, sms.slow(600))
    send()
    clock.advance(599)
    assert told(product)[-1] == ("sent", None)
    clock.advance(2)
    assert told(product)[-1] == ("delivered", None)


def test_a_message_slower_than_its_validity_is_not_delivered(
    send: Send, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    exchange.sms.script(LAWYER, sms.slow(600))
    send(ValidityPeriod="300")
    clock.run_until_quiet()
    assert told(product)[-1] == ("undelivered", "30036")
    assert [one.updated_at for one in exchange.sms.messages.values()] == [clock.now()]


def test_outcomes_follow_each_other_and_the_last_goes_on(
    send: Send, exchange: Exchange, clock: VirtualClock
) -> None:
    exchange.sms.script(LAWYER, sms.failed(30008), sms.deliver)
    for _time in range(3):
        send()
    clock.run_until_quiet()
    found = [one.status for one in exchange.sms.messages.values()]
    assert found == ["failed", "delivered", "delivered"]


def test_without_a_callback_nothing_is_told(
    send: Send, product: Product, clock: VirtualClock
) -> None:
    send(StatusCallback="")
    clock.run_until_quiet()
    assert product.received == []


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("", 1),
    ],
)
def test_segments_are_counted_by_alphabet(text: str, segments: int) -> None:
    assert segment_count(text) == segments
