"""A caller is held and taken back, whatever happens meanwhile."""

from __future__ import annotations

from unittest import mock

import pytest
from django.utils import timezone

from calls.models import Call, CallLeg
from calls.services import CallerFollows, NotNow, NotTheAnswerer, hold, resume
from calls.telephony.twilio import api
from tests.calls.interpreter.talks import Talk
from tests.factories import make_user


def open_legs() -> int:
    return CallLeg.objects.exclude(state=CallLeg.State.ENDED).count()


def test_a_caller_on_hold_hears_music_and_she_may_take_him_back(talk: Talk) -> None:
    talk.do(hold)

    assert talk.caller_hears() == "played waiting.wav"
    assert talk.call.held_at is not None

    talk.do(resume)

    assert talk.caller_hears() == f"connected {talk.telephone.address}"
    assert talk.call.held_at is None


def test_he_is_held_as_often_as_she_likes(talk: Talk) -> None:
    for _time in range(3):
        talk.do(hold)
        assert talk.caller_hears() == "played waiting.wav"
        talk.do(resume)
        assert talk.caller_hears() == f"connected {talk.telephone.address}"


def test_the_music_goes_on_for_as_long_as_he_is_held(talk: Talk) -> None:
    talk.do(hold)
    talk.wait(120)

    assert talk.caller_hears() == "played waiting.wav"
    assert talk.telephone.active is not None
    assert talk.telephone.active.status == "in-progress"


def test_she_is_told_why_she_hears_nobody(talk: Talk) -> None:
    talk.do(hold)

    assert "said" in [one.kind for one in talk.telephone.legs[0].heard]


def test_a_caller_on_hold_who_hangs_up_leaves_nobody_on_a_line(talk: Talk) -> None:
    talk.do(hold)
    talk.party.hang_up()
    talk.wait()
    talk.tidy()

    assert (talk.call.state, talk.call.ending) == (Call.State.ENDED, Call.Ending.ANSWERED)
    assert talk.telephone.connected == []
    assert open_legs() == 0


def test_her_telephone_rings_again_for_a_caller_whom_she_hung_up_on_while_he_was_held(
    talk: Talk,
) -> None:
    talk.do(hold)
    talk.telephone.hang_up()
    talk.wait()
    talk.tidy()

    assert talk.call.state == Call.State.IN_PROGRESS
    assert len(talk.telephone.ringing) == 1

    talk.telephone.answer()
    talk.wait()

    assert talk.caller_hears() == f"connected {talk.telephone.address}"
    assert talk.call.held_at is None
    talk.do(hold)
    assert talk.caller_hears() == "played waiting.wav"


def test_even_where_nobody_tidies_his_own_document_rings_her_again(talk: Talk) -> None:
    talk.do(hold)
    talk.telephone.hang_up()
    talk.wait(20)

    assert len(talk.telephone.ringing) == 1


def test_after_a_hold_either_of_both_ends_the_call(talk: Talk) -> None:
    talk.do(hold)
    talk.do(resume)
    talk.telephone.hang_up()
    talk.wait()

    assert talk.party.state == "completed"
    assert talk.call.state == Call.State.ENDED
    assert open_legs() == 0


def test_after_a_hold_the_caller_who_hangs_up_ends_it_for_her_too(talk: Talk) -> None:
    talk.do(hold)
    talk.do(resume)
    talk.party.hang_up()
    talk.wait()

    assert talk.telephone.connected == []
    assert open_legs() == 0


def test_where_the_operator_is_silent_both_talk_on_and_nothing_is_held(talk: Talk) -> None:
    with (
        mock.patch.object(api, "redirect_leg", side_effect=api.OperatorUnavailable),
        pytest.raises(api.OperatorUnavailable),
    ):
        talk.do(hold)

    assert talk.call.held_at is None
    assert talk.caller_hears() == f"connected {talk.telephone.address}"
    talk.do(hold)
    assert talk.caller_hears() == "played waiting.wav"


def test_a_caller_whom_the_operator_was_not_reached_for_comes_by_himself(talk: Talk) -> None:
    talk.do(hold)
    with (
        mock.patch.object(api, "redirect_leg", side_effect=api.OperatorUnavailable),
        pytest.raises(CallerFollows),
    ):
        talk.do(resume)
    talk.wait(20)

    assert talk.caller_hears() == f"connected {talk.telephone.address}"


def test_a_request_that_was_carried_out_although_nobody_said_so_loses_nobody(talk: Talk) -> None:
    real = api.redirect_leg

    def cut_off(leg_id: str, url: str) -> None:
        real(leg_id, url)
        raise api.OperatorUnavailable("cut off")

    with (
        mock.patch.object(api, "redirect_leg", side_effect=cut_off),
        pytest.raises(api.OperatorUnavailable),
    ):
        talk.do(hold)
    talk.wait(5)

    assert talk.caller_hears() == f"connected {talk.telephone.address}"


def test_only_who_talks_may_hold_and_only_once(talk: Talk) -> None:
    with pytest.raises(NotTheAnswerer):
        hold(call=talk.call, by=make_user(), at=timezone.now())
    with pytest.raises(NotNow):
        talk.do(resume)
    talk.do(hold)
    with pytest.raises(NotNow):
        talk.do(hold)
