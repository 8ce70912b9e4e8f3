"""The Calls resource, its rate and its lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.telephones import Party
from tests.calls.interpreter.conftest import kinds
from tests.calls.interpreter.product import BASE, CALLER, LINE, Product

Caller = Callable[..., Party]
Ask = Callable[..., tuple[int, dict[str, Any]]]
DOCTOR = "+33639980077"
LEA = "sip:lea@desk.permanence.example"


@pytest.fixture
def ask(exchange: Exchange) -> Ask:
    def request(method: str, path: str, **form: Any) -> tuple[int, dict[str, Any]]:
        account = exchange.account
        prefix = f"/2010-04-01/Accounts/{account.sid}/"
        return exchange.rest(method, prefix + path, form, (account.sid, account.auth_token))

    return request


def create(ask: Ask, **more: Any) -> tuple[int, dict[str, Any]]:
    return ask("POST", "Calls.json", **{"To": DOCTOR, "From": LINE, "Url": f"{BASE}/sortie"} | more)


def test_a_created_call_rings_and_asks_for_its_twiml_once_answered(
    ask: Ask, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/sortie", "<Say>Message urgent</Say>")
    status, shown = create(ask)
    assert (status, shown["status"], shown["direction"]) == (201, "queued", "outbound-api")
    clock.advance(3)
    assert product.at("/sortie") == []
    exchange.telephone(DOCTOR).answer()
    clock.run_until_quiet()
    [asked] = product.at("/sortie")
    assert (asked["CallStatus"], asked["Direction"]) == ("in-progress", "outbound-api")
    leg = exchange.legs[shown["sid"]]
    assert [(one.kind, one.text) for one in leg.heard][-2:] == [
        ("said", "Message urgent"),
        ("ended", "completed"),
    ]


def test_a_created_call_tells_the_events_asked_for(
    ask: Ask, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    create(
        ask,
        Timeout="15",
        StatusCallback=f"{BASE}/leg",
        StatusCallbackEvent=["initiated", "ringing", "answered", "completed"],
    )
    clock.run_until_quiet()
    assert [one["CallStatus"] for one in product.at("/leg")] == [
        "initiated",
        "ringing",
        "no-answer",
    ]
    assert (clock.now() - exchange.legs[product.at("/leg")[0]["CallSid"]].created_at).seconds == 15


def test_one_call_a_second_may_be_created(ask: Ask, clock: VirtualClock) -> None:
    assert create(ask)[0] == 201
    status, body = create(ask)
    assert (status, body["code"]) == (429, 20429)
    clock.advance(0.99)
    assert create(ask)[0] == 429
    clock.advance(0.01)
    assert create(ask)[0] == 201


def test_a_refused_creation_rings_nobody(ask: Ask, exchange: Exchange, clock: VirtualClock) -> None:
    create(ask)
    create(ask)
    clock.advance(1)
    assert len(exchange.telephone(DOCTOR).ringing) == 1


def test_incoming_and_dialled_calls_have_no_rate(call: Caller, exchange: Exchange) -> None:
    for _time in range(5):
        call(f"<Dial><Sip>{LEA}</Sip></Dial>")
    call("", seconds=1)
    assert len(exchange.telephone(LEA).ringing) == 5


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": ""}, 21201),
        ({"To": "hello"}, 21211),
        ({"From": ""}, 21213),
        ({"From": "+33639980099"}, 21210),
        ({"Url": ""}, 21205),
    ],
)
def test_a_wrong_creation_is_refused(ask: Ask, form: dict[str, str], code: int) -> None:
    status, body = create(ask, **form)
    assert (status, body["code"]) == (400, code)


def test_completed_hangs_up_and_canceled_stops_the_ringing(
    ask: Ask, call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    party = call(f"<Dial><Sip>{LEA}</Sip></Dial>", seconds=2)
    [ringing] = exchange.telephone(LEA).ringing
    status, shown = ask("POST", f"Calls/{ringing.sid}.json", Status="canceled")
    assert (status, shown["status"]) == (200, "canceled")
    ask("POST", f"Calls/{party.sid}.json", Status="completed")
    clock.run_until_quiet()
    assert party.state == "completed"


def test_canceled_leaves_an_answered_call_alone(ask: Ask, call: Caller) -> None:
    party = call('<Say loop="0">Bonjour</Say>', seconds=2)
    ask("POST", f"Calls/{party.sid}.json", Status="canceled")
    assert party.state == "in-progress"


def test_an_unknown_status_is_refused(ask: Ask, call: Caller) -> None:
    party = call('<Say loop="0">Bonjour</Say>', seconds=2)
    assert ask("POST", f"Calls/{party.sid}.json", Status="held")[0] == 400


def test_a_call_is_moved_to_other_twiml(ask: Ask, call: Caller, clock: VirtualClock) -> None:
    party = call('<Say loop="0">Patientez</Say>', seconds=2)
    ask("POST", f"Calls/{party.sid}.json", Twiml="<Response><Say>Ailleurs</Say></Response>")
    clock.run_until_quiet()
    assert kinds(party)[-2:] == ["said Ailleurs", "ended completed"]


def test_a_call_that_is_over_cannot_be_moved(ask: Ask, call: Caller, clock: VirtualClock) -> None:
    party = call("<Hangup/>")
    clock.run_until_quiet()
    status, body = ask("POST", f"Calls/{party.sid}.json", Status="completed")
    assert (status, body["code"]) == (400, 21220)


def test_a_waiting_caller_is_taken_out_of_a_queue(
    ask: Ask, call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/appel", "<Say>À vous</Say>")
    party = call('<Enqueue action="/sortie-de-file">attente</Enqueue>', seconds=30)
    [queue] = exchange.queues
    [member] = ask("GET", f"Queues/{queue}/Members.json")[1]["queue_members"]
    assert (member["call_sid"], member["position"], member["wait_time"]) == (party.sid, 1, 30)
    assert ask("GET", "Queues.json")[1]["queues"][0]["current_size"] == 1
    status, _body = ask("POST", f"Queues/{queue}/Members/Front.json", Url=f"{BASE}/appel")
    clock.run_until_quiet()
    assert (status, kinds(party)[-2]) == (200, "said À vous")
    assert [one["QueueResult"] for one in product.at("/sortie-de-file")] == ["redirected"]
    assert ask("POST", f"Queues/{queue}/Members/Front.json", Url=f"{BASE}/appel")[0] == 404


def test_calls_are_listed_newest_first_and_filtered(
    ask: Ask, call: Caller, clock: VirtualClock
) -> None:
    first = call(f"<Dial><Sip>{LEA}</Sip></Dial>", seconds=2)
    second = call("<Hangup/>", from_="+33639980002", seconds=2)

    def sids(**filters: str) -> list[str]:
        return [one["sid"] for one in ask("GET", "Calls.json", **filters)[1]["calls"]]

    [child] = sids(ParentCallSid=first.sid)
    assert sids() == [second.sid, child, first.sid]
    assert sids(To=LINE) == [second.sid, first.sid]
    assert sids(From="+33639980002") == [second.sid]
    assert sids(Status="in-progress") == [first.sid]
    assert sids(Status="ringing") == [child]
    assert sids(**{"StartTime>": "2026-11-24T08:40:01Z"}) == [second.sid]
    assert sids(**{"StartTime<": "2026-11-24T08:40:01Z"}) == [child, first.sid]
    assert sids(StartTime="2026-11-23") == []


def test_long_lists_come_in_pages(ask: Ask, call: Caller) -> None:
    parties = [call("<Hangup/>") for _time in range(5)]
    page = ask("GET", "Calls.json", PageSize="2", Page="1", To=LINE)[1]
    assert [one["sid"] for one in page["calls"]] == [parties[2].sid, parties[1].sid]
    assert page["next_page_uri"].endswith("Calls.json?To=%2B33199004001&PageSize=2&Page=2")
    assert page["previous_page_uri"].endswith("Page=0")
    assert ask("GET", "Calls.json", PageSize="2", Page="2")[1]["next_page_uri"] is None


def test_the_resource_of_a_call_that_is_over_tells_its_duration(
    ask: Ask, call: Caller, clock: VirtualClock
) -> None:
    party = call('<Pause length="5"/><Say loop="0">a</Say>', seconds=65)
    party.hang_up()
    shown = ask("GET", f"Calls/{party.sid}.json")[1]
    assert (shown["status"], shown["duration"], shown["from"]) == ("completed", "60", CALLER)
    assert shown["start_time"] == "Tue, 24 Nov 2026 08:40:05 +0000"
    assert shown["end_time"] == "Tue, 24 Nov 2026 08:41:05 +0000"


def test_a_recording_is_shown_and_deleted(
    ask: Ask, call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    party = call('<Record action="/laisse"/>', seconds=9)
    party.press("#")
    clock.run_until_quiet()
    [sid] = exchange.recordings
    assert ask("GET", f"Recordings/{sid}.json")[1]["duration"] == "9"
    assert ask("DELETE", f"Recordings/{sid}.json")[0] == 204
    assert ask("GET", f"Recordings/{sid}.json")[0] == 404


def test_wrong_credentials_are_refused(exchange: Exchange) -> None:
    path = f"/2010-04-01/Accounts/{exchange.account.sid}/Calls.json"
    status, body = exchange.rest("GET", path, {}, (exchange.account.sid, "wrong"))
    assert (status, body["code"]) == (401, 20003)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "Calls/CA1.json", 404),
        ("GET", "Nothing.json", 404),
        ("PUT", "Calls.json", 405),
        ("GET", "Messages/SM1.json", 404),
        ("GET", "Conferences/CF1.json", 404),
        ("GET", "Simulations/CA1.json", 404),
    ],
)
def test_what_is_not_there_is_said_so(ask: Ask, method: str, path: str, status: int) -> None:
    assert ask(method, path)[0] == status


def test_another_account_is_not_found(exchange: Exchange) -> None:
    account = exchange.account
    path = "/2010-04-01/Accounts/AC9/Calls.json"
    assert exchange.rest("GET", path, {}, (account.sid, account.auth_token))[0] == 404


def test_a_simulation_plays_the_caller_and_the_one_who_answers(
    ask: Ask, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    product.on("/voice", f'<Dial answerOnBridge="true"><Sip>{LEA}</Sip></Dial>')
    status, shown = ask(
        "POST",
        "Simulations.json",
        To=LINE,
        From="anonymous",
        AnswerAfter="3",
        HangUpAfter="30",
        Telephone=LEA,
    )
    assert (status, shown["ended"]) == (201, False)
    clock.run_until_quiet()
    heard = ask("GET", f"Simulations/{shown['sid']}.json")[1]["heard"]
    assert [one["kind"] for one in heard] == ["ringing", "ringing", "connected", "ended"]
    assert exchange.legs[shown["sid"]].duration == 26


def test_a_simulation_leaves_the_telephones_of_others_alone(
    ask: Ask, call: Caller, exchange: Exchange, product: Product, clock: VirtualClock
) -> None:
    other = call(f'<Dial answerOnBridge="true"><Sip>{LEA}</Sip></Dial>', seconds=1)
    shown = ask("POST", "Simulations.json", To=LINE, From=CALLER, AnswerAfter="2")[1]
    clock.advance(5)
    assert (other.state, exchange.legs[shown["sid"]].status) == ("ringing", "in-progress")
