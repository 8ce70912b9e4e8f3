"""Conferences, by TwiML and by REST."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.telephones import Party
from tests.calls.interpreter.conftest import kinds
from tests.calls.interpreter.product import BASE, CALLER, LINE, Product

Caller = Callable[..., Party]
Ask = Callable[..., tuple[int, dict[str, object]]]
OTHER, THIRD = "+33639980002", "+33639980003"
ALL = 'statusCallback="/salle" statusCallbackEvent="start end join leave mute hold"'


def room(more: str = "", callbacks: str = ALL) -> str:
    return f'<Dial action="/fini"><Conference {more} {callbacks}>salle-1</Conference></Dial>'


@pytest.fixture
def ask(exchange: Exchange) -> Ask:
    def request(method: str, path: str, **form: str) -> tuple[int, dict[str, object]]:
        account = exchange.account
        prefix = f"/2010-04-01/Accounts/{account.sid}/"
        return exchange.rest(method, prefix + path, form, (account.sid, account.auth_token))

    return request


def told(product: Product) -> list[str]:
    return [one["StatusCallbackEvent"] for one in product.at("/salle")]


def test_the_first_waits_with_music_and_the_second_starts_the_conference(
    call: Caller, product: Product
) -> None:
    first = call(room(), seconds=5)
    assert kinds(first) == ["ringing", "music waiting"]
    second = call(room(), from_=OTHER, seconds=0)
    assert (kinds(first)[-1], kinds(second)[-1]) == (f"connected {OTHER}", f"connected {CALLER}")
    assert told(product) == ["participant-join", "participant-join", "conference-start"]


def test_the_own_waiting_music_stops_when_the_conference_starts(
    call: Caller, product: Product
) -> None:
    product.on("/musique", "<Play>a.mp3</Play>")
    first = call(room('waitUrl="/musique"'), seconds=8)
    call(room(), from_=OTHER, seconds=30)
    assert kinds(first)[-1] == f"connected {OTHER}"
    assert len(product.at("/musique")) == 2


def test_nobody_who_starts_it_leaves_everybody_waiting(call: Caller) -> None:
    quiet = room('startConferenceOnEnter="false"')
    first, second = call(quiet, seconds=1), call(quiet, from_=OTHER, seconds=1)
    assert kinds(first)[-1] == kinds(second)[-1] == "music waiting"


def test_the_one_who_ends_it_sends_the_others_to_the_next_step(
    call: Caller, product: Product, clock: VirtualClock
) -> None:
    product.on("/fini", "<Say>Au revoir</Say>")
    first = call(room(), seconds=1)
    second = call(room('endConferenceOnExit="true"'), from_=OTHER, seconds=10)
    second.hang_up()
    clock.run_until_quiet()
    assert kinds(first)[-2:] == ["said Au revoir", "ended completed"]
    assert [one["DialCallStatus"] for one in product.at("/fini")] == ["answered"]
    assert told(product)[-3:] == ["participant-leave", "participant-leave", "conference-end"]


def test_the_others_stay_when_somebody_else_leaves(
    call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    first, second = call(room(), seconds=1), call(room(), from_=OTHER, seconds=1)
    third = call(room(), from_=THIRD, seconds=1)
    assert kinds(first)[-1] == f"connected {OTHER}, {THIRD}"
    second.hang_up()
    clock.advance(1)
    assert kinds(first)[-1] == f"connected {THIRD}"
    third.hang_up()
    clock.advance(1)
    assert (kinds(first)[-1], first.state) == ("silence", "in-progress")
    first.hang_up()
    clock.advance(1)
    assert [one.status for one in exchange.conferences.values()] == ["completed"]


def test_a_finished_conference_makes_way_for_a_new_one_of_the_same_name(
    call: Caller, exchange: Exchange, clock: VirtualClock
) -> None:
    party = call(room(), seconds=1)
    party.hang_up()
    call(room(), from_=OTHER, seconds=1)
    assert [one.status for one in exchange.conferences.values()] == ["completed", "init"]


def test_a_held_participant_hears_music_and_the_other_silence(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock, ask: Ask
) -> None:
    first, second = call(room(), seconds=1), call(room(), from_=OTHER, seconds=1)
    [sid] = exchange.conferences
    status, shown = ask("POST", f"Conferences/{sid}/Participants/{first.sid}.json", Hold="true")
    assert (status, shown["hold"]) == (200, True)
    assert (kinds(first)[-1], kinds(second)[-1]) == ("music hold", "silence")
    ask("POST", f"Conferences/{sid}/Participants/{first.sid}.json", Hold="false")
    assert kinds(first)[-1] == f"connected {OTHER}"
    clock.advance(0)
    assert told(product)[-2:] == ["participant-hold", "participant-unhold"]


def test_a_removed_participant_goes_on_and_the_others_stay(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock, ask: Ask
) -> None:
    product.on("/fini", "<Say>Fini</Say>")
    first, second = call(room(), seconds=1), call(room(), from_=OTHER, seconds=1)
    [sid] = exchange.conferences
    status, _body = ask("DELETE", f"Conferences/{sid}/Participants/{second.sid}.json")
    clock.run_until_quiet()
    assert (status, first.state) == (204, "in-progress")
    assert kinds(second)[-2:] == ["said Fini", "ended completed"]


def test_rest_rings_a_third_party_into_the_conference(
    call: Caller, exchange: Exchange, clock: VirtualClock, ask: Ask
) -> None:
    first = call(room(), seconds=1)
    [sid] = exchange.conferences
    status, shown = ask(
        "POST", f"Conferences/{sid}/Participants.json", To=THIRD, From=LINE, Label="confrere"
    )
    clock.advance(3)
    exchange.telephone(THIRD).answer()
    clock.advance(1)
    assert (status, shown["label"]) == (201, "confrere")
    assert kinds(first)[-1] == f"connected {THIRD}"
    status, shown = ask("GET", f"Conferences/{sid}/Participants/confrere.json")
    assert (status, shown["call_sid"]) == (200, exchange.telephone(THIRD).connected[0].sid)


def test_rest_ends_a_conference_for_all(
    call: Caller, exchange: Exchange, clock: VirtualClock, ask: Ask
) -> None:
    parties = [call(room(), seconds=1), call(room(), from_=OTHER, seconds=1)]
    [sid] = exchange.conferences
    ask("POST", f"Conferences/{sid}.json", Status="completed")
    clock.run_until_quiet()
    assert [party.state for party in parties] == ["completed", "completed"]
    assert ask("GET", f"Conferences/{sid}.json")[1]["status"] == "completed"


def test_conferences_and_participants_are_listed(
    call: Caller, exchange: Exchange, ask: Ask
) -> None:
    first, second = call(room(), seconds=1), call(room(), from_=OTHER, seconds=1)
    [sid] = exchange.conferences
    found = ask("GET", "Conferences.json", FriendlyName="salle-1", Status="in-progress")[1]
    assert [one["sid"] for one in found["conferences"]] == [sid]  # type: ignore[attr-defined]
    present = ask("GET", f"Conferences/{sid}/Participants.json")[1]["participants"]
    assert [one["call_sid"] for one in present] == [  # type: ignore[attr-defined]
        first.sid,
        second.sid,
    ]


def test_a_bridged_call_moves_into_a_conference_child_first(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock, ask: Ask
) -> None:
    lea = "sip:lea@desk.permanence.example"
    product.on("/salle-twiml", room(callbacks=""))
    party = call(f'<Dial action="/fini"><Sip>{lea}</Sip></Dial>', seconds=2)
    telephone = exchange.telephone(lea)
    telephone.answer()
    clock.advance(10)
    [child] = telephone.connected
    for sid in (child.sid, party.sid):
        status, _shown = ask("POST", f"Calls/{sid}.json", Url=f"{BASE}/salle-twiml")
        assert status == 200
    clock.advance(1)
    assert kinds(party)[-1] == f"connected {lea}"
    assert (child.heard[-1].kind, child.heard[-1].text) == ("connected", CALLER)
    assert (party.state, child.status) == ("in-progress", "in-progress")


def test_moving_only_the_caller_hangs_up_on_the_called_party(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock, ask: Ask
) -> None:
    lea = "sip:lea@desk.permanence.example"
    product.on("/salle-twiml", room())
    party = call(f'<Dial action="/fini"><Sip>{lea}</Sip></Dial>', seconds=2)
    exchange.telephone(lea).answer()
    clock.advance(10)
    ask("POST", f"Calls/{party.sid}.json", Url=f"{BASE}/salle-twiml")
    clock.advance(1)
    assert exchange.telephone(lea).connected == []
    assert (party.state, kinds(party)[-1]) == ("in-progress", "music waiting")
    # The Dial's action is asked as well, and nobody performs the answer.
    assert len(product.at("/fini")) == 1


def test_moving_only_the_called_party_sends_the_caller_to_the_action(
    call: Caller, exchange: Exchange, product: Product, clock: VirtualClock, ask: Ask
) -> None:
    lea = "sip:lea@desk.permanence.example"
    product.on("/fini", "<Say>Suite</Say>")
    party = call(f'<Dial action="/fini"><Sip>{lea}</Sip></Dial>', seconds=2)
    exchange.telephone(lea).answer()
    clock.advance(10)
    [child] = exchange.telephone(lea).connected
    ask("POST", f"Calls/{child.sid}.json", Twiml='<Response><Say loop="0">Ici</Say></Response>')
    clock.advance(0.5)
    assert kinds(party)[-1] == "said Suite"
    assert (child.status, child.heard[-1].text) == ("in-progress", "Ici")
