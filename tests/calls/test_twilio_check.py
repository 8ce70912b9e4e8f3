"""The account and its numbers are looked at through the real SDK, against the interpreter."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from twilio.rest import Client as TwilioClient

from calls.telephony.interpreter import bad_days
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Account, Exchange, NumberSettings
from calls.telephony.interpreter.loopback import LoopbackHttpClient
from calls.telephony.interpreter.rest_sip import SipDomain
from calls.telephony.interpreter.sms import ConnectionDropped
from calls.telephony.twilio import api, checking
from clients.models import Client, Endpoint
from tests.calls.interpreter.product import Product
from tests.factories import make_assistant, make_client, make_line
from tests.people import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NUMBER = "+33199004010"
BASE = "https://permanence.example"
WELL = NumberSettings(
    voice_url=f"{BASE}/telephony/twilio/voice/#ct=1500&rt=4000&rc=1&rp=all",
    voice_fallback_url="https://handler.twilio.example/twiml/EH1",
    status_callback=f"{BASE}/telephony/twilio/status/",
)


@pytest.fixture(autouse=True)
def _ours(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = BASE
    settings.TWILIO_API_BASE = ""
    settings.TWILIO_AUTH_TOKENS = [settings.TWILIO_AUTH_TOKEN]
    make_line(make_client(short_name="Dr Martin"), NUMBER)


@pytest.fixture
def exchange(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Exchange:
    account = Account(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    made = Exchange(
        account=account, numbers={NUMBER: WELL}, clock=VirtualClock(NOW), doors=Product()
    )

    def client(sid: str, token: str, _base: str) -> TwilioClient:
        return TwilioClient(sid, token, http_client=LoopbackHttpClient(made))

    monkeypatch.setattr(api, "operator_client", client)
    monkeypatch.setattr(checking, "operator_client", client)
    return made


def change(exchange: Exchange, **fields: Any) -> None:
    exchange.numbers[NUMBER] = replace(exchange.numbers[NUMBER], **fields)


def check(*options: str) -> tuple[bool, str]:
    """Whether nothing is wrong, and what was printed."""
    out = StringIO()
    try:
        call_command("twilio_check", *options, stdout=out)
    except CommandError as error:
        return False, f"{out.getvalue()}{error}"
    return True, out.getvalue()


def test_an_account_that_is_well_is_said_to_be(exchange: Exchange) -> None:
    is_well, said = check()

    assert is_well
    assert "WRONG" not in said
    assert "01 99 00 40 10 (Dr Martin): calls reach us" in said
    assert "The balance is 100.00 EUR." in said


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"voice_url": "https://other.example/"}, "calls go to https://other.example/, not to"),
        ({"voice_url": ""}, "calls go to nowhere"),
        ({"status_callback": ""}, "the end of calls is not told"),
        ({"voice_method": "GET"}, "both addresses must be asked by POST"),
        ({"voice_fallback_url": ""}, "no fallback"),
        ({"voice_fallback_url": f"{BASE}/fallback/"}, "its fallback stands on this machine"),
        ({"trunk_sid": "TK1"}, "a trunk or an application takes its calls"),
        ({"voice_application_sid": "AP1"}, "a trunk or an application takes its calls"),
        ({"speaks": False}, "this number takes no calls. Buy one with voice instead."),
        ({"voice_url": "https://other.example/"}, "--set mends it."),
        ({"status_callback": ""}, "--set mends it."),
        ({"status_callback_method": "GET"}, "by POST. --set mends it."),
        ({"voice_fallback_url": ""}, "Make a TwiML Bin"),
        ({"voice_fallback_url": f"{BASE}/fallback/"}, "Make a TwiML Bin"),
        ({"trunk_sid": "TK1"}, "Take it off in the operator's console."),
    ],
)
def test_what_is_wrong_with_a_number_is_said_in_words(
    exchange: Exchange, fields: dict[str, Any], words: str
) -> None:
    change(exchange, **fields)

    is_well, said = check()

    assert not is_well
    assert said.count("! WRONG") == 1
    assert words in said


def test_a_number_that_the_account_has_not_is_said_so(exchange: Exchange) -> None:
    exchange.numbers.clear()

    is_well, said = check()

    assert not is_well
    assert "01 99 00 40 10 (Dr Martin): the account has no such number." in said


def test_without_connection_overrides_it_is_well_with_a_warning(exchange: Exchange) -> None:
    change(exchange, voice_url=f"{BASE}/telephony/twilio/voice/")

    is_well, said = check()

    assert is_well
    assert "warning  01 99 00 40 10 (Dr Martin): callers wait long when we are slow" in said


@pytest.mark.parametrize(
    ("fields", "is_well", "words"),
    [
        ({"account_status": "suspended"}, False, "The account is suspended"),
        ({"account_status": "suspended"}, False, "The operator's console says why"),
        ({"account_type": "Trial"}, True, "The account is on trial"),
        ({"balance": "-0.01"}, False, "the operator will refuse calls"),
        ({"balance": "4.20"}, True, "The balance is 4.20 EUR: pay in before it is used up."),
        ({"balance": "?"}, True, "The balance can't be read"),
    ],
)
def test_the_account_itself_is_looked_at(
    exchange: Exchange, fields: dict[str, str], is_well: bool, words: str
) -> None:
    for name, value in fields.items():
        setattr(exchange, name, value)

    assert (check()[0], words in check()[1]) == (is_well, True)


@pytest.mark.parametrize(
    ("names", "is_well", "words"),
    [
        ({"PUBLIC_BASE_URL": "http://permanence.example"}, False, "the operator needs https"),
        ({"TWILIO_SMS_SENDER": "Bureau des Tilleuls"}, False, "at most eleven letters"),
        ({"TWILIO_SMS_SENDER": "+33639980001"}, False, "French operators block"),
        ({"TWILIO_SMS_SENDER": "36063"}, True, "SMS come from the number 36063."),
        ({"TWILIO_AUTH_TOKENS": []}, False, "TWILIO_AUTH_TOKENS is empty"),
        ({"TWILIO_AUTH_TOKENS": ["wrong"]}, False, "TWILIO_ACCOUNT_SID or the secret is wrong."),
        ({"TWILIO_ACCOUNT_SID": "AC" + "9" * 32}, False, "Copy both again from the first page"),
    ],
)
def test_our_own_settings_are_looked_at(
    exchange: Exchange, settings: Settings, names: dict[str, Any], is_well: bool, words: str
) -> None:
    for name, value in names.items():
        setattr(settings, name, value)

    assert (check()[0], words in check()[1]) == (is_well, True)


def test_each_of_several_secrets_is_tried(exchange: Exchange, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKENS = [settings.TWILIO_AUTH_TOKEN, "old"]

    is_well, said = check()

    assert is_well
    assert "Secret 1 of TWILIO_AUTH_TOKENS opens the account." in said
    assert "Secret 2 of TWILIO_AUTH_TOKENS opens nothing" in said


def test_setting_mends_addresses_and_leaves_the_fallback_to_its_owner(exchange: Exchange) -> None:
    wrong = {"voice_url": "", "status_callback": "", "voice_method": "GET"}
    change(exchange, **wrong, voice_fallback_url="https://mine.example/")

    is_well, said = check("--set", "--yes")

    assert is_well
    assert exchange.numbers[NUMBER] == replace(WELL, voice_fallback_url="https://mine.example/")
    assert "01 99 00 40 10 (Dr Martin): calls reach us" in said


def test_a_fallback_that_is_given_is_set_where_none_stands_elsewhere(exchange: Exchange) -> None:
    change(exchange, voice_fallback_url=f"{BASE}/down/")

    assert check("--set", "--yes", "--fallback", "https://bin.example/EH9")[0]

    assert exchange.numbers[NUMBER].voice_fallback_url == "https://bin.example/EH9"


@pytest.mark.parametrize("url", ["http://bin.example/", f"{BASE}/down/", "EH9"])
def test_a_fallback_that_would_not_help_is_refused(exchange: Exchange, url: str) -> None:
    is_well, said = check("--set", "--yes", "--fallback", url)

    assert not is_well
    assert "--fallback must be an https address that is not on this machine." in said


@pytest.mark.parametrize(("typed", "is_set"), [("y", True), ("", False), ("n", False)])
def test_without_yes_it_asks_before_it_sets(exchange: Exchange, typed: str, is_set: bool) -> None:
    change(exchange, voice_url="")

    with mock.patch("builtins.input", return_value=typed):
        is_well, _said = check("--set")

    assert (is_well, exchange.numbers[NUMBER] == WELL) == (is_set, is_set)


def test_looking_changes_nothing(exchange: Exchange) -> None:
    change(exchange, voice_url="")
    before = exchange.numbers[NUMBER]

    check()

    assert exchange.numbers[NUMBER] == before


def test_without_an_operator_there_is_nothing_to_check(settings: Settings) -> None:
    settings.TELEPHONY = "none"

    assert check() == (
        False,
        "TELEPHONY is none: there is no operator to ask. Set it to twilio.",
    )


def test_an_interpreter_for_which_every_number_is_its_own_shows_the_one_asked_for(
    exchange: Exchange,
) -> None:
    exchange.numbers.clear()
    exchange._anything = WELL

    assert check()[0]


# --- the way to the operator ---------------------------------------------------------------------


def test_an_operator_that_cannot_be_reached_is_said_so_and_where_to_look(
    exchange: Exchange,
) -> None:
    bad_days.suffer(exchange, [bad_days.Trouble.SILENT])

    is_well, said = check()

    assert not is_well
    assert "it can't be reached (ConnectionError). Look whether this machine's network" in said
    assert "01 99 00 40 10" not in said


def test_an_operator_in_trouble_is_waited_for(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "rest", lambda *_asked: (503, {"code": 20503, "message": "x"}))

    is_well, said = check()

    assert not is_well
    assert "it answered 503. Look at status.twilio.com, and try again later." in said


def test_an_operator_that_stops_answering_in_the_middle_is_asked_again_later(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, asks = [], exchange.rest

    def rest(method: str, path: str, *asked: Any) -> Any:
        answered.append(path)
        if "IncomingPhoneNumbers" in path:
            raise ConnectionDropped
        return asks(method, path, *asked)

    monkeypatch.setattr(exchange, "rest", rest)

    is_well, said = check()

    assert not is_well
    assert "The operator stopped answering" in said
    assert "status.twilio.com, then run this again" in said


# --- setting -------------------------------------------------------------------------------------


def written(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The changes that are asked of the operator from now on."""
    posts: list[str] = []
    asks = exchange.rest

    def rest(method: str, path: str, *asked: Any) -> Any:
        if method == "POST":
            posts.append(path)
        return asks(method, path, *asked)

    monkeypatch.setattr(exchange, "rest", rest)
    return posts


def test_setting_twice_writes_once(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    change(exchange, voice_url="", voice_fallback_url="")
    posts = written(exchange, monkeypatch)

    ended = [check("--set", "--yes", "--fallback", "https://bin.example/EH9") for _ in range(2)]

    assert [is_well for is_well, _said in ended] == [True, True]
    assert len(posts) == 1


def test_connection_overrides_that_somebody_chose_stay(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(exchange, voice_url=f"{BASE}/telephony/twilio/voice/#e=dublin&rc=2")
    posts = written(exchange, monkeypatch)

    assert check("--set", "--yes")[0]

    assert posts == []


# --- the telephones that ring --------------------------------------------------------------------

DOMAIN = "tilleuls.sip.twilio.com"


def telephone_at(address: str) -> None:
    make_assistant(Client.objects.get(), "lea")
    Endpoint.objects.update(address=address)


@pytest.mark.parametrize(
    ("address", "domain", "is_well", "words"),
    [
        (f"sip:Lea@{DOMAIN}", SipDomain(DOMAIN, users=("lea",)), True, "can register and be rung"),
        (
            "sip:lea@tilleuls.sip.dublin.twilio.com",
            SipDomain(DOMAIN, users=("lea",)),
            False,
            f"an address with “dublin” in it is never rung. Write lea@{DOMAIN}",
        ),
        (f"sip:lea@{DOMAIN}", None, False, f"no SIP domain {DOMAIN}. Make it in the operator's"),
        (
            f"sip:lea@{DOMAIN}",
            SipDomain(DOMAIN, registers=False, users=("lea",)),
            False,
            "Switch “SIP Registration” on",
        ),
        (f"sip:lea@{DOMAIN}", SipDomain(DOMAIN), False, "nobody named lea may register"),
        (
            f"sip:lea@{DOMAIN}",
            SipDomain(DOMAIN, users=("claire",)),
            False,
            "Add the user name and its password",
        ),
        ("sip:lea@exchange.example", None, True, "not at Twilio's SIP domain"),
    ],
)
def test_each_ip_telephone_is_looked_up_at_its_domain(
    exchange: Exchange, address: str, domain: SipDomain | None, is_well: bool, words: str
) -> None:
    exchange.sip_domains = [domain] if domain else []
    telephone_at(address)

    found, said = check()

    assert (found, words in said) == (is_well, True)


def test_an_ordinary_number_and_a_telephone_out_of_use_are_not_looked_up(
    exchange: Exchange,
) -> None:
    telephone_at(f"sip:lea@{DOMAIN}")
    Endpoint.objects.update(is_active=False)
    make_assistant(Client.objects.get(), "claire", telephone="number")

    is_well, said = check()

    assert is_well
    assert DOMAIN not in said


def test_a_domain_is_asked_for_once_however_many_telephones_register_there(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.sip_domains = [SipDomain(DOMAIN, users=("lea", "claire"))]
    for key in ("lea", "claire"):
        make_assistant(Client.objects.get(), key)
    for telephone in Endpoint.objects.all():
        telephone.address = f"sip:{telephone.user.email.partition('@')[0]}@{DOMAIN}"
        telephone.save()
    asked: list[str] = []
    asks = exchange.rest

    def rest(method: str, path: str, *more: Any) -> Any:
        asked.append(path)
        return asks(method, path, *more)

    monkeypatch.setattr(exchange, "rest", rest)

    is_well, said = check()

    assert (is_well, said.count("can register and be rung")) == (True, 2)
    assert len([path for path in asked if "/SIP/" in path]) == 3
