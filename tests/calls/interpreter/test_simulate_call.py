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
from tests.factories import make_client, make_line

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


def test_a_crowd_is_counted_until_all_have_gone_and_the_trouble_is_over_then(
    exchange: Exchange, site: Site, product: Product
) -> None:
    make_line(make_client(), LINE)
    product.on("/voice", '<Reject reason="busy"/>')
    lines = simulate_crowd("--callers", "3", "--seconds", "0", "--trouble", "twice")

    assert lines[-2:] == ["ended 3", "Nobody was answered."]
    assert len(product.at("/voice")) == 3
    assert exchange.troubles == frozenset()


def simulate_crowd(*arguments: str) -> list[str]:
    printed = StringIO()
    call_command("simulate_crowd", *arguments, stdout=printed)
    return printed.getvalue().splitlines()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--callers", "201"], "between 1 and 200"),
        (["--line", "12"], "telephone number"),
        ([], "No client has a line in force"),
        (["--line", LINE], "start Permanence first"),
    ],
)
def test_a_crowd_that_cannot_come_is_said_so(
    settings: Settings, arguments: list[str], words: str
) -> None:
    settings.TWILIO_API_BASE = "http://localhost:9/operator"
    with pytest.raises(CommandError, match=words):
        simulate_crowd(*arguments)


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
