"""The command that places calls in the running server."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from calls.telephony.interpreter import running
from calls.telephony.interpreter.clock import RealClock
from calls.telephony.interpreter.exchange import Account, Exchange, NumberSettings
from tests.browser.server import Site
from tests.calls.interpreter.product import BASE, LINE, Product

LEA = "sip:lea@telephones.example"


@pytest.fixture
def exchange(settings: Settings, product: Product) -> Iterator[Exchange]:
    clock = RealClock()
    account = Account(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    product.token = account.auth_token
    made = Exchange(
        account=account,
        numbers={LINE: NumberSettings(f"{BASE}/voice")},
        clock=clock,
        doors=product,
    )
    with running.replaced_by(made):
        yield made
    clock.stop()


def simulate(*arguments: str) -> list[str]:
    printed = StringIO()
    call_command("simulate_call", "--line", LINE, *arguments, stdout=printed)
    return printed.getvalue().splitlines()


def test_it_prints_what_the_caller_hears_until_the_end(
    exchange: Exchange, site: Site, product: Product
) -> None:
    product.on("/voice", '<Say language="fr-FR">Bonjour</Say>')
    assert simulate("--from", "+33639980001") == [
        "0:00  ringing",
        "0:00  said “Bonjour”",
        "0:01  ended completed",
    ]


def test_it_answers_and_hangs_up_by_itself(
    exchange: Exchange, site: Site, product: Product
) -> None:
    product.on("/voice", f'<Dial answerOnBridge="true"><Sip>{LEA}</Sip></Dial>')
    lines = simulate("--answer-after", "0.3", "--hang-up-after", "1.5", "--telephone", LEA)
    assert [line.split("  ")[1] for line in lines] == [
        "ringing",
        "ringing",
        f"connected {LEA}",
        "ended completed",
    ]
    assert [one["From"] for one in product.at("/voice")] == ["anonymous"]


def test_several_calls_are_told_apart(exchange: Exchange, site: Site, product: Product) -> None:
    product.on("/voice", '<Reject reason="busy"/>')
    lines = simulate("--count", "2", "--every", "0")
    assert sorted(line for line in lines if "ended" in line) == [
        "[1] 0:00  ended busy",
        "[2] 0:00  ended busy",
    ]


def test_without_a_server_it_says_what_to_do(settings: Settings) -> None:
    settings.TWILIO_API_BASE = "http://localhost:9/operator"
    with pytest.raises(CommandError, match="start Permanence first"):
        simulate()


def test_with_other_credentials_it_says_what_to_check(
    exchange: Exchange, site: Site, settings: Settings
) -> None:
    settings.TWILIO_AUTH_TOKEN = "another"
    with pytest.raises(CommandError, match="same SECRET_KEY"):
        simulate()


def test_with_a_real_operator_it_refuses(settings: Settings) -> None:
    settings.TELEPHONY = "twilio"
    with pytest.raises(CommandError, match="TELEPHONY=interpreter"):
        simulate()


@pytest.mark.parametrize("caller", ["hello", "12"])
def test_what_is_not_a_number_is_refused(caller: str) -> None:
    with pytest.raises(CommandError, match="telephone numbers"):
        simulate("--from", caller)
