"""The interpreter of the web process: calls over real HTTP, in real time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from calls.models import Call
from calls.telephony.interpreter import running
from calls.telephony.interpreter.clock import RealClock
from clients.models import Endpoint
from tests.browser.server import Site
from tests.calls.interpreter.product import CALLER
from tests.factories import make_assistant, make_client, make_line

LINE = "+33199004077"


@pytest.fixture(autouse=True)
def stopped_afterwards() -> Iterator[None]:
    yield
    running.stop()


def wait_until(condition: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def test_it_is_made_once_and_again_when_the_settings_change(settings: Settings) -> None:
    first = running.exchange()
    assert running.exchange() is first
    settings.PUBLIC_BASE_URL = "http://localhost:9999"
    second = running.exchange()
    assert second is not first
    assert second.settings_of(LINE) is not None
    assert second.api_base == "http://localhost:9999/operator"
    assert isinstance(first.clock, RealClock)
    assert not first.clock._thread.is_alive()


def test_a_call_goes_through_the_running_product_and_back(site: Site) -> None:
    client = make_client()
    make_line(client, LINE)
    make_assistant(client, "lea")
    exchange = running.exchange()
    telephone = exchange.telephone(Endpoint.objects.get().address)
    party = exchange.place_call(LINE, CALLER)
    wait_until(lambda: telephone.ringing)
    telephone.answer()
    wait_until(lambda: party.state == "in-progress")
    party.hang_up()
    wait_until(lambda: Call.objects.filter(ending="answered").exists())
    assert list(exchange.alerts) == []
    assert {entry.status for entry in exchange.courier.trace} == {200}
