"""She rings somebody from the desk: her telephone first, then whom she wants."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest
from django.utils import timezone

from calls.models import Call, CallLeg, Presence
from calls.services import CannotRing, hold, resume, ring_out, tidy_talk
from calls.telephony.interpreter.clock import VirtualClock
from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.telephones import Telephone
from calls.telephony.twilio import api
from clients.models import User
from tests.calls.interpreter.talks import LAWYER, LINE, operator_at
from tests.factories import make_assistant, make_client, make_line

PATIENT = "+33639980077"


@pytest.fixture
def lea(real_exchange: Exchange) -> Iterator[User]:
    client = make_client()
    make_line(client, LINE)
    with operator_at(real_exchange):
        yield make_assistant(client, "lea")


@pytest.fixture
def hers(real_exchange: Exchange, lea: User) -> Telephone:
    return real_exchange.telephone(lea.endpoints.get().address)


@pytest.fixture
def patient(real_exchange: Exchange) -> Telephone:
    return real_exchange.telephone(PATIENT)


def ring(lea: User, number: str = PATIENT) -> Call:
    client = lea.assignments.get().client
    return ring_out(client=client, number=number, by=lea, at=timezone.now())


def last() -> Call:
    return Call.objects.latest("pk")


def open_legs() -> int:
    return CallLeg.objects.exclude(state=CallLeg.State.ENDED).count()


def test_her_telephone_rings_first_then_the_patients_with_the_clients_number(
    lea: User, hers: Telephone, patient: Telephone, clock: VirtualClock
) -> None:
    ring(lea)
    clock.advance(2)
    assert (len(hers.ringing), len(patient.ringing)) == (1, 0)

    hers.answer()
    clock.advance(2)
    assert [leg.from_ for leg in patient.ringing] == [LINE]
    assert last().state == Call.State.RINGING

    patient.answer()
    clock.advance(20)
    call = last()
    assert (call.state, call.direction, call.answered_by) == (Call.State.IN_PROGRESS, "out", lea)

    patient.hang_up()
    clock.advance(2)
    assert (last().ending, open_legs(), hers.connected) == ("answered", 0, [])


@pytest.mark.parametrize("ending", ["refuses", "silence", "she does not pick up", "she gives up"])
def test_whom_nobody_reached_is_not_reached(
    lea: User, hers: Telephone, patient: Telephone, clock: VirtualClock, ending: str
) -> None:
    ring(lea)
    clock.advance(2)
    if ending != "she does not pick up":
        hers.answer()
        clock.advance(2)
    if ending == "refuses":
        patient.decline()
    if ending == "she gives up":
        hers.hang_up()
    clock.advance(60)

    assert (last().ending, last().answered_at) == ("unreached", None)
    assert (patient.ringing, hers.connected, open_legs()) == ([], [], 0)


def test_whom_she_rang_may_be_held_like_any_caller(
    lea: User, hers: Telephone, patient: Telephone, clock: VirtualClock
) -> None:
    ring(lea)
    for telephone in (hers, patient):
        clock.advance(2)
        telephone.answer()
    clock.advance(2)
    hold(call=last(), by=lea, at=timezone.now())
    clock.advance(2)
    assert patient.legs[-1].heard[-1].kind == "played"

    resume(call=last(), by=lea, at=timezone.now())
    clock.advance(2)
    assert patient.legs[-1].heard[-1].kind == "connected"
    hers.hang_up()
    clock.advance(2)
    assert (last().ending, open_legs()) == ("answered", 0)


@pytest.fixture
def mobile(lea: User, real_exchange: Exchange) -> Telephone:
    """Her telephone is her mobile."""
    lea.endpoints.update(kind="number", address="+33639981010")
    return real_exchange.telephone("+33639981010")


def test_from_a_mobile_she_presses_1_before_anybody_is_rung(
    lea: User, mobile: Telephone, patient: Telephone, clock: VirtualClock
) -> None:
    ring(lea)
    clock.advance(2)
    mobile.answer()
    clock.advance(3)
    assert patient.ringing == []

    mobile.press("1")
    clock.advance(2)
    assert [leg.from_ for leg in patient.ringing] == [LINE]
    patient.answer()
    clock.advance(2)
    assert patient.legs[-1].heard[-1].kind == "connected"

    hold(call=last(), by=lea, at=timezone.now())
    clock.advance(2)
    assert patient.legs[-1].heard[-1].kind == "played"
    patient.hang_up()
    clock.advance(2)
    tidy_talk(call=last())
    clock.advance(2)
    assert (last().ending, mobile.connected, open_legs()) == ("answered", [], 0)


@pytest.mark.parametrize("ending", ["her voicemail", "declined"])
def test_her_mobiles_voicemail_rings_nobody(
    lea: User, mobile: Telephone, patient: Telephone, clock: VirtualClock, ending: str
) -> None:
    ring(lea)
    clock.advance(2)
    if ending == "declined":
        mobile.decline()
    else:
        mobile.answer()
    clock.advance(20)

    assert patient.legs == []
    assert (last().ending, mobile.connected, open_legs()) == ("unreached", [], 0)


def test_one_call_at_a_time_and_only_from_her_desk(lea: User, clock: VirtualClock) -> None:
    ring(lea)
    with pytest.raises(CannotRing, match="talking"):
        ring(lea)
    Call.objects.all().delete()
    with pytest.raises(CannotRing, match="nobody"):
        ring(lea, "")
    Presence.objects.update(state="away")
    with pytest.raises(CannotRing, match="not_at_desk"):
        ring(lea)
    Presence.objects.update(state="available")
    lea.endpoints.all().delete()
    with pytest.raises(CannotRing, match="no_telephone"):
        ring(lea)


def test_the_operators_limit_is_waited_for_and_then_said(
    lea: User, real_exchange: Exchange
) -> None:
    real_exchange.may_create_call()
    with mock.patch.object(api, "sleep") as pauses, pytest.raises(api.OperatorBusy):
        ring(lea, LAWYER)

    assert [one.args[0] for one in pauses.call_args_list] == [1.1, 1.7]
    assert last().ending == "failed"


def test_the_next_second_takes_it(lea: User, real_exchange: Exchange, clock: VirtualClock) -> None:
    real_exchange.may_create_call()
    with mock.patch.object(api, "sleep", side_effect=clock.advance):
        ring(lea, LAWYER)

    assert last().state == Call.State.RINGING
