"""What goes wrong at the operator, on the line and at our doors, and what becomes of the caller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from calls.models import Call, CallLeg, WebhookRefusal
from calls.services import hold
from calls.telephony.interpreter.telephones import Party
from calls.telephony.interpreter.webhooks import Disturbance
from calls.telephony.twilio import api
from tests.calls.days.day import LAND_LINE as LAND_LINE_AIM
from tests.calls.days.day import TUESDAY, Act, Contact, Day
from tests.calls.days.house import LAND_LINE, House, joined
from tests.calls.days.living import live, until_quiet
from tests.calls.days.office import WRAP_UP, Office, furnish
from tests.calls.interpreter.conftest import kinds
from tests.clients.covers import agree

pytestmark = [pytest.mark.django_db, pytest.mark.once]

USUAL, QUEUED, _NIGHT, OVERFLOW, WAITING = range(5)
PATIENT = Contact(patience=300.0, picks_up=None)


@pytest.fixture
def house() -> Iterator[House]:
    with joined(TUESDAY) as house:
        house.sweep()
        yield house


@pytest.fixture
def office(house: House) -> Office:
    return furnish()


def call(house: House, office: Office, line: int = USUAL) -> Party:
    return house.call(str(office.lines[line].number))


def telephone_of(office: Office, person: int) -> str:
    return str(office.people[person].endpoints.order_by("pk")[0].address)


# --- doors ---------------------------------------------------------------------------------------


def test_what_another_account_signed_makes_no_call_and_leaves_a_trace(
    house: House, office: Office
) -> None:
    house.exchange.courier._validator.token = b"somebody-else"

    party = call(house, office)
    house.clock.advance(60)

    assert [one.code for one in house.exchange.alerts] == [11200]
    assert kinds(party)[1] == "said Un instant."
    assert Call.objects.count() == 0
    assert WebhookRefusal.objects.exists()


def test_an_answer_after_fifteen_seconds_sends_the_caller_to_the_fallback(
    house: House, office: Office
) -> None:
    house.doors.seconds = lambda url: 15.1 if url.endswith("/voice/") else 0.02

    party = call(house, office)
    house.clock.advance(20)
    house.exchange.telephone(LAND_LINE).answer()
    house.clock.advance(10)
    party.hang_up()
    until_quiet(house)

    assert f"connected {LAND_LINE}" in kinds(party)
    assert [one.reason for one in house.exchange.alerts] == ["too slow"]
    assert house.call_of(party).state == Call.State.ENDED
    assert house.exchange.telephone(telephone_of(office, 0)).legs == []


def test_an_answer_just_before_fifteen_seconds_still_rings(house: House, office: Office) -> None:
    house.doors.seconds = lambda url: 14.9 if url.endswith("/voice/") else 0.02

    call(house, office)
    house.clock.advance(16)

    assert len(house.exchange.telephone(telephone_of(office, 0)).ringing) == 1


def test_who_called_while_we_were_down_is_a_missed_call_once_we_are_back(
    house: House, office: Office
) -> None:
    house.doors.is_open = lambda _url: False
    party = call(house, office)
    house.clock.advance(10)
    assert Call.objects.count() == 0

    house.doors.is_open = lambda _url: True
    party.hang_up()
    until_quiet(house)

    kept = house.call_of(party)
    assert (kept.ending, kept.routing["because"]) == (Call.Ending.MISSED, "unheard")
    assert kept.caller_number == "+33639980001"
    assert [leg.state for leg in kept.legs.all()] == [CallLeg.State.ENDED]
    assert house.clock.now() > TUESDAY


def test_a_door_that_fails_in_the_middle_ends_the_call_with_an_apology_and_an_ending(
    house: House, office: Office
) -> None:
    house.doors.is_open = lambda url: "/dialled/" not in url

    party = call(house, office)
    until_quiet(house)

    assert kinds(party)[-1] == "ended completed"
    assert [one.code for one in house.exchange.alerts] == [11205]
    assert house.call_of(party).ending == Call.Ending.MISSED


# --- callers hang up -----------------------------------------------------------------------------


@pytest.mark.parametrize("line", range(5))
def test_a_caller_may_hang_up_at_every_moment(line: int) -> None:
    """Before the first answer, between two rings, in the queue, in a sentence."""
    moments = [0.005, 0.03, 0.1, 0.25, *(0.6 + 11.3 * nth for nth in range(11))]
    contacts = tuple(replace(PATIENT, gap=1.7, line=line, patience=one) for one in moments)
    live(Day(TUESDAY, contacts, seed=line))


def test_a_caller_may_hang_up_while_she_is_asked_to_press_1() -> None:
    asked = Contact(line=USUAL, picks_up=0.5, presses=False, caller_ends=True)
    moments = [26.0, 27.0, 30.0, 33.0, 40.0]
    live(Day(TUESDAY, tuple(replace(asked, gap=90.0, patience=one) for one in moments)))


# --- events --------------------------------------------------------------------------------------


LONG = 100.0  # longer than an offer of which nothing is heard


def talk_with_the_first_who_is_rung(house: House, office: Office, line: int) -> Party:
    party = call(house, office, line)
    house.clock.advance(3)
    [rung] = [one for one in house.exchange.telephones.values() if one.ringing]
    rung.answer()
    house.clock.advance(LONG)
    rung.hang_up()
    until_quiet(house)
    return party


@pytest.mark.parametrize("line", [USUAL, QUEUED, OVERFLOW, WAITING])
def test_whoever_has_talked_is_not_rung_again_though_every_callback_is_lost(
    house: House, office: Office, line: int
) -> None:
    house.exchange.courier.disturbance = Disturbance(lose=1.0)

    party = talk_with_the_first_who_is_rung(house, office, line)

    kept = house.call_of(party)
    assert kept.ending == Call.Ending.ANSWERED
    assert kept.answered_at is not None
    assert [one.split()[0] for one in kinds(party)][-2:] == ["connected", "ended"]


@pytest.mark.parametrize("line", [USUAL, QUEUED, OVERFLOW, WAITING])
def test_callbacks_that_come_after_the_end_change_nothing_for_the_caller(
    house: House, office: Office, line: int
) -> None:
    house.exchange.courier.disturbance = Disturbance(late=60, shuffle=True, rng=Random(line))

    party = talk_with_the_first_who_is_rung(house, office, line)
    house.clock.advance(120)

    assert house.call_of(party).ending == Call.Ending.ANSWERED
    assert [one.split()[0] for one in kinds(party)][-2:] == ["connected", "ended"]
    assert not CallLeg.objects.exclude(state=CallLeg.State.ENDED).exists()


def test_a_caller_alone_in_a_room_of_which_nothing_is_told_hears_music_and_is_let_go(
    house: House, office: Office
) -> None:
    """The hold was cut off on its way, and her hanging up is told by nobody."""
    party = call(house, office)
    house.clock.advance(3)
    hers = house.exchange.telephone(telephone_of(office, 0))
    hers.answer()
    house.clock.advance(10)
    house.cut = lambda: "before"
    kept = house.call_of(party)
    with pytest.raises(api.OperatorUnavailable):
        hold(call=kept, by=office.people[0], at=house.clock.now())
    house.cut = str
    house.exchange.courier.disturbance = Disturbance(lose=1.0)

    hers.hang_up()
    house.clock.advance(25)

    heard = [one.split()[0] for one in kinds(party)]
    assert heard[heard.index("connected") :] == [
        "connected",
        "music",
        "said",
        "played",
        "said",
        "ended",
    ]
    until_quiet(house)
    assert house.call_of(party).ending == Call.Ending.ANSWERED


MOMENTS = [0.1 + 1.5 * nth for nth in range(10)]


@pytest.mark.parametrize("what", ["hold", "announce", "direct"])
def test_a_caller_may_hang_up_at_every_moment_of_a_transfer(what: str) -> None:
    """As it is asked for, while it rings, while she speaks with whom she rang, as he comes back."""
    acts = (Act(1.0, what, LAND_LINE_AIM, 2.0), Act(5.0, "put_through"), Act(4.0, "leave"))
    first = Contact(gap=40.0, picks_up=0.5, acts=acts)
    contacts = tuple(replace(first, talk=1.0 + moment) for moment in MOMENTS)
    live(Day(TUESDAY, contacts, late=2.0, seed=len(what)))


@pytest.mark.parametrize("line", [QUEUED, OVERFLOW, WAITING])
def test_a_caller_may_hang_up_at_every_moment_after_nobody_took_him_back(line: int) -> None:
    """She is gone from the hold; it rings for her, for the others, then his line goes on."""
    contact = Contact(
        line=line, picks_up=0.5, caller_ends=False, acts=(Act(1.0, "hold"),), let_ring=99, talk=3.0
    )
    moments = [20.0, 27.0, 32.0, 45.0, 59.0, 75.0, 200.0]
    live(Day(TUESDAY, tuple(replace(contact, gap=95.0, patience=one) for one in moments)))


# --- people --------------------------------------------------------------------------------------


def test_a_hand_over_lets_what_rings_ring_on_and_gives_the_next_caller_to_the_deputy(
    house: House, office: Office
) -> None:
    lea, claire = office.people[:2]
    ringing = call(house, office, QUEUED)
    house.clock.advance(3)

    agree(lea, claire, at=house.clock.now(), ends_at=house.clock.now() + timedelta(seconds=60))
    call(house, office, QUEUED)
    house.clock.advance(2)

    hers, deputys = (telephone_of(office, nth) for nth in (0, 1))
    assert [one.parent for one in house.exchange.telephone(hers).ringing] == [ringing.leg]
    assert len(house.exchange.telephone(deputys).ringing) == 1


# --- our requests --------------------------------------------------------------------------------


def one_talks_and_two_wait(house: House, office: Office) -> tuple[Party, Party, Party]:
    first = call(house, office, WAITING)
    house.clock.advance(3)
    house.exchange.telephone(telephone_of(office, 3)).answer()
    house.clock.advance(3)
    return first, call(house, office, WAITING), call(house, office, WAITING)


def test_the_caller_who_waits_is_moved_by_a_redirect_the_moment_she_is_free(
    house: House, office: Office
) -> None:
    first, second, third = one_talks_and_two_wait(house, office)
    house.clock.advance(2.5)

    first.hang_up()
    free = house.clock.now()
    house.clock.advance(25)

    rung = [one for one in second.heard if one.kind == "ringing"][1:]
    assert [round((one.at - free).total_seconds()) for one in rung] == [WRAP_UP]
    assert len(house.exchange.telephone(telephone_of(office, 3)).ringing) == 1
    assert kinds(third)[-1] == "silence"


def test_an_operator_out_of_reach_costs_the_next_caller_seconds_not_his_place(
    house: House, office: Office
) -> None:
    first, second, _third = one_talks_and_two_wait(house, office)
    house.is_reachable = False
    first.hang_up()

    # Her time to write up, then the next time that his own document is asked for.
    house.clock.advance(WRAP_UP + 11)

    assert kinds(second)[-1] == "ringing"


def test_many_are_taken_out_at_once_whatever_the_rate_of_calls_created(
    house: House, office: Office
) -> None:
    """Redirects are no calls: the limit of one call per second does not hold anybody up."""
    del office
    assert house.exchange.may_create_call()
    party = house.call("+33199004104")
    house.clock.advance(0.5)
    assert not house.exchange.may_create_call()
    assert len([one for one in house.exchange.telephones.values() if one.ringing]) == 1
    party.hang_up()
