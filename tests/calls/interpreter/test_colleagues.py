"""A caller is handed to a colleague, on her own telephone, and is hers from then on."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from calls.models import Call, Transfer
from calls.queries import is_talking
from calls.queries.aims import Aim
from calls.services import hold, put_through, take_back, transfer
from calls.telephony.interpreter.telephones import Telephone
from clients.models import User
from desk.queries.call import call_head
from tests.calls.interpreter.talks import Talk, hears, open_legs
from tests.factories import make_assistant

pytestmark = pytest.mark.once


@pytest.fixture(params=["sip", "number"])
def claire(talk: Talk, request: pytest.FixtureRequest) -> User:
    """She answers the same client; her telephone is an IP one, or her mobile."""
    return make_assistant(talk.call.client, "claire", rank=2, telephone=request.param)


@pytest.fixture
def hers(talk: Talk, claire: User) -> Telephone:
    return talk.other(claire.endpoints.get().address)


def hand_to(talk: Talk, claire: User, kind: str) -> None:
    aim = Aim("colleague", f"colleague:{claire.uuid.hex}", claire.full_name, colleague=claire)
    talk.do(transfer, aim=aim, kind=kind)


def take(talk: Talk, hers: Telephone) -> None:
    """Answer as a person does: on a mobile she presses 1."""
    hers.answer()
    talk.wait()
    if hers.address.startswith("+"):
        assert not Transfer.objects.exclude(taken_at=None).exists()
        hers.press("1")
        talk.wait()
    talk.tidy()


def said_to(user: User, talk: Talk) -> str:
    with translation.override("en"):
        return call_head(user, talk.call, timezone.now()).talk.words


@pytest.mark.parametrize("how", ["by the key", "by hanging up"])
def test_announced_she_is_spoken_to_first_and_then_has_the_caller(
    talk: Talk, claire: User, hers: Telephone, how: str
) -> None:
    hand_to(talk, claire, Transfer.Kind.ANNOUNCED)
    assert said_to(claire, talk) == "Lea rings you for this caller"
    take(talk, hers)

    assert hears(talk.telephone).startswith("connected")
    assert (is_talking(talk.lea), is_talking(claire)) == (True, True)
    assert said_to(claire, talk) == "Lea speaks with you first, the caller hears music"

    if how == "by the key":
        talk.do(put_through)
    else:
        talk.telephone.hang_up()
        talk.wait()
    talk.tidy()

    assert talk.caller_hears() == f"connected {hers.address}"
    assert (talk.call.answered_by, talk.call.handed_over_at) == (claire, None)
    assert (is_talking(talk.lea), is_talking(claire)) == (False, True)
    assert said_to(talk.lea, talk) == "Put through to Claire."
    assert said_to(claire, talk) == "Lea has put the caller through to you."


def test_from_then_on_she_holds_and_ends_the_call(
    talk: Talk, claire: User, hers: Telephone
) -> None:
    hand_to(talk, claire, Transfer.Kind.ANNOUNCED)
    take(talk, hers)
    talk.do(put_through)
    talk.tidy()

    hold(call=talk.call, by=claire, at=timezone.now())
    talk.wait()
    assert talk.caller_hears() == "played waiting.wav"
    hers.hang_up()
    talk.wait()
    talk.tidy()
    assert len(hers.ringing) == 1
    talk.party.hang_up()
    talk.wait()
    talk.tidy()
    assert (talk.call.ending, open_legs(), hers.ringing) == ("answered", 0, [])


def test_directly_he_rings_her_and_she_has_him(talk: Talk, claire: User, hers: Telephone) -> None:
    hand_to(talk, claire, Transfer.Kind.DIRECT)

    assert talk.caller_hears() == "ringing"
    assert not is_talking(talk.lea)
    take(talk, hers)

    assert talk.caller_hears() == f"connected {hers.address}"
    assert (talk.call.answered_by, talk.call.handed_over_at) == (claire, None)
    assert is_talking(claire)
    hers.hang_up()
    talk.wait()
    talk.tidy()
    assert (talk.party.state, open_legs()) == ("completed", 0)


@pytest.mark.parametrize("kind", Transfer.Kind.values)
def test_where_she_does_not_take_him_he_is_her_colleagues_again(
    talk: Talk, claire: User, hers: Telephone, kind: str
) -> None:
    hand_to(talk, claire, kind)
    # A mobile's voicemail answers, and presses nothing; an IP telephone rings in vain.
    if hers.address.startswith("+"):
        hers.answer()
    talk.wait(30)
    talk.tidy()
    if kind == Transfer.Kind.DIRECT:
        talk.telephone.answer()
        talk.wait()

    assert talk.caller_hears() == f"connected {talk.telephone.address}"
    assert talk.call.answered_by == talk.lea
    assert (talk.outcome, is_talking(claire)) == ("no_answer", False)


def test_taken_back_she_is_let_go(talk: Talk, claire: User, hers: Telephone) -> None:
    hand_to(talk, claire, Transfer.Kind.ANNOUNCED)
    take(talk, hers)
    talk.do(take_back)
    talk.tidy()

    assert talk.caller_hears() == f"connected {talk.telephone.address}"
    assert (hers.connected, is_talking(claire)) == ([], False)


@pytest.mark.parametrize("last", ["she", "the colleague"])
def test_where_the_caller_leaves_both_are_busy_until_they_part(
    talk: Talk, claire: User, hers: Telephone, last: str
) -> None:
    hand_to(talk, claire, Transfer.Kind.ANNOUNCED)
    take(talk, hers)
    talk.party.hang_up()
    talk.wait()
    talk.tidy()

    assert talk.call.state == Call.State.ENDED
    assert (is_talking(talk.lea), is_talking(claire)) == (True, True)
    assert said_to(claire, talk) == "The caller has hung up; Lea still speaks with you"

    (talk.telephone if last == "she" else hers).hang_up()
    talk.wait()
    talk.tidy()
    assert (is_talking(talk.lea), is_talking(claire), open_legs()) == (False, False, 0)
