"""The real SDK speaks to the interpreter: over HTTP to the running site, and in the process."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
import requests
from django.test import Client as Browser
from pytest_django import Settings
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from calls.telephony.interpreter import running, sms
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Account, Exchange, NumberSettings
from calls.telephony.interpreter.loopback import LoopbackHttpClient
from calls.telephony.twilio.api import OperatorHttpClient
from tests.browser.server import Site
from tests.calls.interpreter.conftest import START
from tests.calls.interpreter.product import BASE, CALLER, LINE, Product

LAWYER, DOCTOR = "+33639980055", "+33639980077"


@pytest.fixture
def account(settings: Settings) -> Account:
    return Account(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)


@pytest.fixture
def exchange(account: Account, clock: VirtualClock, product: Product) -> Iterator[Exchange]:
    product.token = account.auth_token
    made = Exchange(
        account=account,
        numbers={LINE: NumberSettings(f"{BASE}/voice")},
        clock=clock,
        doors=product,
    )
    with running.replaced_by(made):
        yield made


@pytest.fixture
def sdk(exchange: Exchange, site: Site, settings: Settings) -> Client:
    """The product's own HTTP client, pointed at this server's interpreter."""
    http = OperatorHttpClient(settings.TWILIO_API_BASE)
    return Client(exchange.account.sid, exchange.account.auth_token, http_client=http)


@pytest.fixture
def loopback(exchange: Exchange) -> Client:
    account = exchange.account
    return Client(account.sid, account.auth_token, http_client=LoopbackHttpClient(exchange))


def test_a_message_is_created_fetched_and_listed(
    sdk: Client, exchange: Exchange, clock: VirtualClock
) -> None:
    created = sdk.messages.create(
        to=LAWYER, from_="Permanence", body="Bonjour", validity_period=600
    )
    assert (created.status, created.to, created.date_created) == ("queued", LAWYER, START)
    clock.run_until_quiet()
    assert sdk.messages(created.sid).fetch().status == "delivered"
    assert [one.sid for one in sdk.messages.list(to=LAWYER)] == [created.sid]
    assert sdk.messages.list(to=DOCTOR) == []


def test_lists_longer_than_a_page_are_followed(sdk: Client) -> None:
    for number in range(5):
        sdk.messages.create(to=LAWYER, from_="Permanence", body=str(number))
    assert [one.body for one in sdk.messages.list(page_size=2)] == ["4", "3", "2", "1", "0"]


def test_a_refusal_is_the_sdks_own_exception(sdk: Client) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sdk.messages.create(to="+33199004001", from_="Permanence", body="Bonjour")
    assert (refused.value.status, refused.value.code) == (400, 21635)


def test_a_server_error_after_the_creation_can_be_settled_by_asking(
    sdk: Client, exchange: Exchange
) -> None:
    exchange.sms.script(LAWYER, sms.server_error_but_sent)
    with pytest.raises(TwilioRestException) as refused:
        sdk.messages.create(to=LAWYER, from_="Permanence", body="Bonjour")
    assert refused.value.status == 500
    assert [one.body for one in sdk.messages.list(to=LAWYER)] == ["Bonjour"]


def test_a_connection_dropped_after_the_creation_breaks_off_the_answer(
    sdk: Client, exchange: Exchange
) -> None:
    exchange.sms.script(LAWYER, sms.accept_then_drop)
    with pytest.raises(requests.RequestException):
        sdk.messages.create(to=LAWYER, from_="Permanence", body="Bonjour")
    assert len(exchange.sms.messages) == 1
    exchange.sms.script(LAWYER, sms.deliver)
    assert sdk.messages.create(to=LAWYER, from_="Permanence", body="Encore").status == "queued"


def test_in_the_process_a_dropped_connection_is_raised_as_requests_does(
    loopback: Client, exchange: Exchange
) -> None:
    exchange.sms.script(LAWYER, sms.accept_then_drop)
    with pytest.raises(requests.ConnectionError):
        loopback.messages.create(to=LAWYER, from_="Permanence", body="Bonjour")
    assert len(exchange.sms.messages) == 1


def test_a_call_is_created_moved_and_ended(
    sdk: Client, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/sortie", '<Say loop="0">Message urgent</Say>')
    created = sdk.calls.create(
        to=DOCTOR,
        from_=LINE,
        url=f"{BASE}/sortie",
        status_callback=f"{BASE}/leg",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    exchange.telephone(DOCTOR).auto_answer_after(1)
    clock.advance(3)
    assert sdk.calls(created.sid).fetch().status == "in-progress"
    sdk.calls(created.sid).update(twiml='<Response><Say loop="0">Suite</Say></Response>')
    clock.advance(1)
    sdk.calls(created.sid).update(status="completed")
    clock.run_until_quiet()
    assert [one["CallStatus"] for one in product.at("/leg")] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert exchange.legs[created.sid].heard[-2].text == "Suite"
    assert [one.sid for one in sdk.calls.list(to=DOCTOR, status="completed")] == [created.sid]


def test_a_second_call_in_the_same_second_is_too_many(sdk: Client) -> None:
    sdk.calls.create(to=DOCTOR, from_=LINE, url=f"{BASE}/sortie")
    with pytest.raises(TwilioRestException) as refused:
        sdk.calls.create(to=DOCTOR, from_=LINE, url=f"{BASE}/sortie")
    assert (refused.value.status, refused.value.code) == (429, 20429)


def test_conferences_and_their_participants_are_worked_with(
    loopback: Client, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", "<Dial><Conference>salle-1</Conference></Dial>")
    party = exchange.place_call(LINE, CALLER)
    clock.advance(1)
    [room] = loopback.conferences.list(friendly_name="salle-1")
    added = room.participants.create(to=DOCTOR, from_=LINE, label="confrere")
    exchange.telephone(DOCTOR).auto_answer_after(1)
    clock.advance(3)
    held = loopback.conferences(room.sid).participants(party.sid).update(hold=True)
    assert held.hold is True
    assert {one.call_sid for one in room.participants.list()} == {party.sid, added.call_sid}
    assert loopback.conferences(room.sid).participants("confrere").delete() is True
    loopback.conferences(room.sid).update(status="completed")
    clock.run_until_quiet()
    assert party.state == "completed"


def test_the_sound_of_a_recording_can_be_fetched_with_the_accounts_credentials(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", "<Record/>")
    party = exchange.place_call(LINE, CALLER)
    clock.advance(3)
    party.hang_up()
    [sid] = exchange.recordings
    path = f"/operator/2010-04-01/Accounts/{exchange.account.sid}/Recordings/{sid}.wav"
    assert Browser().get(path).status_code == 401
    found = Browser().get(path, headers={"Authorization": basic(exchange.account)})
    assert (found["Content-Type"], found.content[:4], len(found.content)) == (
        "audio/wav",
        b"RIFF",
        3 * 8000 + 44,
    )


@pytest.mark.parametrize("header", ["", "Basic", "Basic ???", "Bearer x", "Basic eDp5"])
def test_without_the_right_credentials_nothing_is_told(exchange: Exchange, header: str) -> None:
    path = f"/operator/2010-04-01/Accounts/{exchange.account.sid}/Calls.json"
    answer = Browser().get(path, headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def basic(account: Account) -> str:
    pair = f"{account.sid}:{account.auth_token}".encode()
    return "Basic " + base64.b64encode(pair).decode()
