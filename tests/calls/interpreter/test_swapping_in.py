"""Somebody works at a colleague's telephone: the next ring is hers, and what she picked up too."""

from __future__ import annotations

import pytest
from django.utils import timezone

from calls.models import Call
from calls.services import hold, leave_telephones, set_presence, take_telephone
from calls.telephony.interpreter.telephones import Party
from clients.models import Endpoint, User
from tests.calls.interpreter.product import CALLER
from tests.calls.interpreter.talks import LINE, Talk
from tests.factories import make_assistant


@pytest.fixture
def claire(talk: Talk) -> User:
    """She has her own IP telephone at home, and comes to sit at Léa's, who has left."""
    talk.party.hang_up()
    talk.wait()
    claire = make_assistant(talk.call.client, "claire", rank=2)
    set_presence(user=talk.lea, state="away", by=talk.lea, at=timezone.now())
    telephone = talk.lea.endpoints.get()
    take_telephone(endpoint=telephone, by=claire, at=talk.clock.now())
    return claire


def somebody_calls(talk: Talk) -> Party:
    party = talk.exchange.place_call(LINE, CALLER)
    talk.wait()
    return party


def test_the_next_call_rings_her_there_and_nowhere_else(talk: Talk, claire: User) -> None:
    own = talk.other(Endpoint.objects.get(user=claire).address)

    somebody_calls(talk)

    assert (len(talk.telephone.ringing), own.ringing) == (1, [])
    talk.telephone.answer()
    talk.wait()
    assert talk.call.answered_by == claire


def test_what_she_picked_up_there_stays_hers_when_she_gives_the_telephone_back(
    talk: Talk, claire: User
) -> None:
    party = somebody_calls(talk)
    talk.telephone.answer()
    talk.wait()
    leave_telephones(user=claire, by=claire, at=talk.clock.now())

    hold(call=talk.call, by=claire, at=timezone.now())
    talk.wait()

    assert party.heard[-1].kind == "played"
    talk.telephone.hang_up()
    party.hang_up()
    talk.wait()
    talk.tidy()
    assert talk.call.state == Call.State.ENDED
