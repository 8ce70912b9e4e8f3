"""The simulator's page: what it shows, what its buttons do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client as Browser
from django.urls import reverse

from calls.telephony.interpreter import running
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from clients.models import Endpoint, User
from tests.calls.interpreter.product import CALLER, LINE, Product
from tests.factories import make_client, make_line, make_user

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_work(exchange: Exchange) -> Iterator[None]:
    with running.replaced_by(exchange):
        yield


@pytest.fixture
def telephone(lea: User) -> str:
    return Endpoint.objects.get(user=lea).address


@pytest.fixture
def browser(lea: User) -> Browser:
    browser = Browser()
    browser.force_login(lea)
    return browser


def post(browser: Browser, name: str, **form: str) -> str:
    answer = browser.post(reverse(f"interpreter:{name}"), form, headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def act(browser: Browser, exchange: Exchange, telephone: str, what: str) -> str:
    leg = (exchange.telephone(telephone).ringing + exchange.telephone(telephone).connected)[0]
    return post(browser, "telephone", act=f"{what} {leg.sid}")


def ring(browser: Browser, product: Product, clock: VirtualClock, telephone: str) -> str:
    product.on("/voice", f'<Dial answerOnBridge="true"><Sip>{telephone}</Sip></Dial>')
    post(browser, "call", line=LINE, **{"from": CALLER})
    clock.advance(2)
    return post(browser, "caller", digits="")


def test_the_page_asks_to_sign_in() -> None:
    answer = Browser().get(reverse("interpreter:simulator"))
    assert (answer.status_code, "login" in answer["Location"]) == (302, True)


def test_the_page_offers_the_lines_callers_and_telephones_of_the_viewer(
    browser: Browser, telephone: str
) -> None:
    other = make_client(name="Cabinet d’un autre")
    make_line(other, "+33199004088")
    page = browser.get(reverse("interpreter:simulator")).content.decode()
    assert f'<option value="{LINE}">Cabinet Morel' in page
    assert '<option value="06 39 98 00 01">' in page
    assert telephone in page
    assert "+33199004088" not in page


def test_a_page_without_lines_says_what_to_do(db: None) -> None:
    browser = Browser()
    browser.force_login(make_user("seul"))
    page = browser.get(reverse("interpreter:simulator")).content.decode()
    assert page.count('class="empty"') == 2
    assert 'name="line"' not in page


def test_calling_rings_the_telephone_of_the_assistant(
    browser: Browser, product: Product, clock: VirtualClock, telephone: str
) -> None:
    shown = ring(browser, product, clock, telephone)
    assert [one["From"] for one in product.at("/voice")] == [CALLER]
    assert 'data-code="KeyJ"' in shown
    assert "Lefèvre" in shown


@pytest.mark.parametrize("typed", ["masqué", "withheld", "", "anonymous"])
def test_a_caller_may_withhold_his_number(
    browser: Browser, product: Product, clock: VirtualClock, typed: str
) -> None:
    post(browser, "call", line=LINE, **{"from": typed})
    clock.advance(0)
    assert [one["From"] for one in product.at("/voice")] == ["anonymous"]


def test_a_number_may_be_typed_as_people_write_it(
    browser: Browser, product: Product, clock: VirtualClock
) -> None:
    post(browser, "call", line=LINE, **{"from": "06 39 98 00 01"})
    clock.advance(0)
    assert [one["From"] for one in product.at("/voice")] == [CALLER]


def test_what_is_not_a_number_is_said_and_nothing_rings(
    browser: Browser, exchange: Exchange
) -> None:
    shown = post(browser, "call", line=LINE, **{"from": "bonjour"})
    assert "bonjour" in re.findall(r'<div id="fault".*?</div>', shown, re.DOTALL)[0]
    assert exchange.legs == {}


def test_a_second_call_hangs_up_the_first(
    browser: Browser, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", '<Say loop="0">Bonjour</Say>')
    for _time in range(2):
        post(browser, "call", line=LINE, **{"from": CALLER})
        clock.advance(2)
    assert [leg.status for leg in exchange.legs.values()] == ["completed", "in-progress"]


def test_the_transcript_tells_what_is_said_in_its_language(
    browser: Browser, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", '<Say language="fr-FR">Bonjour &lt;b&gt;</Say>')
    post(browser, "call", line=LINE, **{"from": CALLER})
    clock.advance(65)
    shown = post(browser, "caller", digits="")
    assert '<q class="voice" lang="fr-FR">Bonjour &lt;b&gt;</q>' in shown
    assert '<span class="heard-at">0:00</span>' in shown


def test_keys_reach_the_call(browser: Browser, product: Product, clock: VirtualClock) -> None:
    product.on("/voice", '<Gather numDigits="1" action="/menu"/>')
    post(browser, "call", line=LINE, **{"from": CALLER})
    clock.advance(1)
    post(browser, "caller", digits="5")
    clock.advance(0)
    assert [one["Digits"] for one in product.at("/menu")] == ["5"]


def test_the_caller_hangs_up(
    browser: Browser, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", '<Say loop="0">Bonjour</Say>')
    post(browser, "call", line=LINE, **{"from": CALLER})
    clock.advance(1)
    post(browser, "caller", act="hang-up")
    assert [leg.status for leg in exchange.legs.values()] == ["completed"]


def test_the_telephone_is_answered_then_hung_up(
    browser: Browser, exchange: Exchange, product: Product, clock: VirtualClock, telephone: str
) -> None:
    ring(browser, product, clock, telephone)
    act(browser, exchange, telephone, "answer")
    clock.advance(5)
    assert len(exchange.telephone(telephone).connected) == 1
    act(browser, exchange, telephone, "hang_up")
    assert exchange.telephone(telephone).connected == []


def test_the_telephone_refuses(
    browser: Browser, exchange: Exchange, product: Product, clock: VirtualClock, telephone: str
) -> None:
    ring(browser, product, clock, telephone)
    act(browser, exchange, telephone, "decline")
    assert [leg.status for leg in exchange.legs.values() if leg.parent] == ["busy"]


def test_a_screened_telephone_shows_what_it_is_told_and_presses_one(
    browser: Browser, exchange: Exchange, product: Product, clock: VirtualClock, telephone: str
) -> None:
    product.on(
        "/chuchote", '<Gather numDigits="1" action="/oui"><Say>Tapez 1</Say></Gather><Hangup/>'
    )
    product.on("/voice", f'<Dial><Sip url="/chuchote">{telephone}</Sip></Dial>')
    post(browser, "call", line=LINE, **{"from": CALLER})
    clock.advance(2)
    act(browser, exchange, telephone, "answer")
    clock.advance(1)
    shown = post(browser, "caller", digits="")
    assert '<q class="voice">Tapez 1</q>' in shown
    assert 'value="press ' in shown
    act(browser, exchange, telephone, "press")
    clock.advance(0)
    assert len(product.at("/oui")) == 1


def test_a_held_call_can_be_taken_back(
    browser: Browser, exchange: Exchange, product: Product, clock: VirtualClock, telephone: str
) -> None:
    product.on("/voice", f'<Dial answerOnBridge="true"><Sip>{telephone}</Sip></Dial>')
    for caller in (CALLER, "+33639980002"):
        exchange.place_call(LINE, caller)
        clock.advance(2)
        exchange.telephone(telephone).answer()
        clock.advance(1)
    [held] = exchange.telephone(telephone).held
    post(browser, "telephone", act=f"resume {held.sid}")
    assert exchange.telephone(telephone).active is held


@pytest.mark.parametrize(("what", "name"), [("auto", "auto_answers_after"), ("offline", "offline")])
def test_a_telephones_habits_are_switched_on_and_off(
    browser: Browser, exchange: Exchange, telephone: str, what: str, name: str
) -> None:
    for expected in (True, False):
        post(browser, "telephone", act=f"{what} {telephone}")
        assert bool(getattr(exchange.telephone(telephone), name)) is expected


@pytest.mark.parametrize("what", ["__init__", "answer", "", "hang_up"])
def test_an_unknown_or_unfounded_act_changes_nothing(
    browser: Browser,
    exchange: Exchange,
    product: Product,
    clock: VirtualClock,
    telephone: str,
    what: str,
) -> None:
    ring(browser, product, clock, telephone)
    [caller] = [leg for leg in exchange.legs.values() if leg.direction == "inbound"]
    post(browser, "telephone", act=f"{what} {caller.sid}")
    assert caller.status == "ringing"
    assert len(exchange.telephone(telephone).ringing) == 1


def test_the_trace_shows_each_webhook_with_its_parameters(
    browser: Browser, product: Product, clock: VirtualClock, telephone: str
) -> None:
    shown = ring(browser, product, clock, telephone)
    assert "/voice" in shown
    assert "<dt>CallStatus</dt><dd>ringing</dd>" in shown


def test_asking_again_brings_only_what_has_changed(
    browser: Browser, product: Product, clock: VirtualClock
) -> None:
    url = reverse("interpreter:state")
    first = browser.get(url, headers=HTMX).content.decode()
    seen = dict(re.findall(r'name="(\w+)" value="(\w+)" data-digest', first))
    assert set(seen) == {"caller", "crowd", "telephones", "trace", "troubles"}
    assert browser.get(url, seen, headers=HTMX).status_code == 204
    post(browser, "call", line=LINE, **{"from": CALLER})
    later = browser.get(url, seen, headers=HTMX).content.decode()
    assert re.findall(r'id="(\w+)" hx-swap-oob', later) == ["caller"]


def test_without_htmx_a_button_leads_back_to_the_page(browser: Browser) -> None:
    answer = browser.post(reverse("interpreter:call"), {"line": LINE, "from": CALLER})
    assert (answer.status_code, answer["Location"]) == (302, reverse("interpreter:simulator"))


def test_the_state_asks_the_database_as_often_for_three_calls_as_for_one(
    browser: Browser, exchange: Exchange, assert_same_queries_at_1_and_3: Callable[..., None]
) -> None:
    def show() -> None:
        browser.get(reverse("interpreter:state"), headers=HTMX)

    show()
    assert_same_queries_at_1_and_3(add=lambda: exchange.place_call(LINE, CALLER), show=show)


def test_names_stand_for_addresses_and_ringing_is_told_once(
    browser: Browser, exchange: Exchange, product: Product, clock: VirtualClock, telephone: str
) -> None:
    ring(browser, product, clock, telephone)
    act(browser, exchange, telephone, "answer")
    clock.advance(1)
    shown = post(browser, "caller", digits="")
    transcript = re.findall(r'<li class="heard heard-([\w-]+)">', shown)
    assert transcript == ["ringing", "connected"]
    assert re.findall(r'heard-connected">.*?<span>(.*?)</span>', shown) == ["En ligne avec Lea."]
