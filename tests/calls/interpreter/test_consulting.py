"""She speaks with somebody for the caller, and any of them may hang up meanwhile."""

from __future__ import annotations

from unittest import mock

import pytest
from django.utils import timezone

from calls.models import Call
from calls.queries import candidates_for, is_talking, standings
from calls.services import put_through, request_hang_up
from calls.telephony.twilio import api
from clients.models import Bureau
from tests.calls.interpreter.product import CALLER
from tests.calls.interpreter.talks import LAWYER, Talk, hears, open_legs


def test_the_lawyer_who_hangs_up_on_her_gives_the_caller_back(consulting: Talk) -> None:
    consulting.other().hang_up()
    consulting.wait()
    consulting.tidy()

    assert consulting.caller_hears() == f"connected {consulting.telephone.address}"
    assert consulting.outcome == "hung_up"


def test_hanging_up_puts_the_caller_through(meeting: Talk) -> None:
    meeting.telephone.hang_up()
    meeting.wait()
    meeting.tidy()

    assert meeting.caller_hears() == f"connected {LAWYER}"
    assert hears(meeting.other()) == f"connected {CALLER}"
    assert (meeting.outcome, meeting.call.held_at) == ("put_through", None)
    assert not is_talking(meeting.lea)
    meeting.other().hang_up()
    meeting.wait()
    assert (meeting.party.state, meeting.call.ending) == ("completed", "answered")
    assert open_legs() == 0


def test_put_through_by_hanging_up_he_follows_even_where_nobody_tidies(meeting: Talk) -> None:
    meeting.telephone.hang_up()
    meeting.wait(20)

    assert meeting.caller_hears() == f"connected {LAWYER}"


def test_where_both_hang_up_before_the_caller_comes_she_is_rung_again(meeting: Talk) -> None:
    meeting.telephone.hang_up()
    meeting.other().hang_up()
    meeting.wait(20)

    assert len(meeting.telephone.ringing) == 1
    assert meeting.outcome == "left"
    meeting.telephone.answer()
    meeting.wait()
    assert meeting.caller_hears() == f"connected {meeting.telephone.address}"
    assert meeting.call.handed_over_at is None


@pytest.mark.parametrize("moment", ["it rings", "not met yet"])
def test_hanging_up_before_he_can_be_put_through_rings_her_again(talk: Talk, moment: str) -> None:
    talk.announce()
    if moment == "not met yet":
        talk.other().answer()
        talk.wait()
    talk.telephone.hang_up()
    talk.wait()
    talk.tidy()

    assert (talk.other().ringing, talk.other().connected) == ([], [])
    assert len(talk.telephone.ringing) == 1
    assert talk.outcome == "left"
    talk.telephone.answer()
    talk.wait()
    assert talk.caller_hears() == f"connected {talk.telephone.address}"


def test_where_the_operator_does_not_move_him_they_speak_on_and_are_asked_again(
    talk: Talk,
) -> None:
    talk.announce()
    talk.other().answer()
    talk.wait()
    with mock.patch.object(api, "redirect_leg", side_effect=api.OperatorUnavailable):
        talk.tidy()
    assert hears(talk.telephone) == f"connected {LAWYER}"

    talk.tidy()
    talk.telephone.hang_up()
    talk.wait()
    talk.tidy()

    assert talk.caller_hears() == f"connected {LAWYER}"


def test_moved_although_the_operator_did_not_say_so_they_meet(talk: Talk) -> None:
    talk.announce()
    talk.other().answer()
    talk.wait()
    real = api.redirect_leg

    def silently(leg_id: str, url: str) -> None:
        real(leg_id, url)
        raise api.OperatorUnavailable

    with mock.patch.object(api, "redirect_leg", side_effect=silently):
        talk.tidy()

    assert hears(talk.telephone) == f"connected {LAWYER}"
    talk.do(put_through)
    assert talk.caller_hears() == f"connected {LAWYER}"


def test_where_the_caller_hangs_up_meanwhile_she_speaks_on_and_is_not_free(
    consulting: Talk,
) -> None:
    consulting.party.hang_up()
    consulting.wait()
    consulting.tidy()

    assert (consulting.call.state, consulting.call.ending) == (Call.State.ENDED, "answered")
    assert hears(consulting.telephone) == f"connected {LAWYER}"
    answering = candidates_for(consulting.call.client, timezone.now())
    assert [one.is_talking for one in answering] == [True]
    standing = standings([consulting.lea.pk], timezone.now())[consulting.lea.pk]
    assert standing.state == "busy"


@pytest.mark.parametrize("who", ["she", "the lawyer"])
def test_once_that_talk_is_over_too_she_writes_up_and_is_free(consulting: Talk, who: str) -> None:
    Bureau.objects.update(wrap_up_seconds=30)
    consulting.party.hang_up()
    consulting.wait(40)
    ended_at = consulting.call.ended_at
    (consulting.telephone if who == "she" else consulting.other()).hang_up()
    consulting.wait()
    consulting.tidy()

    assert (consulting.outcome, consulting.call.ended_at) == ("caller_left", ended_at)
    assert (consulting.telephone.connected, consulting.other().connected) == ([], [])
    assert open_legs() == 0
    assert not is_talking(consulting.lea)
    standing = standings([consulting.lea.pk], timezone.now())[consulting.lea.pk]
    assert standing.state == "wrap_up"


def test_where_the_caller_hangs_up_while_it_rings_nobody_is_rung_any_more(talk: Talk) -> None:
    talk.announce()
    talk.party.hang_up()
    talk.wait()
    talk.tidy()

    assert talk.other().ringing == []
    assert talk.telephone.connected == []
    assert open_legs() == 0


def test_the_desks_key_hangs_up_as_her_telephone_does(meeting: Talk) -> None:
    meeting.do(request_hang_up)
    meeting.tidy()

    assert meeting.telephone.connected == []
    assert meeting.caller_hears() == f"connected {LAWYER}"
