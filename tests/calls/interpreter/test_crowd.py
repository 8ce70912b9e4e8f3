"""Many callers and bad days: what they do, and what the simulator's page makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from random import Random

import pytest
import requests
from django.test import Client as Browser
from django.urls import reverse
from twilio.rest import Client as TwilioClient

from calls.models import Call
from calls.telephony.interpreter import bad_days, running
from calls.telephony.interpreter.bad_days import Trouble
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.crowd import Caller, Temper
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.loopback import LoopbackHttpClient
from clients.models import Endpoint, User
from tests.calls.interpreter.conftest import START
from tests.calls.interpreter.product import CALLER, LINE, Product
from tests.factories import make_assistant, make_client, make_line

LEA = "sip:lea@desk.permanence.example"
EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
RINGS = f'<Dial answerOnBridge="true"><Sip {EVENTS}>{LEA}</Sip></Dial>'
MUSIC = '<Enqueue waitUrl="/wait">q</Enqueue>'


def come(exchange: Exchange, *, patience: float = 30, talk: float = 20) -> Caller:
    caller = Caller(exchange, LINE, CALLER, Temper(patience, talk))
    exchange.crowd.callers.append(caller)
    caller.come(5)
    return caller


# --- one of them ---------------------------------------------------------------------------------


def test_a_caller_rings_talks_as_long_as_he_wishes_and_hangs_up(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", RINGS)
    caller, states = come(exchange), []

    for seconds in (4, 4, 10):
        clock.advance(seconds)
        states.append(caller.state)
        exchange.telephone(LEA).answer()
    clock.run_until_quiet()

    assert states == ["expected", "ringing", "talking"]
    assert (caller.state, caller.waited) == ("answered", 3.0)
    assert caller.party is not None
    assert caller.party.leg.ended_at == START + timedelta(seconds=5 + 3 + 20)


def test_a_caller_whom_nobody_answers_gives_up_after_his_patience(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", RINGS)
    caller = come(exchange, patience=12)

    clock.run_until_quiet()

    assert (caller.state, caller.waited) == ("gave_up", None)
    assert caller.party is not None
    assert caller.party.leg.ended_at == START + timedelta(seconds=5 + 12)


@pytest.mark.parametrize(
    ("answered_with", "state"),
    [
        ('<Reject reason="busy"/>', "ended"),
        ("<Hangup/>", "ended"),
        ('<Record action="/recorded"/>', "voicemail"),
    ],
)
def test_what_became_of_a_caller_is_told_apart(
    exchange: Exchange, product: Product, clock: VirtualClock, answered_with: str, state: str
) -> None:
    product.on("/voice", answered_with)
    caller = come(exchange)

    clock.run_until_quiet()

    assert caller.state == state


def test_who_hears_music_waits(exchange: Exchange, product: Product, clock: VirtualClock) -> None:
    product.on("/voice", MUSIC)
    product.on("/wait", '<Pause length="60"/>')
    caller = come(exchange)

    clock.advance(10)

    assert caller.state == "waiting"


# --- all of them ---------------------------------------------------------------------------------


def test_a_crowd_comes_within_its_seconds_on_the_lines_chosen_and_all_its_calls_end(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", RINGS)
    exchange.telephone(LEA).auto_answer_after(3)

    exchange.crowd.call_in(count=40, seconds=60, lines=[LINE], known=[CALLER])
    clock.advance(61)
    numbers = [one["From"] for one in product.at("/voice")]
    clock.run_until_quiet()

    assert (len(numbers), numbers.count(CALLER)) == (40, 1)
    assert {one["To"] for one in product.at("/voice")} == {LINE}
    assert all(leg.is_over for leg in exchange.legs.values())
    assert exchange.crowd.counts() == {"answered": 40}


def test_of_a_crowd_that_nobody_answers_some_hang_up_early_and_some_late(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", MUSIC)
    product.on("/wait", '<Pause length="60"/>')
    exchange.crowd.call_in(count=40, seconds=1, lines=[LINE])
    clock.advance(20)
    early = exchange.crowd.counts()["gave_up"]
    clock.run_until_quiet()

    assert 5 <= early <= 25
    assert exchange.crowd.counts() == {"gave_up": 40}


def test_the_same_seed_brings_the_same_crowd(exchange: Exchange) -> None:
    def numbers() -> list[str]:
        crowd = type(exchange.crowd)(exchange, "7")
        crowd.call_in(count=20, seconds=60, lines=[LINE])
        return [one.number for one in crowd.callers]

    assert numbers() == numbers()


def test_sent_home_everybody_hangs_up_and_nobody_comes_any_more(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", RINGS)
    exchange.crowd.call_in(count=30, seconds=60, lines=[LINE])
    clock.advance(20)
    before = len(product.at("/voice"))

    exchange.crowd.send_home()
    clock.run_until_quiet()

    assert 0 < before < 30
    assert len(product.at("/voice")) == before
    assert all(leg.is_over for leg in exchange.legs.values())
    assert exchange.crowd.counts() == {}


# --- bad days ------------------------------------------------------------------------------------


def told(exchange: Exchange, product: Product, clock: VirtualClock, count: int = 20) -> list[str]:
    """The numbers of the events of the telephone's paths, in the order of their coming."""
    product.on("/voice", RINGS)
    exchange.telephone(LEA).auto_answer_after(1)
    for _nth in range(count):
        exchange.place_call(LINE, CALLER)
        clock.advance(5)
        exchange.telephone(LEA).hang_up()
        clock.run_until_quiet()
    return [one["SequenceNumber"] for one in product.at("/leg")]


@pytest.mark.parametrize(
    ("trouble", "fewest", "most"),
    [
        (None, 80, 80),
        (Trouble.TWICE, 160, 160),
        (Trouble.LOST, 40, 70),
        (Trouble.LATE, 80, 80),
        (Trouble.SILENT, 0, 0),
    ],
)
def test_each_bad_day_is_what_it_says(
    exchange: Exchange,
    product: Product,
    clock: VirtualClock,
    trouble: Trouble | None,
    fewest: int,
    most: int,
) -> None:
    bad_days.suffer(exchange, [trouble] if trouble else [])

    assert fewest <= len(told(exchange, product, clock)) <= most


def test_a_late_event_is_up_to_twenty_seconds_late(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    bad_days.suffer(exchange, [Trouble.LATE])
    told(exchange, product, clock, count=5)

    late = [
        entry.at - parsedate_to_datetime(entry.request.parameters["Timestamp"])
        for entry in exchange.courier.trace
        if entry.kind == "status"
    ]
    assert timedelta(seconds=5) < max(late) <= timedelta(seconds=21)


def test_out_of_order_events_overtake_each_other(
    exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    bad_days.suffer(exchange, [Trouble.SHUFFLED])

    assert told(exchange, product, clock) != ["0", "1", "2", "3"] * 20


def test_a_silent_operator_answers_no_request_but_ours(exchange: Exchange) -> None:
    account = exchange.account
    http = LoopbackHttpClient(exchange)
    client = TwilioClient(account.sid, account.auth_token, http_client=http)
    bad_days.suffer(exchange, [Trouble.SILENT])

    with pytest.raises(requests.ConnectionError):
        client.calls.list()
    path = f"/2010-04-01/Accounts/{account.sid}/Simulations/Troubles.json"
    right = (account.sid, account.auth_token)
    assert exchange.rest("POST", path, {}, right) == (200, {"troubles": []})
    assert client.calls.list() == []


@pytest.mark.once
def test_on_a_bad_day_the_product_gives_each_caller_of_a_crowd_one_call_with_its_ending(
    real_exchange: Exchange, clock: VirtualClock
) -> None:
    line = make_line(make_client(), LINE)
    telephone = Endpoint.objects.get(user=make_assistant(line.client, "lea")).address
    real_exchange.telephone(telephone).auto_answer_after(3)
    bad_days.suffer(real_exchange, [Trouble.TWICE, Trouble.LATE, Trouble.SHUFFLED])
    real_exchange.courier.disturbance.rng = Random(5)

    real_exchange.crowd.call_in(count=12, seconds=20, lines=[LINE])
    clock.run_until_quiet()

    became = Counter(one.state for one in real_exchange.crowd.callers)
    endings = Counter(Call.objects.values_list("ending", flat=True))
    assert became["answered"] >= 1
    assert endings["answered"] == became["answered"]
    assert (sum(endings.values()), endings[""]) == (12, 0)


# --- the page ------------------------------------------------------------------------------------


@pytest.fixture
def browser(lea: User, exchange: Exchange) -> Iterator[Browser]:
    browser = Browser()
    browser.force_login(lea)
    with running.replaced_by(exchange):
        yield browser


def post(browser: Browser, name: str, **form: object) -> str:
    headers = {"HX-Request": "true"}
    answer = browser.post(reverse(f"interpreter:{name}"), form, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def wish(**more: object) -> dict[str, object]:
    return {"count": "30", "seconds": "120", "lines": [LINE], "act": "as-said"} | more


@pytest.mark.parametrize(
    ("act", "count", "within"), [("as-said", 30, 120), ("ten", 10, 60), ("at-once", 30, 1)]
)
def test_each_button_calls_in_what_it_says(
    browser: Browser, product: Product, clock: VirtualClock, act: str, count: int, within: int
) -> None:
    shown = post(browser, "crowd", **wish(act=act))
    clock.advance(within)

    assert f"{count} à venir" in shown
    assert len(product.at("/voice")) == count


def test_a_known_caller_is_named(browser: Browser) -> None:
    assert "<b>Lefèvre" in post(browser, "crowd", **wish())


def test_who_is_on_the_line_is_listed_before_the_others_and_at_most_forty(
    browser: Browser, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", RINGS)
    post(browser, "crowd", **wish(count="50"))
    clock.advance(30)

    shown = post(browser, "caller", digits="")

    assert shown.count('class="crowd-line"') == 40
    assert "et 10 autres" in shown
    assert shown.index("crowd-ringing") < shown.index("crowd-expected")


def test_it_is_told_how_soon_callers_were_heard(
    browser: Browser, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", RINGS)
    exchange.telephone(LEA).auto_answer_after(3)
    before = post(browser, "crowd", **wish(count="3", seconds="1"))
    clock.advance(5)

    after = post(browser, "caller", digits="")

    words = "La moitié ont eu quelqu’un en 3 s, le plus patient au bout de 3 s"
    assert (words in before, words in after) == (False, True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"count": "0"}, "Appelants"),
        ({"count": "201"}, "Appelants"),
        ({"seconds": "-1"}, "secondes"),
        ({"lines": []}, "Choisissez au moins une ligne"),
        ({"lines": ["+33199004088"]}, "lignes"),
    ],
)
def test_what_cannot_be_is_said_and_nobody_calls(
    browser: Browser, exchange: Exchange, wrong: dict[str, object], said: str
) -> None:
    shown = post(browser, "crowd", **wish(**wrong))

    fault = shown.partition('id="crowd-fault"')[2]
    assert said in fault
    assert exchange.crowd.counts() == {}


def test_a_switch_is_seen_while_it_is_on(browser: Browser, exchange: Exchange) -> None:
    pressed = 'id="trouble-late" aria-pressed="true"'

    shown = [post(browser, "trouble", trouble="late") for _twice in range(2)]

    assert [pressed in one for one in shown] == [True, False]
    assert post(browser, "trouble", trouble="odd").count('aria-pressed="true"') == 0


def test_putting_everything_right_ends_the_crowd_the_troubles_and_the_telephones_moods(
    browser: Browser, exchange: Exchange, clock: VirtualClock
) -> None:
    for trouble in ("late", "twice", "silent"):
        post(browser, "trouble", trouble=trouble)
    post(browser, "crowd", **wish())
    telephone = exchange.telephone(LEA)
    telephone.offline = True
    telephone.auto_answer_after(1)

    post(browser, "trouble", trouble="none")
    clock.run_until_quiet()

    assert (exchange.troubles, exchange.crowd.counts()) == (frozenset(), {})
    assert exchange.courier.disturbance.delays() == [0.0]
    assert (telephone.offline, telephone.auto_answers_after) == (False, None)
    assert exchange.legs == {}


def test_the_crowd_can_be_sent_home_from_the_page(browser: Browser, exchange: Exchange) -> None:
    post(browser, "crowd", **wish())

    post(browser, "crowd", act="send-home")

    assert exchange.crowd.counts() == {}
